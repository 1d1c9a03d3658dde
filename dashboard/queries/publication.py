"""The run that readers see, and what has happened since."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django_q.models import Schedule

from dashboard.queries.prepared import prepared
from pipeline.models.runs import PublishedRun, StreamState, WorkflowExecution

HOURLY_RUN = "pipeline.tasks.hourly_run"
Status = WorkflowExecution.Status


@dataclass(frozen=True, slots=True)
class Publication:
    """`published` is None before anything was published; `last_run` may be it, a later one, or one that failed."""

    published: PublishedRun | None
    last_run: WorkflowExecution | None
    streams: list[StreamState]
    next_run_at: datetime | None

    @property
    def is_of_one_day(self) -> bool:
        """Whether the rows of all streams are of the same day, so that their ranks are of one ranking."""
        return len({state.snapshot_date for state in self.streams}) <= 1

    @property
    def is_demo(self) -> bool:
        return bool(self.published and self.published.execution.is_demo)


def publication() -> Publication:
    """What readers see now and what is known around it. Three queries."""
    return replace(publication_without_next_run(), next_run_at=next_run_at())


def publication_without_next_run() -> Publication:
    """The same for a page that does not say when the next run is due. Two queries."""
    runs = runs_in_view()
    published = next((pointer(run) for run in runs if run.published_at is not None), None)
    last = max((run for run in runs if run.status != Status.SKIPPED), key=lambda run: run.pk, default=None)
    return Publication(published, last, stream_ages(), None)


@prepared()
def runs_in_view() -> QuerySet[Any]:
    """The published run and the newest that did not find another one at work, which may be the same."""
    newest = WorkflowExecution.objects.exclude(status=Status.SKIPPED).order_by("-pk").values("pk")[:1]
    published = PublishedRun.objects.filter(execution_id=OuterRef("pk"))
    # A union: for a choice of two PostgreSQL would look at every run there ever was.
    last = WorkflowExecution.objects.order_by().filter(pk__in=newest).values("pk")
    runs = WorkflowExecution.objects.filter(pk__in=last.union(PublishedRun.objects.values("execution_id")))
    return runs.defer("github_state").annotate(
        published_at=Subquery(published.values("published_at")),
        published_day=Subquery(published.values("snapshot_date")),
    )


def pointer(run: Any) -> PublishedRun:
    """The pointer as it stands in the database, from a run that was read with it."""
    return PublishedRun(execution=run, snapshot_date=run.published_day, published_at=run.published_at)


def last_published_run() -> PublishedRun | None:
    """The pointer to the run that readers see, with the run's record."""
    return PublishedRun.objects.select_related("execution").first()


@prepared()
def stream_ages() -> QuerySet[StreamState]:
    """Each stream with the day its rows are of, by name."""
    return StreamState.objects.order_by("stream")


def next_run_at() -> datetime | None:
    """When the scheduled run is due; None where none is scheduled."""
    return next(iter(_due()), None)


@prepared()
def _due() -> QuerySet[Any]:
    schedules = Schedule.objects.filter(Q(repeats__lt=0) | Q(repeats__gt=0), func=HOURLY_RUN)
    return schedules.order_by("next_run").values_list("next_run", flat=True)[:1]
