"""The runs that claims rest on."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from marketing.claims import ENDED, NOT_COUNTED, PERIOD
from pipeline.models.runs import WorkflowExecution

MEASURED = (
    *("status", "trigger", "execution_date", "total_duration_seconds", "parallel_speedup_factor"),
    *("requests_sent", "repos_processed", "tasks_executed", "tasks_succeeded"),
)


def ended_runs(until: datetime) -> QuerySet[Any]:
    """Those that ended in the 30 days up to `until`, newest first; marketing.claims.RULE in words."""
    runs = WorkflowExecution.objects.filter(status__in=ENDED, finished_at__gt=until - PERIOD, finished_at__lte=until)
    return runs.exclude(trigger__in=NOT_COUNTED).defer("github_state", "error_details").order_by("-pk")


def measured_runs(until: datetime) -> list[WorkflowExecution]:
    """The same with no more than the numbers that claims are made of."""
    return list(ended_runs(until).defer(None).only(*MEASURED))
