"""The page of leads: each with its figures, proofs and text; never an e-mail address or a note."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard.tests.builders import a_project, a_published_run
from marketing import story_page
from marketing.models import SuccessStoryLead
from marketing.queries.leads import PAGE_SIZE
from pipeline.models import RawGithubRepo, RawRepoMetric, RepoSnapshot
from pipeline.schedules import sync_schedules

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
PAGE = "/for-marketing/stories/"
STEADY = {"stars": 200, "weeks_gaining": 9, "stars_gained_30d": 30, "star_velocity": Decimal("5.25")}
CONTACT = {
    "login": "octo",
    "type": "Organization",
    "html_url": "https://github.com/octo",
    "email": "secret@octo.example",
    "read_at": NOW.isoformat(),
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_ten():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def run():
    return a_published_run(execution_date=NOW - timedelta(hours=1))


def a_lead(run, row, **given):
    """A lead as find_leads() leaves it."""
    facts = {
        "github_id": row.github_id,
        "repo_full_name": row.repo.repo_full_name,
        "rule": "steady_growth",
        "stars": row.stars,
        "star_velocity": row.star_velocity,
        "story": f"{row.repo.repo_full_name} is a repository on GitHub.",
        "execution_id": run.pk,
        "found_at": NOW,
        "updated_at": NOW,
    }
    return SuccessStoryLead.objects.create(**facts | given)


def text_of(client, query=""):
    response = client.get(PAGE + query)
    assert response.status_code == 200
    return response.content.decode()


def words_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# -- A lead ----------------------------------------------------------------------------------------------------


def test_a_lead_stands_with_its_figures_its_text_and_its_proofs(client, run):
    row = a_project(run, "octo/shop", **STEADY)
    raw = RawGithubRepo.objects.create(
        github_id=row.github_id, repo_full_name="octo/shop", api_response={}, fetch_timestamp=NOW, last_seen_at=NOW,
        source_type="render_ecosystem", content_hash="a", execution=run,
    )  # fmt: skip
    stars = RawRepoMetric.objects.create(
        github_id=row.github_id, repo_full_name="octo/shop", metric_type="star_history", metric_data={},
        fetch_timestamp=NOW, last_seen_at=NOW, content_hash="a", execution=run,
    )  # fmt: skip
    a_lead(run, row, contact=CONTACT)
    html = text_of(client)
    for address in (
        'href="/repo/octo/shop/"',
        f'href="/repo/octo/shop/?at={run.snapshot_date}"',
        f'href="/meta/?run={run.pk}"',
        f'href="/repo/octo/shop/payload/repository-{raw.pk}.json"',
        f'href="/repo/octo/shop/payload/star_history-{stars.pk}.json"',
        'href="https://github.com/octo" rel="noopener noreferrer nofollow ugc"',
    ):
        assert address in html
    assert "octo/shop is a repository on GitHub." in html
    assert "Stars 200 Gained in 7 days (% of its stars) 5.3" in words_of(html)
    assert "Met in the newest run" in html


def test_proofs_lead_to_pages_that_are_there(client, run):
    a_lead(run, a_project(run, "octo/shop", **STEADY))
    html = text_of(client)
    for address in re.findall(r'href="(/(?:repo|meta)/[^"]*)"', html):
        assert client.get(address).status_code == 200, address


def test_the_payloads_are_those_of_the_leads_own_run_and_not_of_a_later_one(client, run):
    row = a_project(run, "octo/shop", **STEADY)
    later = a_published_run(execution_date=NOW)
    for execution in (run, later):
        RawGithubRepo.objects.create(
            github_id=row.github_id, repo_full_name="octo/shop", api_response={}, fetch_timestamp=NOW,
            last_seen_at=NOW, source_type="rising", content_hash=str(execution.pk), execution=execution,
        )  # fmt: skip
    a_lead(run, row)
    assert f"payload/repository-{RawGithubRepo.objects.get(execution=run).pk}.json" in text_of(client)
    assert f"payload/repository-{RawGithubRepo.objects.get(execution=later).pk}.json" not in text_of(client)


def test_payloads_that_are_pruned_are_said_to_be(client, run):
    a_lead(run, a_project(run, "octo/shop", **STEADY))
    assert "description: not stored any more · stars by day: not stored any more" in words_of(text_of(client))


def test_e_mail_addresses_and_notes_are_on_no_page(client, run):
    a_lead(run, a_project(run, "octo/shop", **STEADY), contact=CONTACT, notes="Call on Monday.")
    html = text_of(client)
    assert "secret@octo.example" not in html
    assert "Call on Monday." not in html


def test_an_unknown_velocity_and_an_unread_profile_are_named(client, run):
    row = a_project(run, "octo/shop", **STEADY | {"star_velocity": None})
    a_lead(run, row, contact={"login": "octo", "problem": "404: Not Found"})
    text = words_of(text_of(client))
    assert "Gained in 7 days (% of its stars) unknown" in text
    assert "profile not read" in text
    assert "The profile could not be read at the last try: 404: Not Found ." in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weeks_gaining": 3}, "Not met in the newest run: stars gained in each of the last 8 weeks"),
        ({"weeks_gaining": None}, "Unknown in the newest run: stars gained in each of the last 8 weeks"),
        ({"is_current": False}, "Not met in the newest run: it has left the ranking"),
    ],
)
def test_a_lead_that_the_newest_run_does_not_find_stays_and_says_why(client, run, change, words):
    row = a_project(run, "octo/shop", **STEADY)
    a_lead(run, row, status="contacted")
    RepoSnapshot.objects.filter(pk=row.pk).update(**change)
    text = words_of(text_of(client))
    assert words in text
    assert "Contacted 1 lead" in text


def test_a_lead_of_a_rule_that_is_not_in_use_any_more_stays(client, run):
    a_lead(run, a_project(run, "octo/shop", **STEADY), rule="older_rule")
    assert "Not met in the newest run: the rule is not in use any more" in words_of(text_of(client))


@pytest.mark.parametrize("name", ["o/<script>alert(1)<", "o/" + "x" * 290, "o/مرحبا", "o/工具😀", 'o/"><img src=x>'])
def test_hostile_names_texts_and_contacts_are_only_text(client, run, name):
    row = a_project(run, name, **STEADY)
    a_lead(
        run, row, story=name, contact={"login": "o", "html_url": "javascript:alert(1)", "type": name} | {"read_at": 7}
    )
    html = text_of(client)
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "javascript:" not in html


@pytest.mark.parametrize("contact", [[], "text", None, {"read_at": {}}, {"problem": None, "html_url": 3, "type": []}])
def test_a_contact_of_another_shape_breaks_nothing(client, run, contact):
    a_lead(run, a_project(run, "octo/shop", **STEADY), contact=contact if contact is not None else {})
    text_of(client)


# -- The choice ------------------------------------------------------------------------------------------------


def test_leads_come_by_status_and_can_be_narrowed(client, run):
    for status in ("declined", "new", "agreed"):
        a_lead(run, a_project(run, f"octo/{status}", **STEADY), status=status)
    headings = re.findall(r"<h2[^>]*>(New|Agreed|Declined)</h2>", text_of(client))
    assert headings == ["New", "Agreed", "Declined"]
    narrowed = text_of(client, "?status=agreed&rule=steady_growth")
    assert ("octo/agreed is" in narrowed, "octo/new is" in narrowed) == (True, False)
    assert "No lead of this status and rule" in text_of(client, "?status=published")


def test_what_the_address_asks_for_and_nobody_knows_is_said(client, run):
    a_lead(run, a_project(run, "octo/shop", **STEADY))
    html = text_of(client, "?status=won&rule=%00&page=-1&colour=red&utm_source=x")
    for words in ("“won” is no status", "is no rule of this page", "“-1” is no page", "says “colour”"):
        assert words in html
    assert "utm_source" not in html


def test_long_lists_are_paged(client, run):
    for number in range(PAGE_SIZE + 1):
        a_lead(run, a_project(run, f"octo/shop-{number}", **STEADY))
    assert text_of(client).count("<article") == PAGE_SIZE
    second = text_of(client, "?page=2&status=new")
    assert second.count("<article") == 1
    assert 'href="?status=new"' in second
    assert text_of(client, "?page=99").count("<article") == 1


def test_made_up_leads_are_not_shown_among_real_ones(client, run):
    demo = a_published_run(execution_date=NOW - timedelta(days=2), is_demo=True)
    a_lead(demo, a_project(demo, "demo--octo/shop", **STEADY))
    newest = a_published_run(execution_date=NOW)
    a_lead(newest, a_project(newest, "octo/real", **STEADY))
    html = text_of(client)
    assert ("demo--octo" in html, "octo/real" in html) == (False, True)


def test_the_choice_is_written_back_into_addresses():
    choice = story_page.Choice("new", "fast_growth", 3)
    assert choice.query(page=2) == "?status=new&rule=fast_growth&page=2"
    assert choice.query(status="", rule="") == "?"


# -- The page --------------------------------------------------------------------------------------------------


def test_the_rules_are_there_with_the_thresholds_of_the_settings(client, run, settings):
    settings.TRENDER_LEAD_STARS, settings.TRENDER_STEADY_LEAD_GROWTH = 1234, 17
    text = words_of(text_of(client))
    assert "1,234 stars or more" in text
    assert "17 % of its stars or more gained in 30 days" in text
    assert "TRENDER_LEAD_VELOCITY" in text


def test_before_the_first_search_the_page_says_when_it_will_be(client):
    sync_schedules(NOW)
    text = words_of(text_of(client))
    assert "No lead has been found yet" in text
    assert "The weekly schedule looks for them in" in text


def test_the_number_of_queries_is_the_same_for_few_leads_and_for_many(client, run):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            text_of(client)
        return [query["sql"] for query in seen if "BEGIN" not in query["sql"] and "ROLLBACK" not in query["sql"]]

    for number in range(3):
        a_lead(run, a_project(run, f"octo/shop-{number}", **STEADY))
    few = queries()
    for number in range(3, 200):
        a_lead(run, a_project(run, f"octo/shop-{number}", **STEADY))
    assert len(few) == len(queries()) <= 8


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_page_only_answers_to_reading(client, method):
    assert getattr(client, method)(PAGE).status_code == 405


def test_every_status_of_the_table_is_explained():
    assert set(story_page.STATUSES) == set(SuccessStoryLead.Status.values)


def test_a_moment_that_is_none_is_left_out():
    assert story_page._moment("never") is None
    assert story_page._moment(date(2026, 11, 21)).year == 2026
