"""A month's published facts: its days, its ranking at the end, who came, and how the Render ecosystem grew."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import TruncMonth

from marketing.models import BlogDraft
from pipeline.models.analytics import RenderDay, RenderServiceTotal, RepoDay, RepoStarDay, RepoVersion
from pipeline.models.runs import WorkflowExecution

MOST_DRAFTS = 36
PUBLISHED = (WorkflowExecution.Status.SUCCESS, WorkflowExecution.Status.PARTIAL)


@dataclass(frozen=True, slots=True)
class PublishedDay:
    """The ranking of a day: its repositories, how many of them have an unknown gain, and the newest run in it."""

    day: date
    repositories: int
    gain_unknown: int
    run_id: int


@dataclass(frozen=True, slots=True)
class EcosystemDay:
    """The projects of the Render ecosystem on a published day, and their stars."""

    day: date
    projects: int
    stars: int


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A repository under its name of now, and the day of the run that took it up first."""

    github_id: int
    full_name: str
    day: date


def published_days(first: date, last: date) -> list[PublishedDay]:
    """The published days from `first` to `last`, oldest first."""
    rows = (
        RepoDay.objects.filter(snapshot_date__gte=first, snapshot_date__lte=last)
        .order_by("snapshot_date")
        .values_list("snapshot_date")
        .annotate(
            repositories=Count("snapshot_id"),
            gain_unknown=Count("snapshot_id", filter=Q(stars_gained_7d=None)),
            newest_run=Max("execution_id"),
        )
    )
    return [PublishedDay(*row) for row in rows]


def stars_by_day(first: date, last: date, ranked_on: date) -> dict[date, int]:
    """Stars gained on each UTC day and still held, by the repositories ranked on `ranked_on`."""
    ranked = RepoDay.objects.filter(snapshot_date=ranked_on).values("github_id")
    rows = RepoStarDay.objects.filter(day__gte=first, day__lte=last, github_id__in=ranked)
    return dict(rows.order_by("day").values_list("day").annotate(Sum("stars_gained")))


def ecosystem_by_day(first: date, last: date) -> dict[date, EcosystemDay]:
    rows = RenderDay.objects.filter(snapshot_date__gte=first, snapshot_date__lte=last).order_by("snapshot_date")
    sums = rows.values_list("snapshot_date").annotate(Sum("repositories"), Sum("stars"))
    return {row[0]: EcosystemDay(*row) for row in sums}


def services_by_day(first: date, last: date) -> dict[date, int]:
    """Services that the render.yaml files of the ecosystem declared on each published day."""
    rows = RenderServiceTotal.objects.filter(snapshot_date__gte=first, snapshot_date__lte=last)
    return dict(rows.order_by("snapshot_date").values_list("snapshot_date").annotate(Sum("services")))


def newcomers(first: date, last: date) -> list[Newcomer]:
    """Those that were first taken up from `first` to `last`, the first ones first.

    Of the very first run everything is new, so what it took up is none.
    """
    earliest = RepoVersion.objects.order_by("valid_from").values("valid_from")
    rows = (
        RepoVersion.objects.filter(is_current=True)
        .annotate(
            came=Subquery(earliest.filter(github_id=OuterRef("github_id"))[:1]),
            began=Subquery(earliest[:1]),
        )
        .filter(came__gte=_midnight(first), came__lt=_midnight(last + timedelta(days=1)))
        .order_by("came", "repo_full_name")
        .values_list("github_id", "repo_full_name", "came", "began")
    )
    return [Newcomer(number, name, came.date()) for number, name, came, began in rows if came > began]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def ranked_first(day: date, most: int | None, github_ids: Collection[int] | None = None) -> list[Any]:
    """The rows of a day's ranking in its order, at most `most`; with `github_ids` only these."""
    rows = RepoDay.objects.filter(snapshot_date=day, rank_overall__isnull=False).order_by("rank_overall")
    if github_ids is not None:
        rows = rows.filter(github_id__in=github_ids)
    return list(rows[:most])


def drafts(*, is_demo: bool) -> list[BlogDraft]:
    """The newest month first, three years of them; those of made-up figures only where these are on show."""
    others = WorkflowExecution.objects.filter(is_demo=not is_demo).values("pk")
    return list(BlogDraft.objects.exclude(execution_id__in=others).order_by("-month")[:MOST_DRAFTS])


def draft_of(month: date) -> BlogDraft | None:
    return BlogDraft.objects.filter(month=month).first()


def newest_runs() -> dict[date, int]:
    """{first day of a month: the newest run that published a day of it}, from the runs' own records."""
    runs = WorkflowExecution.objects.filter(status__in=PUBLISHED).order_by()
    return dict(runs.values_list(TruncMonth("snapshot_date")).annotate(newest=Max("pk")))
