from decimal import Decimal

from dashboard.workflow_showcase import figures, last_measured
from pipeline.models.runs import WorkflowExecution


def run(status: str = "success", **given) -> WorkflowExecution:
    facts = {
        "total_duration_seconds": Decimal(40),
        "parallel_speedup_factor": Decimal("7.25"),
        "repos_processed": 400,
        "requests_sent": 500,
        "tasks_executed": 90,
        "tasks_retried": 2,
    }
    return WorkflowExecution(status=status, **facts | given)


def told(runs) -> dict[str, tuple[str, str]]:
    return {each.name: (each.value, each.detail) for each in figures(runs)}


def test_the_last_run_is_told_as_it_was_measured():
    found = told([run(), run(total_duration_seconds=Decimal(99))])
    assert found["Last run took"] == ("40.0 s", "median: not enough runs yet")
    assert found["Measured speedup"][0] == "7.3×"
    assert found["Tasks"] == ("90", "0 failed, 2 tried again")
    assert found["Requests per repository"] == ("1.25", "500 for 400")


def test_under_ten_runs_no_rate_is_told():
    assert told([run()] * 9)["Runs that succeeded"] == ("not enough runs yet", "9 of 10")


def test_of_ten_runs_the_rate_counts_only_full_success():
    runs = [run("failed"), *[run()] * 8, run("partial"), run("abandoned")]
    assert told(runs)["Runs that succeeded"] == ("72.7 %", "of the last 11, 1 partial, 2 published nothing")
    assert told([run()] * 10)["Runs that succeeded"] == ("100 %", "of the last 10")


def test_a_failed_run_is_not_what_is_measured():
    assert last_measured([run("failed"), run(repos_processed=7)]).repos_processed == 7
    assert last_measured([run("failed")]) is None
    assert figures([run("failed")]) == []


def test_what_was_not_measured_is_unknown():
    found = told([run(total_duration_seconds=None, parallel_speedup_factor=None, repos_processed=0)])
    names = ("Last run took", "Measured speedup", "Requests per repository")
    assert {found[name][0] for name in names} == {"unknown"}


def test_with_ten_runs_the_usual_duration_is_their_median():
    runs = [run(total_duration_seconds=Decimal(seconds)) for seconds in range(1, 11)]
    assert told(runs)["Last run took"] == ("1.0 s", "median of 10 runs 5.5 s")
