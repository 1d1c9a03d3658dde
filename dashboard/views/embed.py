"""Cards for the pages of others: the only ones here that may be shown in a frame."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from dashboard.cache import until_published
from dashboard.cells import Cells, cells
from dashboard.filters import Choices, read_filters
from dashboard.page import PREVIOUS_DAY
from dashboard.queries.compare import ranked_by_name
from dashboard.queries.languages import coverage
from dashboard.queries.moment import one_moment
from dashboard.queries.publication import last_published_run, publication_without_next_run
from dashboard.queries.ranking import by_momentum, narrowed, star_days, with_previous_rank
from dashboard.ranking import entries
from pipeline.models.analytics import RankedRepo

THEMES = ("system", "light", "dark")
LISTED = 5
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
    ),
    "X-Robots-Tag": "noindex",
}


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(required=False, choices=[(name, name) for name in THEMES])


@require_safe
@xframe_options_exempt
@until_published
@cache_control(public=True, max_age=600)
def embed(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    """One repository; a card that says so where it is not ranked."""
    with one_moment():
        row = ranked_by_name(f"{owner}/{name}", (timezone.now() - PREVIOUS_DAY).date())
        context = _context(request.GET, [row] if row else []) | {"asked": f"{owner}/{name}"}
    return _framed(render(request, "dashboard/embed.html", context, status=200 if row else 404))


@require_safe
@xframe_options_exempt
@until_published
@cache_control(public=True, max_age=600)
def embed_top(request: HttpRequest) -> HttpResponse:
    """The first five, of a language or with Render if the address says so."""
    with one_moment():
        languages = coverage().languages
        filters, notices = read_filters(request.GET, Choices(languages), ("language", "render", "theme"))
        rows = narrowed(filters, languages.get(filters.language))
        rows = by_momentum(rows, is_of_one_day=publication_without_next_run().is_of_one_day)
        rows = with_previous_rank(rows, (timezone.now() - PREVIOUS_DAY).date())[:LISTED]
        context = _context(request.GET, list(rows))
    words = {"filters": filters, "language": languages.get(filters.language, ""), "notices": notices}
    return _framed(render(request, "dashboard/embed_top.html", context | words))


def _framed(response: HttpResponse) -> HttpResponse:
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def _context(params: QueryDict, rows: list[RankedRepo]) -> dict[str, Any]:
    return {"theme": _theme(params), "rows": _cells(rows), "published": last_published_run()}


def _theme(params: QueryDict) -> str:
    form = ThemeForm(params)
    form.is_valid()
    return form.cleaned_data.get("theme") or THEMES[0]


def _cells(rows: list[RankedRepo]) -> list[Cells]:
    now = timezone.now()
    gains = star_days([row.github_id for row in rows], now.date()) if rows else {}
    return cells(entries(rows, now, gains))
