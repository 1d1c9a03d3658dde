import json
import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from dashboard.badges import LONGEST_LABEL, BadgePicture, message, read_badge, snippets
from dashboard.tests.asked import asked
from dashboard.tests.builders import a_published_run, a_repo, many_repos, once_called
from pipeline.models.analytics import TrendingRepo
from trender.pictures.fonts import INTER
from trender.pictures.text import em_width

SVG = "{http://www.w3.org/2000/svg}"
ADDRESS = "/badge/octo/widget.svg"


def row(**given) -> TrendingRepo:
    facts = {"rank_overall": 12, "stars_gained_7d": 392, "momentum_score": Decimal("80.251")}
    return TrendingRepo(**facts | given)


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


# -- Words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metric", "given", "words"),
    [
        ("rank", {}, "rank 12 · +392/7d"),
        ("rank", {"stars_gained_7d": 0}, "rank 12 · 0/7d"),
        ("rank", {"stars_gained_7d": None}, "rank 12"),
        ("rank", {"rank_overall": 1234, "stars_gained_7d": 5678}, "rank 1,234 · +5,678/7d"),
        ("rank", {"rank_overall": None, "stars_gained_7d": None}, "rank unknown"),
        ("momentum", {}, "momentum 80.3"),
        ("momentum", {"momentum_score": None}, "momentum unknown"),
        ("gain", {}, "+392 stars/7d"),
        ("gain", {"stars_gained_7d": None}, "stars/7d unknown"),
    ],
)
def test_a_badge_says(metric, given, words):
    assert message(row(**given), metric) == words


@pytest.mark.parametrize(
    ("query", "metric", "label"),
    [
        ("", "rank", "trender"),
        ("metric=gain&label=stars", "gain", "stars"),
        ("metric=price", "rank", "trender"),
        ("label=" + "x" * 300, "rank", "x" * LONGEST_LABEL),
        ("label=%00", "rank", "trender"),
        ("label=a%0Ab%E2%80%AEc%EF%BF%BE", "rank", "abc"),
        ("label=%20%20", "rank", "trender"),
        ("utm_source=x&metric=momentum", "momentum", "trender"),
    ],
)
def test_what_an_address_asks_for(query, metric, label):
    wanted = read_badge(QueryDict(query))
    assert (wanted.metric, wanted.label) == (metric, label)


# -- The picture -----------------------------------------------------------------------------------------------


def test_widths_are_those_of_the_shipped_font():
    font = ImageFont.truetype(str(INTER["bold"]), 11, layout_engine=ImageFont.Layout.BASIC)
    assert em_width("rank 12", 11) == pytest.approx(font.getlength("rank 12"), abs=0.5)


def test_what_the_font_lacks_counts_as_a_square_and_a_mark_as_nothing():
    assert em_width("🚀", 11) == 11
    assert em_width("e\u20dd", 11) == em_width("e", 11)


@given(st.text(max_size=LONGEST_LABEL), st.text(max_size=40))
def test_no_text_reaches_into_the_other_half_or_out_of_the_badge(label, words):
    safe = read_badge({"label": label})
    root = drawn(BadgePicture(safe.label, read_badge({"label": words}).label, "0c6a75").svg())
    left, right = root.findall(f".//{SVG}text")
    split = float(root.findall(f".//{SVG}rect")[2].get("x"))
    assert float(left.get("x")) + float(left.get("textLength")) <= split
    assert float(right.get("x")) >= split
    assert float(right.get("x")) + float(right.get("textLength")) <= float(root.get("width"))


def test_a_badge_has_its_words_for_those_who_do_not_see_it():
    root = drawn(BadgePicture("trender", "rank 1", "0c6a75").svg())
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.find(f"{SVG}title").text == "trender: rank 1"


def test_a_label_is_text():
    svg = BadgePicture('"><script>alert(1)</script>&', "rank 1", "0c6a75").svg()
    assert "<script" not in svg
    assert drawn(svg).find(f".//{SVG}text").text == '"><script>alert(1)</script>&'


