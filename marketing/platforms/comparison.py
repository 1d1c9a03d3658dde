"""A page's view of the reports: a row a platform, charts, and the searches that anybody can repeat. No database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.safestring import SafeString

from dashboard.cells import external_link, number
from dashboard.charts import Chart, Series
from dashboard.templatetags.figures import count, gain
from marketing.models import PlatformReading
from marketing.platforms.catalog import BY_SLUG, PLATFORMS, Platform
from marketing.platforms.report import Figures, whole_report
from marketing.platforms.store import figures_of

Report = dict[str, PlatformReading]  # {platform: row} of one day


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure, its change since the report before, and why it is unknown ("" where it is not)."""

    value: SafeString
    change: SafeString
    problem: str


@dataclass(frozen=True, slots=True)
class SearchRow:
    """One search as it was sent to GitHub's API, and the link to the same question at github.com."""

    platform: str
    counts: str
    sent: str
    asked_at: datetime | None
    total: SafeString
    problem: str
    link: SafeString


@dataclass(frozen=True, slots=True)
class Row:
    """One platform in the table. `summed` is how many repositories' stars are added up."""

    platform: Platform
    config_files: Measured
    readme_mentions: Measured
    stars: Measured
    summed: SafeString


@dataclass(frozen=True, slots=True)
class Comparison:
    """The newest report and the ones before it. `previous_day` is None in a first report."""

    day: date
    previous_day: date | None
    made_at: datetime
    reports: int
    rows: list[Row]
    text: str
    searches: list[SearchRow]
    charts: list[Chart]


def comparison(readings: Sequence[PlatformReading], *, is_demo: bool) -> Comparison | None:
    """From rows with the newest day first; None where no platform of the catalogue has been read."""
    reports = by_day([row for row in readings if row.platform in BY_SLUG])
    if not reports:
        return None
    days = list(reports)
    newest, before = reports[days[0]], reports[days[1]] if len(days) > 1 else {}
    shown = [platform for platform in PLATFORMS if platform.slug in newest]
    return Comparison(
        day=days[0],
        previous_day=days[1] if len(days) > 1 else None,
        made_at=max(row.created_at for row in newest.values()),
        reports=len(days),
        rows=[_row(newest[platform.slug], before.get(platform.slug)) for platform in shown],
        text=whole_report(days[0], [newest[p.slug].report_text for p in shown], shown, is_demo=is_demo),
        searches=[row for platform in shown for row in _searches(platform, newest[platform.slug])],
        charts=[bars(shown, newest), *(course(platform, reports) for platform in shown)],
    )


def by_day(readings: Sequence[PlatformReading]) -> dict[date, Report]:
    found: dict[date, Report] = {}
    for row in readings:
        found.setdefault(row.report_date, {})[row.platform] = row
    return found


def _row(reading: PlatformReading, before: PlatformReading | None) -> Row:
    now, then = figures_of(reading), figures_of(before) if before else None
    return Row(
        platform=now.platform,
        config_files=_measured(now, then, "config_files"),
        readme_mentions=_measured(now, then, "readme_mentions"),
        stars=_measured(now, then, "stars"),
        summed=number(count(now.summed)),
    )


def _measured(now: Figures, before: Figures | None, measure: str) -> Measured:
    change = SafeString("–") if before is None else number(gain(now.change(measure, before)))
    return Measured(number(count(getattr(now, measure))), change, now.problems.get(measure, ""))


def _searches(platform: Platform, reading: PlatformReading) -> list[SearchRow]:
    kept = reading.evidence.get("searches", {})
    links = {
        "config_files": (f"Files called {platform.file}", platform.file_search_url),
        "readme_mentions": (f"READMEs with {platform.domain}", platform.readme_search_url),
    }
    return [
        SearchRow(
            platform=platform.name,
            counts=counts,
            sent=f"GET {kept[name]['path']}?q={kept[name]['query']}",
            asked_at=_moment(kept[name].get("asked_at")),
            total=number(count(kept[name].get("total"))),
            problem=kept[name].get("problem", ""),
            link=external_link(url, "Ask github.com"),
        )
        for name, (counts, url) in links.items()
        if name in kept
    ]


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


# -- Charts ----------------------------------------------------------------------------------------------------


def bars(shown: Sequence[Platform], newest: Report) -> Chart:
    """The newest figures side by side."""
    files = [newest[platform.slug].config_files for platform in shown]
    mentions = [newest[platform.slug].readme_mentions for platform in shown]
    pairs = zip(shown, files, mentions, strict=True)
    words = [f"{p.name} {count(found)} files and {count(named)} mentions" for p, found, named in pairs]
    return Chart(
        id="platforms-now",
        kind="bar",
        title="Config files and README mentions",
        summary=f"In the newest report: {'; '.join(words)}.",
        labels=[platform.name for platform in shown],
        series=[Series("Config files", files, "accent"), Series("README mentions", mentions, "muted")],
        unit="repositories",
        is_time=False,
        heading="Platform",
    )


def course(platform: Platform, reports: dict[date, Report]) -> Chart:
    """One platform's figures from report to report, oldest first."""
    days = [day for day in reversed(reports) if platform.slug in reports[day]]
    rows = [reports[day][platform.slug] for day in days]
    files, mentions = [row.config_files for row in rows], [row.readme_mentions for row in rows]
    return Chart(
        id=f"platform-{platform.slug}",
        kind="line",
        title=platform.name,
        summary=f"{platform.name}: {_from_to('config files', files)}, {_from_to('README mentions', mentions)}, "
        f"from {days[0]} to {days[-1]}.",
        labels=[day.isoformat() for day in days],
        series=[Series("Config files", files, "accent"), Series("README mentions", mentions, "muted")],
        unit="repositories",
        single="One report so far.",
        empty="No report has known figures yet.",
    )


def _from_to(name: str, values: Sequence[int | None]) -> str:
    return f"{name} from {count(values[0])} to {count(values[-1])}" if len(values) > 1 else f"{count(values[0])} {name}"
