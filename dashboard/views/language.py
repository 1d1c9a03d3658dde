"""A language's page: its repositories by any column, its course, and its use of Render."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard import adoption, ecosystem, language_page
from dashboard.cache import until_published
from dashboard.filters import WINDOWS
from dashboard.og import open_graph_language
from dashboard.page import Page, page_of_choice
from dashboard.paging import Paging
from dashboard.queries import language_page as queries
from dashboard.queries import ranking
from dashboard.queries.languages import coverage, language_ever_ranked
from dashboard.queries.moment import one_moment
from dashboard.queries.publication import publication_without_next_run
from dashboard.queries.render import projects_of_language, service_days

SORTS = ("momentum", "gain", "stars", "velocity", "commits", "issues", "contributors", "forks", "created", "name")
USED = ("window", "render", "q", "sort", "page", "at")
RENDER_LISTED = 10
NO_SERVICES = "No project written in it has declared a service yet, as far as its render.yaml has been read."


@require_safe
@until_published
@cache_control(no_cache=True)
def language(request: HttpRequest, slug: str) -> HttpResponse:
    """The language's ranking with the reader's choice, of now or of a published day."""
    now, slug = timezone.now(), slug.lower()
    with one_moment():
        seen, covered = publication_without_next_run(), coverage()
        name = language_page.language_name(slug, covered.languages) or language_ever_ranked(slug)
        if name is None:
            raise Http404("No repository of such a language has ever been ranked.")
        page = page_of_choice(request, now, seen, covered, SORTS, USED)
        context = page.frame.context() | choice(page, slug, name) | ranked(page, name) | course(page, name)
    return render(request, "dashboard/language.html", context | open_graph_language(name))


def choice(page: Page, slug: str, name: str) -> dict[str, Any]:
    """The reader's choice and what else there is to choose."""
    filters, streams = page.filters, [state.stream for state in page.frame.publication.streams]
    return {
        "section": slug,
        "slug": slug,
        "language": name,
        "title": language_page.title(name),
        "scope": language_page.scope(name, streams),
        "filters": filters,
        "windows": WINDOWS,
        "sorts": SORTS,
        "gain_heading": language_page.gain_heading(filters.window),
        "own_href": f"/language/{slug}/",
        "now_href": f"/language/{slug}/{filters.query(at=None)}",
    }


def ranked(page: Page, name: str) -> dict[str, Any]:
    """The rows asked for; two queries."""
    filters, since = page.filters, page.earliest_previous_day.date()
    found = ranking.found(filters, name, is_of_one_day=page.is_of_one_day)
    paging = Paging(filters.page, found.total, queries.PAGE_SIZE)
    ids = found.ids_of(paging.number, paging.size)
    shown = queries.page_of(filters, name, since, paging.number, is_of_one_day=page.is_of_one_day, ids=ids)
    rows = language_page.rows(shown, page.now, ranking.GAINS[page.filters.window])
    return {"rows": rows, "table_rows": language_page.table_rows(rows), "paging": paging, "total": paging.total}


def course(page: Page, name: str) -> dict[str, Any]:
    """The figures, the charts and the Render projects, which are of now only; three queries, two of another day."""
    day = page.filters.at or page.frame.coverage.last_day
    days = queries.language_days(name, day)
    standing = language_page.standing(name, day, days)
    own = adoption.last_days([each for each in days if each.language == name])
    services = service_days(standing.last or page.now.date(), name)
    return {
        "shown_day": day,
        "standing": standing,
        "figures": language_page.figures(standing),
        "charts": adoption.language_charts(name, own),
        "adoption": adoption.adoption([each.snapshot_date for each in own], services, f"{name} projects", NO_SERVICES),
        "projects": [] if page.filters.at else ecosystem.projects(projects_of_language(name, RENDER_LISTED)),
    }
