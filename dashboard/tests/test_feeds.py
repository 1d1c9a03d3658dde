from datetime import datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.tests.asked import asked
from dashboard.tests.builders import (
    a_language_day,
    a_past_repo,
    a_published_run,
    a_repo,
    a_run,
    many_repos,
    publish,
)

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
ADDRESS = "/feeds/trending.atom"


def feed(client, query: str = "") -> ElementTree.Element:
    response = client.get(ADDRESS + query)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def text(element: ElementTree.Element, name: str) -> str:
    [found] = element.findall(ATOM + name)
    return found.text or ""


def entries(top: ElementTree.Element) -> list[ElementTree.Element]:
    return top.findall(f"{ATOM}entry")


def titles(client, query: str = "") -> list[str]:
    return [text(entry, "title") for entry in entries(feed(client, query))]


def href(element: ElementTree.Element, rel: str) -> str | None:
    return next((link.get("href") for link in element.findall(f"{ATOM}link") if link.get("rel") == rel), None)


def assert_is_valid(top: ElementTree.Element) -> None:
    """What RFC 4287 asks of a feed and its entries."""
    assert top.tag == f"{ATOM}feed"
    for element in (top, *entries(top)):
        assert text(element, "id").startswith("tag:")
        assert text(element, "title")
        assert datetime.fromisoformat(text(element, "updated")).tzinfo
        assert href(element, "alternate")
    assert href(top, "self")
    assert top.find(f"{ATOM}author/{ATOM}name").text
    ids = [text(entry, "id") for entry in entries(top)]
    assert len(ids) == len(set(ids))


def test_the_feed_is_valid_with_rows_and_before_any_run(client):
    assert_is_valid(feed(client))
    assert entries(feed(client)) == []
    many_repos(a_published_run(), 3)
    assert_is_valid(feed(client))


def test_an_entry_says_rank_name_and_stars_and_leads_to_the_page(client, settings):
    settings.TRENDER_BASE_URL = "https://trender.example"
    run = a_published_run()
    a_repo(
        run,
        github_id=77,
        rank_overall=1,
        stars=5733,
        stars_gained_7d=392,
        momentum_score=Decimal("67.58"),
        uses_render=True,
    )
    [entry] = entries(feed(client))
    assert text(entry, "title") == "1. octo/widget: +392 stars in 7 days"
    assert text(entry, "id") == "tag:trender.example,2026:repository/77"
    assert href(entry, "alternate") == "https://trender.example/repo/octo/widget/"
    assert href(entry, "related") == "https://github.com/octo/widget"
    assert text(entry, "summary") == (
        f"5,733 stars, +392 in the last 7 days. Momentum 67.6, rank 1 on {run.snapshot_date}. Written in Python. "
        "It uses Render. Turns things into other things."
    )
    assert entry.find(f"{ATOM}category").get("term") == "Python"


def test_unknown_reads_unknown_and_never_0(client):
    unknown = dict.fromkeys(("stars_gained_7d", "momentum_score", "rank_overall", "language", "description"))
    a_repo(a_published_run(), **unknown, unknown_parts=["stars_gained_7d"])
    [entry] = entries(feed(client))
    assert text(entry, "title") == "octo/widget: stars gained in 7 days unknown"
    assert "how many of them are new is unknown. Momentum unknown, rank unknown" in text(entry, "summary")
    assert "None" not in text(entry, "summary")


def test_the_filters_are_those_of_the_page(client):
    run = a_published_run()
    a_repo(run, "octo/snake", stars_gained_30d=900)
    a_repo(run, "octo/gopher", language="Go", stars_gained_24h=3)
    a_language_day(run.snapshot_date, "Go")
    assert titles(client, "?language=go&window=24h") == ["octo/gopher: +3 stars in 24 hours"]
    assert titles(client, "?q=snake&window=30d&view=cards") == ["octo/snake: +900 stars in 30 days"]
    top = feed(client, "?language=go")
    assert text(top, "title") == "Trender: trending repositories Go"
    assert href(top, "alternate").endswith("/?language=go")
    assert href(top, "self").endswith("/feeds/trending.atom?language=go")
    assert text(top, "id") != text(feed(client), "id")


def test_a_bad_filter_is_an_error_in_the_one_form(client):
    response = client.get(f"{ADDRESS}?window=1y")
    assert (response.status_code, response.json()["error"]["parameter"]) == (422, "window")


def test_fifty_entries_at_most(client):
    many_repos(a_published_run(), 51)
    assert len(titles(client)) == 50


def test_the_feed_changes_when_a_run_is_published(client, settings):
    settings.TRENDER_PAGE_CACHE_SECONDS = 60
    cache.clear()
    first = a_published_run(execution_date=timezone.now() - timedelta(hours=1))
    a_repo(first)
    answer = client.get(ADDRESS)
    assert text(feed(client), "updated") == f"{first.execution_date:%Y-%m-%dT%H:%M:%S}+00:00"
    assert client.get(ADDRESS, headers={"if-none-match": answer["ETag"]}).status_code == 304
    publish(a_run())
    assert client.get(ADDRESS, headers={"if-none-match": answer["ETag"]}).status_code == 200
    cache.clear()


def test_a_past_days_feed_is_settled_at_its_end(client):
    run = a_published_run(execution_date=timezone.now() - timedelta(days=2))
    a_past_repo(run)
    a_language_day(run.snapshot_date)
    top = feed(client, f"?at={run.snapshot_date}")
    assert text(top, "updated") == f"{run.snapshot_date}T23:59:59+00:00"
    assert len(entries(top)) == 1


def test_hostile_texts_are_text(client):
    hostile = "<script>alert(1)</script> ]]> &amp; \x00\x07\x1b\ufffe\ud800 \u202e end".replace("\x00", "")
    a_repo(a_published_run(), 'octo/"><x>', description=hostile.replace("\ud800", ""), repo_url="javascript:alert(1)")
    top = feed(client)
    assert_is_valid(top)
    [entry] = entries(top)
    assert text(entry, "summary").endswith("<script>alert(1)</script> ]]> &amp;  \u202e end")
    assert text(entry, "title").startswith('octo/"><x>: ')
    assert href(entry, "related") is None
    assert b"<script>" not in client.get(ADDRESS).content


def test_made_up_repositories_are_announced(client):
    a_repo(a_published_run(is_demo=True))
    assert "made up" in text(feed(client), "subtitle")


def test_ten_entries_and_fifty_need_the_same_few_queries(client):
    run = a_published_run()
    many_repos(run, 10)
    with CaptureQueriesContext(connection) as few:
        feed(client)
    for number in range(40):
        a_repo(run, f"octo/more-{number}")
    with CaptureQueriesContext(connection) as many:
        feed(client)
    assert asked(many) <= 8
    assert len(few) == len(many)


def test_the_feed_is_only_read_and_the_page_names_it(client):
    assert client.head(ADDRESS).status_code == 200
    assert client.post(ADDRESS).status_code == 405
    assert b'type="application/atom+xml"' in client.get("/").content
