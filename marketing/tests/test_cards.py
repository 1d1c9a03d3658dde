"""Social cards: what they say, that they say it without boxes whatever a repository is called, and the words for it."""

import io
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from marketing import cards
from marketing.card_facts import CardFacts, alt_text, card_facts, file_name, ordinal
from pipeline.models.analytics import RepoDay
from trender.pictures.card import Card
from trender.pictures.fonts import face

DAY = date(2026, 11, 21)


def facts(owner: str = "octo", name: str = "widget", description: str = "Turns things.", **given) -> CardFacts:
    known = {
        "github_id": 123_456_789,
        "language": "Python",
        "uses_render": True,
        "is_demo": False,
        "day": DAY,
        "execution_id": 12,
        "stars": 13_280,
        "gained": 396,
        "rank": 1_234,
        "momentum": Decimal("15.969"),
        "days": (None, *range(29)),
        "place": 2,
        "among": 75,
    }
    return CardFacts(owner=owner, name=name, description=description, **known | given)


HOSTILE = {
    "long": facts("o" * 39, "n" * 300, "w" * 1400, language="L" * 100, is_demo=True),
    "wide letters": facts("W" * 39, "W" * 300, "W " * 700),
    "emoji": facts("octo🚀", "🔥", "🚀 Build ✨ with 🇩🇪 and 1️⃣ 👩‍👩‍👧‍👦 for 🏳️‍🌈"),
    "arabic": facts("مكتبة", "مكتبة-سريعة", "مكتبة سريعة لمعالجة النصوص العربية"),
    "hebrew": facts("octo", "ספרייה", "ספרייה מהירה"),
    "chinese": facts("腾讯", "文档助手", "一个面向开发者的开源文档助手" * 20),
    "japanese": facts("株式会社", "ひらがな漢字カタカナ" * 30, "日本語の説明です。" * 20),
    "thai": facts("octo", "ไทย-lib", "เครื่องมือสำหรับนักพัฒนา"),
    "combining marks": facts("za\u0335\u0321lgo", "e\u0301\u0302\u0303" * 80, "a\u0335\u0301\u0302" * 400),
    "control characters": facts("\x00", "\u202e\ud800\x07exe\u202c", "<script>{{ 7 }}</script>\n\t\x07\u2066"),
    "nothing": facts("", "", "", language="", uses_render=False, place=0),
    "unknown": facts(gained=None, rank=None, momentum=None, days=(None,) * 30),
    "large numbers": facts(
        gained=123_456_789, stars=4_123_456_789, rank=12_345, momentum=Decimal("1234567.8"), days=(2**31 - 1,) * 30
    ),
    "still": facts(gained=0, days=(0,) * 30),
    "a day old": facts(days=(5,), place=1234, among=12_345, is_demo=True),
    "no days": facts(days=()),
}
every_shape = pytest.mark.parametrize("shape", cards.SHAPES)
every_theme = pytest.mark.parametrize("theme", cards.THEMES)
every_hostile = pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


@pytest.fixture
def said(monkeypatch):
    """The texts that a card is asked to draw."""
    texts = []

    def listening(method):
        def heard(card, x, y, text, *others, **named):
            texts.append(text)
            return method(card, x, y, text, *others, **named)

        return heard

    for name in ("text", "text_right", "fitted", "headline", "paragraph", "chip"):
        monkeypatch.setattr(Card, name, listening(getattr(Card, name)))
    cards.draw.cache_clear()
    yield texts
    cards.draw.cache_clear()


# -- The pictures ----------------------------------------------------------------------------------------------


@every_shape
@every_theme
@every_hostile
def test_whatever_is_said_the_card_has_its_size_and_keeps_its_margins(hostile, shape, theme):
    image = opened(cards.draw(hostile, shape, theme))
    width, height = cards.SIZES[shape]
    assert image.size == (width, height)
    paper = image.getpixel((1, 1))
    for box in ((0, 0, width, 40), (0, height - 24, width, height), (0, 0, 64, height), (width - 64, 0, width, height)):
        assert image.crop(box).getcolors() == [((box[2] - box[0]) * (box[3] - box[1]), paper)]


def test_the_sizes_are_those_of_links_and_of_posts():
    assert cards.SIZES == {"wide": (1200, 630), "square": (1080, 1080)}


@every_shape
@every_hostile
def test_a_card_is_small_and_never_empty(hostile, shape):
    assert 8_000 < len(cards.draw(hostile, shape, "light")) < 80_000


@every_shape
def test_the_dark_card_is_dark_and_the_light_one_light(shape):
    assert sum(opened(cards.draw(facts(), shape, "dark")).getpixel((1, 1))) < 150
    assert sum(opened(cards.draw(facts(), shape, "light")).getpixel((1, 1))) > 700


