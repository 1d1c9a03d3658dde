"""Repositories with a deploy button, services of one's own, and what was kept of both."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.functions import Lower

from marketing.models import BlueprintMetric
from pipeline.models.analytics import RenderShowcase, RepoVersion, TrendingRepo


@dataclass(frozen=True, slots=True)
class Button:
    """A current repository with a deploy button, and the run of its newest numbers."""

    github_id: int
    repo_full_name: str
    repo_url: str
    deploy_button_url: str | None
    stars: int
    execution_id: int | None


def current_buttons() -> list[Button]:
    """The most starred first. Two queries."""
    found = RenderShowcase.objects.filter(has_blueprint_button=True)
    runs = dict(
        TrendingRepo.objects.filter(github_id__in=found.values("github_id")).values_list("github_id", "execution_id")
    )
    columns = ("github_id", "repo_full_name", "repo_url", "deploy_button_url", "stars")
    rows = found.order_by("-stars", "repo_full_name").values(*columns)
    return [Button(**row, execution_id=runs.get(row["github_id"])) for row in rows]


def repositories_named(names: Collection[str]) -> dict[str, TrendingRepo]:
    """{name in lower case: its current row} of those that are known here under it, now or once. Two queries."""
    versions = RepoVersion.objects.annotate(lower=Lower("repo_full_name")).filter(lower__in=names)
    # The version that holds now comes last and wins: a former name may be another repository's by now.
    ids = dict(versions.order_by("is_current", "valid_from").values_list("lower", "github_id"))
    rows = {row.github_id: row for row in TrendingRepo.objects.filter(github_id__in=set(ids.values()))}
    return {name: rows[github_id] for name, github_id in ids.items() if github_id in rows}


def repository_rows(is_demo: bool) -> QuerySet[BlueprintMetric]:
    """The rows of the newest reading, the most starred first."""
    own = BlueprintMetric.objects.filter(service_id="", is_demo=is_demo)
    newest = own.order_by("-metric_date").values("metric_date")[:1]
    return own.filter(metric_date__in=newest).order_by("-stars", "repo_full_name")


def service_rows() -> list[BlueprintMetric]:
    """Services of one's own as they were last read, by name. One query."""
    own = BlueprintMetric.objects.exclude(service_id="")
    newest = own.order_by("-metric_date").values("metric_date")[:1]
    return list(own.filter(metric_date__in=newest).order_by("service_name", "service_id"))
