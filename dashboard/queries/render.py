"""The Render ecosystem: its projects now, its days, and the runs that show how this project works."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, Max, Q, Sum, Value, When, Window
from django.db.models.expressions import OrderBy
from django.db.models.functions import Collate, RowNumber

from pipeline.models.analytics import RenderDay, RenderServiceDay, RenderShowcase
from pipeline.models.runs import WorkflowExecution

Status = WorkflowExecution.Status
COMMUNITY = ("blueprint", "community")
ENDED = (Status.SUCCESS, Status.PARTIAL, Status.FAILED, Status.ABANDONED)
CHART_DAYS = 90
RECENT_RUNS = 30
MOST_LISTED = 15
# What a list does not show, and what only weighs.
UNLISTED = ("render_services", "connections", "env_groups", "documentation_score", "blueprint_quality")
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


@dataclass(frozen=True, slots=True)
class EcosystemDay:
    """The ecosystem on a published day."""

    snapshot_date: date
    projects: int
    stars: int


@dataclass(frozen=True, slots=True)
class ServiceDay:
    """A service type on a published day: the projects that declare it, and how many services they declare."""

    snapshot_date: date
    service_type: str
    service_description: str
    projects: int
    services: int


def category_sums() -> list[CategorySums]:
    """What is current, by category."""
    may_use = Q(uses_render=True) | Q(uses_render=None)
    rows = RenderShowcase.objects.values("render_category").annotate(
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
    return [_sums(dict(row)) for row in rows]


def _sums(row: dict[str, Any]) -> CategorySums:
    services = row.pop("services_known")
    if services is None and not row["services_unknown"]:
        services = 0  # no project has a render.yaml
    return CategorySums(stars=row.pop("stars_in_all"), stars_gained_7d=row.pop("gained"), services=services, **row)


def listed_projects(most: int = MOST_LISTED) -> list[RenderShowcase]:
    """By momentum, the first `most` official ones with a render.yaml, of employees, and of everybody else."""
    group = Case(When(render_category__in=COMMUNITY, then=Value("community")), default=F("render_category"))
    place = Window(RowNumber(), partition_by=group, order_by=by_momentum())
    wanted = RenderShowcase.objects.filter(~Q(render_category="official") | Q(uses_render=True))
    # Places are found over what is ordered by alone: whole rows would be sorted with all their texts.
    chosen = wanted.alias(place=place).filter(place__lte=most).values("github_id")
    return list(RenderShowcase.objects.filter(github_id__in=chosen).defer(*UNLISTED).order_by(*by_momentum()))


def projects_of_language(language: str, most: int) -> list[RenderShowcase]:
    projects = RenderShowcase.objects.filter(language=language)
    return list(projects.defer(*UNLISTED).order_by(*by_momentum())[:most])


def by_momentum() -> list[OrderBy]:
    """As the ranking: momentum, stars, name; what is unknown comes last."""
    by_code_point = Collate("repo_full_name", "C" if connection.vendor == "postgresql" else "BINARY")
    return [F("momentum_score").desc(nulls_last=True), F("stars").desc(), by_code_point.asc()]


def ecosystem_days(until: date) -> list[EcosystemDay]:
    """The published ones of the 90 days up to `until`, oldest first."""
    rows = (
        RenderDay.objects.filter(snapshot_date__gt=until - timedelta(days=CHART_DAYS), snapshot_date__lte=until)
        .values_list("snapshot_date")
        .annotate(Sum("repositories"), Sum("stars"))
        .order_by("snapshot_date")
    )
    return [EcosystemDay(*row) for row in rows]


def service_days(until: date, language: str | None = None) -> list[ServiceDay]:
    """Each service type on the published ones of the 90 days up to `until`; with `language` in projects of it only."""
    window = Q(snapshot_date__gt=until - timedelta(days=CHART_DAYS), snapshot_date__lte=until)
    rows = RenderServiceDay.objects.filter(window).order_by("snapshot_date", "service_type")
    key = ("snapshot_date", "service_type")
    if language is not None:
        # Of one language there is one row a type and day; adding it up would only take time.
        own = rows.filter(language=language)
        return [ServiceDay(*row) for row in own.values_list(*key, "service_description", "repositories", "services")]
    sums = rows.values_list(*key).annotate(Max("service_description"), Sum("repositories"), Sum("services"))
    return [ServiceDay(*row) for row in sums]


def recent_runs(number: int = RECENT_RUNS) -> list[WorkflowExecution]:
    """The last runs that asked GitHub and have ended, failed ones too, newest first."""
    ended = WorkflowExecution.objects.filter(status__in=ENDED)
    # A rebuild from raw sends no request: its time and its cost say nothing of a run's.
    asked = ended.exclude(trigger=WorkflowExecution.Trigger.FROM_RAW)
    return list(asked.order_by("-pk").only(*RUN_COLUMNS)[:number])