@every_shape
def test_both_shapes_say_the_same(said, shape):
    cards.draw(facts(), shape, "light")
    assert {"octo/", "widget", "Turns things.", "+396", "Render", "Python", "13,280", "1,234", "16.0"} <= set(said)
    assert "stars gained in the 7 days to 2026-11-21" in said
    assert "2nd most of 75 community projects on Render" in said
    assert "stars a day, last 30 days, 28 at most; 1 day unknown" in said
    assert "Counts of GitHub, 2026-11-21, run 12" in said
    assert "Demo data" not in said


@every_shape
def test_demo_data_is_marked_on_the_card(said, shape):
    cards.draw(facts(is_demo=True), shape, "light")
    assert {"Demo data", "Made-up demo data, 2026-11-21, run 12"} <= set(said)


@every_shape
def test_what_is_unknown_is_a_word_and_no_number(said, shape):
    cards.draw(HOSTILE["unknown"], shape, "light")
    assert said.count("unknown") == 3
    assert "stars a day, unknown" in said
    assert "0" not in said


def test_the_same_facts_are_drawn_once():
    assert cards.draw(facts(), "wide", "light") is cards.draw(facts(), "wide", "light")


# -- Names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("widget", "widget"),
        ("e\u0301t\u0065\u0301", "été"),
        ("fire🔥brand", "fire brand"),
        ("文档", "文档"),
        ("_", "_"),
        ("🔥", "repository 123456789"),
        ("مكتبة", "repository 123456789"),
        ("lib-ไทย", "repository 123456789"),
        ("\u3164\u115f", "repository 123456789"),
        ("\u202e\u200b", "repository 123456789"),
        ("", "repository 123456789"),
    ],
)
def test_a_name_is_drawn_whole_or_replaced_by_the_number_github_knows_it_by(name, drawn):
    assert facts(name=name).drawn_name == drawn


def test_an_owner_that_cannot_be_drawn_leaves_the_place_it_is_at():
    assert facts("مكتبة").drawn_owner == "github.com"


@given(st.text(max_size=320))
def test_a_name_always_says_something_that_can_be_drawn(name):
    for drawn in (facts(name=name).drawn_name, facts(name).drawn_owner):
        assert drawn.strip()
        assert all(face(sign) and not unicodedata.category(sign).startswith("C") for sign in drawn)


# -- Alt texts -------------------------------------------------------------------------------------------------


def test_the_alt_text_says_everything_on_the_card():
    assert alt_text(facts()) == (
        "Card of the GitHub repository octo/widget. Turns things. +396 stars gained in the 7 days to 2026-11-21, "
        "2nd most of 75 community projects on Render. Stars in all 13,280, momentum rank 1,234, momentum 16.0. "
        "Bars: stars a day, last 30 days, 28 at most; 1 day unknown. Python, with a render.yaml. "
        "Counts of GitHub, 2026-11-21, run 12."
    )


def test_the_alt_text_calls_the_unknown_unknown_and_made_up_made_up():
    text = alt_text(facts(gained=None, rank=None, days=(None,) * 30, place=0, is_demo=True))
    assert "An unknown number of stars gained in the 7 days to 2026-11-21." in text
    assert "momentum rank unknown" in text
    assert "Bars: stars a day, unknown." in text
    assert text.endswith("Made-up demo data, 2026-11-21, run 12.")


@every_hostile
def test_an_alt_text_is_one_line_that_networks_take(hostile):
    text = alt_text(hostile)
    assert len(text) <= 1000
    assert not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text)
    assert not set("\u202e\u202c\u2066\u200b") & set(text)


def test_emoji_and_other_scripts_stay_in_the_alt_text():
    text = alt_text(facts(name="مكتبة", description="👩‍👩‍👧‍👦 家族"))
    assert "octo/مكتبة." in text
    assert "👩‍👩‍👧‍👦 家族" in text


@pytest.mark.parametrize(
    ("number", "word"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (112, "112th"), (21, "21st")]
)
def test_places_are_words(number, word):
    assert ordinal(number) == word


# -- From a published row --------------------------------------------------------------------------------------


def row(**given) -> RepoDay:
    known = {"github_id": 7, "repo_full_name": "octo/widget", "snapshot_date": DAY, "stars": 9, "execution_id": 3}
    return RepoDay(**known | given)


def test_the_bars_begin_when_the_repository_did():
    born = row(created_at=datetime(2026, 11, 20, 23, tzinfo=UTC))
    assert card_facts(born, {"2026-11-19": 4, "2026-11-21": 3}).days == (None, 3)


def test_a_row_without_what_is_unknown_makes_a_card():
    made = card_facts(row(), {})
    assert (made.full_name, made.description, made.gained, made.days) == ("octo/widget", "", None, (None,) * 30)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("octo/widget.js", "octo-widget.js-wide-dark.png"),
        ("../../etc/passwd", "etc-passwd-wide-dark.png"),
        ('a"\r\nb/مكتبة', "a-b-wide-dark.png"),
        ("🔥", "repository-wide-dark.png"),
    ],
)
def test_a_file_has_a_name_that_every_system_takes(name, file):
    assert file_name(name, "wide", "dark") == file
