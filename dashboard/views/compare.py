"""Two to four repositories side by side."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.cache import until_published
from dashboard.cells import cells
from dashboard.comparison import FEWEST, MOST, Asked, chart, choose, compare_query, multiples, read_names, table
from dashboard.og import open_graph
from dashboard.page import Page, read_page
from dashboard.queries.compare import first_by_rank, github_ids, ranked_by_id
from dashboard.queries.moment import one_moment
from dashboard.queries.ranking import star_days
from dashboard.ranking import entries
from pipeline.models.analytics import RankedRepo


@require_safe
@until_published
@cache_control(no_cache=True)
def compare(request: HttpRequest) -> HttpResponse:
    """The repositories named in `repos`; fewer than two are explained and offered company."""
    asked = read_names(request.GET)
    with one_moment():
        page = read_page(request, used=("repos",))
        context = page.frame.context() | compared(page, asked)
    return render(request, "dashboard/compare.html", context)


def compared(page: Page, asked: Asked) -> dict[str, Any]:
    """The chosen repositories and what there is to say of them; at most three queries."""
    ids = github_ids(asked.names) if asked.names else {}
    ranked = ranked_by_id(ids.values(), page.earliest_previous_day.date()) if ids else {}
    chosen = choose(asked, ids, ranked)
    names = [row.repo_full_name for row in chosen.rows]
    found = side_by_side(chosen.rows, page) if len(chosen.rows) >= FEWEST else suggested(chosen.rows)
    return found | {
        "section": "compare",
        "notices": [*page.frame.notices, *chosen.notices],
        "names": names,
        "joined": ",".join(names),
        "removals": [(name, compare_query([each for each in names if each != name])) for name in names],
        "has_room": len(names) < MOST,
        **open_graph("Compare repositories", "Stars, momentum and its parts, side by side.", "compare", "/compare/"),
    }


def side_by_side(rows: list[RankedRepo], page: Page) -> dict[str, Any]:
    last = max(row.snapshot_date for row in rows)
    gains = star_days([row.github_id for row in rows], last)
    return {"groups": table(rows), **courses(rows, gains, page, last)}


def courses(rows: list[RankedRepo], gains: dict[int, dict[str, int]], page: Page, last: date) -> dict[str, Any]:
    listed = entries(rows, page.now, gains)
    is_many = len(rows) == MOST
    return {
        "columns": cells(listed),
        "last": last,
        "chart": None if is_many else chart(listed, gains, last),
        "multiples": multiples(listed, gains, last) if is_many else [],
    }


def suggested(rows: list[RankedRepo]) -> dict[str, Any]:
    """The first by rank, each with the address that adds it."""
    names = [row.repo_full_name for row in rows]
    first = first_by_rank(MOST, [row.github_id for row in rows])
    return {
        "columns": [],
        "suggestions": [(row, compare_query([*names, row.repo_full_name])) for row in first],
        "all_query": compare_query([*names, *(row.repo_full_name for row in first)][:MOST]),
    }
