import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.cache import MARK
from dashboard.runs.figures import GRAPHQL_SECONDS_A_MINUTE
from dashboard.runs.progress import LEASE
from dashboard.tests.asked import asked
from dashboard.tests.builders import a_published_run, a_run, a_task, publish
from pipeline import lease
from pipeline.github import budget
from pipeline.models import WorkflowExecution

pytestmark = pytest.mark.django_db

REFUSED = {
    "step": "github_to_raw",
    "error": "GITHUB_ACCESS_TOKEN was refused (401)",
    "remedy": "Make a new token.",
    "trace": "Traceback: /srv/secret.py",
}


def page(client, query: str = "") -> str:
    response = client.get(f"/meta/{query}")
    assert response.status_code == 200
    return response.content.decode()


def words(client, query: str = "") -> str:
    """The page's text as it reads: no tags, single spaces."""
    body = page(client, query).partition("<body>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def a_run_with_tasks(leaves: int = 3, **given) -> WorkflowExecution:
    """A published run that read one stream in `leaves` tasks."""
    run = a_published_run(**given)
    whole = a_task(run, "github_to_raw", stream="", items=405, seconds=Decimal("9.5"))
    stream = a_task(run, "read stream", parent=whole, items=100)
    for _ in range(leaves):
        a_task(run, parent=stream)
    a_task(run, "raw_to_staging", stream="", items=405)
    return run


def a_running_run(**given) -> WorkflowExecution:
    facts = {
        "status": "running",
        "finished_at": None,
        "heartbeat_at": timezone.now(),
        "total_duration_seconds": None,
        "parallel_speedup_factor": None,
    }
    return a_run(**facts | given)


def task_names(html: str) -> list[str]:
    table = html.partition('class="records tasks"')[2].partition("</table>")[0]
    return re.findall(r'data-label="No.">(\d+)<', table)


# -- The answer ------------------------------------------------------------------------------------------------


def test_before_any_run_the_page_says_what_will_be_here_and_which_command_makes_one(client):
    text = words(client)
    assert "No run yet" in text
    assert "make demo" in text
    assert "manage.py run_pipeline" in text
    assert "How it works" in text


def test_a_run_that_worked_is_told_with_its_figures(client):
    a_run_with_tasks(
        tasks_executed=84,
        tasks_failed=0,
        tasks_retried=2,
        success_rate=Decimal("100.00"),
        requests_sent=1443,
        graphql_requests=21,
        graphql_points=22,
        graphql_seconds=Decimal("16.78"),
        not_modified=7,
        rows_rejected=3,
        github_state={"graphql_last_minute": 12.5, "most_in_flight": 28},
    )
    text = words(client)
    assert "The last run worked Run" in text
    assert "was started 2 minutes ago by hand and took 41.5 s. All streams were read, staged and published." in text
    assert "Repositories 1,234 published Rejected 3 repositories Measured speedup 7.3× against one by one" in text
    assert "Success rate 100 % of its tasks Tasks 84 0 failed, 2 tried again Requests 1,443 at most 28 at once" in text
    assert "GraphQL requests 21 22 points GraphQL time 16.8 s of GitHub&#x27;s servers" in text
    assert "GraphQL time left 42.5 s of 55 s, in its last minute Unchanged (304) 7" in text


def test_a_run_that_failed_says_why_and_what_to_do_but_no_trace(client):
    a_published_run()
    a_run(status="failed", error_details=[REFUSED])
    text = words(client)
    assert "The last run failed" in text
    assert "It published nothing, so the rows of the run before it stayed." in text
    assert "Step github_to_raw GITHUB_ACCESS_TOKEN was refused (401) What to do: Make a new token." in text
    assert "Traceback" not in text


def test_a_run_that_worked_in_part_names_the_streams_that_failed_and_what_is_missing(client):
    errors = [{"stream": name, "error": "502", "remedy": ""} for name in ("go", "render", "go")]
    publish(a_run(status="partial", error_details=errors, notes=["<i>12</i> star histories are left"]))
    text = words(client)
    assert "The last run worked in part" in text
    assert "Failed: Go and Render ecosystem. The rest is published; what failed kept its older rows." in text
    assert "What is missing although nothing failed &lt;i&gt;12&lt;/i&gt; star histories are left" in text


def test_a_run_that_was_cut_short_makes_no_zeros_of_what_was_never_measured(client):
    run = a_run(status="abandoned", total_duration_seconds=None, parallel_speedup_factor=None)
    a_task(run, status="running", seconds=None, finished_at=None)
    text = words(client)
    assert "The last run was cut short" in text
    assert "What it had measured was not recorded." in text
    assert "Requests 0" not in text
    assert "cut short" in text.partition("The same as a tree")[2]


def test_a_run_that_was_cut_short_after_it_had_published_says_so(client):
    publish(a_run(status="abandoned"))
    assert "It had published by then; what it measured was not recorded." in words(client)


def test_unknown_figures_read_unknown(client):
    a_published_run(parallel_speedup_factor=None, success_rate=None, github_state={})
    text = words(client)
    assert "Measured speedup unknown" in text
    assert "Success rate unknown" in text
    assert "GraphQL time left unknown" in text
    assert "None" not in text.partition("How it works")[0]


@pytest.mark.parametrize(
    "odd",
    [None, [], "text", {"graphql_last_minute": "ghp_secret"}, {"graphql_last_minute": True, "token": "ghp_secret"}],
)
def test_of_the_clients_state_only_known_numbers_are_shown(client, odd):
    a_published_run(github_state=odd or {})
    html = page(client)
    assert "ghp_secret" not in html
    assert "GraphQL time left" in html


@pytest.mark.parametrize("odd", [{}, "text", [None, 3, "text", {}], [{"stream": None, "error": None}], [["x"]]])
def test_odd_records_end_no_page(client, odd):
    a_run(status="failed", error_details=odd, notes=odd, rows_written=odd)
    assert "The last run failed" in words(client)


def test_what_errors_say_is_text(client):
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(2)> \u202egnp.exe ' + "x" * 300
    errors = [{"stream": hostile, "step": hostile, "error": hostile, "remedy": hostile}]
    run = a_run(status="failed", error_details=errors, notes=[hostile], rows_written={f"raw_{hostile}": 1})
    a_task(run, hostile[:90], stream=hostile[:40], status="failed", error=hostile, attempts=3)
    html = page(client)
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert re.search(r"<bdi[^>]*>[^<]*\u202e", html)


def test_nothing_on_the_page_needs_inline_style_or_script(client):
    run = a_run_with_tasks(status="partial", error_details=[REFUSED])
    a_task(run, status="failed", attempts=2, error="x" * 400)
    html = re.sub(r'<script [^>]*type="application/json">.*?</script>', "", page(client), flags=re.S)
    assert not re.search(r'<[^>]*\s(style|on\w+)="', html)
    assert not re.search(r"<script>|<style", html)


# -- Which run -------------------------------------------------------------------------------------------------


def test_an_earlier_run_can_be_asked_for_and_leads_back_to_the_newest(client):
    earlier = a_published_run(status="failed")
    a_published_run()
    text = words(client, f"?run={earlier.pk}")
    assert f"Run {earlier.pk} failed" in text
    assert "This is an earlier run. Show the newest" in text


def test_the_newest_run_is_not_one_that_was_skipped_unless_asked_for(client):
    a_published_run()
    skipped = a_run(
        status="skipped", error_details=[{"step": "lease", "error": "run 1 is going on", "remedy": "Wait."}]
    )
    assert "The last run worked" in words(client)
    text = words(client, f"?run={skipped.pk}")
    assert f"Run {skipped.pk} was skipped" in text
    assert "A run that was skipped has no tasks." in text


def test_where_every_run_was_skipped_the_newest_is_shown(client):
    a_run(status="skipped")
    assert "The last run was skipped" in words(client)


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("?run=999", "There is no run 999; this is the newest."),
        ("?run=x%3Cb%3E", "“x&lt;b&gt;” is no run&#x27;s number; this is the newest run."),
        ("?run=-1", "“-1” is no run&#x27;s number"),
        ("?run=99999999999999999999999", "is no run&#x27;s number"),
        ("?sort=colour", "“colour” is no sort this page knows; it shows tasks in the order they started."),
        ("?failed=yes", "“yes” is no failed this page knows; it shows all tasks."),
        ("?colour=red", "The address says “colour”, which this page does not know and left out."),
    ],
)
def test_what_an_address_says_wrongly_falls_back_with_a_notice(client, query, notice):
    a_published_run()
    text = words(client, query)
    assert notice in text
    assert "The last run worked" in text