@pytest.mark.parametrize("colour", ["3b4144", "0c6a75", "62676a"])
def test_white_words_stand_out_from_both_halves(colour):
    assert contrast_with_white(colour) >= 4.5


def contrast_with_white(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


# -- The answers -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_ranked_repository_has_its_badge(client):
    a_repo(a_published_run(), rank_overall=12, stars_gained_7d=392)
    response = client.get(ADDRESS)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml"
    assert "trender: rank 12 · +392/7d" in response.content.decode()


@pytest.mark.django_db
def test_metric_and_label_are_asked_for(client):
    a_repo(a_published_run(), momentum_score=Decimal("80.25"))
    assert "speed: momentum 80.3" in client.get(f"{ADDRESS}?metric=momentum&label=speed").content.decode()


@pytest.mark.django_db
def test_who_is_not_ranked_gets_a_picture_too(client):
    response = client.get("/badge/octo/nothing.svg")
    assert response.status_code == 404
    assert response["Content-Type"] == "image/svg+xml"
    assert "trender: not ranked" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", [ADDRESS, "/badge/octo/nothing.svg", "/badge/octo/widget.json"])
def test_a_badge_may_be_shown_anywhere_and_kept_for_an_hour(client, address):
    a_repo(a_published_run())
    response = client.get(address, headers={"cookie": f"sessionid={'a' * 32}"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert set(response["Cache-Control"].split(", ")) == {"public", "max-age=3600"}
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.django_db
def test_an_unchanged_badge_is_not_sent_twice(client):
    a_repo(a_published_run())
    tag = client.get(ADDRESS)["ETag"]
    assert client.get(ADDRESS, headers={"if-none-match": tag}).status_code == 304


@pytest.mark.django_db
def test_a_badge_outlives_a_rename_and_knows_names_in_any_case(client):
    once_called(a_repo(a_published_run(), "octo/new-name", rank_overall=3), "octo/widget")
    assert "rank 3" in client.get(ADDRESS).content.decode()
    assert "rank 3" in client.get("/badge/Octo/New-Name.svg").content.decode()


@pytest.mark.django_db
def test_a_name_may_end_in_svg(client):
    a_repo(a_published_run(), "octo/icons.svg", rank_overall=3)
    assert "rank 3" in client.get("/badge/octo/icons.svg.svg").content.decode()


@pytest.mark.django_db
def test_shields_io_gets_what_it_reads(client):
    a_repo(a_published_run(), rank_overall=12, stars_gained_7d=392)
    body = json.loads(client.get("/badge/octo/widget.json").content)
    assert body == {"schemaVersion": 1, "label": "trender", "message": "rank 12 · +392/7d", "color": "0c6a75"}


@pytest.mark.django_db
def test_shields_io_draws_not_ranked_as_well(client):
    response = client.get("/badge/octo/nothing.json")
    assert response.status_code == 200
    assert json.loads(response.content)["message"] == "not ranked"


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 50])
def test_a_badge_takes_few_queries_however_many_there_are(client, number):
    many_repos(a_published_run(), number)
    with CaptureQueriesContext(connection) as queries:
        client.get("/badge/octo/widget-001.svg")
    assert asked(queries) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["%00", "%FF%FE", "%3Cscript%3E", "x" * 400])
def test_odd_names_are_not_ranked(client, name):
    response = client.get(f"/badge/octo/{name}.svg")
    assert response.status_code == 404
    assert "<script" not in response.content.decode()


@override_settings(TRENDER_BASE_URL="https://trender.example")
def test_snippets_are_whole_addresses():
    found = snippets('octo/"x"')
    base = "https://trender.example"
    assert found.markdown == f"[![Rank on Trender]({base}/badge/octo/%22x%22.svg)]({base}/repo/octo/%22x%22/)"
    assert re.fullmatch(r'<a href="[^"]+"><img src="[^"]+" alt="Rank on Trender" height="20"></a>', found.html)
    assert 'title="octo/&quot;x&quot; on Trender"' in found.embed
