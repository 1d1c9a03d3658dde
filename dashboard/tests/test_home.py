import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.tests.asked import asked
from dashboard.tests.builders import a_published_run, a_repo, a_run, many_repos, publish, the_day_before
from pipeline.models import RepoSnapshot, StreamState

pytestmark = pytest.mark.django_db


def page(client) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def words(client) -> str:
    """The page's text as it reads: no tags, single spaces."""
    body = page(client).partition("<body>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def shown_names(html: str) -> list[str]:
    return re.findall(r"octo/</span>([\w-]+)", html.partition("<tbody>")[2])


def test_rows_are_listed_in_order_with_an_unknown_momentum_last(client):
    run = a_published_run()
    a_repo(run, "octo/unknown", momentum_score=None)
    a_repo(run, "octo/second", momentum_score=Decimal(1))
    a_repo(run, "octo/first", momentum_score=Decimal(2))
    assert shown_names(page(client)) == ["first", "second", "unknown"]


def test_a_hundred_rows_at_most_and_how_many_there_are(client):
    many_repos(a_published_run(), 101)
    html = page(client)
    assert len(shown_names(html)) == 100
    assert "widget-101" not in html
    assert "Top 100 of 101 repositories" in words(client)


def test_ten_rows_and_a_hundred_need_the_same_few_queries(client):
    run = a_published_run()
    many_repos(run, 10)
    with CaptureQueriesContext(connection) as few:
        page(client)
    for number in range(11, 101):
        a_repo(run, f"octo/more-{number}")
    with CaptureQueriesContext(connection) as many:
        page(client)
    assert asked(few) == asked(many) <= 8


def test_numbers_are_written_for_people(client):
    run = a_published_run()
    a_repo(run, stars=1234567, stars_gained_7d=4321, momentum_score=Decimal("80.251"))
    text = words(client)
    assert all(number in text for number in ("1,234,567", "+4,321", "80.3"))


def test_unknown_values_read_unknown_and_never_0(client):
    run = a_published_run(parallel_speedup_factor=None, total_duration_seconds=None)
    a_repo(
        run,
        "octo/mystery",
        description=None,
        language=None,
        stars_gained_7d=None,
        momentum_score=None,
        rank_overall=7,
        unknown_parts=["stars_gained_7d", "commits_last_7_days"],
    )
    text = words(client)
    row = text.partition("mystery")[2]
    assert "Partial data: stars gained and commits unknown" in row
    assert re.search(r"unknown 100 unknown unknown unknown", row)
    assert "Duration unknown Measured speedup unknown" in text
    assert "None" not in text


def test_the_last_run_is_told_with_its_exact_time(client):
    run = a_published_run()
    a_repo(run)
    text = words(client)
    assert "Last run 2 minutes ago" in text
    assert "Status success Repositories 1,234 Duration 41.5 s Measured speedup 7.3×" in text
    assert f'title="{run.execution_date:%Y-%m-%d %H:%M:%S} UTC"' in page(client)


def test_before_any_run_the_page_says_which_commands_fill_it(client):
    text = words(client)
    assert "Nothing has been published yet" in text
    assert "make demo" in text
    assert "manage.py run_pipeline" in text
    assert "Last run" not in text


def test_before_the_first_run_ends_the_page_says_that_it_is_going_on(client):
    a_run(status="running", finished_at=None)
    assert "A run that began 2 minutes ago has not ended yet" in words(client)


def test_a_first_run_that_failed_is_told(client):
    a_run(status="failed")
    text = words(client)
    assert "failed and published nothing" in text
    assert "make demo" in text


def test_a_later_run_that_failed_leaves_the_rows_and_is_told(client):
    a_repo(a_published_run())
    a_run(status="failed")
    text = words(client)
    assert "failed and published nothing. What is shown here is from the run before it." in text
    assert "widget" in text


def test_a_run_whose_record_is_not_closed_yet_shows_its_rows_without_made_up_numbers(client):
    run = a_published_run(
        status="running", repos_processed=0, total_duration_seconds=None, parallel_speedup_factor=None
    )
    a_repo(run)
    assert "Status running Repositories unknown" in words(client)


def test_made_up_repositories_are_announced(client):
    a_repo(a_published_run(is_demo=True))
    assert "Demo data: these repositories are made up" in words(client)


def test_real_repositories_have_no_demo_banner(client):
    a_repo(a_published_run())
    assert "made up" not in words(client)


def test_a_partial_run_says_what_is_missing_and_how_old_the_failed_streams_rows_are(client):
    yesterday = a_published_run(("python", "go"), execution_date=timezone.now() - timedelta(days=1))
    a_repo(yesterday, "octo/gopher", stream="go", momentum_score=Decimal(90), rank_overall=1)
    today = a_run(
        status="partial",
        error_details=[{"stream": "go", "step": "read stream", "error": "502", "remedy": ""}],
        notes=["12 star histories are left for a later run"],
    )
    publish(today, ("python",))
    a_repo(today, "octo/snake", momentum_score=Decimal(80), rank_overall=1)
    text = words(client)
    assert "The run shown here is partial" in text
    assert f"Go: rows of {the_day_before(today.snapshot_date)}, this stream failed since." in text
    assert "12 star histories are left for a later run" in text
    assert re.search(rf" 1 octo/ gopher Of {the_day_before(today.snapshot_date)} .* 1 octo/ snake ", text)


def test_what_repositories_say_about_themselves_is_text(client):
    hostile = '<script>alert(1)</script> =HYPERLINK("x") \u202egnp.exe {{ 7|add:7 }} <img src=x onerror=alert(2)>'
    run = a_published_run(notes=["<b>note</b>"])
    a_repo(run, 'octo/"><svg onload=alert(3)>', description=hostile, language="<i>C</i>")
    html = page(client)
    for live in ("<script>", "<img", "<svg onload", "<i>", "<b>"):
        assert live not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "{{ 7|add:7 }}" in html
    # Text that runs from right to left is kept from turning its surroundings.
    assert re.search(r"<bdi>[^<]*\u202e[^<]*</bdi>", html)


def test_an_address_that_is_not_of_the_web_is_no_link(client):
    run = a_published_run()
    a_repo(run, "octo/evil", repo_url="javascript:alert(1)")
    html = page(client)
    assert "evil" in html
    assert "javascript:" not in html


def test_a_repository_links_to_its_page(client):
    a_repo(a_published_run(), "octo/widget")
    assert 'href="/repo/octo/widget/"' in page(client)


def test_badges_say_render_and_new(client):
    run = a_published_run()
    a_repo(run, uses_render=True, created_at=timezone.now() - timedelta(days=3))
    assert re.search(r"widget\s+Render\s+New", words(client))


def test_nothing_published_but_old_rows_still_shows_them(client):
    run = a_run()
    a_repo(run)
    StreamState.objects.all().delete()
    assert "widget" in words(client)
    assert RepoSnapshot.objects.count() == 1


def test_an_unchanged_page_is_not_sent_twice(client, time_machine):
    a_repo(a_published_run())
    time_machine.move_to(timezone.now(), tick=False)
    first = client.get("/")
    assert first["Cache-Control"] == "no-cache"
    assert client.get("/", headers={"if-none-match": first["ETag"]}).status_code == 304


def test_only_reading_is_answered(client):
    assert client.head("/").status_code == 200
    for address in ("/", "/healthz", "/readyz"):
        assert client.post(address).status_code == 405
