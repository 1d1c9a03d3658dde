"""The course of the last runs as charts. No database, no clock."""

from collections.abc import Callable, Sequence
from datetime import UTC

from dashboard.charts import Chart, Series, Value
from pipeline.models.runs import WorkflowExecution

Status = WorkflowExecution.Status
PUBLISHED = (Status.SUCCESS, Status.PARTIAL)
WANTED = 30
HEADING, SINGLE = "Run began (UTC)", "One run so far."


def run_charts(runs: Sequence[WorkflowExecution]) -> list[Chart]:
    """Duration, success rate and tasks of the runs, oldest first; what published nothing has a colour of its own."""
    by_moment = {label(run): run for run in sorted(runs, key=lambda run: (run.execution_date, run.execution_id))}
    rows = list(by_moment.values())
    failed = sum(run.status not in PUBLISHED for run in rows)
    course = f"{len(rows)} run{'' if len(rows) == 1 else 's'}, {failed} of which published nothing"

    def chart(id: str, title: str, summary: str, unit: str, series: list[Series]) -> Chart:
        sentence = f"{summary} of {course}."
        return Chart(
            f"runs-{id}", "stacked", title, sentence, list(by_moment), series, unit, heading=HEADING, single=SINGLE
        )

    return [
        chart("duration", "Duration", "Seconds", "seconds", by_outcome(rows, _seconds)),
        chart("success", "Success rate", "Share of tasks that succeeded", "%", by_outcome(rows, _success_rate)),
        chart("tasks", "Tasks", "Tasks that succeeded and failed", "", _tasks(rows)),
        chart("retries", "Tasks tried again", "Tasks that needed more than one try", "", by_outcome(rows, _retried)),
    ]


def how_many(runs: Sequence[WorkflowExecution]) -> str:
    """A sentence on how many runs the charts are of."""
    if len(runs) >= WANTED:
        return f"The last {WANTED} runs that did some work, oldest first."
    if not runs:
        return "No run has ended yet; the course of the last 30 will be here."
    runs_so_far = "run that did some work is" if len(runs) == 1 else "runs that did some work are"
    return f"{len(runs)} {runs_so_far} recorded; the charts fill up to {WANTED}."


def label(run: WorkflowExecution) -> str:
    """The run's moment in UTC, exact enough to tell two runs of a minute apart."""
    return f"{run.execution_date.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"


def by_outcome(runs: Sequence[WorkflowExecution], value_of: Callable[[WorkflowExecution], Value]) -> list[Series]:
    """Two colours of bars: a run's value is in one of them and the other has none of it; unknown in both."""

    def values(is_published: bool) -> list[Value]:
        found = [(run.status in PUBLISHED, value_of(run)) for run in runs]
        return [value if value is None or is_it == is_published else 0 for is_it, value in found]

    published = Series("Published", values(True))
    if all(run.status in PUBLISHED for run in runs):
        return [published]
    return [published, Series("Published nothing", values(False), "third")]


def _tasks(runs: Sequence[WorkflowExecution]) -> list[Series]:
    succeeded = [_counted(run, run.tasks_executed - run.tasks_failed) for run in runs]
    failed = [_counted(run, run.tasks_failed) for run in runs]
    return [Series("Succeeded", succeeded), Series("Failed", failed, "third")]


def _seconds(run: WorkflowExecution) -> Value:
    return run.total_duration_seconds


def _success_rate(run: WorkflowExecution) -> Value:
    return run.success_rate


def _retried(run: WorkflowExecution) -> Value:
    return _counted(run, run.tasks_retried)


def _counted(run: WorkflowExecution, value: int) -> Value:
    """Of a run that was cut short nothing was counted."""
    return None if run.status == Status.ABANDONED else value
