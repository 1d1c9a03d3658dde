"""Pictures for links elsewhere: what they say, that they say it without boxes, and the fonts they are drawn with."""

import hashlib
import io
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from PIL import Image

from dashboard import pictures
from dashboard.og import open_graph, open_graph_language, open_graph_repo
from dashboard.pictures import FactsPicture, ListPicture, RepoPicture, Source
from dashboard.tests.builders import (
    a_language_day,
    a_published_run,
    a_repo,
    many_repos,
    once_called,
    publish,
    star_days_of,
)
from dashboard.views import og as views
from pipeline.models import RepoSnapshot
from trender.pictures.fonts import FOLDER

SOURCE = Source("2026-11-21 07:03")
FACTS = (("stars", "123,456,789"), ("gained in 7 days", "+12,345,678"), ("momentum", "1,234,567.8"))


def repo_picture(owner: str = "octo", name: str = "widget", description: str = "A thing.", **given) -> RepoPicture:
    facts = {
        "rank": "1,234",
        "movement": "▼ 12",
        "rises": False,
        "facts": FACTS,
        "chips": ("Render", "New", "Rising"),
        "days": (None, *range(29)),
        "source": SOURCE,
    }
    return RepoPicture(owner, name, description, **facts | given)


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


@pytest.fixture
def drawn_pictures(monkeypatch):
    """What the views hand over to be drawn."""
    handed = []
    monkeypatch.setattr(pictures, "draw", lambda picture: handed.append(picture) or b"png")
    return handed


# -- Drawing ---------------------------------------------------------------------------------------------------

HOSTILE = [
    repo_picture("o" * 39, "n" * 300, "w" * 1400),
    repo_picture("octo🚀", "🔥", "🚀🚀 Build ✨ with 🇩🇪 and 1️⃣"),
    repo_picture("octo", "مكتبة", "مكتبة سريعة لمعالجة النصوص العربية"),
    repo_picture("腾讯", "文档助手", "一个面向开发者的开源文档助手" * 20),
    repo_picture("\x00", "\u202e\ud800", "<script>{{ 7 }}</script>\n\t\x07"),
    repo_picture("", "", "", rank="", movement="", facts=(), chips=(), days=()),
    repo_picture(days=(None,) * 30),
    repo_picture(days=(0,) * 30),
    repo_picture(chips=("x" * 40,) * 9),
    ListPicture("h" * 300, "l" * 300, (("5", "o" * 39 + "/" + "n" * 100, "+12,345,678"),) * 5, Source("", True)),
    ListPicture("Nothing yet", "", (), Source("")),
    FactsPicture("h" * 300, "l" * 900, (("w" * 90, "v" * 90),) * 4, SOURCE),
]


@pytest.mark.parametrize("picture", HOSTILE)
def test_whatever_is_said_the_picture_keeps_its_margins(picture):
    image = opened(pictures.draw(picture))
    assert image.size == (1200, 630)
    paper = image.getpixel((1, 1))
    for box in ((0, 0, 1200, 30), (0, 600, 1200, 630), (0, 0, 64, 630), (1136, 0, 1200, 630)):
        assert image.crop(box).getcolors() == [((box[2] - box[0]) * (box[3] - box[1]), paper)]


def test_the_same_facts_are_drawn_once():
    assert pictures.draw(repo_picture()) is pictures.draw(repo_picture())


def test_a_picture_is_small():
    assert len(pictures.draw(HOSTILE[3])) < 60_000


def test_a_name_without_drawable_letters_is_a_dash():
    assert pictures.draw(repo_picture(name="مكتبة")) == pictures.draw(repo_picture(name="—"))


# -- Answers ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["home", "render", "compare", "meta", "language-python", "repo/octo/widget"])
def test_every_page_has_its_picture(client, address):
    run = a_published_run()
    a_language_day(run.snapshot_date)
    star_days_of(a_repo(run, uses_render=True, rank_overall=1), [1, 2, 3])
    response = client.get(f"/og/{address}.png")
    assert response["Content-Type"] == "image/png"
    assert set(response["Cache-Control"].split(", ")) == {"public", "max-age=3600"}
    assert opened(response.content).size == (1200, 630)
    assert not response.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["home", "render", "compare", "meta"])
def test_before_the_first_run_there_are_pictures_too(client, drawn_pictures, address):
    assert client.get(f"/og/{address}.png").status_code == 200
    assert drawn_pictures[0].source.words == "Nothing has been published yet"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["nowhere", "language-", "language-klingon", "repo/octo/nothing", "repo/a/%00"])
def test_what_is_not_there_has_no_picture(client, address):
    a_repo(a_published_run())
    assert client.get(f"/og/{address}.png").status_code == 404


@pytest.mark.django_db
def test_lists_show_the_first_five(client, drawn_pictures):
    many_repos(a_published_run(), 7)
    client.get("/og/home.png")
    assert drawn_pictures[0].rows == tuple((str(rank), f"octo/widget-{rank:03}", "+7") for rank in range(1, 6))


@pytest.mark.django_db
def test_lists_are_of_the_language_or_of_render(client, drawn_pictures):
    run = a_published_run(("python", "go"))
    a_repo(run, "octo/snake", rank_overall=1)
    a_repo(run, "octo/gopher", rank_overall=2, language="Go", stream="go", uses_render=True)
    a_language_day(run.snapshot_date)
    client.get("/og/render.png")
    client.get("/og/language-python.png")
    assert [name for _, name, _ in drawn_pictures[0].rows] == ["octo/gopher"]
    assert [name for _, name, _ in drawn_pictures[1].rows] == ["octo/snake"]
    assert drawn_pictures[1].headline == "Python repositories gaining momentum"


