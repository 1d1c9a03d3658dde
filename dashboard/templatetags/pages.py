"""Addresses, headings and rows of lists. Addresses keep the reader's whole choice and change one thing of it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.ecosystem import Project, table_rows
from dashboard.filters import Filters

register = template.Library()
RISES_FIRST = ("name",)
HEADERS_KEPT = 1_000


@register.simple_tag
def query(filters: Filters, **changes: Any) -> str:
    """ "?language=go&sort=stars": the choice with these changes."""
    return filters.query(**changes)


@register.simple_tag
@lru_cache(HEADERS_KEPT)
def sort_header(filters: Filters, sort: str, words: str, kind: str = "") -> SafeString:
    """A column's heading that sorts by it; chosen again, it turns the order round. aria-sort says what holds."""
    chosen, is_reversed = filters.sort.removeprefix("-") == sort, filters.sort.startswith("-")
    wanted = f"-{sort}" if chosen and not is_reversed else sort
    rises = (sort in RISES_FIRST) != is_reversed
    state = format_html(' aria-sort="{}"', "ascending" if rises else "descending") if chosen else ""
    link = format_html('<a href="{}">{}</a>', filters.query(sort=wanted), words)
    return format_html('<th scope="col" role="columnheader" class="{}"{}>{}</th>', kind, state, link)


@register.filter
def project_rows(projects: Sequence[Project]) -> SafeString:
    """The body of a table of Render projects."""
    return table_rows(projects)
