"""Pruning of what runs, the worker and visitors leave behind; the runs themselves stay."""

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django_q.models import Task

from pipeline.models import PublishedRun, RunPart, SentAlert, StreamState, TaskRun, WorkflowExecution

BATCH = 100  # runs; each has about a hundred tasks


def prune_records(before: datetime, now: datetime) -> dict[str, int]:
    """Delete tasks and alerts from before a moment and sessions that have expired; returns {table: rows deleted}."""
    finished, _ = Task.objects.filter(stopped__lt=before).delete()
    alerts, _ = SentAlert.objects.filter(sent_at__lt=before).delete()
    parts = RunPart.objects.filter(offered_at__lt=before).exclude(execution__status=WorkflowExecution.Status.RUNNING)
    _, deleted = parts.delete()
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    return {
        TaskRun._meta.db_table: prune_task_runs(before),
        Task._meta.db_table: finished,
        RunPart._meta.db_table: deleted.get(RunPart._meta.label, 0),
        SentAlert._meta.db_table: alerts,
        Session._meta.db_table: sessions,
    }


def prune_task_runs(before: datetime) -> int:
    """The tasks of runs that began before a moment, but for those whose rows readers see. Whole runs at a time."""
    shown = {*PublishedRun.objects.values_list("execution_id", flat=True), *_shown_by_streams()}
    old = WorkflowExecution.objects.order_by("pk").filter(execution_date__lt=before).exclude(pk__in=shown)
    runs = list(old.filter(task_runs__isnull=False).distinct().values_list("pk", flat=True))
    deleted = 0
    for start in range(0, len(runs), BATCH):
        rows, _ = TaskRun.objects.filter(execution_id__in=runs[start : start + BATCH]).delete()
        deleted += rows
    return deleted


def _shown_by_streams() -> QuerySet[StreamState, int]:
    return StreamState.objects.values_list("execution_id", flat=True)
