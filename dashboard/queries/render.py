"""The Render ecosystem: its projects now, its days, and the runs that show how this project works."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When, Window
from django.db.models.expressions import OrderBy
from django.db.models.functions import Collate, RowNumber

from dashboard.queries.prepared import DAY, TEXT, Given, prepared
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


def category_sums() -> list[CategorySums]:
    """What is current, by category."""
    return [_sums(row._asdict()) for row in _category_sums()]


@prepared()
def _category_sums() -> Rows:
    may_use = Q(uses_render=True) | Q(uses_render=None)
    return RenderShowcase.objects.values_list("render_category", named=True).annotate(
        projects=Count("github_id"),
        # Not called stars: the sums after it would be taken of the sum.
        stars_in_all=Sum("stars"),
        gained=Sum("stars_gained_7d"),
        services_known=Sum("service_count"),
        gain_unknown=Count("github_id", filter=Q(stars_gained_7d=None)),
        services_unknown=Count("github_id", filter=Q(service_count=None) & may_use),
        button_unknown=Count("github_id", filter=Q(has_blueprint_button=None)),
        with_file=Count("github_id", filter=Q(uses_render=True)),
    )


def _sums(row: dict[str, Any]) -> CategorySums:
    services = row.pop("services_known")
    if services is None and not row["services_unknown"]:
        services = 0  # no project has a render.yaml
    return CategorySums(stars=row.pop("stars_in_all"), stars_gained_7d=row.pop("gained"), services=services, **row)


def listed_projects(most: int = MOST_LISTED) -> list[Any]:
    """By momentum, the first `most` official ones with a render.yaml, of employees, and of everybody else."""
    return _listed_projects(most=most)


@prepared()
def _listed_projects(most: int) -> Rows:
    group = Case(When(render_category__in=COMMUNITY, then=Value("community")), default=F("render_category"))
    place = Window(RowNumber(), partition_by=group, order_by=by_momentum())
    wanted = RenderShowcase.objects.filter(~Q(render_category="official") | Q(uses_render=True))
    # Places are found over what is ordered by alone: whole rows would be sorted with all their texts.
    chosen = wanted.alias(place=place).filter(place__lte=most).values("github_id")
    return _as_listed(RenderShowcase.objects.filter(github_id__in=chosen))


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
