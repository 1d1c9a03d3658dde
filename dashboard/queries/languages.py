"""Languages and the days there are rankings of."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, Subquery

from dashboard.languages import language_slug
from dashboard.queries.prepared import prepared
from pipeline.models.analytics import LanguageDay


@dataclass(frozen=True, slots=True)
class Coverage:
    """What there is to choose from: languages by number of repositories, and the first and last ranked day."""

    languages: dict[str, str]
    """{slug: name}"""
    first_day: date | None
    last_day: date | None


def coverage() -> Coverage:
    """The languages of the newest day and the span of days. Reads the daily sums, never the snapshots."""
    found = _languages_of_newest_day()
    names = {language_slug(name): name for name, _, _ in found if language_slug(name)}
    _, last, first = found[0] if found else (None, None, None)
    return Coverage(names, first, last)


@prepared()
def _languages_of_newest_day() -> QuerySet[Any]:
    newest = LanguageDay.objects.order_by("-snapshot_date").values("snapshot_date")[:1]
    oldest = LanguageDay.objects.order_by("snapshot_date").values("snapshot_date")[:1]
    return (
        LanguageDay.objects.filter(snapshot_date=Subquery(newest))
        .annotate(first_day=Subquery(oldest))
        .order_by("-repositories", "language")
        .values_list("language", "snapshot_date", "first_day")
    )


def language_ever_ranked(slug: str) -> str | None:
    """The language a slug stands for that was ranked on any day; None if there was none."""
    names = LanguageDay.objects.order_by("language").values_list("language", flat=True).distinct()
    return next((name for name in names if language_slug(name) == slug), None)
