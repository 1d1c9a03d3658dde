"""This project as a showcase of itself: what its own runs measured. No database, no clock."""

from collections.abc import Sequence
from decimal import Decimal
from statistics import median

from dashboard.runs.figures import Figure, percent, share
from dashboard.templatetags.figures import UNKNOWN, count, duration, one_decimal
from pipeline.models.runs import WorkflowExecution

Status = WorkflowExecution.Status
PUBLISHED = (Status.SUCCESS, Status.PARTIAL)
ENOUGH = 10
TOO_FEW = "not enough runs yet"


def last_measured(runs: Sequence[WorkflowExecution]) -> WorkflowExecution | None:
    """The newest that published; `runs` are newest first."""
    return next((run for run in runs if run.status in PUBLISHED), None)


def figures(runs: Sequence[WorkflowExecution]) -> list[Figure]:
    """Of the last measured run, and over all of `runs`, which are newest first; none without a measured run."""
    run = last_measured(runs)
    return [] if run is None else [_duration(run, runs), _speedup(run), _tasks(run), _requests(run), _success(runs)]


def _duration(run: WorkflowExecution, runs: Sequence[WorkflowExecution]) -> Figure:
    known = [each.total_duration_seconds for each in runs if each.status in PUBLISHED and each.total_duration_seconds]
    usual = f"median of {len(known)} runs {duration(median(known))}" if len(known) >= ENOUGH else f"median: {TOO_FEW}"
    return Figure("Last run took", duration(run.total_duration_seconds), usual, "From its start to its end")


def _speedup(run: WorkflowExecution) -> Figure:
    speedup = run.parallel_speedup_factor
    times = UNKNOWN if speedup is None else f"{one_decimal(speedup)}×"
    return Figure("Measured speedup", times, "against one by one", "Seconds of all its tasks / seconds on the clock")


def _tasks(run: WorkflowExecution) -> Figure:
    detail = f"{count(run.tasks_failed)} failed, {count(run.tasks_retried)} tried again"
    return Figure("Tasks", count(run.tasks_executed), detail)


def _requests(run: WorkflowExecution) -> Figure:
    each = Decimal(run.requests_sent) / run.repos_processed if run.repos_processed else None
    detail = f"{count(run.requests_sent)} for {count(run.repos_processed)}"
    return Figure("Requests per repository", UNKNOWN if each is None else f"{each:.2f}", detail)


def _success(runs: Sequence[WorkflowExecution]) -> Figure:
    name, good = "Runs that succeeded", sum(run.status == Status.SUCCESS for run in runs)
    if len(runs) < ENOUGH:
        return Figure(name, TOO_FEW, f"{len(runs)} of {ENOUGH}")
    partial = sum(run.status == Status.PARTIAL for run in runs)
    others = [(partial, "partial"), (len(runs) - good - partial, "published nothing")]
    detail = ", ".join([f"of the last {len(runs)}", *(f"{number} {what}" for number, what in others if number)])
    return Figure(name, percent(share(good, len(runs))), detail)
