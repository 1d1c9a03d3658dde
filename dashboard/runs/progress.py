"""How far a run has got that is going on. The page and progress.json say the same. No database, no clock."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings

from dashboard.languages import stream_name
from dashboard.runs.tasks import leaves_of
from dashboard.templatetags.figures import duration
from pipeline.models.runs import TaskRun, WorkflowExecution

Status = WorkflowExecution.Status
# The lease of pipeline/lease.py: this long without a heartbeat, the run's process is gone and the next run takes over.
LEASE = timedelta(seconds=settings.TRENDER_LEASE_SECONDS)
READING = "github_to_raw"
MOST_STEPS = 4


@dataclass(frozen=True, slots=True)
class Progress:
    """`finished` of `known` tasks: those that have begun so far, more may follow. `steps` says what is at work now."""

    run: int | None
    status: str
    is_going_on: bool
    is_stuck: bool
    finished: int
    known: int
    failed: int
    elapsed: str
    steps: str
    sign_of_life: str


def progress(run: WorkflowExecution | None, tasks: Sequence[TaskRun], now: datetime) -> Progress:
    if run is None:
        return Progress(None, "none", False, False, 0, 0, 0, "", "No run has been started yet.", "")
    leaves = leaves_of(tasks)
    is_going_on = run.status == Status.RUNNING
    silence = now - (run.heartbeat_at or run.execution_date)
    return Progress(
        run=run.execution_id,
        status=run.status,
        is_going_on=is_going_on,
        is_stuck=is_going_on and silence > LEASE,
        finished=sum(task.status != TaskRun.Status.RUNNING for task in leaves),
        known=len(leaves),
        failed=sum(task.status == TaskRun.Status.FAILED for task in leaves),
        elapsed=_elapsed(run, tasks, now),
        steps=_steps(tasks, leaves) if is_going_on else "It has ended.",
        sign_of_life=_sign_of_life(silence) if is_going_on else "",
    )


def _elapsed(run: WorkflowExecution, tasks: Sequence[TaskRun], now: datetime) -> str:
    """Since the first task: a run's own clock may be set to another day."""
    if not tasks:
        return ""
    end = run.finished_at or now
    return duration(Decimal(max((end - min(task.started_at for task in tasks)).total_seconds(), 0)))


def _steps(tasks: Sequence[TaskRun], leaves: Sequence[TaskRun]) -> str:
    working = [task for task in leaves if task.status == TaskRun.Status.RUNNING]
    if working:
        names = Counter(task.name for task in working).most_common(MOST_STEPS)
        streams = sorted({stream_name(task.stream) for task in working if task.stream})
        listed = ", ".join(f"{name} × {number}" if number > 1 else name for name, number in names)
        return f"{listed} ({', '.join(streams)})" if streams else listed
    if any(task.name == READING and task.status == TaskRun.Status.SUCCESS for task in tasks):
        return "staging and publishing, in one transaction: its tasks are recorded when it ends"
    return "between two tasks"


def _sign_of_life(silence: timedelta) -> str:
    seconds = max(int(silence.total_seconds()), 0)
    if silence > LEASE:
        return (
            f"No sign of life for {duration(Decimal(seconds))}, longer than the lease of "
            f"{duration(Decimal(LEASE.seconds))}. Its process is probably gone; the next run closes it and takes over."
        )
    return f"Last sign of life {seconds} s ago."
