"""One language: its rows of the ranking with all their columns, and its days."""

from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from dashboard.queries.ranking import Repos
from pipeline.models.analytics import LanguageDay, RepoDay

PAGE_SIZE = 50
HISTORY_DAYS = 90
# The parts of the score and where it comes from are read for one repository, not for fifty.
UNLISTED = (
    *("activity_score", "velocity_part", "activity_part", "render_boost", "age_penalty", "data_quality_score"),
    *("raw_repo_id", "execution_id", "repo_key", "repo_url", "stream", "is_demo", "weeks_gaining"),
)


def page_of(rows: Repos, page: int, size: int = PAGE_SIZE) -> list[Any]:
    """The page's rows with every column of the language's table."""
    return list(rows.defer(*UNLISTED)[(page - 1) * size : page * size])


def with_previous_rank(rows: Repos, since: date) -> Repos:
    """Each row with `previous_rank`: its rank in this language on its day before, not older than `since`, or None."""
    earlier = RepoDay.objects.filter(
        github_id=OuterRef("github_id"),
        language=OuterRef("language"),
        snapshot_date__lt=OuterRef("snapshot_date"),
        snapshot_date__gte=since,
    )
    before = Subquery(earlier.order_by("-snapshot_date").values("rank_in_language")[:1])
    found: Repos = rows.annotate(previous_rank=before)
    return found


def language_days(language: str, day: date | None) -> list[LanguageDay]:
    """The last 90 published days of the language up to `day`, and every language on `day` itself; oldest first."""
    if day is None:
        return []
    own = LanguageDay.objects.filter(language=language, snapshot_date__lte=day).order_by("-snapshot_date")
    wanted = Q(pk__in=own.values("pk")[:HISTORY_DAYS]) | Q(snapshot_date=day)
    return list(LanguageDay.objects.filter(wanted).order_by("snapshot_date", "language"))
