"""A repository's page: why it is trending, how it got there, and where each number comes from."""

import json
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard import repo_page
from dashboard.badges import snippets
from dashboard.cache import until_published
from dashboard.cells import badge_list
from dashboard.filters import WINDOWS
from dashboard.og import open_graph_repo
from dashboard.page import Page, page_of_choice
from dashboard.provenance import history, origin, without_addresses
from dashboard.queries import ranking, repository
from dashboard.queries.languages import Coverage
from dashboard.queries.moment import one_moment
from dashboard.queries.publication import publication_without_next_run
from dashboard.queries.repository import Known
from dashboard.ranking import entries, language_href, repo_href, web_link
from dashboard.waterfall import waterfall

USED = ("at", "window")


@require_safe
@until_published
@cache_control(no_cache=True)
def repo(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    """The repository as it is now, or as it was on the day asked for."""
    asked = f"{owner}/{name}"
    with one_moment():
        known = repository.known_as(asked)
        if known is not None and known.name != asked:
            return moved(request, known.name)
        page = read_page(request, known)
        days = repository.days_up_to(known.github_id, page.filters.at) if known else []
        if known is None or not days:
            return missing(request, page, asked)
        context = page.frame.context() | choice(page, known, days) | story(page, known, days) | sources(known, days)
    return render(request, "dashboard/repo.html", context)


def read_page(request: HttpRequest, known: Known | None) -> Page:
    """The frame, with the repository's own days to choose from; two queries."""
    now, seen = timezone.now(), publication_without_next_run()
    covered = Coverage({}, known.now.first_day, known.now.last_day) if known else Coverage({}, None, None)
    return page_of_choice(request, now, seen, covered, ("momentum",), USED)


def moved(request: HttpRequest, name: str) -> HttpResponse:
    """To the page under the name of now, with the reader's parameters."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{repo_href(name)}{'?' if query else ''}{query}")


def missing(request: HttpRequest, page: Page, asked: str) -> HttpResponse:
    context = page.frame.context() | {"asked": asked, "search": asked.rpartition("/")[2][:100], "notices": []}
    return render(request, "dashboard/repo_missing.html", context, status=404)


def choice(page: Page, known: Known, days: list[Any]) -> dict[str, Any]:
    """The reader's choice, and what has to be said of the day shown."""
    filters, row = page.filters, days[0]
    return {
        "filters": filters,
        "windows": WINDOWS,
        "now_href": f"{repo_href(known.name)}{filters.query(at=None)}",
        "notices": page.frame.notices + repo_page.day_notices(row, filters.at),
    }


def story(page: Page, known: Known, days: list[Any]) -> dict[str, Any]:
    """The day's facts, why the score is what it is, its course, and the neighbours; two queries."""
    row, published = days[0], page.frame.publication.published
    gains = ranking.star_days([row.github_id], row.snapshot_date).get(row.github_id, {})
    others = repository.neighbours(row)
    has_left = page.filters.at is None and not row.is_current
    day = None if page.filters.at or not published else published.snapshot_date
    return {
        "repo": row,
        "standing": repo_page.standing(days),
        "badges": badge_list(repo_page.header_badges(row, page.now, day, has_left=has_left)),
        "github_href": web_link(row.repo_url),
        "language_href": language_href(row.language),
        "waterfall": waterfall(row, settings.MOMENTUM),
        "charts": repo_page.charts(days, gains),
        "own": entries([row], page.now, {})[0],
        "neighbours": others,
        "beside": entries(repo_page.beside(row, others), page.now, {}, ranking.GAINS[page.filters.window]),
        **open_graph_repo(known.name, row.description),
        "path": quote(known.name),
        "snippets": snippets(known.name),
        "compare_href": repo_page.compare_href(known.name, others),
    }


def sources(known: Known, days: list[Any]) -> dict[str, Any]:
    """Its versions, its use of Render and the way back to what GitHub sent; two queries, without Render one."""
    row = days[0]
    has_project = row.is_current and row.render_category is not None
    project = repository.render_project(row.github_id) if has_project else None
    return {
        "known": known.now,
        "versions": history(known.versions),
        "project": repo_page.project(project) if project else None,
        "origin": origin(row, known.now, repository.payloads_behind(row)),
        "raw_days": settings.TRENDER_RAW_DAYS,
    }


@require_safe
@until_published
@cache_control(no_cache=True)
def payload(request: HttpRequest, owner: str, name: str, kind: str, raw_id: int) -> HttpResponse:
    """A stored answer of GitHub about the repository, as received but for people's e-mail addresses."""
    with one_moment():
        known = repository.known_as(f"{owner}/{name}")
        found = repository.payload(known.github_id, kind, raw_id) if known else None
    if found is None:
        raise Http404("No such payload is stored of this repository.")
    text = json.dumps(without_addresses(found.body), indent=2, ensure_ascii=False)
    # What UTF-8 can't carry is written as JSON's own escape.
    response = HttpResponse(text.encode("utf-8", "backslashreplace"), content_type="application/json")
    response.headers["X-Robots-Tag"] = "noindex"
    return response
