"""The third arrow: dimensions, the day's facts, ranks and the published pointer, in the caller's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q, Value

from pipeline.etl import bulk, momentum
from pipeline.etl.batches import without_cycle_search
from pipeline.etl.daily_totals import load_daily_totals
from pipeline.etl.dimensions import load_languages, load_services, load_versions
from pipeline.etl.star_day_facts import load_recent_star_days
from pipeline.models import (
    PublishedRun,
    RenderEnrichment,
    RenderUsage,
    RepositoryDim,
    RepoSnapshot,
    StagedRepo,
    StreamState,
    WorkflowExecution,
)
from pipeline.sql import statement
from trender.id_lists import id_list

Row = dict[str, Any]
READ_OF_REPOS = (
    "github_id", "repo_full_name", "repo_url", "description", "language", "stream", "stars", "forks", "created_at",
    "uses_render", "stars_last_24_hours", "stars_last_7_days", "stars_last_30_days", "weeks_gaining",
    "commits_last_7_days", "issues_closed_last_7_days", "active_contributors", "data_quality_score", "unknown_fields",
    "raw_repo_id",
)  # fmt: skip
READ_OF_PROJECTS = (
    "repo_id", "render_category", "service_counts", "render_complexity_score", "has_blueprint_button"
)  # fmt: skip


@dataclass(slots=True)
class LoadReport:
    """Rows written, by table."""

    rows: dict[str, int] = field(default_factory=dict)


@without_cycle_search()
def staging_to_dimensional(
    execution: WorkflowExecution, streams: Sequence[str], snapshot_date: date, as_of: datetime
) -> LoadReport:
    """Publish the staged rows of `streams` as the facts of `snapshot_date`.

    The day's earlier facts of these streams are replaced as a whole, those of other streams stay, and ranks are
    computed anew over all rows of the day. `as_of` is the moment the ages of repositories are counted from.
    """
    ours = StagedRepo.objects.filter(execution=execution, stream__in=streams)
    staged = list(ours.only(*READ_OF_REPOS))
    ids = id_list(row.github_id for row in staged)
    projects = RenderEnrichment.objects.filter(repo__github_id__among=ids).only(*READ_OF_PROJECTS)
    enrichments = {row.repo_id: row for row in projects}
    languages = load_languages(row.language for row in staged)
    versions = load_versions(staged, enrichments, execution.execution_date, is_demo=execution.is_demo)
    _clear_day(ids, streams, snapshot_date)
    newest = _newest_days(streams)
    snapshots = [
        _snapshot(repo, versions[repo.github_id], languages, execution, snapshot_date, as_of) for repo in staged
    ]
    _retire_current(ids, streams, snapshot_date)
    for row in snapshots:
        row["is_current"] = newest.get(row["stream"], snapshot_date) <= snapshot_date
    bulk.insert(RepoSnapshot, snapshots)
    _rank(snapshot_date)
    usage = _usage(staged, versions, enrichments, execution, snapshot_date)
    bulk.insert(RenderUsage, usage)
    star_days = load_recent_star_days(execution, snapshot_date)
    _point(execution, streams, snapshot_date)
    load_daily_totals(snapshot_date)
    return LoadReport(
        {"fact_repo_snapshots": len(snapshots), "fact_render_usage": len(usage), "fact_star_days": star_days}
    )


def _clear_day(ids: Value, streams: Sequence[str], snapshot_date: date) -> None:
    """Delete the day's facts that are to be replaced: those of the streams, and those of the repositories."""
    day = RepoSnapshot.objects.filter(snapshot_date=snapshot_date)
    for rows in (day.filter(stream__in=streams), day.filter(github_id__among=ids)):
        versions = RepositoryDim.objects.filter(github_id__in=rows.values("github_id")).values("repo_key")
        RenderUsage.objects.filter(snapshot_date=snapshot_date, repo_id__in=versions).delete()
        rows.delete()


def _newest_days(streams: Sequence[str]) -> dict[str, date]:
    return dict(StreamState.objects.filter(stream__in=streams).values_list("stream", "snapshot_date"))


def _retire_current(ids: Value, streams: Sequence[str], snapshot_date: date) -> None:
    """Rows that this publication takes the place of; a day that is older than what is shown retires nothing."""
    current = RepoSnapshot.objects.filter(is_current=True, snapshot_date__lte=snapshot_date)
    current.filter(stream__in=streams).update(is_current=False)
    current.filter(github_id__among=ids).update(is_current=False)


