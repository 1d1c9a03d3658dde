"""Keeps a report: one row a platform and day, with its searches as evidence."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from dashboard.queries.publication import last_published_run
from marketing.models import PlatformReading
from marketing.platforms.catalog import BY_SLUG, Platform
from marketing.platforms.report import Figures, platform_text
from marketing.platforms.searching import Search
from marketing.queries.platforms import readings_before


def keep(found: Mapping[Platform, Mapping[str, Search]], now: datetime) -> list[Figures]:
    """Write the day's rows and return their figures. Made-up counts and real ones are never compared."""
    published = last_published_run()
    is_demo = bool(published and published.execution.is_demo)
    with transaction.atomic():
        before = {row.platform: row for row in readings_before(now.date(), is_demo)}
        return [_keep_one(platform, before.get(platform.slug), each, now, is_demo) for platform, each in found.items()]


def _keep_one(
    platform: Platform, before: PlatformReading | None, searches: Mapping[str, Search], now: datetime, is_demo: bool
) -> Figures:
    row = PlatformReading.objects.filter(platform=platform.slug, report_date=now.date()).first()
    earlier = row.evidence.get("searches", {}) if row and row.is_demo == is_demo else {}
    evidence = {"searches": {name: _better(search.as_json(), earlier.get(name)) for name, search in searches.items()}}
    figures = figures_of(PlatformReading(platform=platform.slug, report_date=now.date(), **columns(evidence)))
    text = platform_text(figures, figures_of(before) if before else None)
    PlatformReading.objects.update_or_create(
        platform=platform.slug,
        report_date=now.date(),
        defaults={**columns(evidence), "report_text": text, "is_demo": is_demo, "created_at": now},
    )
    return figures


def _better(new: dict[str, Any], earlier: Any) -> dict[str, Any]:
    """The new search, unless it found nothing out and one of the same words did earlier this day."""
    is_same = isinstance(earlier, dict) and earlier.get("query") == new["query"]
    return earlier if new["total"] is None and is_same and earlier.get("total") is not None else new


def columns(evidence: dict[str, Any]) -> dict[str, Any]:
    """The row's figures, which are those of its evidence."""
    files, mentions = (evidence["searches"][name] for name in ("config_files", "readme_mentions"))
    return {
        "config_files": files["total"],
        "readme_mentions": mentions["total"],
        "stars": mentions["stars"],
        "evidence": evidence,
    }


def figures_of(row: PlatformReading) -> Figures:
    """A stored row as the report reads it; its platform must be in the catalogue."""
    searches = row.evidence.get("searches", {})
    problems = {name: search["problem"] for name, search in searches.items() if search.get("problem")}
    return Figures(
        platform=BY_SLUG[row.platform],
        day=row.report_date,
        config_files=row.config_files,
        readme_mentions=row.readme_mentions,
        stars=row.stars,
        summed=searches.get("readme_mentions", {}).get("summed"),
        problems=problems,
    )
