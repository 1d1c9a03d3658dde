"""The pages of drafts: the list, a month with its days, the Markdown file."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard.tests.builders import a_past_repo, a_published_run, a_render_day, a_repo, star_days_of
from marketing.blog import draft_month
from marketing.models import BlogDraft
from pipeline.schedules import sync_schedules

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
PAGE = "/for-marketing/blog/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_ten():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def run():
    run = a_published_run(execution_date=datetime(2026, 11, 20, 9, tzinfo=UTC))
    star_days_of(a_repo(run, "octo/widget", rank_overall=1), [3, 4])
    a_render_day(run.snapshot_date, repositories=5, stars=1200)
    return run


def a_draft(month=11, **given):
    facts = {"title": "Title", "body": "Body", "execution_id": 1, "created_at": NOW}
    return BlogDraft.objects.create(month=date(2026, month, 1), **facts | given)


def text_of(client, path=""):
    response = client.get(PAGE + path)
    assert response.status_code == 200
    return response.content.decode()


def words_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# -- The list --------------------------------------------------------------------------------------------------


def test_drafts_stand_with_month_state_run_and_file(client, run):
    draft_month(NOW)
    a_draft(10, edited_at=NOW)
    text = words_of(text_of(client))
    assert "November 2026 What gained momentum on GitHub in November 2026 written" in text
    assert "October 2026 Title edited" in text
    assert f'href="/meta/?run={run.pk}"' in text_of(client)
    assert 'href="/for-marketing/blog/2026-10.md"' in text_of(client)


def test_the_newest_drafts_text_is_shown_as_text_and_not_as_html(client, run):
    a_draft(body="# <script>alert(1)</script>\n[a](javascript:alert(1)) & **b**")
    html = text_of(client)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\n[a](javascript:alert(1)) &amp; **b**" in html
    assert "<script>alert" not in html


def test_an_edited_draft_says_that_newer_figures_exist(client, run):
    a_draft(execution_id=run.pk - 1, edited_at=NOW)
    text = words_of(text_of(client))
    assert f"Newer figures exist: run {run.pk} has published a day of November 2026 since." in text
    assert "This draft was edited and stays as it is" in text


def test_a_draft_of_the_newest_run_says_nothing_of_newer_figures(client, run):
    a_draft(execution_id=run.pk, edited_at=NOW)
    a_draft(10, execution_id=run.pk - 1)
    assert "ewer figures" not in text_of(client)


def test_before_the_first_draft_the_page_says_when_it_will_be(client):
    sync_schedules(NOW)
    text = words_of(text_of(client))
    assert "No draft has been written yet" in text
    assert "The monthly schedule writes the next one in 9 days" in text


def test_a_draft_of_made_up_figures_is_not_listed_among_real_ones(client):
    demo = a_published_run(execution_date=datetime(2026, 10, 20, 9, tzinfo=UTC), is_demo=True)
    a_draft(10, execution_id=demo.pk)
    a_draft(11, execution_id=a_published_run(execution_date=NOW).pk)
    text = text_of(client)
    assert ("November 2026" in text, "October 2026" in text) == (True, False)


def test_the_list_needs_the_same_number_of_queries_for_one_draft_and_for_many(client, run):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            text_of(client)
        return len(seen)

    a_draft(1)
    one = queries()
    for year in range(2000, 2020):
        for month in range(1, 11):
            BlogDraft.objects.create(month=date(year, month, 1), title="T", body="B", execution_id=1, created_at=NOW)
    assert one == queries() <= 8


# -- A month ---------------------------------------------------------------------------------------------------


def test_a_month_shows_each_of_its_days_and_the_sum(client, run):
    draft_month(NOW)
    text = words_of(text_of(client, "2026-11/"))
    assert f"2026-11-20 4 1 5 1,200 0 Run {run.pk}" in text
    assert "2026-11-19 3 not published" in text
    assert "2026-11-18 unknown not published" in text
    assert "Stars gained together 7" in text
    assert 'href="/?at=2026-11-20"' in text_of(client, "2026-11/")


def test_a_month_names_who_was_ranked_first_in_it(client):
    a_past_repo(a_published_run(execution_date=datetime(2026, 11, 3, 9, tzinfo=UTC)), "octo/old", rank_overall=1)
    a_repo(a_published_run(execution_date=datetime(2026, 11, 20, 9, tzinfo=UTC)), "octo/<b>new", rank_overall=1)
    html = text_of(client, "2026-11/")
    assert "octo/&lt;b&gt;new</bdi></a> <span" in html
    assert "octo/old" not in html


def test_a_month_without_a_draft_still_shows_its_days(client, run):
    assert "No draft of this month has been written." in text_of(client, "2026-11/")


def test_a_month_whose_days_are_gone_still_shows_its_draft(client, run):
    a_draft(9)
    text = text_of(client, "2026-09/")
    assert "No day of this month is published any more" in text
    assert "# Title" in text


@pytest.mark.parametrize("month", ["2026-08", "1000-01", "2999-12"])
def test_a_month_of_which_nothing_is_known_is_not_found(client, run, month):
    assert client.get(f"{PAGE}{month}/").status_code == 404
    assert client.get(f"{PAGE}{month}.md").status_code == 404


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "0000-01", "26-11", "2026-1", "2026-11-01", "٢٠٢٦-11"])
def test_what_is_no_month_is_not_found(client, month):
    assert client.get(f"{PAGE}{month}/").status_code == 404


def test_a_month_needs_no_more_queries_for_many_repositories_than_for_one(client, run):
    draft_month(NOW)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            text_of(client, "2026-11/")
        return len(seen)

    one = queries()
    for number in range(100):
        a_repo(run, f"octo/widget-{number}")
    assert one == queries() <= 8


# -- The file --------------------------------------------------------------------------------------------------


def test_the_file_is_the_draft_as_markdown(client, run):
    a_draft(body="Texts with <b> & “signs”\n")
    response = client.get(f"{PAGE}2026-11.md")
    assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="trender-2026-11.md"'
    assert response.content.decode() == "# Title\n\nTexts with <b> & “signs”\n"


@pytest.mark.parametrize("path", ["", "2026-11/", "2026-11.md"])
def test_the_pages_only_answer_to_reading(client, run, path):
    a_draft()
    assert client.post(PAGE + path).status_code == 405
    assert client.head(PAGE + path).status_code == 200