@pytest.mark.django_db
def test_a_repositorys_picture_says_its_facts(client, drawn_pictures):
    run = a_published_run(is_demo=True)
    repo = a_repo(run, rank_overall=12, stars=12345, stars_gained_7d=None, momentum_score=Decimal("80.25"))
    star_days_of(repo, [1, 2, 3])
    client.get("/og/repo/Octo/widget.png")
    picture = drawn_pictures[0]
    assert (picture.owner, picture.name, picture.rank) == ("octo", "widget", "12")
    assert [value for _, value in picture.facts] == ["12,345", "unknown", "80.3"]
    assert picture.days[-4:] == (None, 1, 2, 3)
    assert picture.source.words.startswith("Demo data, made-up repositories")


@pytest.mark.django_db
def test_a_former_name_has_the_picture_of_the_name_of_now(client, drawn_pictures):
    once_called(a_repo(a_published_run(), "octo/new"), "octo/old")
    client.get("/og/repo/octo/old.png")
    assert drawn_pictures[0].name == "new"


@pytest.mark.django_db
def test_who_has_left_the_ranking_has_a_picture_that_says_so(client, drawn_pictures):
    a_repo(a_published_run(), description="Still here.")
    RepoSnapshot.objects.update(is_current=False)
    client.get("/og/repo/octo/widget.png")
    assert drawn_pictures[0].description == "Still here."
    assert drawn_pictures[0].facts == (("in the current ranking", "not ranked"),)


@pytest.mark.django_db
def test_the_runs_picture_says_what_is_known(client, drawn_pictures):
    a_published_run(parallel_speedup_factor=None)
    client.get("/og/meta.png")
    assert dict(drawn_pictures[0].facts) == {
        "last published run": "success",
        "repositories": "1,234",
        "duration": "41.5 s",
        "measured speedup": "unknown",
    }


@pytest.mark.django_db
def test_an_unchanged_picture_is_neither_drawn_nor_sent(client, drawn_pictures):
    run = a_published_run()
    tag = client.get("/og/home.png")["ETag"]
    assert client.get("/og/home.png", headers={"if-none-match": tag}).status_code == 304
    assert len(drawn_pictures) == 1
    later = a_published_run(execution_date=run.execution_date + timedelta(minutes=1))
    publish(later)
    assert client.get("/og/home.png", headers={"if-none-match": tag}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/og/home.png", "/og/language-python.png", "/og/repo/octo/widget-001.png"])
def test_a_picture_takes_few_queries_however_many_there_are(client, address):
    run = a_published_run()
    a_language_day(run.snapshot_date)
    many_repos(run, 3)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(30):
        a_repo(run, f"octo/more-{number}", rank_overall=100 + number)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(few) == len(many) <= 8


# -- The tags of pages -----------------------------------------------------------------------------------------


def tags(html: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">', html))


@pytest.mark.django_db
@override_settings(TRENDER_BASE_URL="https://trender.example")
@pytest.mark.parametrize("address", ["/nowhere", "/compare/"])
def test_every_page_has_a_picture_title_and_words_for_others(client, address):
    found = tags(client.get(address).content.decode())
    assert found["og:image"].startswith("https://trender.example/og/")
    assert found["og:title"]
    assert found["og:description"]
    assert found["og:type"] == "website"
    assert found["twitter:card"] == "summary_large_image"


@pytest.mark.django_db
@override_settings(TRENDER_BASE_URL="https://trender.example")
def test_a_page_can_say_its_own(client):
    found = tags(client.get("/compare/").content.decode())
    assert found["og:title"] == "Compare repositories"
    assert found["og:image"] == "https://trender.example/og/compare.png"
    assert found["og:url"] == "https://trender.example/compare/"


def test_the_helpers_name_pictures_that_are_there():
    assert open_graph("Runs", picture="meta")["og_image"] == "/og/meta.png"
    assert open_graph_language("C++")["og_image"] == "/og/language-c-plus-plus.png"
    assert open_graph_repo('octo/"x"', None)["og_image"] == "/og/repo/octo/%22x%22.png"
    assert set(views.PAGES) == {"home", "render", "compare", "meta"}


def test_long_descriptions_are_shortened():
    assert len(open_graph("x", "word " * 200)["og_description"]) <= 200


# -- The fonts -------------------------------------------------------------------------------------------------

FONTS = sorted(FOLDER.rglob("*.ttf"))


@pytest.mark.parametrize("file", FONTS, ids=lambda file: file.name)
def test_a_font_is_the_stated_file_with_its_licence(file: Path):
    readme = (file.parent / "README.md").read_text("utf-8")
    stated = re.search(rf"^\| sha256 of {re.escape(file.name)} \| (\w+) \|$", readme, re.MULTILINE)
    assert stated
    assert stated.group(1) == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (file.parent / "LICENSE").stat().st_size > 1000


def test_the_fonts_are_three_and_not_heavy():
    assert len(FONTS) == 3
    assert sum(file.stat().st_size for file in FONTS) < 6_000_000
