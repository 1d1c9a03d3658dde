"""What holds of every page: few queries, light, nothing from elsewhere, nothing inline."""

import gzip
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard.tests.asked import asked
from dashboard.tests.pages import PAGES, fill_warehouse

STATIC = Path(__file__).resolve().parents[2] / "static"
MOST_QUERIES = 8
MOST_STATIC_BYTES = 110_000
MOST_HOME_BYTES = 120_000

pytestmark = pytest.mark.django_db


def html_of(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def queries_of(client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        html_of(client, address)
    return asked(queries)


def test_every_page_needs_few_queries_and_as_many_for_ten_rows_as_for_hundreds(client):
    addresses = fill_warehouse(repositories=12, days=12)
    few = {page: queries_of(client, addresses[page]) for page in PAGES}
    empty_again()
    addresses = fill_warehouse(repositories=240, days=12)
    many = {page: queries_of(client, addresses[page]) for page in PAGES}
    assert few == many
    assert {page: number for page, number in many.items() if number > MOST_QUERIES} == {}


def test_home_is_light_with_a_hundred_rows(client):
    addresses = fill_warehouse(repositories=120, days=9)
    html = html_of(client, addresses["home"])
    assert html.count("<tr>") + html.count('<tr class="row">') >= 101
    assert len(html.encode()) < MOST_HOME_BYTES


def test_no_page_loads_more_than_a_little_script_and_style_or_anything_from_elsewhere(client):
    addresses = fill_warehouse()
    for page in set(PAGES) - {"docs"}:
        html = html_of(client, addresses[page])
        loaded = re.findall(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="([^"]*)"', html)
        own = [address for address in loaded if address.startswith("/static/")]
        foreign = [
            address for address in loaded if "//" in address and not address.startswith("http://127.0.0.1:8000/")
        ]
        assert foreign == [], page
        files = {STATIC / address.removeprefix("/static/") for address in own}
        size = sum(len(gzip.compress(file.read_bytes())) for file in files if file.suffix in (".css", ".js"))
        assert 0 < size < MOST_STATIC_BYTES, page


def test_no_page_has_inline_script_or_style(client):
    addresses = fill_warehouse()
    for page, address in addresses.items():
        html = html_of(client, address)
        scripts = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", html)
        assert [script for script in scripts if "application/json" not in script] == [], page
        assert "<style" not in html, page
        assert not re.search(r"<[^>]+\s(style|on\w+)=", html), page


def test_every_page_says_whose_data_it_shows(client):
    addresses = fill_warehouse()
    for page in set(PAGES) - {"docs"}:
        html = html_of(client, addresses[page])
        assert "Demo data:" in html, page
        assert re.search(r"<time datetime=", html), page


def test_every_page_has_one_heading_and_a_title_of_its_own(client):
    addresses = fill_warehouse()
    titles = {}
    for page in set(PAGES) - {"cards", "search", "past"}:
        html = html_of(client, addresses[page])
        assert len(re.findall(r"<h1[ >]", html)) == 1, page
        titles[page] = re.findall(r"<title>([^<]*)</title>", html)
    assert len({tuple(title) for title in titles.values()}) == len(titles)


def empty_again() -> None:
    """As a database is before the year is made up."""
    from pipeline.etl.demo_rows import clear_demo_rows
    from pipeline.models import WorkflowExecution

    clear_demo_rows()
    WorkflowExecution.objects.all().delete()
