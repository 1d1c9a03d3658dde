"""Text on pictures: what can be drawn of it, and that it fits."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFont

from trender.pictures.card import DARK, HEIGHT, LEAST_BAR, WIDTH, Card
from trender.pictures.fonts import FALLBACK, INTER, covered, face, font
from trender.pictures.text import ELLIPSIS, cut, drawable, fitted, runs, width, wrapped

ANY_TEXT = st.text(max_size=300)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words", "plain words"),
        ("  many \n\t spaces  ", "many spaces"),
        ("Žluťoučký Ωμέγα Привет “quotes” … № → ★", "Žluťoučký Ωμέγα Привет “quotes” … № → ★"),
        ("e\u0301", "é"),
        ("中文 日本語 テスト 한국어", "中文 日本語 テスト 한국어"),
        ("🚀 fast, 🔥hot🔥, done 👩‍👩‍👧", "fast, hot, done"),
        ("for Arabic (عربي) and Hebrew [עברית] text", "for Arabic and Hebrew text"),
        ("مكتبة سريعة لمعالجة النصوص", ""),
        ("مكتبة سريعة fast", ""),
        ("a\u202eb\u200bc\u00ad", "abc"),
        ("Z̶a̶l̶g̶o̶", "Zalgo"),
        ("a\x00b\x07c", "a b c"),
        ("\ud800x", "x"),
        ("a .NET thing (really)", "a .NET thing (really)"),
        ("🚀🚀", ""),
        ("", ""),
    ],
)
def test_what_can_be_drawn_of_a_text(text, shown):
    assert drawable(text) == shown


@given(ANY_TEXT)
def test_what_is_drawable_has_a_glyph_in_both_weights_and_stays_as_it_is(text):
    shown = drawable(text)
    for weight in ("regular", "bold"):
        assert "".join(part for _, part in runs(shown, weight)) == shown
    assert drawable(shown) == shown


@given(ANY_TEXT, st.integers(min_value=60, max_value=900))
def test_a_cut_text_fits(text, most):
    assert width(cut(drawable(text), 28, most), 28) <= most


@given(ANY_TEXT, st.integers(min_value=120, max_value=900))
def test_wrapped_lines_fit_and_lose_nothing_but_the_end(text, most):
    shown = drawable(text)
    lines = wrapped(shown, 28, most, 3)
    assert len(lines) <= 3
    assert all(width(line, 28) <= most for line in lines)
    joined = "".join(lines).replace(" ", "")
    assert shown.replace(" ", "").startswith(joined.removesuffix(ELLIPSIS)) or joined == shown.replace(" ", "")


def test_words_stay_whole_where_they_can():
    assert wrapped("one two threefour", 28, width("one two thr", 28), 4) == ["one two", "threefour"]


def test_chinese_breaks_after_any_character():
    lines = wrapped("一个面向开发者的开源文档助手", 28, 28 * 6, 9)
    assert "".join(lines) == "一个面向开发者的开源文档助手"
    assert len(lines) >= 3


def test_the_largest_size_that_fits_is_taken_and_the_smallest_is_cut():
    assert fitted("short", (60, 40), 600) == ("short", 60)
    text, size = fitted("w" * 300, (60, 40), 600)
    assert size == 40
    assert text.endswith(ELLIPSIS)


@pytest.mark.parametrize("path", [*INTER.values(), FALLBACK], ids=lambda path: path.stem)
def test_coverage_is_what_the_file_draws(path):
    """Whatever is not covered is drawn as one box, and nothing that is covered looks like it."""
    drawn = font(path, 20)
    box = bytes(drawn.getmask("\ue000"))
    known = covered(path)
    assert 0xE000 not in known
    sample = [code for code in sorted(known) if not chr(code).isspace()][::97]
    assert len(sample) > 15
    assert all(bytes(drawn.getmask(chr(code))) != box for code in sample)


def test_a_file_without_the_table_is_refused(tmp_path):
    odd = tmp_path / "odd.ttf"
    odd.write_bytes(b"wOF2" + bytes(200))
    with pytest.raises(ValueError, match="cmap"):
        covered(odd)


def test_the_fallback_is_used_only_where_inter_has_nothing():
    assert face("a") == INTER["regular"]
    assert face("中", "bold") == FALLBACK
    assert face("🚀") is None


def test_layout_does_not_depend_on_libraries_of_the_machine():
    assert font(INTER["bold"], 20).layout_engine == ImageFont.Layout.BASIC


def test_a_dark_card_is_dark():
    card = Card(DARK)
    card.text(72, 120, "Words", 40, card.palette.ink)
    card.line(600, 200, (288, 96), [1, None, 3])
    card.chip(72, 300, "Render", 22, card.palette.accent, card.palette.accent_wash)
    card.sign(72, 500, 34)
    card.rule(520)
    assert card.image.size == (WIDTH, HEIGHT)
    assert Image.Image.getpixel(card.image, (1, 1)) == (0x17, 0x19, 0x1A)
    assert card.png().startswith(b"\x89PNG")


def columns(card: Card, colour: str) -> list[int]:
    """How many pixels of the colour stand in each column of the card, from the left."""
    wanted = Image.new("RGB", (1, 1), colour).getpixel((0, 0))
    wide, high = card.image.size
    pixels = card.image.load()
    return [sum(pixels[x, y] == wanted for y in range(high)) for x in range(wide)]


def test_a_card_may_have_another_size():
    assert Image.open(io.BytesIO(Card(size=(1080, 1080)).png())).size == (1080, 1080)


def test_bars_are_as_high_as_their_values_and_the_last_ones_are_marked():
    card = Card()
    card.bars(0, 0, (50, 102), [100, 50, None, 0, 1], marked=1)
    quiet, marked = columns(card, card.palette.quiet), columns(card, card.palette.accent)
    assert [max(quiet[at : at + 10]) for at in range(0, 50, 10)] == [100, 50, 0, 0, 0]
    assert max(marked[:40]) == 0
    assert max(marked[40:50]) == LEAST_BAR


def test_few_bars_stand_on_the_right_as_wide_as_many():
    card = Card()
    card.bars(0, 0, (50, 100), [1], marked=1, places=5)
    assert [bool(max(columns(card, card.palette.accent)[at : at + 10])) for at in range(0, 50, 10)] == [False] * 4 + [
        True
    ]


def test_bars_of_nothing_are_an_empty_line():
    card = Card()
    card.bars(0, 0, (50, 100), [], marked=7)
    card.bars(0, 200, (50, 100), [None], marked=7)
    assert not any(columns(card, card.palette.accent))


def test_a_headline_that_is_too_long_goes_on_in_the_next_line():
    card = Card()
    assert card.headline(0, 100, "short", (60, 40), 2, 500) == 100
    assert card.headline(0, 100, "n" * 300, (60, 40), 2, 500) == 148
    assert card.headline(0, 100, "", (60, 40), 2, 500) == 100


def test_a_text_that_ends_at_the_right_is_cut_as_well():
    card = Card()
    card.text_right(1000, 100, "n" * 300, 20, card.palette.ink, most=200)
    assert card.image.crop((0, 0, 790, 200)).getcolors() == [(790 * 200, card.image.getpixel((1, 1)))]


def test_no_line_begins_with_a_sign_that_ends_a_sentence():
    lines = wrapped("日本語の説明です。" * 9, 34, 34 * 9 - 8, 4)
    assert len(lines) == 4
    assert not any(line.startswith("。") for line in lines)


def test_a_line_too_narrow_for_a_character_holds_one_all_the_same():
    assert wrapped("WW中", 60, 10, 3) == ["W", "W", ELLIPSIS]
