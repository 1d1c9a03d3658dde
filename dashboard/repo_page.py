"""A repository's page: its facts made ready to be shown. No database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from dashboard import diagram
from dashboard.charts import Chart, Series, number
from dashboard.comparison import MOST, compare_query
from dashboard.ranking import Badge, Movement, aged, badges, movement, web_link
from pipeline.models.analytics import RankedRepo, RenderShowcase

HISTORY_DAYS = 30
PREVIOUS_DAY = timedelta(days=7)
NO_LINE = "Not enough history yet: one day is known, and a line needs two."
DEPLOY_HOSTS = ("render.com", "www.render.com")


@dataclass(frozen=True, slots=True)
class Standing:
    """Ranks of a day, and how they moved since the repository's day before."""

    overall: Movement | None
    in_language: Movement | None


def standing(days: Sequence[Any]) -> Standing:
    """`days` are newest first; a day before that is older than a week says nothing of a movement."""
    row, before = days[0], days[1] if len(days) > 1 else None
    if before is None or row.snapshot_date - before.snapshot_date > PREVIOUS_DAY:
        return Standing(None, None)
    is_same_language = before.language == row.language
    return Standing(
        movement(before.rank_overall, row.rank_overall),
        movement(before.rank_in_language, row.rank_in_language) if is_same_language else None,
    )


def header_badges(row: Any, now: datetime, published_day: date | None, *, has_left: bool) -> list[Badge]:
    old = [] if has_left or published_day is None else aged(row, published_day)
    return [*old, *badges(row, now)]


def day_notices(row: Any, at: date | None) -> list[str]:
    """Sentences for a day that is not the one a reader would expect."""
    if at is not None and at != row.snapshot_date:
        return [f"It was not ranked on {at}. What is shown is of {row.snapshot_date}, the last day before."]
    if at is None and not row.is_current:
        return [
            f"It has left the ranking: {row.snapshot_date} is the last day it was ranked. What is shown is of that day."
        ]
    return []


def beside(row: Any, others: Sequence[Any]) -> list[Any]:
    """The row among its neighbours, in the language's order."""
    return sorted([row, *others], key=lambda each: each.rank_in_language or 0)


def compare_href(name: str, others: Sequence[RankedRepo]) -> str:
    """The address that puts the repository beside the first of the others."""
    names = [name, *(other.repo_full_name for other in others)]
    return f"/compare/{compare_query(names[:MOST])}"


# -- Charts ----------------------------------------------------------------------------------------------------


def charts(days: Sequence[Any], gains: Mapping[str, int]) -> list[Chart]:
    """Momentum and stars of 30 days. `days` are newest first, `gains` is {"YYYY-MM-DD": stars gained}."""
    first = days[0].snapshot_date - timedelta(days=HISTORY_DAYS)
    recent = [day for day in reversed(days) if day.snapshot_date > first]
    return [_momentum(recent), _gains(gains), _stars(recent)]


def _momentum(days: Sequence[Any]) -> Chart:
    values = [day.momentum_score for day in days]
    return _line("momentum", "Momentum", values, days, "points")


def _stars(days: Sequence[Any]) -> Chart:
    return _line("stars", "Stars in all", [day.stars for day in days], days, "stars", "muted")


def _line(
    name: str, title: str, values: Sequence[Decimal | int | None], days: Sequence[Any], unit: str, role: Any = "accent"
) -> Chart:
    return Chart(
        id=f"{name}-days",
        kind="line",
        title=title,
        summary=f"{title}, {len(days)} of {HISTORY_DAYS} days known: {_span(values)}",
        labels=[day.snapshot_date.isoformat() for day in days],
        series=[Series(title, values, role)],
        unit=unit,
        empty=f"{title}: nothing is known of these days.",
        single=NO_LINE,
    )


def _gains(gains: Mapping[str, int]) -> Chart:
    labels = sorted(gains)
    values = [gains[label] for label in labels]
    return Chart(
        id="star-days",
        kind="bar",
        title="Stars gained a day",
        summary=f"Stars gained, {len(labels)} of {HISTORY_DAYS} days known: {_span(values)}, {sum(values):,} in all",
        labels=labels,
        series=[Series("Gained", values)],
        unit="stars",
        empty="Its star history has not been read yet.",
    )


def _span(values: Sequence[Decimal | int | None]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "unknown"
    places = 1 if any(isinstance(value, Decimal) for value in known) else 0
    return f"from {number(min(known), places)} to {number(max(known), places)}"


# -- Render ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Service:
    """A row of the services table; None is not stated in the file."""

    name: str
    type: str
    runtime: str | None
    plan: str | None


@dataclass(frozen=True, slots=True)
class Project:
    """What is known of a repository's use of Render. Links are None where they are not to be trusted."""

    facts: RenderShowcase
    services: list[Service]
    env_groups: list[str]
    diagram: diagram.Diagram | None
    file_href: str | None
    deploy_href: str | None


def project(facts: RenderShowcase) -> Project:
    services = [_service(entry) for entry in facts.render_services or [] if isinstance(entry, dict)]
    groups = [str(name) for name in facts.env_groups or []]
    return Project(
        facts=facts,
        services=services,
        env_groups=groups,
        diagram=diagram.diagram([_box(service) for service in services], _connections(facts.connections), groups),
        file_href=file_href(facts.repo_url) if facts.uses_render else None,
        deploy_href=deploy_href(facts.deploy_button_url),
    )


def _service(entry: Mapping[str, Any]) -> Service:
    return Service(
        str(entry.get("name") or ""), str(entry.get("type") or "unknown"), entry.get("runtime"), entry.get("plan")
    )


def _box(service: Service) -> diagram.Service:
    runtime = service.runtime or ""
    return diagram.Service(service.name, service.type, "" if runtime == service.type else runtime)


def _connections(stored: Any) -> list[diagram.Connection]:
    """From [[source, target, kind], ...]."""
    return [
        diagram.Connection(*map(str, entry)) for entry in stored or [] if isinstance(entry, list) and len(entry) == 3
    ]


def file_href(repo_url: str | None) -> str | None:
    """The address of the render.yaml on the default branch."""
    address = web_link(repo_url)
    return f"{address.rstrip('/')}/blob/HEAD/render.yaml" if address else None


def deploy_href(url: str | None) -> str | None:
    """The deploy button's address if it leads to Render and nowhere else."""
    address = web_link(url)
    # The whole authority is compared: a user name, a port or a backslash in it leads somewhere else.
    return address if address and urlsplit(address).netloc.lower() in DEPLOY_HOSTS else None
