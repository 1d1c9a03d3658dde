"""The Render ecosystem: its projects now, its days, and the runs that show how this project works."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, QuerySet, Sum
from django.db.models.expressions import OrderBy
from django.db.models.functions import Collate

from dashboard.queries.prepared import DAY, IDS, TEXT, Given, prepared
from pipeline.models.analytics import RenderDay, RenderServiceDay, RenderServiceTotal, RenderShowcase
from pipeline.models.runs import WorkflowExecution

Status = WorkflowExecution.Status
Rows = QuerySet[Any]
COMMUNITY = ("blueprint", "community")
CATEGORIES = ("official", "employee", *COMMUNITY)
ENDED = (Status.SUCCESS, Status.PARTIAL, Status.FAILED, Status.ABANDONED)
CHART_DAYS = 90
RECENT_RUNS = 30
MOST_LISTED = 15
# What a project's row shows.
SHOWN = (
    *("repo_full_name", "repo_url", "description", "uses_render", "snapshot_date", "stars", "stars_gained_7d"),
    *("momentum_score", "service_count", "render_complexity_score", "has_blueprint_button", "deploy_button_url"),
    "problem",
)
LISTED = (*SHOWN, "service_counts", "render_category")
# What sums are made of, and what says which projects are listed.
MEASURED = (
    *("github_id", "render_category", "uses_render", "stars", "stars_gained_7d", "service_count"),
    "has_blueprint_button",
)
RUN_COLUMNS = (
    *("execution_date", "status", "total_duration_seconds", "parallel_speedup_factor", "repos_processed"),
    *("tasks_executed", "tasks_failed", "tasks_retried", "requests_sent", "graphql_requests"),
)


@dataclass(frozen=True, slots=True)
class CategorySums:
    """One category of projects that are current.

    `stars_gained_7d` and `services` add up what is known, None if nothing is.

    `gain_unknown`, `services_unknown` and `button_unknown` are numbers of projects.
    """

    render_category: str
    projects: int
    stars: int
    stars_gained_7d: int | None
    services: int | None
    gain_unknown: int
    services_unknown: int
    button_unknown: int
    with_file: int
    """Projects with a render.yaml."""


class EcosystemDay(NamedTuple):
    """The ecosystem on a published day."""

    snapshot_date: date
    projects: int
    stars: int


class ServiceDay(NamedTuple):
    """A service type on a published day: the projects that declare it, and how many services they declare."""

    snapshot_date: date
    service_type: str
    service_description: str
    repositories: int
    services: int


def current_projects() -> list[Any]:
    """Every project that is current, by momentum, with the columns MEASURED."""
    return _current_projects()


@prepared()
def _current_projects() -> Rows:
    return RenderShowcase.objects.order_by(*by_momentum()).values_list(*MEASURED, named=True)


def category_sums(projects: Iterable[Any]) -> list[CategorySums]:
    """Of the rows of current_projects, by category: one reading serves them and the lists."""
    by_category: dict[str, list[Any]] = {}
    for project in projects:
        by_category.setdefault(project.render_category, []).append(project)
    return [_sums(category, found) for category, found in sorted(by_category.items())]


def _sums(category: str, projects: list[Any]) -> CategorySums:
    gains = [each.stars_gained_7d for each in projects if each.stars_gained_7d is not None]
    services = [each.service_count for each in projects if each.service_count is not None]
    services_unknown = sum(each.service_count is None and each.uses_render is not False for each in projects)
    return CategorySums(
        render_category=category,
        projects=len(projects),
        stars=sum(each.stars for each in projects),
        stars_gained_7d=sum(gains) if gains else None,
        # 0 where no project has a render.yaml.
        services=sum(services) if services or not services_unknown else None,
        gain_unknown=len(projects) - len(gains),
        services_unknown=services_unknown,
        button_unknown=sum(each.has_blueprint_button is None for each in projects),
        with_file=sum(each.uses_render is True for each in projects),
    )


def listed_projects(projects: Iterable[Any], most: int = MOST_LISTED) -> list[Any]:
    """By momentum, the first `most` of current_projects: official ones with a render.yaml, of employees, and others."""
    ids: dict[str, list[int]] = {}
    for project in projects:
        if project.render_category != "official" or project.uses_render:
            group = "community" if project.render_category in COMMUNITY else project.render_category
            ids.setdefault(group, []).append(project.github_id)
    chosen = list(chain.from_iterable(group[:most] for group in ids.values()))
    return _projects_of(github_ids=chosen) if chosen else []


@prepared(github_ids=IDS)
def _projects_of(github_ids: Given) -> Rows:
    return _as_listed(RenderShowcase.objects.filter(github_id__among=github_ids))


def projects_of_language(language: str, most: int) -> list[Any]:
    return _projects_of_language(language=language, most=most)


@prepared(language=TEXT)
def _projects_of_language(language: Given, most: int) -> Rows:
    # All of them: said so that SQLite begins with the few that have a category, not with all of the language.
    return _as_listed(RenderShowcase.objects.filter(language=language, render_category__in=CATEGORIES))[:most]


def _as_listed(projects: Rows) -> Rows:
    """Plain rows with what lists show, which take half as long as instances."""
    return projects.order_by(*by_momentum()).values_list(*LISTED, named=True)


def by_momentum() -> list[OrderBy]:
    """As the ranking: momentum, stars, name; what is unknown comes last."""
    by_code_point = Collate("repo_full_name", "C" if connection.vendor == "postgresql" else "BINARY")
    return [F("momentum_score").desc(nulls_last=True), F("stars").desc(), by_code_point.asc()]


def ecosystem_days(until: date) -> list[EcosystemDay]:
    """The published ones of the 90 days up to `until`, oldest first."""
    return list(map(EcosystemDay._make, _ecosystem_days(after=until - timedelta(days=CHART_DAYS), until=until)))


@prepared(after=DAY, until=DAY)
def _ecosystem_days(after: Given, until: Given) -> Rows:
    days = RenderDay.objects.filter(snapshot_date__gt=after, snapshot_date__lte=until)
    return days.values_list("snapshot_date").annotate(Sum("repositories"), Sum("stars")).order_by("snapshot_date")


def service_days(until: date, language: str | None = None) -> list[ServiceDay]:
    """Each service type on the published ones of the 90 days up to `until`; with `language` in projects of it only."""
    after = until - timedelta(days=CHART_DAYS)
    return _service_days(after=after, until=until, language=language)


@prepared(after=DAY, until=DAY, language=TEXT)
def _service_days(after: Given, until: Given, language: Given) -> Rows:
    # One row a type and day in both; adding up the languages here would only take time.
    rows = RenderServiceDay.objects.filter(language=language) if language else RenderServiceTotal.objects.all()
    days = rows.filter(snapshot_date__gt=after, snapshot_date__lte=until).order_by("snapshot_date", "service_type")
    return days.values_list(*ServiceDay._fields, named=True)


def recent_runs(number: int = RECENT_RUNS) -> list[Any]:
    """The last runs that asked GitHub and have ended, failed ones too, newest first."""
    return _recent_runs(number=number)


@prepared()
def _recent_runs(number: int) -> Rows:
    ended = WorkflowExecution.objects.filter(status__in=ENDED)
    # A rebuild from raw sends no request: its time and its cost say nothing of a run's.
    asked = ended.exclude(trigger=WorkflowExecution.Trigger.FROM_RAW)
    return asked.order_by("-pk").values_list(*RUN_COLUMNS, named=True)[:number]
