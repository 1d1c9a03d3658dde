"""The page for marketing: a tile a page, the claims with their proof, and few queries."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from dashboard.tests.builders import a_published_run, a_repo, a_run, publish
from marketing.claims import SLUGS
from marketing.models import BlogDraft, BlueprintMetric, MarketingAsset, PlatformReading, SuccessStoryLead
from marketing.pages import PAGES
from pipeline.models.runs import WorkflowExecution

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 11, 30, tzinfo=UTC)
HUB = "/for-marketing/"
PROOF = "/for-marketing/claims.json"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def hub(client):
    return client.get(HUB)


def text(client):
    return " ".join(hub(client).content.decode().split())


def many_runs(number, **given):
    runs = [
        a_run(
            execution_date=NOW - timedelta(hours=hours), finished_at=NOW - timedelta(hours=hours, seconds=-40), **given
        )
        for hours in range(number, 0, -1)
    ]
    publish(runs[-1])
    return runs


def a_row_of_each(run, made_at, number=1):
    """`number` rows of everything that marketing keeps."""
    common = {"created_at": made_at}
    for place in range(number):
        repo = {"github_id": place, "repo_full_name": f"octo/widget-{place}"}
        picture = {"asset_type": "card_wide", "theme": "light", "alt_text": "A card.", "image": b"picture"}
        MarketingAsset.objects.create(**repo, **common, **picture, execution_id=run.pk, snapshot_date=made_at.date())
        SuccessStoryLead.objects.create(
            **repo, rule="growth", stars=1, execution_id=run.pk, found_at=made_at, updated_at=made_at
        )
        PlatformReading.objects.create(platform=f"platform-{place}", report_date=made_at.date(), **common)
        BlueprintMetric.objects.create(**repo, **common, metric_date=made_at.date(), stars=1)
        month = date(2020 + place // 12, place % 12 + 1, 1)
        BlogDraft.objects.create(month=month, title="A month", body="", execution_id=run.pk, **common)


def test_the_hub_leads_to_every_page_and_to_the_linter(client):
    a_published_run()
    page = hub(client)
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-cache"
    for path in [*(page.path for page in PAGES), "/render/lint/"]:
        assert f'href="{path}"' in page.content.decode()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug or "hub")
def test_every_page_is_there_and_marks_itself_in_the_list(client, page):
    a_repo(a_published_run())
    answer = client.get(page.path)
    assert answer.status_code == 200
    assert f'<a href="{page.path}" aria-current="page">{page.tab}</a>' in answer.content.decode()
    assert f"<h1>{page.heading}</h1>" in answer.content.decode()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug or "hub")
def test_every_page_stands_before_anything_was_published(client, page):
    answer = client.get(page.path)
    assert answer.status_code == 200
    assert "Nothing has been published yet" in answer.content.decode()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug or "hub")
def test_every_page_is_only_read(client, page):
    assert client.post(page.path).status_code == 405


def test_the_hub_names_the_run_with_its_permalink(client):
    run = a_published_run()
    assert f'<a href="/meta/?run={run.pk}">run {run.pk}</a>' in text(client)


def test_the_header_of_every_page_leads_to_the_hub(client):
    a_published_run()
    assert '<a href="/for-marketing/">For marketing</a>' in client.get("/render/").content.decode()
    assert '<a href="/for-marketing/" aria-current="page">For marketing</a>' in text(client)


def test_a_tile_says_how_many_there_are_and_how_old(client):
    run = a_published_run()
    a_row_of_each(run, NOW - timedelta(days=9), 1)
    words = text(client)
    for amount in ("1 picture", "1 lead", "1 platform read", "1 repository with a button", "1 draft"):
        assert f"<strong>{amount}</strong>, made" in words
    assert words.count("9 days ago") == 5


def test_a_tile_counts_the_newest_day_where_rows_are_of_days(client):
    run = a_published_run()
    a_row_of_each(run, NOW - timedelta(days=9), 3)
    PlatformReading.objects.create(platform="render", report_date=NOW.date(), created_at=NOW)
    BlueprintMetric.objects.create(
        github_id=1, repo_full_name="octo/widget", metric_date=NOW.date(), stars=1, created_at=NOW
    )
    words = text(client)
    assert "<strong>1 platform read</strong>, made" in words
    assert "<strong>1 repository with a button</strong>, made" in words
    assert "<strong>3 pictures</strong>, made" in words


def test_a_tile_without_anything_says_when_there_will_be_something(client):
    words = text(client)
    assert words.count("None yet; made each Monday at 06:30 UTC.") == 3
    assert "None yet; made each Monday at 06:45 UTC." in words
    assert "None yet; made on the 1st of each month at 07:00 UTC." in words


def test_the_words_of_the_tiles_are_those_of_the_schedules():
    from marketing.tiles import ASSETS, DRAFT, REPORT
    from pipeline.schedules import SCHEDULES

    due = {schedule.func: schedule for schedule in SCHEDULES}
    for words, name in ((ASSETS, "weekly_assets"), (REPORT, "weekly_platform_report"), (DRAFT, "monthly_blog_draft")):
        schedule = due[f"marketing.tasks.{name}"]
        day = "each Monday" if schedule.weekday == 0 else "on the 1st of each month"
        assert words == f"{day} at {schedule.hour:02}:{schedule.minute:02} UTC"


@pytest.mark.parametrize("number", [10, 200])
def test_the_hub_needs_eight_queries_for_10_rows_and_for_200(client, django_assert_num_queries, number):
    run = many_runs(number)[-1]
    a_row_of_each(run, NOW, number)
    with django_assert_num_queries(8):
        hub(client)


# -- Claims ----------------------------------------------------------------------------------------------------


def test_until_there_are_ten_runs_the_hub_says_how_many_there_are(client):
    many_runs(3)
    assert text(client).count("not enough runs yet (3 of 10)") == len(SLUGS) - 1
    assert text(client).count("not enough runs yet (0 of 10)") == 1  # none of them was scheduled


def test_made_up_history_is_no_claim(client):
    many_runs(12, trigger=WorkflowExecution.Trigger.HISTORY)
    assert text(client).count("not enough runs yet (0 of 10)") == len(SLUGS)


def test_a_claim_is_computed_when_the_page_is_asked_for(client):
    runs = many_runs(12, parallel_speedup_factor=Decimal("7.29"))
    assert "7.2×" in text(client)
    WorkflowExecution.objects.update(parallel_speedup_factor=Decimal("3.09"))
    assert "3.0×" in text(client)
    WorkflowExecution.objects.filter(pk=runs[0].pk).update(status="failed")
    assert "91.6 %" in text(client)


def test_each_claim_leads_to_the_runs_it_rests_on(client):
    runs = many_runs(12)
    WorkflowExecution.objects.filter(pk=runs[0].pk).update(status="failed")
    words = hub(client).content.decode()
    href = f"{PROOF}?claim=speedup&amp;until=2026-11-21T11%3A30%3A00Z"
    assert f'<a href="{href}">The 11 runs it rests on, as JSON</a>' in words
    proof = client.get(href.replace("&amp;", "&")).json()
    assert [claim["slug"] for claim in proof["claims"]] == ["speedup"]
    assert [run["execution_id"] for run in proof["runs"]] == [run.pk for run in reversed(runs[1:])]
    assert proof["claims"][0]["runs"] == [run["execution_id"] for run in proof["runs"]]
    assert proof["runs"][0]["links"]["page"].endswith(f"/meta/?run={runs[-1].pk}")


def test_the_permalink_says_the_same_after_more_runs(client):
    many_runs(12)
    address = f"{PROOF}?until=2026-11-21T11:30:00Z"
    before = client.get(address).json()
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        a_run(status="failed", parallel_speedup_factor=Decimal(1))
        assert client.get(address).json() == before
        assert client.get(PROOF).json() != before


def test_the_proof_says_the_same_numbers_as_the_page(client):
    many_runs(12)
    words = text(client)
    for claim in client.get(PROOF).json()["claims"]:
        assert claim["text"] in words
        assert claim["formula"] in words
        assert claim["sentence"] in words


def test_the_proof_without_runs_is_empty_and_not_zero(client):
    proof = client.get(PROOF).json()
    assert proof["runs"] == []
    assert {claim["value"] for claim in proof["claims"]} == {None}


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("claim=best", "claim"),
        ("until=yesterday", "until"),
        ("until=2026-11-21T11:30:01Z", "until"),  # ahead of now
        ("until=0001-01-01", "until"),
        ("until=0001-01-01T00:00:00%2B14:00", "until"),
        ("until=9999-12-31T23:59:59-14:00", "until"),
        ("until=%00", "until"),
        ("since=2026-01-01", "since"),
        ("claim=" + "x" * 5000, "claim"),
    ],
)
def test_a_bad_address_of_a_proof_is_answered_with_what_to_mend(client, query, parameter):
    answer = client.get(f"{PROOF}?{query}")
    error = json.loads(answer.content)["error"]
    assert answer.status_code == 422
    assert error["parameter"] == parameter
    assert len(answer.content) < 500


def test_the_proof_is_one_query_and_one_for_what_was_published(client, django_assert_num_queries):
    many_runs(200)
    with django_assert_num_queries(1):
        client.get(PROOF)


def test_the_proof_holds_nothing_of_errors_own_words(client):
    many_runs(12, error_details=[{"stream": "go", "error": "secret words"}], github_state={"token": "hidden"})
    words = client.get(PROOF).content.decode()
    assert "secret words" not in words
    assert "hidden" not in words
