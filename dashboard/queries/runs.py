"""Runs and their tasks: what the runs page, its progress and others ask."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Func, IntegerField, Q, QuerySet, Value, When

from dashboard.queries.prepared import ID, Given, prepared
from pipeline.models.analytics import StagedSource
from pipeline.models.runs import TaskRun, WorkflowExecution

Status = WorkflowExecution.Status
LISTED = 30
# A run has about a hundred; beyond this a page would be of no use to anybody.
MOST_TASKS = 2000
# Runs that had the chance to do something and have ended.
WORKED = (Status.SUCCESS, Status.PARTIAL, Status.FAILED, Status.ABANDONED)
GOOD_QUALITY = Decimal("0.90")


@dataclass(frozen=True, slots=True)
class Quality:
    """How many repositories are staged, and how many of them have a data quality score of 0.90 or more."""

    repositories: int
    good: int


def newest_runs(asked: int | None = None) -> list[WorkflowExecution]:
    """The last 30 runs of any kind, newest first, and the one asked for if it is older."""
    return _newest_runs(asked=asked)


@prepared(asked=ID)
def _newest_runs(asked: Given) -> QuerySet[WorkflowExecution]:
    newest = WorkflowExecution.objects.order_by("-pk").values("pk")[:LISTED]
    wanted = Q(pk__in=newest) if asked is None else Q(pk__in=newest) | Q(pk=asked)
    return WorkflowExecution.objects.filter(wanted).order_by("-pk")


def run_or_newest(asked: int | None) -> WorkflowExecution | None:
    """The run asked for; without one the newest that did not find another one at work."""
    runs = WorkflowExecution.objects.order_by("-pk")
    return (runs.exclude(status=Status.SKIPPED) if asked is None else runs.filter(pk=asked)).first()


def tasks_of(run: WorkflowExecution | None) -> list[TaskRun]:
    """A run's tasks in the order they started; the first 2,000."""
    return _tasks_of(run_id=run.pk, most=MOST_TASKS) if run else []


@prepared(run_id=ID)
def _tasks_of(run_id: Given, most: int) -> QuerySet[TaskRun]:
    return TaskRun.objects.filter(execution_id=run_id).order_by("number")[:most]


def last_worked_runs(number: int = LISTED) -> list[Any]:
    """The last runs that did something and ended, failed ones too, oldest first; with what their charts show."""
    return _last_worked_runs(number=number)[::-1]


@prepared()
def _last_worked_runs(number: int) -> QuerySet[Any]:
    columns = ("execution_id", "execution_date", "status", "total_duration_seconds", "success_rate")
    counts = ("tasks_executed", "tasks_failed", "tasks_retried")
    runs = WorkflowExecution.objects.filter(status__in=WORKED).order_by("-pk")
    return runs.values_list(*columns, *counts, named=True)[:number]


def data_quality() -> Quality:
    """Over all staged repositories."""
    return Quality(*_data_quality(good=GOOD_QUALITY)[0])


@prepared()
def _data_quality(good: Decimal) -> QuerySet[Any]:
    # Functions, not aggregates: those would be taken of each row.
    is_good = Case(When(data_quality_score__gte=good, then=Value(1)))
    number = IntegerField()
    return StagedSource.objects.values_list(
        Func(template="COUNT(*)", output_field=number), Func(is_good, function="COUNT", output_field=number)
    )
