"""Metrics of blueprints: what deploys say, whose they are, what is kept, and the page."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import responses
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard.tests.builders import a_project, a_published_run, a_repo, once_called
from marketing import render_api
from marketing.blueprints import read_metrics
from marketing.blueprints.deploys import deploy_figures, github_name, moment, seconds_taken
from marketing.models import BlueprintMetric
from trender.tests.naps import noted_naps

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
TODAY = NOW.date()
SINCE = NOW - timedelta(days=30)
ADDRESS = "/for-marketing/blueprints/"
BASE = "https://api.render.test/v1"
KEY = "rnd_0123456789abcdefSECRET"
BUTTON = "https://render.com/deploy?repo=https://github.com/octo/shop"
EVIL = "<script>alert(1)</script>"

pytestmark = pytest.mark.django_db


def a_deploy(status="live", minutes=3.0, age_days=1.0, **changes):
    began = NOW - timedelta(days=age_days)
    ended = began + timedelta(minutes=minutes)
    facts = {"id": "dep-1", "status": status, "createdAt": iso(began), "startedAt": iso(began)}
    return facts | {"finishedAt": iso(ended)} | changes


def iso(when):
    return when.isoformat().replace("+00:00", "Z")


# -- What deploys say ------------------------------------------------------------------------------------------


def test_figures_are_of_the_finished_deploys():
    statuses = ["live", "deactivated", "deactivated", "build_failed", "update_failed", "pre_deploy_failed"]
    under_way = ["created", "queued", "build_in_progress", "update_in_progress", "pre_deploy_in_progress"]
    found = deploy_figures([a_deploy(status) for status in [*statuses, *under_way, "canceled", "brand_new"]], SINCE)
    assert (found.deploys, found.finished, found.success_rate) == (13, 6, Decimal("50.00"))


def test_the_time_is_the_median_of_those_that_succeeded():
    deploys = [a_deploy(minutes=2), a_deploy(minutes=4), a_deploy(minutes=60), a_deploy("build_failed", minutes=500)]
    assert deploy_figures(deploys, SINCE).median_seconds == Decimal("240.0")


def test_two_of_three_is_rounded_to_two_places():
    found = deploy_figures([a_deploy(), a_deploy(), a_deploy("build_failed")], SINCE)
    assert found.success_rate == Decimal("66.67")


def test_without_finished_deploys_rate_and_time_are_unknown_and_not_zero():
    found = deploy_figures([a_deploy("queued")], SINCE)
    assert (found.deploys, found.finished, found.median_seconds, found.success_rate) == (1, 0, None, None)


def test_older_deploys_than_asked_for_do_not_count():
    assert deploy_figures([a_deploy(age_days=31), a_deploy(age_days=29)], SINCE).deploys == 1


@pytest.mark.parametrize("hostile", [{}, {"createdAt": None}, {"createdAt": 5, "status": []}, {"createdAt": "now"}])
def test_a_deploy_without_a_readable_moment_is_left_out(hostile):
    assert deploy_figures([hostile, a_deploy()], SINCE).deploys == 1


@pytest.mark.parametrize(
    ("deploy", "seconds"),
    [
        (a_deploy(minutes=2), 120.0),
        (a_deploy(startedAt=None, createdAt=iso(NOW), finishedAt=iso(NOW + timedelta(seconds=9))), 9.0),
        (a_deploy(startedAt=iso(NOW), createdAt=iso(SINCE), finishedAt=iso(NOW + timedelta(seconds=9))), 9.0),
        (a_deploy(minutes=-5), None),
        (a_deploy(finishedAt=None), None),
        (a_deploy(finishedAt="9999-12-31T23:59:59Z"), None),
        ({}, None),
    ],
)
def test_a_deploy_takes_from_its_start_to_its_end(deploy, seconds):
    assert seconds_taken(deploy) == seconds


def test_an_unheard_of_status_that_is_no_text_breaks_nothing():
    assert deploy_figures([a_deploy(status=None)], SINCE).finished == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21T10:00:00Z", NOW),
        ("2026-11-21T10:00:00.123456Z", NOW + timedelta(microseconds=123456)),
        ("2026-11-21T12:00:00+02:00", NOW),
        ("2026-13-21T10:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("2026-11-21", None),
        ("2026-11-21T10:00:00", None),
        ("٢٠٢٦-11-21T10:00:00Z", None),
        (None, None),
        (1700000000, None),
    ],
)
def test_moments_are_read_with_their_offset_only(text, expected):
    assert moment(text) == expected


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/Octo/Shop", "octo/shop"),
        ("https://github.com/octo/shop.git", "octo/shop"),
        (" https://www.github.com/octo/shop/ ", "octo/shop"),
        ("https://gitlab.com/octo/shop", None),
        ("https://github.com.evil.test/octo/shop", None),
        ("https://me:secret@github.com/octo/shop", None),
        ("git@github.com:octo/shop.git", None),
        ("https://github.com/octo", None),
        ("https://github.com/octo/shop/tree/main", None),
        ("https://[", None),
        ("javascript:alert(1)", None),
        (None, None),
        (["x"], None),
    ],
)
def test_a_repository_is_known_by_its_address_at_github(url, name):
    assert github_name(url) == name


# -- Reading ---------------------------------------------------------------------------------------------------


@pytest.fixture
def run():
    return a_published_run(("render", "python"), execution_date=NOW)


@pytest.fixture
def shop(run):
    return a_project(run, "octo/shop", stars=200, has_blueprint_button=True, deploy_button_url=BUTTON)


@pytest.fixture
def render(settings, monkeypatch):
    settings.RENDER_API_KEY, settings.RENDER_API_BASE_URL = KEY, BASE
    noted_naps(monkeypatch, render_api)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def tell_services(render, *services):
    render.get(f"{BASE}/services", json=[{"cursor": s.get("id"), "service": s} for s in services])


def tell_deploys(render, service_id, *deploys, **answer):
    answer = answer or {"json": [{"cursor": "c", "deploy": deploy} for deploy in deploys]}
    render.get(re.compile(f"{BASE}/services/{service_id}/deploys"), **answer)


def a_service(number=1, **changes):
    return {"id": f"srv-{number}", "name": f"web-{number}", "repo": "https://github.com/Octo/Shop.git"} | changes


def test_every_current_repository_with_a_button_has_a_row(run, shop):
    a_project(run, "octo/plain", has_blueprint_button=False)
    a_project(run, "octo/unread", has_blueprint_button=None)
    sentence = read_metrics(NOW)
    row = BlueprintMetric.objects.get()
    assert (row.repo_full_name, row.github_id, row.stars) == ("octo/shop", shop.github_id, 200)
    assert (row.deploy_button_url, row.metric_date, row.execution_id) == (BUTTON, TODAY, run.pk)
    assert (row.deploys, row.success_rate, row.is_demo) == (None, None, False)
    assert sentence == (
        "Blueprint metrics of 2026-11-21: 1 repository with a deploy button; own services unknown: RENDER_API_KEY is "
        "not set."
    )


def test_the_same_day_again_replaces_the_rows(run, shop):
    read_metrics(NOW)
    read_metrics(NOW + timedelta(hours=1))
    read_metrics(NOW + timedelta(days=1))
    assert BlueprintMetric.objects.count() == 2
    assert set(BlueprintMetric.objects.values_list("created_at", flat=True)) == {
        NOW + timedelta(hours=1),
        NOW + timedelta(days=1),
    }


def test_own_services_have_figures_and_their_repository(run, shop, render):
    tell_services(render, a_service())
    tell_deploys(render, "srv-1", a_deploy(minutes=2), a_deploy("deactivated", minutes=4), a_deploy("build_failed"))
    assert read_metrics(NOW).endswith("1 repository with a deploy button; 1 own service.")
    row = BlueprintMetric.objects.get(service_id="srv-1")
    assert (row.service_name, row.repo_full_name, row.github_id) == ("web-1", "octo/shop", shop.github_id)
    assert (row.deploys, row.finished_deploys) == (3, 3)
    assert (row.deploy_seconds, row.success_rate, row.problem) == (Decimal("180.0"), Decimal("66.67"), "")
    assert row.execution_id == run.pk


def test_a_service_of_an_unknown_repository_has_a_row_without_one(run, render):
    tell_services(render, a_service(repo="https://github.com/somebody/secret"), a_service(2, repo=None))
    tell_deploys(render, "srv-1")
    tell_deploys(render, "srv-2")
    read_metrics(NOW)
    assert set(BlueprintMetric.objects.values_list("github_id", "repo_full_name", "stars", "deploys")) == {
        (None, "", None, 0)
    }


def test_a_service_finds_its_repository_under_a_former_name(run, shop, render):
    once_called(shop, "octo/store")
    tell_services(render, a_service(repo="https://github.com/octo/store"))
    tell_deploys(render, "srv-1")
    read_metrics(NOW)
    assert BlueprintMetric.objects.get(service_id="srv-1").repo_full_name == "octo/shop"


def test_a_name_that_another_repository_has_now_is_that_ones(run, shop, render):
    once_called(shop, "octo/store")
    other = a_repo(run, "octo/store")
    tell_services(render, a_service(repo="https://github.com/octo/store"))
    tell_deploys(render, "srv-1")
    read_metrics(NOW)
    assert BlueprintMetric.objects.get(service_id="srv-1").github_id == other.github_id


def test_a_refused_key_is_said_in_the_rows_and_the_sentence_without_the_key(run, shop, render):
    render.get(f"{BASE}/services", status=401, json={"message": f"invalid {KEY}"})
    sentence = read_metrics(NOW)
    row = BlueprintMetric.objects.get()
    assert row.problem.startswith("Render answered 401 (invalid ***). Set RENDER_API_KEY")
    assert "own services unknown: Render answered 401" in sentence
    assert KEY not in sentence + row.problem


def test_services_of_earlier_stay_when_they_cannot_be_listed(run, shop, render):
    tell_services(render, a_service())
    tell_deploys(render, "srv-1", a_deploy())
    read_metrics(NOW)
    render.reset()
    render.get(f"{BASE}/services", status=500)
    read_metrics(NOW + timedelta(hours=1))
    assert BlueprintMetric.objects.get(service_id="srv-1").deploys == 1


def test_one_service_that_cannot_be_read_costs_itself(run, render):
    tell_services(render, a_service(), a_service(2))
    tell_deploys(render, "srv-1", status=404, json={"message": "gone"})
    tell_deploys(render, "srv-2", a_deploy())
    assert "2 own services, 1 of them with unknown deploys." in read_metrics(NOW)
    broken = BlueprintMetric.objects.get(service_id="srv-1")
    assert (broken.deploys, broken.success_rate) == (None, None)
    assert broken.problem.startswith("Render answered 404 (gone).")
    assert BlueprintMetric.objects.get(service_id="srv-2").deploys == 1


def test_a_key_that_is_refused_half_way_ends_the_reading(run, shop, render):
    tell_services(render, a_service(), a_service(2))
    tell_deploys(render, "srv-1", status=401)
    read_metrics(NOW)
    assert list(BlueprintMetric.objects.values_list("service_id", flat=True)) == [""]
    assert len(render.calls) == 2


def test_what_render_says_is_hostile(run, render):
    names = [{"name": f"{EVIL}\x00\n" * 40}, {"name": None}, {"name": {"a": 1}}, {"name": f"key {KEY}"}]
    ids = [{"id": "../../owners"}, {"id": 5}, {"id": None}, {"id": "x" * 101}, {"id": "srv-1"}]
    tell_services(render, *(a_service(n + 1) | name for n, name in enumerate(names)), *(a_service() | i for i in ids))
    for number in range(1, 5):
        tell_deploys(render, f"srv-{number}", {"status": {"x": 1}, "createdAt": iso(NOW)}, {"createdAt": [1]})
    read_metrics(NOW)
    kept = {row.service_id: row for row in BlueprintMetric.objects.all()}
    assert sorted(kept) == ["srv-1", "srv-2", "srv-3", "srv-4"]
    assert (kept["srv-2"].service_name, kept["srv-3"].service_name) == ("srv-2", "srv-3")
    assert KEY not in json.dumps([row.service_name for row in kept.values()])
    assert all("\x00" not in row.service_name and len(row.service_name) <= 100 for row in kept.values())


# -- The page --------------------------------------------------------------------------------------------------


@pytest.fixture
def page(client):
    def asked(address=ADDRESS):
        with time_machine.travel(NOW, tick=False):
            answer = client.get(address)
        assert answer.status_code == 200
        return answer.content.decode()

    return asked


def fill(number, **given):
    facts = {"metric_date": TODAY, "created_at": NOW, "execution_id": 1, "deploy_button_url": BUTTON}
    BlueprintMetric.objects.bulk_create(
        BlueprintMetric(**{"github_id": n, "repo_full_name": f"octo/repo-{n:03}", "stars": 1000 - n} | facts | given)
        for n in range(1, number + 1)
    )


def a_service_row(name="web", rate="66.67", **given):
    facts = {"service_id": f"srv-{name}", "service_name": name, "metric_date": TODAY, "created_at": NOW}
    figures = {"deploys": 3, "finished_deploys": 3, "deploy_seconds": Decimal("90.0"), "success_rate": Decimal(rate)}
    return BlueprintMetric.objects.create(**facts | figures | given)


def test_the_list_shows_stars_button_and_run(run, shop, page):
    read_metrics(NOW)
    html = page()
    assert '<a class="row__name" href="/repo/octo/shop/">' in html
    assert f'href="{BUTTON}"' in html
    assert f'<a href="/meta/?run={run.pk}">Run {run.pk}</a>' in html
    assert "1 repository of the Render ecosystem" in html


def test_without_a_key_one_sentence_says_what_is_missing(run, shop, page, settings):
    settings.RENDER_API_KEY = ""
    read_metrics(NOW)
    html = page()
    assert "RENDER_API_KEY is not set, so deploys, time to deploy and success rate are unknown." in html
    assert "dashboard.render.com under Account Settings, API Keys" in html
    assert "sheet--services" not in html


def test_a_service_under_80_percent_is_flagged_by_sign_and_word_and_comes_first(run, page, settings):
    settings.RENDER_API_KEY = KEY
    a_service_row("a-fine", "80.00")
    a_service_row("b-bad", "79.99")
    a_service_row("c-quiet", "0", success_rate=None, finished_deploys=0, deploy_seconds=None)
    html = page()
    assert html.count("▼ under 80 %") == 1
    assert html.index("b-bad") < html.index("a-fine") < html.index("c-quiet")
    assert "✓ 80 % or more" in html
    assert "none finished" in html
    assert "1 of 3 under 80 %." in html
    assert KEY not in html


def test_a_failed_listing_is_said_and_older_services_stay(run, page, settings):
    settings.RENDER_API_KEY = KEY
    a_service_row(metric_date=TODAY - timedelta(days=7))
    fill(1, problem=f"Render answered 401 {EVIL}.")
    html = page()
    assert "The reading of 2026-11-21 could not list the services" in html
    assert EVIL not in html
    assert "in the 30 days before 2026-11-14" in html


def test_hostile_texts_are_escaped(run, page):
    a_service_row(f"{EVIL} العربية 名前", problem=EVIL)
    fill(1, repo_full_name=f"octo/{EVIL}", deploy_button_url="javascript:alert(1)")
    html = page()
    assert EVIL not in html
    assert "javascript:" not in html
    assert "no address" in html


def test_before_the_first_reading_the_page_says_what_will_be_here(page):
    assert "No repository with a deploy button has been read yet" in page()


def test_only_the_newest_reading_is_listed(run, page):
    fill(2, metric_date=TODAY - timedelta(days=7))
    fill(1)
    html = page()
    assert "octo/" in html
    assert html.count('class="row__name"') == 1


def test_made_up_rows_are_not_shown_beside_real_ones(run, page):
    fill(3, is_demo=True)
    assert "No repository with a deploy button has been read yet" in page()


def test_a_long_list_is_paged(run, page):
    fill(150)
    first, second, beyond = page(), page(f"{ADDRESS}?page=2"), page(f"{ADDRESS}?page=99")
    assert first.count('class="row__name"') == 100
    assert "1 to 100 are shown" in first
    assert second.count('class="row__name"') == beyond.count('class="row__name"') == 50
    assert "repo-001" in first
    assert "repo-150" in second


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=9" * 30, "page=1&page=2", "q=%00&language=zz"])
def test_no_parameter_breaks_the_page(run, page, query):
    fill(1)
    assert "repo-001" in page(f"{ADDRESS}?{query}")


def test_ten_rows_and_two_hundred_need_the_same_number_of_queries(run, client):
    counts = []
    for number in (10, 200):
        BlueprintMetric.objects.all().delete()
        fill(number)
        for service in range(number // 10):
            a_service_row(f"web-{service}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(ADDRESS).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_a_reading_needs_as_many_queries_for_thirty_repositories_as_for_three(run, django_assert_max_num_queries):
    for number in range(30):
        a_project(run, f"octo/p-{number}", has_blueprint_button=True)
    with django_assert_max_num_queries(12):
        read_metrics(NOW)
    assert BlueprintMetric.objects.count() == 30


def test_the_page_is_only_read(client):
    assert client.post(ADDRESS).status_code == 405
