"""How a group of repositories grows, and which Render services it declares, as charts. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter

from dashboard.charts import Chart, Role, Series
from dashboard.queries.render import EcosystemDay, ServiceDay
from pipeline.models.analytics import LanguageDay

# The types that have a line of their own, by their colours; the others share one.
NAMED_TYPES: tuple[Role, ...] = ("accent", "third")
LONGEST_TYPE = 24
CHART_DAYS = 90
ONE_DAY = "One day so far; a line needs two."


@dataclass(frozen=True, slots=True)
class TypeUse:
    """One service type on the last of its days, and how many more services that is than on the first one."""

    name: str
    description: str
    projects: int
    services: int
    change: int | None


@dataclass(frozen=True, slots=True)
class Adoption:
    """Service types by number of services, the whole of what the chart sums up. `first` and `last` are its days."""

    chart: Chart
    types: list[TypeUse]
    first: date | None
    last: date | None


# -- Services --------------------------------------------------------------------------------------------------


def adoption(published: Sequence[date], rows: Sequence[ServiceDay], whose: str, empty: str) -> Adoption:
    """Services by type over `published`, the days there is something to know of, oldest first.

    A type that no project declared on a published day was declared 0 times. `whose` ends the sentence "Services
    declared by".
    """
    days = sorted({*published, *(row.snapshot_date for row in rows)}) if rows else []
    place = {day: number for number, day in enumerate(days)}
    newest = {row.service_type: row for row in sorted(rows, key=attrgetter("snapshot_date"))}
    counts = {name: [0] * len(days) for name in newest}
    for row in rows:
        counts[row.service_type][place[row.snapshot_date]] = row.services
    names = sorted(counts, key=lambda name: (-counts[name][-1], -sum(counts[name]), name))
    return Adoption(
        chart=_services_chart(days, {name: counts[name] for name in names}, whose, empty),
        types=[_type_use(newest[name], counts[name], days[-1]) for name in names],
        first=days[0] if days else None,
        last=days[-1] if days else None,
    )


def _type_use(newest: ServiceDay, counts: Sequence[int], last: date) -> TypeUse:
    return TypeUse(
        name=newest.service_type,
        description=newest.service_description,
        projects=newest.repositories if newest.snapshot_date == last else 0,
        services=counts[-1],
        change=counts[-1] - counts[0] if len(counts) > 1 else None,
    )


def _services_chart(days: Sequence[date], counts: dict[str, list[int]], whose: str, empty: str) -> Chart:
    series = _series(counts)
    return Chart(
        id="services",
        kind="line",
        title="Services declared, by type",
        summary=f"Services declared by {whose}, {_period(days)}: {_ends(series)}.",
        labels=[day.isoformat() for day in days],
        series=series,
        unit="services",
        empty=empty,
        single=ONE_DAY,
    )


def _series(counts: dict[str, list[int]]) -> list[Series]:
    """The two types with the most services and the sum of the others, by name where it is only one."""
    names = list(counts)
    found = [_named(name, counts[name], role) for name, role in zip(names, NAMED_TYPES, strict=False)]
    rest = names[len(NAMED_TYPES) :]
    if len(rest) == 1:
        found.append(_named(rest[0], counts[rest[0]], "muted"))
    elif rest:
        sums = [sum(values) for values in zip(*(counts[name] for name in rest), strict=True)]
        found.append(Series(f"{len(rest)} other types", sums, "muted"))
    return found or [Series("Services", [])]


def _named(name: str, values: list[int], role: Role) -> Series:
    return Series(name if len(name) <= LONGEST_TYPE else f"{name[: LONGEST_TYPE - 1]}…", values, role)


def _ends(series: Sequence[Series]) -> str:
    """ "web 98, postgres 40 and 6 other types 77": the last values, as words."""
    return ", ".join(f"{each.name} {each.values[-1]:,}" for each in series if each.values) or "none"


# -- Growth ----------------------------------------------------------------------------------------------------


def ecosystem_charts(days: Sequence[EcosystemDay]) -> list[Chart]:
    """How many projects there were and how many stars they had together; `days` are oldest first."""
    return [
        _growth("projects", "Projects", [day.projects for day in days], [day.snapshot_date for day in days]),
        _growth("stars", "Stars of all projects", [day.stars for day in days], [day.snapshot_date for day in days]),
    ]


def _growth(unit: str, title: str, values: list[int], days: list[date]) -> Chart:
    course = f"from {values[0]:,} to {values[-1]:,}" if values else "nothing known"
    return Chart(
        id=f"ecosystem-{unit}",
        kind="line",
        title=title,
        summary=f"{title} in the Render ecosystem, {_period(days)}: {course}.",
        labels=[day.isoformat() for day in days],
        series=[Series(title, values)],
        unit=unit,
        empty="No day has been published yet. The line grows by a point a day.",
        single=ONE_DAY,
    )


def language_charts(language: str, days: Sequence[LanguageDay]) -> list[Chart]:
    """Stars gained and work done in the language's repositories; `days` are oldest first, of 90 days at most."""
    return [_gained(language, days), _activity(language, days)]


def last_days(days: Sequence[LanguageDay]) -> list[LanguageDay]:
    """Those of the 90 days up to the last one, oldest first."""
    return [day for day in days if day.snapshot_date > days[-1].snapshot_date - timedelta(days=CHART_DAYS)]


def _gained(language: str, days: Sequence[LanguageDay]) -> Chart:
    values = [day.stars_gained_7d for day in days]
    known = [value for value in values if value is not None]
    course = f"between {min(known):,} and {max(known):,}" if known else "unknown"
    return Chart(
        id="language-stars",
        kind="line",
        title="Stars gained in the 7 days before",
        summary=f"Stars that {language} repositories gained in 7 days, {_period(_dates(days))}: {course}.",
        labels=[day.isoformat() for day in _dates(days)],
        series=[Series("Stars gained", values)],
        unit="stars",
        single=ONE_DAY,
    )


def _activity(language: str, days: Sequence[LanguageDay]) -> Chart:
    series = [
        Series("Commits", [day.commits_last_7_days for day in days]),
        Series("Issues closed", [day.issues_closed_last_7_days for day in days], "third"),
        Series("Contributors", [day.active_contributors for day in days], "muted"),
    ]
    return Chart(
        id="language-activity",
        kind="line",
        title="Work in the 7 days before",
        summary=f"Commits, closed issues and contributors in {language} repositories, {_period(_dates(days))}.",
        labels=[day.isoformat() for day in _dates(days)],
        series=series,
        single=ONE_DAY,
    )


def _dates(days: Sequence[LanguageDay]) -> list[date]:
    return [day.snapshot_date for day in days]


def _period(days: Sequence[date]) -> str:
    """ "11 days from 2026-10-24 to 2026-11-21"."""
    if not days:
        return "no day yet"
    return f"{len(days)} days from {days[0]} to {days[-1]}" if len(days) > 1 else f"on {days[0]}"
