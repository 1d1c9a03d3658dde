"""The addresses of the JSON API, version 1: each parses, asks and answers."""

from typing import Any

from django.http import HttpRequest, HttpResponsePermanentRedirect
from ninja import Router

from dashboard.api import items, parts
from dashboard.api.answers import not_found
from dashboard.api.links import API, absolute, repo_links
from dashboard.api.parameters import documented
from dashboard.api.schemas import (
    ErrorAnswer,
    History,
    Index,
    Languages,
    RenderProjects,
    Repository,
    RunDetail,
    Runs,
    Trending,
)
from dashboard.filters import Choices
from dashboard.queries import machine, ranking, runs
from dashboard.queries import repository as repositories
from dashboard.queries.moment import one_moment

router = Router()

TRENDING = ("language", "window", "render", "q", "sort", "page", "page_size", "at")
PAGES = ("page", "page_size")
RENDER = ("category", "language", *PAGES)
SORTS = ranking.SORT_NAMES

MAY_BE_BAD = {422: ErrorAnswer}
MAY_BE_MISSING = {404: ErrorAnswer, 422: ErrorAnswer}
HAS_MOVED = {"responses": {301: {"description": "It has another name now, given in Location"}}}


@router.get("/", response=Index, operation_id="index", summary="What there is", tags=["API"])
def index(request: HttpRequest) -> Any:
    addresses = {
        "trending": "/trending",
        "repository": "/repositories/{owner}/{name}",
        "history": "/repositories/{owner}/{name}/history",
        "languages": "/languages",
        "render": "/render",
        "runs": "/runs",
        "run": "/runs/{run_id}",
    }
    return Index(
        version="1",
        documentation=absolute(f"{API}/docs"),
        openapi=absolute(f"{API}/openapi.json"),
        addresses={name: absolute(f"{API}{path}") for name, path in addresses.items()},
    )


@router.get(
    "/trending",
    response={200: Trending, **MAY_BE_BAD},
    operation_id="trending",
    summary="The ranking",
    tags=["Repositories"],
    openapi_extra=documented(*TRENDING, sorts=SORTS),
)
def trending(request: HttpRequest) -> Any:
    """The rows of the home page, with all their numbers. Ranks are those over all repositories of the day."""
    with one_moment():
        asked = parts.question(request, TRENDING, SORTS)
        paging, found = parts.trending_part(request, asked.page, asked.choice, items.trending_item)
    return Trending(snapshot=asked.snapshot, paging=paging, items=found)


@router.get(
    "/repositories/{owner}/{name}",
    response={200: Repository, **MAY_BE_MISSING},
    operation_id="repository",
    summary="One repository",
    tags=["Repositories"],
    openapi_extra=documented("at") | HAS_MOVED,
)
def repository(request: HttpRequest, owner: str, name: str) -> Any:
    """All that is known of it now or on a day. The four parts of the score add up to it, to six decimals."""
    with one_moment():
        known = parts.known_repository(owner, name)
        its_days = Choices(first_day=known.now.first_day, last_day=known.now.last_day)
        choice, snapshot = parts.plain_question(request, ("at",), known=its_days)
        days = repositories.days_up_to(known.github_id, choice.filters.at)
        if not days:
            raise not_found(f"“{known.name}” has not been ranked yet.")
        project = repositories.render_project(known.github_id) if days[0].is_current else None
    render = items.render_item(project) if project else None
    return Repository(snapshot=snapshot, repository=items.repository_item(days[0]), render=render)


@router.get(
    "/repositories/{owner}/{name}/history",
    response={200: History, **MAY_BE_MISSING},
    operation_id="history",
    summary="One repository's days",
    tags=["Repositories"],
    openapi_extra=documented(*PAGES) | HAS_MOVED,
)
def history(request: HttpRequest, owner: str, name: str) -> Any:
    """Its published days under every name it has had, the newest first."""
    with one_moment():
        known = parts.known_repository(owner, name)
        choice, snapshot = parts.plain_question(request)
        rows = machine.repo_days(known.github_id)
        paging, found = parts.part_of(request, rows, choice, items.day_item)
    return History(snapshot=snapshot, paging=paging, github_id=known.github_id, repo_full_name=known.name, items=found)


@router.get(
    "/languages",
    response={200: Languages, **MAY_BE_BAD},
    operation_id="languages",
    summary="Languages by momentum",
    tags=["Languages and Render"],
    openapi_extra=documented(*PAGES),
)
def languages(request: HttpRequest) -> Any:
    """Languages with current repositories, ranked by the sum of their momentum."""
    with one_moment():
        choice, snapshot = parts.plain_question(request)
        paging, found = parts.part_of(request, machine.ranked_languages(), choice, items.language_item)
    return Languages(snapshot=snapshot, paging=paging, items=found)


@router.get(
    "/render",
    response={200: RenderProjects, **MAY_BE_BAD},
    operation_id="render",
    summary="The Render showcase",
    tags=["Languages and Render"],
    openapi_extra=documented(*RENDER),
)
def render(request: HttpRequest) -> Any:
    """Projects of the Render ecosystem by momentum, with what their render.yaml says."""
    with one_moment():
        asked = parts.question(request, RENDER)
        rows = machine.render_projects(asked.choice.category, asked.page.language)
        paging, found = parts.part_of(request, rows, asked.choice, items.render_item)
    return RenderProjects(snapshot=asked.snapshot, paging=paging, items=found)


@router.get(
    "/runs",
    response={200: Runs, **MAY_BE_BAD},
    operation_id="runs",
    summary="Runs of the pipeline",
    tags=["Runs"],
    openapi_extra=documented(*PAGES),
)
def run_list(request: HttpRequest) -> Any:
    """Every run, the newest first: what it did and what it cost."""
    with one_moment():
        choice, snapshot = parts.plain_question(request)
        paging, found = parts.part_of(request, machine.runs(), choice, items.run_item)
    return Runs(snapshot=snapshot, paging=paging, items=found)


@router.get(
    "/runs/{int:run_id}",
    response={200: RunDetail, **MAY_BE_MISSING},
    operation_id="run",
    summary="One run with its tasks",
    tags=["Runs"],
)
def run(request: HttpRequest, run_id: int) -> Any:
    """What it wrote, what failed with its remedy, and the first 2,000 tasks in the order they started."""
    with one_moment():
        parts.plain_question(request, ())
        found = runs.run_or_newest(run_id)
        tasks = runs.tasks_of(found)
    if found is None:
        raise not_found(f"There is no run {run_id}.")
    return items.run_detail(found, tasks)


def moved(request: HttpRequest, error: Any) -> HttpResponsePermanentRedirect:
    """To the same address under the repository's name of today."""
    links = repo_links(error.full_name)
    tail = f"?{request.GET.urlencode()}" if request.GET else ""
    return HttpResponsePermanentRedirect((links.history if request.path.endswith("/history") else links.api) + tail)
