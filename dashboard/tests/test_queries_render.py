from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard.queries.render import (
    category_sums,
    current_projects,
    ecosystem_days,
    listed_projects,
    projects_of_language,
    recent_runs,
    service_days,
)
from dashboard.tests.builders import a_project, a_published_run, a_render_day, a_repo, a_run, a_service_day

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


def names(rows) -> list[str]:
    return [row.repo_full_name for row in rows]


def test_categories_add_up_what_is_current_and_count_what_is_not_known():
    run = a_published_run()
    a_project(run, "a/one", stars=10, stars_gained_7d=1, service_count=3)
    a_project(run, "a/two", stars=20, stars_gained_7d=None, service_count=None, has_blueprint_button=None)
    a_project(run, "render/sdk", "official", uses_render=False, service_count=None)
    a_repo(run, "octo/plain")
    found = {each.render_category: each for each in category_sums(current_projects())}
    assert found.keys() == {"community", "official"}
    community, official = found["community"], found["official"]
    assert (community.projects, community.stars, community.stars_gained_7d, community.services) == (2, 30, 1, 3)
    assert (community.gain_unknown, community.services_unknown, community.button_unknown) == (1, 1, 1)
    assert (official.projects, official.with_file, official.services, official.services_unknown) == (1, 0, 0, 0)


def test_services_of_nothing_but_unread_files_are_unknown():
    a_project(a_published_run(), service_count=None, uses_render=None)
    assert category_sums(current_projects())[0].services is None


def test_listed_projects_come_by_momentum_with_the_unknown_last():
    run = a_published_run()
    a_project(run, "a/unknown", momentum_score=None)
    a_project(run, "a/first", "employee", momentum_score=Decimal(9))
    a_project(run, "b/second", "blueprint", momentum_score=Decimal(5), stars=7)
    a_project(run, "a/third", momentum_score=Decimal(5), stars=6)
    assert names(listed_projects(current_projects())) == ["a/first", "b/second", "a/third", "a/unknown"]


def test_each_list_has_its_own_limit_and_blueprints_share_that_of_the_community():
    run = a_published_run()
    for number in range(4):
        for category in ("official", "employee", "community", "blueprint"):
            a_project(run, f"octo/{category}-{number}", category, momentum_score=Decimal(number))
    found = listed_projects(current_projects(), 3)
    listed = Counter("community" if row.render_category == "blueprint" else row.render_category for row in found)
    assert listed == {"official": 3, "employee": 3, "community": 3}


def test_official_repositories_without_a_file_are_not_listed():
    run = a_published_run()
    a_project(run, "render/sdk", "official", uses_render=False)
    a_project(run, "render/maybe", "official", uses_render=None)
    a_project(run, "staff/tool", "employee", uses_render=False)
    assert names(listed_projects(current_projects())) == ["staff/tool"]


def test_a_row_is_read_in_one_query_with_all_a_list_shows():
    a_project(a_published_run())
    current = current_projects()
    with CaptureQueriesContext(connection) as asked:
        row = listed_projects(current)[0]
        assert row.service_counts == {"web": 1}
        assert (row.deploy_button_url, row.problem, row.render_complexity_score) == (None, None, Decimal("0.5"))
    assert len(asked) == 1


def test_projects_of_a_language_are_its_own_only():
    run = a_published_run()
    a_project(run, "a/snake", language="Python")
    a_project(run, "a/gopher", language="Go")
    assert names(projects_of_language("Go", 10)) == ["a/gopher"]


def test_days_of_the_ecosystem_are_sums_over_categories_oldest_first():
    for back in (0, 1, 89, 90):
        a_render_day(TODAY - timedelta(days=back), "community", repositories=2, stars=10)
    a_render_day(TODAY, "official", repositories=3, stars=5)
    a_render_day(TODAY + timedelta(days=1))
    found = [(day.snapshot_date, day.projects, day.stars) for day in ecosystem_days(TODAY)]
    assert found == [
        (TODAY - timedelta(days=89), 2, 10),
        (TODAY - timedelta(days=1), 2, 10),
        (TODAY, 5, 15),
    ]


def test_days_of_services_are_sums_over_languages_or_of_one():
    a_service_day(TODAY, "web", "Python", repositories=2, services=3)
    a_service_day(TODAY, "web", None, repositories=1, services=1)
    a_service_day(TODAY, "cron", "Go")
    every = [(day.service_type, day.repositories, day.services) for day in service_days(TODAY)]
    assert every == [("cron", 1, 1), ("web", 3, 4)]
    assert [(day.service_type, day.services) for day in service_days(TODAY, "Python")] == [("web", 3)]


def test_recent_runs_are_those_that_asked_github_and_ended():
    for status in ("success", "failed", "skipped", "running", "partial", "abandoned"):
        a_run(status=status)
    a_run(trigger="from_raw")
    assert [run.status for run in recent_runs()] == ["abandoned", "partial", "failed", "success"]
    assert len(recent_runs(2)) == 2
