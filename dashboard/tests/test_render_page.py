import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.tests.asked import asked
from dashboard.tests.builders import (
    a_project,
    a_published_run,
    a_render_day,
    a_repo,
    a_run,
    a_service_day,
    publish,
    the_day_before,
)

pytestmark = pytest.mark.django_db


def page(client, address: str = "/render/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def words(client, address: str = "/render/") -> str:
    """The page's text as it reads: no tags, single spaces."""
    body = page(client, address).partition("<body>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def part(html: str, id: str) -> str:
    """The section whose heading has this id."""
    return html.partition(f'aria-labelledby="{id}"')[2].partition("</section>")[0]


def shown_names(html: str) -> list[str]:
    return re.findall(r"octo/</span>([\w-]+)", html)


def an_ecosystem(number: int):
    run = a_published_run(("render",))
    for place in range(number):
        for category in ("official", "employee", "community", "blueprint"):
            a_project(run, f"octo/{category}-{place:03}", category, momentum_score=Decimal(number - place))
    return run


def test_the_first_screen_has_the_ecosystems_figures(client):
    run = a_published_run(("render",))
    a_project(run, stars=1200, stars_gained_7d=34, service_counts={"web": 2, "postgres": 1}, service_count=3)
    a_project(run, "octo/sdk", "official", uses_render=False, stars=10, stars_gained_7d=1, service_count=None)
    text = words(client)
    assert "Projects 2 1 with a render.yaml Stars 1,210 of all projects Stars gained +35 in 7 days" in text
    assert "Services declared 3 in render.yaml files" in text
    assert "Official Its owner is one of Render&#x27;s own organisations on GitHub. 1 10 +1 0" in text


def test_lists_hold_10_15_and_10_projects_by_momentum(client):
    an_ecosystem(16)
    html = page(client)
    assert shown_names(part(html, "official")) == [f"official-{place:03}" for place in range(10)]
    assert shown_names(part(html, "employee")) == [f"employee-{place:03}" for place in range(10)]
    community = shown_names(part(html, "community"))
    assert len(community) == 15
    assert set(community[:2]) == {"blueprint-000", "community-000"}


def test_a_few_projects_and_many_need_the_same_few_queries(client):
    run = an_ecosystem(1)
    with CaptureQueriesContext(connection) as few:
        page(client, "/render/?utm_source=few")
    for place in range(20):
        a_project(run, f"octo/more-{place}")
        a_render_day(run.snapshot_date - timedelta(days=place))
        a_service_day(run.snapshot_date - timedelta(days=place), f"type-{place}")
        a_run()
    with CaptureQueriesContext(connection) as many:
        page(client, "/render/?utm_source=many")
    assert asked(few) == asked(many) <= 8


def test_a_project_tells_its_services_complexity_stars_gain_and_button(client):
    a_project(
        a_published_run(("render",)),
        "octo/shop",
        stars=1234,
        stars_gained_7d=56,
        service_counts={"web": 2, "postgres": 1},
        service_count=3,
        render_complexity_score=Decimal("2.3"),
        momentum_score=Decimal("4.56"),
        has_blueprint_button=True,
        deploy_button_url="https://render.com/deploy?repo=https://github.com/octo/shop",
    )
    html = page(client)
    row = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", part(html, "community").partition("<tbody>")[2]))
    assert "Turns things into other things. web 2, postgres 1 2.3 1,234 +56 4.6 Deploy" in row
    link = (
        '<a href="https://render.com/deploy?repo=https://github.com/octo/shop" rel="noopener noreferrer nofollow ugc">'
    )
    assert link in html


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://render.com/deploy", "https://evil.example/deploy"])
def test_a_button_that_leads_elsewhere_is_no_link(client, address):
    a_project(a_published_run(("render",)), has_blueprint_button=True, deploy_button_url=address)
    assert address not in page(client)


def test_a_file_that_is_not_read_yet_is_told_in_its_row_and_in_sum(client):
    facts = {"service_counts": {}, "service_count": None, "render_complexity_score": None}
    a_project(a_published_run(("render",)), problem="render.yaml has not been read yet", **facts)
    text = words(client)
    assert "Of 1 project the services are unknown: the render.yaml has not been read yet" in text
    assert "unknown: render.yaml has not been read yet unknown 100" in text
    assert "Services declared unknown" in text
    assert "None" not in text


def test_what_projects_say_about_themselves_is_text(client):
    hostile = '<script>alert(1)</script> \u202egnp.exe "><img src=x onerror=alert(2)>' + "w" * 300
    counts = {"<b>web</b>": 1, "\u202eweb": 2}
    a_project(
        a_published_run(("render",)),
        'octo/"><svg onload=alert(3)>',
        description=hostile,
        service_counts=counts,
        service_count=3,
    )
    a_project(a_run(), "octo/bad", service_count=None, problem="<i>problem</i>")
    html = page(client)
    for live in ("<script>alert", "<img", "<svg onload", "<b>", "<i>", "onerror=alert(2)>"):
        assert live not in html
    assert re.search(r"<bdi>[^<]*\u202eweb 2[^<]*</bdi>", html)


def test_the_charts_show_the_published_days(client):
    run = a_published_run(("render",))
    a_project(run)
    day = run.snapshot_date
    a_render_day(the_day_before(day), repositories=4, stars=1000)
    a_render_day(day, repositories=5, stars=1234)
    for name, number in (("web", 7), ("postgres", 5), ("cron", 2), ("static", 1)):
        a_service_day(day, name, services=number, repositories=1)
    html, text = page(client), words(client)
    assert "in the Render ecosystem, 2 days from" in html
    assert "web 7, postgres 5, 2 other types 3." in html
    assert f"Every type on {day} Type What it is Projects Services Since {the_day_before(day)}" in text
    assert "A web service that answers HTTP requests from the internet. 1 7 +7" in text
    assert "js/charts.js" in html


def test_this_project_is_a_showcase_of_its_own_runs(client):
    a_project(a_published_run(("render",), tasks_executed=84, requests_sent=1851))
    html = page(client)
    text = words(client)
    assert "Last run took 41.5 s median: not enough runs yet Measured speedup 7.3× against one by one" in text
    assert "Tasks 84 0 failed, 0 tried again Requests per repository 1.50 1,851 for 1,234" in text
    assert "Runs that succeeded not enough runs yet 1 of 10" in text
    assert 'href="/meta/"' in part(html, "showcase-title")


def test_with_ten_runs_their_rate_is_told(client):
    for _ in range(8):
        a_run()
    a_run(status="failed")
    a_project(a_published_run(("render",)))
    assert "Runs that succeeded 90 % of the last 10, 1 published nothing" in words(client)


def test_before_any_run_the_page_says_which_commands_fill_it(client):
    text = words(client)
    assert "Nothing has been published yet" in text
    assert "make demo" in text
    assert "Official blueprints" not in text


def test_without_projects_the_page_says_what_will_be_here(client):
    a_repo(a_published_run())
    text = words(client)
    assert "No project of the Render ecosystem is ranked now" in text
    assert "Last run took 41.5 s" in text


def test_a_category_without_projects_says_so(client):
    a_project(a_published_run(("render",)))
    text = words(client)
    assert "No official project with a render.yaml is ranked now." in text
    assert "RENDER_EMPLOYEES says who is listed." in text


def test_every_category_states_its_rule(client):
    a_project(a_published_run(("render",)))
    html = part(page(client), "categories-title")
    assert len(re.findall(r'<th scope="row">', html)) == 4
    assert "a deploy button in its README." in html


def test_the_page_says_how_old_its_data_is_and_what_failed_since(client):
    a_project(a_published_run(("render",)))
    a_run(status="failed")
    text = words(client)
    assert "Of the run that was published 2 minutes ago and ended as success, with 1,234 repositories." in text
    assert "failed and published nothing. What is shown here is from the run before it." in text


def test_a_project_of_an_earlier_day_is_marked(client):
    yesterday = a_published_run(("render",), execution_date=timezone.now() - timedelta(days=1))
    a_project(yesterday, "octo/late")
    today = a_run()
    publish(today, ("python",))
    a_project(today, "octo/fresh")
    assert f"late Of {the_day_before(today.snapshot_date)}" in words(client)


def test_the_header_marks_the_page_and_unknown_parameters_are_told(client):
    a_project(a_published_run(("render",)))
    html = page(client, "/render/?sort=stars")
    assert '<a href="/render/" aria-current="page">' in html
    assert "“sort”" in html


def test_only_reading_is_answered(client):
    assert client.head("/render/").status_code == 200
    assert client.post("/render/").status_code == 405


def test_nothing_on_the_page_needs_inline_script_or_style(client):
    an_ecosystem(2)
    html = page(client)
    assert not re.search(r"<script(?![^>]*(src=|application/json))|<style|\sstyle=|\son\w+=", html)