def test_marks_of_campaigns_get_no_notice(client):
    a_published_run()
    assert "does not know" not in words(client, "?utm_source=mail")


# -- Tasks -----------------------------------------------------------------------------------------------------


def test_tasks_stand_below_what_started_them_and_long_rows_are_put_together(client):
    a_run_with_tasks(leaves=13)
    text = words(client).partition("The same as a tree")[2]
    assert re.search(r"github_to_raw 405 items 9\.50 s success read stream Go 100 items", text)
    assert "star history × 13" in text
    assert "104 items 13.00 s success" in text


def test_a_failure_is_not_folded_away(client):
    run = a_run_with_tasks()
    stream = run.task_runs.get(name="read stream")
    a_task(run, parent=stream, status="failed", attempts=3, error="GitHub answered 502")
    html = page(client)
    assert '<details class="tree__fold" open>' in html
    assert "2 more tries" in html
    assert "1 failed" in words(client)
    assert html.count("GitHub answered 502") == 2  # in the tree and in the table


def test_the_course_is_drawn_with_a_lane_for_each_step_and_stream(client):
    a_run_with_tasks()
    html = page(client)
    assert re.findall(r"gantt__name[^>]*>([^<]+)<", html) == ["github_to_raw", "Go", "raw_to_staging"]
    assert 'role="img" aria-label="Go: 3 tasks from' in html


