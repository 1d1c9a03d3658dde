"""What the pages ask, by intent. Page and JSON call the same query; nothing here renders."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Collate

from pipeline.models.analytics import TrendingRepo
from pipeline.models.runs import PublishedRun, StreamState, WorkflowExecution

READ_AGAIN = 3


@dataclass(frozen=True, slots=True)
class Publication:
    """The rows readers see and the run behind them. `published` is None before anything was published."""

    published: PublishedRun | None
    streams: list[StreamState]
    rows: list[TrendingRepo]
    total: int


def current_publication(limit: int) -> Publication:
    """The top `limit` rows, how many there are in all, and the run that published them, all of one moment.

    A run may publish between two of these queries. A transaction would prevent a mixture, but on SQLite it takes the
    write lock and on PostgreSQL it needs another isolation level, so the pointer is read again at the end instead.
    """
    publication = _read_publication(limit)
    for _ in range(READ_AGAIN):
        if _is_still_current(publication):
            break
        publication = _read_publication(limit)
    return publication


def _read_publication(limit: int) -> Publication:
    return Publication(last_published_run(), stream_ages(), list(trending(limit)), trending_count())


def _is_still_current(publication: Publication) -> bool:
    before, now = publication.published, PublishedRun.objects.first()
    return (before and before.execution_id) == (now and now.execution_id)


def trending(limit: int) -> QuerySet[TrendingRepo]:
    """The repositories with the most momentum; those with an unknown score come last."""
    # As the ranks are computed: by code point, whatever the database's locale.
    by_code_point = "C" if connection.vendor == "postgresql" else "BINARY"
    order = (F("momentum_score").desc(nulls_last=True), F("stars").desc(), Collate("repo_full_name", by_code_point))
    return TrendingRepo.objects.order_by(*order)[:limit]


def trending_count() -> int:
    """How many repositories are ranked in all."""
    return TrendingRepo.objects.count()


def last_published_run() -> PublishedRun | None:
    """The pointer to the run that readers see, with the run's record."""
    return PublishedRun.objects.select_related("execution").first()


def last_run() -> WorkflowExecution | None:
    """The newest run, published or not; those that found another one at work do not count."""
    return WorkflowExecution.objects.exclude(status=WorkflowExecution.Status.SKIPPED).first()


def stream_ages() -> list[StreamState]:
    """Each stream with the day its rows are of, by name."""
    return list(StreamState.objects.order_by("stream"))
