"""What a monitoring system asks about runs, streams and the queue."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django_q.models import OrmQ

from dashboard.queries.moment import one_moment
from dashboard.queries.runs import WORKED
from dashboard.queries.storage import database_bytes
from pipeline.models.runs import PublishedRun, StreamState, WorkflowExecution

MEASURED = (
    *("execution_id", "status", "total_duration_seconds", "repos_processed", "requests_sent", "graphql_requests"),
    *("graphql_points", "graphql_seconds", "rows_written", "rows_rejected"),
    *("tasks_succeeded", "tasks_failed", "tasks_retried"),
)


@dataclass(frozen=True, slots=True)
class State:
    """`last_run` did something and has ended, well or not; None before there is one."""

    last_run: dict[str, Any] | None
    runs: dict[str, int]
    published_at: datetime | None
    streams: dict[str, datetime]
    queue_length: int
    database_bytes: int


def state() -> State:
    """Everything at one moment, but the size, which may be a minute old. Six queries at most."""
    with one_moment():
        ended = WorkflowExecution.objects.filter(status__in=WORKED).order_by("-pk")
        counts = WorkflowExecution.objects.order_by().values_list("status").annotate(Count("pk"))
        return State(
            last_run=ended.values(*MEASURED).first(),
            runs=dict(counts),
            published_at=PublishedRun.objects.values_list("published_at", flat=True).first(),
            streams=dict(StreamState.objects.order_by("stream").values_list("stream", "published_at")),
            queue_length=OrmQ.objects.count(),
            database_bytes=database_bytes(),
        )
