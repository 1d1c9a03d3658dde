"""Languages and the days there are rankings of."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Min

from dashboard.languages import language_slug
from pipeline.models.analytics import LanguageDay


@dataclass(frozen=True, slots=True)
class Coverage:
    """What there is to choose from: languages by number of repositories, and the first and last ranked day."""

    languages: dict[str, str]
    """{slug: name}"""
    first_day: date | None
    last_day: date | None


def coverage() -> Coverage:
    """The languages ever ranked and the span of days. Reads the daily sums, never the snapshots."""
    rows = (
        LanguageDay.objects.values("language")
        .annotate(first=Min("snapshot_date"), last=Max("snapshot_date"), most=Max("repositories"))
        .order_by("-most", "language")
    )
    found = list(rows)
    names = {language_slug(row["language"]): row["language"] for row in found if language_slug(row["language"])}
    first = min((row["first"] for row in found), default=None)
    last = max((row["last"] for row in found), default=None)
    return Coverage(names, first, last)