def test_tasks_are_sorted_by_the_address(client):
    run = a_published_run()
    for number, (seconds, attempts, status) in enumerate(
        [(2, 1, "success"), (None, 3, "failed"), (9, 1, "success")], 1
    ):
        a_task(run, number=number, seconds=seconds, attempts=attempts, status=status)
    orders = {
        "": "123",
        "?sort=-number": "321",
        "?sort=seconds": "312",
        "?sort=-seconds": "132",
        "?sort=attempts": "213",
        "?sort=status": "213",
        "?failed=1": "2",
    }
    assert {query: "".join(task_names(page(client, query))) for query in orders} == orders


def test_a_heading_says_how_it_sorts_and_turns_it_round(client):
    run = a_run_with_tasks()
    html = page(client, f"?run={run.pk}&sort=seconds&failed=0")
    heading = re.search(r'<th [^>]*aria-sort="descending"><a href="([^"]*)">Seconds', html)
    assert heading
    assert heading[1] == f"?run={run.pk}&amp;sort=-seconds#all-tasks"
    assert html.count("aria-sort") == 1
    assert 'aria-sort="ascending"' in page(client, "?sort=-seconds")


def test_only_failed_tasks_and_none_of_them(client):
    a_run_with_tasks()
    text = words(client, "?failed=1")
    assert "0 failed of 6 tasks" in text
    assert "No task of this run failed." in text


def test_ten_tasks_and_three_hundred_need_the_same_few_queries(client):
    run = a_run_with_tasks(leaves=10)
    with CaptureQueriesContext(connection) as few:
        page(client)
    stream = run.task_runs.get(name="read stream")
    for _ in range(290):
        a_task(run, parent=stream)
    for _ in range(40):
        a_run()
    with CaptureQueriesContext(connection) as many:
        page(client, f"?run={run.pk}")
    assert asked(few) == asked(many) <= 8


# -- Rows, freshness, history ----------------------------------------------------------------------------------


def test_rows_are_told_by_layer_in_the_direction_the_data_flows(client):
    a_published_run(rows_written={"fact_repo_snapshots": 405, "raw_github_repos": 1361, "stg_repos_validated": 405})
    text = words(client)
    assert re.search(
        r"raw_github_repos 1,361 staging .* stg_repos_validated 405 analytics .* fact_repo_snapshots 405", text
    )


def test_each_streams_age_is_told_and_which_is_behind(client):
    a_published_run(("go",), execution_date=timezone.now() - timedelta(days=1))
    a_published_run(("python",))
    text = words(client).partition("How old the rows are")[2]
    assert re.search(r"Go \S+ behind 1 day ago \d+ Python \S+ 2 minutes ago", text)


def test_the_course_of_the_last_runs_says_how_many_there_are(client):
    assert "The last runs" not in words(client)
    a_published_run()
    assert "1 run that did some work is recorded; the charts fill up to 30." in words(client)
    for number in range(30):
        a_run(status="failed" if number % 2 else "success", execution_date=timezone.now() - timedelta(hours=number + 1))
    text = words(client)
    assert "The last 30 runs that did some work, oldest first." in text
    assert "Runs that published nothing have a colour of their own." in text


def test_two_runs_of_one_moment_end_no_page(client):
    moment = timezone.now()
    a_published_run(execution_date=moment)
    a_run(execution_date=moment)
    assert "2 runs that did some work are recorded" in words(client)


def test_runs_are_listed_newest_first_and_lead_to_themselves(client):
    runs = [a_published_run() for _ in range(32)]
    html = page(client, f"?run={runs[5].pk}")
    assert re.findall(r'class="runs__link" href="\?run=(\d+)"', html.partition("records runs")[2]) == [
        str(run.pk) for run in runs[::-1][:30]
    ]
    assert re.search(rf'aria-current="true"><th[^>]*><a [^>]*\?run={runs[5].pk}"', html)


# -- A run that is going on ------------------------------------------------------------------------------------


