"""Rows of the views as items of an answer. No database, no clock."""

from typing import Any

from dashboard.api.links import language_links, repo_links, run_links
from dashboard.api.schemas import (
    Failure,
    Language,
    Measures,
    RenderProject,
    RepositoryDay,
    RepositoryDetail,
    RepoWords,
    Run,
    RunDetail,
    Task,
    TrendingRepository,
)
from dashboard.ecosystem import deploy_href
from dashboard.languages import language_slug
from dashboard.runs.figures import MEASURED
from pipeline.models.analytics import LanguageRanking, RankedRepo, RenderShowcase, RepoDay
from pipeline.models.runs import TaskRun, WorkflowExecution

WORDS = tuple(RepoWords.model_fields)
MEASURES = tuple(Measures.model_fields)
# Columns of a run that are counted up to its end and are zeros before it.
COUNTED = (
    *("repos_processed", "tasks_executed", "tasks_succeeded", "tasks_failed", "tasks_retried", "rows_rejected"),
    *("requests_sent", "graphql_requests", "graphql_points", "graphql_seconds", "not_modified"),
)


def columns(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def trending_item(row: RankedRepo) -> TrendingRepository:
    previous = getattr(row, "previous_rank", None)
    links = repo_links(row.repo_full_name)
    return TrendingRepository(**columns(row, WORDS), **columns(row, MEASURES), previous_rank=previous, links=links)


def repository_item(row: RepoDay) -> RepositoryDetail:
    links = repo_links(row.repo_full_name)
    return RepositoryDetail(**columns(row, WORDS), **columns(row, MEASURES), is_current=row.is_current, links=links)


def day_item(row: RepoDay) -> RepositoryDay:
    return RepositoryDay(**columns(row, MEASURES), repo_full_name=row.repo_full_name)


def render_item(row: RenderShowcase) -> RenderProject:
    found = columns(row, tuple(name for name in RenderProject.model_fields if name != "links"))
    found["deploy_button_url"] = deploy_href(row.deploy_button_url, row.repo_url)
    return RenderProject(**found, links=repo_links(row.repo_full_name))


def language_item(row: LanguageRanking) -> Language:
    names = tuple(name for name in Language.model_fields if name not in ("slug", "links"))
    return Language(**columns(row, names), slug=language_slug(row.language), links=language_links(row.language))


def run_item(row: WorkflowExecution) -> Run:
    return Run(**run_columns(row))


def run_columns(row: WorkflowExecution) -> dict[str, Any]:
    found = columns(row, tuple(name for name in Run.model_fields if name != "links"))
    if row.status not in MEASURED:
        found |= dict.fromkeys(COUNTED)
    return found | {"links": run_links(row.pk)}


def run_detail(row: WorkflowExecution, tasks: list[TaskRun]) -> RunDetail:
    """A run with its tasks. Errors' own words may hold what is nobody's business, so only our own words go out."""
    numbers = {task.pk: task.number for task in tasks}
    return RunDetail(
        **run_columns(row),
        rows_written=row.rows_written,
        failures=[failure(error) for error in row.error_details],
        tasks=[task_item(task, numbers) for task in tasks],
    )


def failure(error: dict[str, Any]) -> Failure:
    return Failure(**{name: error.get(name) or None for name in Failure.model_fields})


def task_item(task: TaskRun, numbers: dict[int, int]) -> Task:
    names = tuple(name for name in Task.model_fields if name != "parent")
    return Task(**columns(task, names), parent=numbers.get(task.parent_id or 0))
