"""The home page: what is gaining momentum."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.cache import until_published
from dashboard.cells import Cells, table_rows
from dashboard.filters import WINDOWS
from dashboard.listing import listed
from dashboard.og import open_graph
from dashboard.page import Page, read_page
from dashboard.paging import Paging
from dashboard.queries import ranking
from dashboard.queries.moment import one_moment
from dashboard.ranking import highest_momentum, is_rising, is_steady

SORTS = ("momentum", "gain", "stars", "created", "name")
SPOTLIGHT, RISING, STEADY = 3, 5, 5


@require_safe
@until_published
@cache_control(no_cache=True)
def home(request: HttpRequest) -> HttpResponse:
    """The top 100 with the reader's filters, the Render spotlight, and who rises or gains steadily."""
    with one_moment():
        page = read_page(request, SORTS)
        context = page.frame.context() | ranked(page) | choice(page)
    return render(request, "dashboard/home.html", context)


def choice(page: Page) -> dict[str, Any]:
    """The reader's choice and what else there is to choose."""
    filters = page.filters
    return {
        "section": "home",
        **open_graph("What is gaining momentum on GitHub", path="/"),
        "filters": filters,
        "windows": WINDOWS,
        "sorts": SORTS,
        "gain_heading": f"Gained {WINDOWS[filters.window]}",
        "now_href": f"/{filters.query(at=None)}",
        "feed_href": f"/feeds/trending.atom{filters.query(view='table')}",
    }


def ranked(page: Page) -> dict[str, Any]:
    """The rows asked for and the short lists; four queries."""
    filters, language, since = page.filters, page.language, page.earliest_previous_day.date()
    found = ranking.found(filters, language, is_of_one_day=page.is_of_one_day)
    paging = Paging(filters.page, found.total, ranking.PAGE_SIZE)
    ids = found.ids_of(paging.number, paging.size)
    rows = ranking.page_of(filters, language, since, paging.number, is_of_one_day=page.is_of_one_day, ids=ids)
    short = [] if page.filters.narrows or paging.number > 1 else short_list_rows(page)
    pieces = listed([*rows, *short], page.now, ranking.GAINS[page.filters.window], highest_momentum(rows))
    listing = pieces[: len(rows)]
    return {
        "rows": listing,
        "table_rows": table_rows(listing) if filters.view == "table" else "",
        "paging": paging,
        "total": paging.total,
        "has_lists": bool(short),
        **short_lists(page, short, pieces[len(rows) :]),
    }


def short_list_rows(page: Page) -> list[Any]:
    """The rows of all short lists in one query, by momentum."""
    numbers = {"render": SPOTLIGHT, "rising": RISING, "steady": STEADY}
    return ranking.first_of_each(page.filters.at, page.now, **numbers, is_of_one_day=page.is_of_one_day)


def short_lists(page: Page, rows: list[Any], pieces: list[Cells]) -> dict[str, list[Cells]]:
    """The rows of each short list, told apart by the rules that chose them."""
    both = list(zip(rows, pieces, strict=True))
    return {
        "spotlight": [piece for row, piece in both if row.uses_render][:SPOTLIGHT],
        "rising": [piece for row, piece in both if is_rising(row, page.now)][:RISING],
        "steady": [piece for row, piece in both if is_steady(row)][:STEADY],
    }