def test_a_run_that_is_going_on_shows_how_far_it_is(client):
    before = a_published_run()
    run = a_running_run(heartbeat_at=timezone.now() - timedelta(seconds=4))
    whole = a_task(run, "github_to_raw", status="running", seconds=None, finished_at=None)
    a_task(run, parent=whole)
    a_task(run, parent=whole, status="running", seconds=None, finished_at=None)
    text = words(client)
    assert "A run is going on" in text
    assert f"The run before this one, run {before.pk} , worked." in text
    assert "1 of 2 tasks that have begun are finished, 0 failed" in text
    assert "Now: star history (Go)" in text
    assert re.search(r"Last sign of life [456] s ago\.", text)
    assert "Requests 0" not in text


def test_a_run_that_has_published_but_not_ended_says_so(client):
    publish(a_running_run())
    assert "Readers have its rows already; older days of the star histories follow." in words(client)


def test_a_page_that_moves_is_not_kept_and_asks_for_more(client):
    a_running_run()
    response = client.get("/meta/")
    assert not getattr(response, MARK, False)
    assert "js/progress.js" in response.content.decode()


def test_a_page_that_stands_is_kept_until_something_is_published(client):
    a_published_run()
    response = client.get("/meta/")
    assert "js/progress.js" not in response.content.decode()
    assert response["Cache-Control"] == "no-cache"
    assert client.get("/meta/", headers={"if-none-match": response["ETag"]}).status_code == 304


def test_a_run_without_a_heartbeat_for_longer_than_the_lease_is_stuck(client):
    a_running_run(heartbeat_at=timezone.now() - timedelta(minutes=4))
    text = words(client)
    assert "No sign of life for 4 min 0 s, longer than the lease of 3 min 0 s." in text
    assert "progress--stuck" in page(client)


def test_the_lease_and_the_budget_are_the_pipelines():
    assert lease.EXPIRES == LEASE
    assert budget.GRAPHQL_SECONDS_A_MINUTE == GRAPHQL_SECONDS_A_MINUTE


def test_while_a_run_goes_on_the_others_say_so(client):
    run = a_published_run()
    going_on = a_running_run()
    assert f"Run {going_on.pk} is going on." in words(client, f"?run={run.pk}")


def progress(client, query: str = "") -> dict:
    response = client.get(f"/meta/progress.json{query}")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return json.loads(response.content)


def test_progress_says_the_same_as_the_page_and_is_never_kept(client):
    run = a_running_run()
    a_task(run)
    a_task(run, "hydrate", status="failed")
    a_task(run, "hydrate", status="running", seconds=None, finished_at=None, stream="python")
    state = progress(client)
    assert (state["run"], state["status"], state["is_going_on"], state["is_stuck"]) == (run.pk, "running", True, False)
    assert (state["finished"], state["known"], state["failed"]) == (2, 3, 1)
    assert state["steps"] == "hydrate (Python)"
    assert state["steps"] in words(client)


def test_progress_while_publishing_says_why_no_task_is_seen(client):
    a_task(a_running_run(), "github_to_raw", stream="")
    assert progress(client)["steps"].startswith("staging and publishing, in one transaction")


def test_progress_of_a_run_that_has_ended_ends_the_asking(client):
    run = a_run_with_tasks()
    a_running_run()
    state = progress(client, f"?run={run.pk}")
    assert (state["is_going_on"], state["status"], state["known"]) == (False, "success", 4)


@pytest.mark.parametrize("query", ["", "?run=7", "?run=x"])
def test_progress_without_a_run_is_none(client, query):
    assert progress(client, query)["run"] is None


def test_progress_takes_two_queries_however_many_tasks(client):
    run = a_running_run()
    for _ in range(50):
        a_task(run)
    with CaptureQueriesContext(connection) as queries:
        progress(client)
    assert asked(queries) == 2


def test_only_reading_is_answered(client):
    assert client.head("/meta/").status_code == 200
    assert client.post("/meta/").status_code == 405
    assert client.post("/meta/progress.json").status_code == 405


# -- How it works ----------------------------------------------------------------------------------------------


def test_the_workflows_own_code_is_shown_with_its_place(client):
    a_published_run()
    html = page(client)
    assert '<span class="code__name">_run_steps</span>' in html
    assert re.search(r"pipeline/run\.py, lines \d+ to \d+", html)
    workflow = html.partition('id="workflow"')[2]
    assert re.findall(r'<details class="fold code"( open)?>', workflow)[:2] == [" open", ""]


def test_the_room_the_database_takes_is_told(client):
    a_published_run()
    assert re.search(r"The database with its indexes takes [\d.,]+.(KB|MB|GB)", words(client))