def _snapshot(
    repo: StagedRepo,
    version: RepositoryDim,
    languages: dict[str, int],
    execution: WorkflowExecution,
    snapshot_date: date,
    as_of: datetime,
) -> Row:
    """The columns of fact_repo_snapshots but for `is_current` and the ranks."""
    # A file that could not be read this time drops no badge and no boost: the version carries the last known answer.
    score = momentum.score(
        momentum.Inputs(
            stars=repo.stars,
            stars_gained_7d=repo.stars_last_7_days,
            commits=repo.commits_last_7_days,
            issues_closed=repo.issues_closed_last_7_days,
            contributors=repo.active_contributors,
            uses_render=version.uses_render,
            created_at=repo.created_at,
        ),
        settings.MOMENTUM,
        as_of,
    )
    return {
        "repo_id": version.repo_key,
        "github_id": repo.github_id,
        "language_id": languages.get(version.language or ""),
        "snapshot_date": snapshot_date,
        "stream": repo.stream,
        "stars": repo.stars,
        "forks": repo.forks,
        "stars_gained_24h": repo.stars_last_24_hours,
        "stars_gained_7d": repo.stars_last_7_days,
        "stars_gained_30d": repo.stars_last_30_days,
        "star_velocity": score.star_velocity,
        "activity_score": score.activity_score,
        "momentum_score": score.momentum_score,
        "velocity_part": score.velocity_part,
        "activity_part": score.activity_part,
        "render_boost": score.render_boost,
        "age_penalty": score.age_penalty,
        "commits_last_7_days": repo.commits_last_7_days,
        "issues_closed_last_7_days": repo.issues_closed_last_7_days,
        "active_contributors": repo.active_contributors,
        "weeks_gaining": repo.weeks_gaining,
        "data_quality_score": repo.data_quality_score,
        "unknown_parts": score.unknown_parts,
        "raw_repo_id": repo.raw_repo_id,
        "execution_id": execution.pk,
        "created_at": execution.execution_date,
    }


def _rank(snapshot_date: date) -> None:
    """Ranks over all rows of the day: momentum, then stars, then name; 1..n, overall and in each language."""
    with connection.cursor() as cursor:
        cursor.execute(statement("rank_snapshots", connection.vendor), [snapshot_date])


def _usage(
    staged: Iterable[StagedRepo],
    versions: dict[int, RepositoryDim],
    enrichments: dict[int, RenderEnrichment],
    execution: WorkflowExecution,
    snapshot_date: date,
) -> list[Row]:
    projects = [enrichments[row.github_id] for row in staged if row.github_id in enrichments]
    counts: dict[int, dict[str, int]] = {row.repo_id: _service_counts(row.service_counts) for row in projects}
    services = load_services(name for found in counts.values() for name in found)
    return [
        {
            "repo_id": versions[project.repo_id].repo_key,
            "service_id": services[name],
            "snapshot_date": snapshot_date,
            "service_count": count,
            "complexity_score": project.render_complexity_score,
            "has_blueprint": project.has_blueprint_button,
            "created_at": execution.execution_date,
        }
        for project in projects
        for name, count in sorted(counts[project.repo_id].items())
    ]


def _service_counts(counts: dict[str, Any]) -> dict[str, int]:
    """Types as they fit into the dimension; what a repository calls a type may be anything."""
    cut: dict[str, int] = {}
    for name, count in counts.items():
        cut[name[:100]] = cut.get(name[:100], 0) + int(count)
    return cut


def _point(execution: WorkflowExecution, streams: Sequence[str], snapshot_date: date) -> None:
    """Move the published pointers, unless what readers see is of a later day."""
    new = {"snapshot_date": snapshot_date, "published_at": execution.execution_date, "execution": execution}
    later = Q(snapshot_date__gt=snapshot_date)
    behind = set(streams) - set(StreamState.objects.filter(later, stream__in=streams).values_list("stream", flat=True))
    for stream in sorted(behind):
        StreamState.objects.update_or_create(stream=stream, defaults=new)
    if behind and not PublishedRun.objects.filter(later).exists():
        PublishedRun.objects.update_or_create(id=1, defaults=new)
