"""One language: its rows of the ranking with all their columns, and its days."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from dashboard.filters import Filters
from dashboard.queries import ranking
from dashboard.queries.prepared import DAY, TEXT, Given, prepared
from dashboard.queries.ranking import Repos
from pipeline.models.analytics import LanguageDay, RepoMeasures, TrendingRepo

PAGE_SIZE = 50
HISTORY_DAYS = 90
# The parts of the score and where it comes from are read for one repository, not for fifty.
UNLISTED = (
    *("activity_score", "velocity_part", "activity_part", "render_boost", "age_penalty", "data_quality_score"),
    *("raw_repo_id", "repo_key", "repo_url", "stream", "is_demo", "weeks_gaining"),
)
LISTED = tuple(field.attname for field in TrendingRepo._meta.concrete_fields if field.attname not in UNLISTED)


def with_previous_rank(rows: Repos, since: date) -> Repos:
    """Each row with `previous_rank`: its rank in this language on its day before, not older than `since`, or None."""
    earlier = RepoMeasures.objects.filter(
        github_id=OuterRef("github_id"),
        language=OuterRef("language"),
        snapshot_date__lt=OuterRef("snapshot_date"),
        snapshot_date__gte=since,
    )
    before = Subquery(earlier.order_by("-snapshot_date").values("rank_in_language")[:1])
    found: Repos = rows.annotate(previous_rank=before)
    return found


def page_of(
    filters: Filters,
    language: str,
    since: date,
    page: int,
    *,
    is_of_one_day: bool,
    ids: Sequence[int] | None = None,
) -> list[Any]:
    """ranking.page_of with every column of the language's table and the rank in it."""
    return ranking.page_of(
        *(filters, language, since, page),
        is_of_one_day=is_of_one_day,
        ids=ids,
        size=PAGE_SIZE,
        columns=LISTED,
        with_before=with_previous_rank,
    )


def language_days(language: str, day: date | None) -> list[Any]:
    """The last 90 published days of the language up to `day`, and every language on `day` itself; oldest first."""
    return _language_days(language=language, day=day) if day else []


@prepared(language=TEXT, day=DAY)
def _language_days(language: Given, day: Given) -> QuerySet[Any]:
    own = LanguageDay.objects.filter(language=language, snapshot_date__lte=day).order_by("-snapshot_date")
    wanted = Q(pk__in=own.values("pk")[:HISTORY_DAYS]) | Q(snapshot_date=day)
    columns = [field.attname for field in LanguageDay._meta.concrete_fields]
    return LanguageDay.objects.filter(wanted).order_by("snapshot_date", "language").values_list(*columns, named=True)
