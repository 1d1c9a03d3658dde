"""Keeping the month's draft: written from published facts, written anew by runs, never over a person's words."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from dashboard.tests.builders import (
    a_past_repo,
    a_published_run,
    a_render_day,
    a_repo,
    a_service_day,
    once_called,
    star_days_of,
)
from marketing.blog import draft_month
from marketing.models import BlogDraft

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def on(day, month=11, hour=9):
    return datetime(2026, month, day, hour, tzinfo=UTC)


def the_draft(month=11):
    return BlogDraft.objects.get(month=date(2026, month, 1))


# -- Which month -----------------------------------------------------------------------------------------------


def test_the_running_month_is_drafted_from_its_newest_published_day():
    a_repo(a_published_run(execution_date=on(20)), "octo/widget", rank_overall=1)
    assert draft_month(NOW) == f"The draft of November 2026 has been written from run {the_draft().execution_id}."
    assert the_draft().title == "What gained momentum on GitHub in November 2026"
    assert "octo/widget" in the_draft().body
    assert (the_draft().created_at, the_draft().edited_at) == (NOW, None)


def test_on_the_first_days_it_is_the_month_before():
    a_past_repo(a_published_run(execution_date=on(31, month=10)), "octo/october", rank_overall=1)
    a_repo(a_published_run(execution_date=on(1)), "octo/november", rank_overall=1)
    draft_month(on(1, hour=10))
    assert list(BlogDraft.objects.values_list("month", flat=True)) == [date(2026, 10, 1)]
    assert "octo/october" in the_draft(10).body
    assert "octo/november" not in the_draft(10).body


def test_on_the_first_days_of_a_new_database_it_is_the_running_month():
    a_repo(a_published_run(execution_date=on(2)), rank_overall=1)
    draft_month(on(3))
    assert the_draft().month == date(2026, 11, 1)


def test_nothing_published_is_no_draft():
    assert draft_month(NOW) == "No day of November 2026 has been published, so there is no draft to write."
    assert draft_month(on(1)).startswith("No day of October 2026 or November 2026 has been published")
    assert not BlogDraft.objects.exists()


# -- Again, and people -----------------------------------------------------------------------------------------


def test_a_later_run_writes_the_draft_anew():
    a_past_repo(a_published_run(execution_date=on(19)), "octo/first", rank_overall=1)
    draft_month(on(19, hour=10))
    later = a_published_run(execution_date=on(20))
    a_repo(later, "octo/second", rank_overall=1)
    assert draft_month(NOW) == f"The draft of November 2026 has been written anew from run {later.pk}."
    draft = BlogDraft.objects.get()
    assert (draft.execution_id, draft.created_at) == (later.pk, NOW)
    assert "octo/second" in draft.body


def test_a_draft_that_a_person_edited_is_never_overwritten(client):
    a_past_repo(a_published_run(execution_date=on(19)), "octo/first", rank_overall=1)
    draft_month(on(19, hour=10))
    client.force_login(User.objects.create_superuser("anna"))
    draft = the_draft()
    client.post(
        reverse("admin:marketing_blogdraft_change", args=[draft.pk]), {"title": "Our month", "body": "Our words."}
    )
    a_repo(a_published_run(execution_date=on(20)), "octo/second", rank_overall=1)
    assert draft_month(NOW) == "The draft of November 2026 has been edited by a person and stays as it is."
    kept = the_draft()
    assert (kept.title, kept.body, kept.execution_id) == ("Our month", "Our words.", draft.execution_id)


# -- What is in it ---------------------------------------------------------------------------------------------


@pytest.fixture
def november():
    """Two published days after a first one in October, which knew one repository."""
    first = a_published_run(execution_date=on(31, month=10))
    a_past_repo(first, "octo/from-the-start", rank_overall=1)
    a_past_repo(a_published_run(execution_date=on(5)), "octo/came-and-left", rank_overall=1)
    run = a_published_run(execution_date=on(20))
    start = a_repo(run, "octo/steady", rank_overall=2, stars=300, momentum_score=Decimal(20))
    once_called(start, "octo/older")
    new = a_repo(run, "octo/[new](x)", rank_overall=1, stars=100, momentum_score=Decimal(30), stars_gained_30d=None)
    star_days_of(start, [7] * 30)
    star_days_of(new, [1, 2])
    for day, projects in ((date(2026, 11, 5), 3), (date(2026, 11, 20), 5)):
        a_render_day(day, "community", repositories=projects, stars=projects * 100)
        a_render_day(day, "official", repositories=1, stars=10)
        a_service_day(day, "web", services=projects)
        a_service_day(day, "postgres", services=1)
    return run


def test_the_figures_are_those_of_the_months_published_facts(november):
    draft_month(NOW)
    body = the_draft().body
    assert "[2 of 20 days]" in body
    assert "[2](http://127.0.0.1:8000/?at=2026-11-20) repositories were ranked on 2026-11-20" in body
    # 20 days of November at 7 stars, and 3 of the new one; October's days do not count.
    assert "From 2026-11-01 to 2026-11-20 they gained [143](" in body
    assert "Projects: [from 4 to 6 (+2)]" in body
    assert "Stars of all projects: [from 310 to 510 (+200)]" in body
    assert "Services declared: [from 4 to 6 (+2)]" in body
    assert "2026-11-01 to 2026-11-04, 2026-11-06 to 2026-11-19" in body


def test_the_top_ten_is_in_the_order_of_the_ranks_and_names_are_escaped(november):
    draft_month(NOW)
    first, second = (line for line in the_draft().body.splitlines() if line[:2] in ("1.", "2."))
    assert first.startswith(r"1. [octo/\[new\]\(x\)](http://127.0.0.1:8000/repo/octo/%5Bnew%5D%28x%29/?at=2026-11-20")
    assert "octo/steady" in second


def test_new_is_what_was_ranked_first_in_the_month_and_not_what_only_has_a_new_name(november):
    draft_month(NOW)
    part = the_draft().body.partition("## New this month")[2].partition("##")[0]
    assert "#newcomers) repository was ranked for the first time" in part
    assert r"octo/\[new\]" in part
    assert "octo/steady" not in part


def test_of_the_very_first_run_nothing_is_new():
    a_repo(a_published_run(execution_date=on(20)), "octo/widget", rank_overall=1)
    draft_month(NOW)
    assert "No repository was ranked for the first time." in the_draft().body


def test_every_number_of_the_draft_leads_to_a_page_that_is_there(november, client):
    draft_month(NOW)
    addresses = set(re.findall(r"\]\(http://127\.0\.0\.1:8000([^)#]*)", the_draft().body))
    assert len(addresses) > 5
    for address in addresses:
        if not address.startswith("/meta/"):
            assert client.get(address).status_code == 200, address
