"""The page of the exports: each with its rows, its columns and its links under the reader's choice."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.tests.builders import a_language_day, a_past_repo, a_project, a_published_run, a_repo, a_run
from marketing.tests.exporting import FORMS, NAMES, ROOT, a_lead, a_metric, a_reading, fill

pytestmark = pytest.mark.django_db


def page(client, query: str = "") -> str:
    response = client.get(f"{ROOT}{query}")
    assert response.status_code == 200
    return response.content.decode()


def links(text: str) -> list[str]:
    return [unescape(href) for href in re.findall(r'class="offer__link" href="([^"]+)"', text)]


def stock(client, name: str, query: str = "") -> int:
    offers = client.get(f"{ROOT}{query}").context["offers"]
    return next(offer.stock.rows for offer in offers if offer.export.name == name)


def test_each_export_has_its_three_links(client):
    fill(2)
    assert [href.partition("?")[0] for href in links(page(client))] == [
        f"{ROOT}{name}.{form}" for name in NAMES for form in FORMS
    ]


def test_snapshots_begin_with_the_last_thirty_days(client):
    now = timezone.now()
    for back, name in ((40, "octo/long-ago"), (29, "octo/month-ago")):
        a_past_repo(a_run(execution_date=now - timedelta(days=back)), name, github_id=back)
    first = (now - timedelta(days=29)).date()
    fill()
    assert f"{ROOT}snapshots.csv?from={first}" in links(page(client))
    assert stock(client, "snapshots") == 2
    assert stock(client, "snapshots", "?from=2020-01-01") == 3
    assert stock(client, "snapshots", f"?to={first}") == 2
    assert stock(client, "snapshots", f"?from={first}&to={first}") == 1
    assert stock(client, "snapshots", f"?from={first}&to={first}&q=month") == 1
    assert "These are the last 30 days" in page(client)
    assert "These are the last 30 days" not in page(client, "?from=2020-01-01")


def test_every_link_leads_to_a_file(client):
    fill(2)
    for query in ("", "?language=python&window=30d&render=1&q=octo&sort=gain&from=2026-01-01"):
        for href in links(page(client, query)):
            response = client.get(href)
            assert response.status_code == 200, href
            assert response.getvalue(), href


def test_links_carry_the_choices_that_each_export_knows(client):
    fill()
    found = links(page(client, "?language=python&sort=stars&window=30d&from=2026-01-01&q=a+b"))
    assert f"{ROOT}trending.csv?language=python&window=30d&q=a+b&sort=stars" in found
    assert f"{ROOT}leads.csv?language=python&q=a+b&sort=stars" in found
    assert f"{ROOT}platforms.csv?q=a+b" in found
    assert f"{ROOT}snapshots.csv?language=python&window=30d&q=a+b&sort=stars&from=2026-01-01" in found


def test_what_an_export_does_not_know_is_said(client):
    fill()
    text = page(client, "?window=30d&render=1")
    assert "Chosen by window, only Render." in text
    assert "Does not know window: left out here." in text
    assert "Does not know window, only Render: left out here." in text


def test_the_numbers_of_rows_are_those_of_the_files(client):
    run = a_published_run()
    a_language_day(run.snapshot_date)
    a_repo(run, "octo/plain")
    a_project(run, "octo/project")
    a_lead()
    a_reading("render")
    a_reading("vercel")
    assert [stock(client, name) for name in NAMES] == [2, 1, 1, 2, 0, 2]
    assert [stock(client, name, "?q=project") for name in NAMES] == [1, 1, 0, 0, 0, 1]


def test_ten_rows_and_two_hundred_need_the_same_few_queries(client):
    run = fill(10)
    with CaptureQueriesContext(connection) as few:
        page(client)
    for number in range(190):
        a_project(run, f"octo/more-{number}")
        a_lead(f"octo/more-{number}", github_id=1000 + number)
        a_metric(f"octo/more-{number}", github_id=1000 + number)
    with CaptureQueriesContext(connection) as many:
        page(client)
    assert stock(client, "leads") == 200
    assert len(few) == len(many) <= 8


def test_an_empty_export_says_when_rows_come_and_a_narrow_choice_says_so(client):
    a_repo(a_published_run())
    text = page(client)
    assert "The worker makes a report once a week" in text
    narrow = page(client, "?q=nothing-has-this-name")
    assert "No row matches the choice made above." in narrow
    assert "The worker makes a report once a week" not in narrow


def test_a_page_without_any_run_answers(client):
    assert "Nothing has been published yet." in page(client)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?window=1y", "1y"),
        ("?language=klingon", "klingon"),
        ("?from=soon", "soon"),
        ("?from=2026-02-01&to=2026-01-01", "before the first day"),
        ("?colour=red", "colour"),
    ],
)
def test_a_bad_choice_falls_back_with_a_notice(client, query, said):
    fill()
    text = page(client, query)
    assert said in " ".join(re.findall(r'class="notice".*?</div>', text, re.DOTALL))
    assert f"{ROOT}trending.csv" in links(text)


def test_more_rows_than_a_worksheet_holds_are_not_offered_as_one(client, monkeypatch):
    monkeypatch.setattr("marketing.exports.page.MOST_ROWS", 1)
    fill(2)
    text = page(client)
    assert f"{ROOT}trending.xlsx" not in links(text)
    assert "more than a million rows" in text


def test_what_a_reader_types_is_escaped(client):
    fill()
    text = page(client, "?q=%3Cscript%3Ealert(1)%3C/script%3E&from=%3Cb%3E")
    assert "<script>alert" not in text
    assert "<b>" not in text


def test_the_columns_of_each_export_are_listed(client):
    text = page(client)
    assert "star velocity (% in 7 days)" in text
    assert "time to deploy (seconds, median)" in text
    assert "<dd>notes</dd>" not in text
