"""A run's tasks as spans of its Gantt chart: a lane for each step and for each stream. No database, no clock."""

from collections.abc import Sequence
from datetime import datetime

from dashboard.gantt import Span
from dashboard.runs.tasks import Task
from pipeline.models.runs import TaskRun, WorkflowExecution

ALL_STREAMS = "all streams"


def spans(run: WorkflowExecution, tasks: Sequence[TaskRun], words: dict[int, Task]) -> list[Span]:
    """Seconds count from the first task's start: a run's own clock may be set to another day."""
    if not tasks:
        return []
    zero, until = min(task.started_at for task in tasks), last_sign(run, tasks)
    return [_span(task, words[task.pk], zero, until) for task in tasks]


def last_sign(run: WorkflowExecution, tasks: Sequence[TaskRun]) -> datetime:
    """The last moment anything is known of: how long tasks without an end lasted at least."""
    moments = [run.heartbeat_at, *(task.finished_at for task in tasks), *(task.started_at for task in tasks)]
    return max(moment for moment in moments if moment is not None)


def _span(task: TaskRun, word: Task, zero: datetime, until: datetime) -> Span:
    is_step = task.parent_id is None
    return Span(
        lane=word.name if is_step else word.stream or ALL_STREAMS,
        name=word.name,
        start=(task.started_at - zero).total_seconds(),
        seconds=_seconds(task, until),
        status=word.status,
        attempts=word.attempts,
        is_whole=not word.is_leaf,
        is_inner=not is_step,
    )


def _seconds(task: TaskRun, until: datetime) -> float:
    if task.seconds is not None:
        return float(task.seconds)
    return max(((task.finished_at or until) - task.started_at).total_seconds(), 0.0)
