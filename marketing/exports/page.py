"""The page of the exports: the choice read leniently, and each export with its links under it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from dashboard.filters import DEFAULTS, WINDOWS, Choices, Filters, read_filters
from dashboard.queries.languages import coverage
from marketing.exports.days import NAMES, Days, read_days
from marketing.exports.kinds import EXPORTS, FORMS, Export
from marketing.pages import page_context
from marketing.queries.exports import Choice, Stock, stocks
from trender.spreadsheets import MOST_ROWS

ROOT = "/for-marketing/exports/"
SNAPSHOT_DAYS = 30
FILTERS = ("language", "window", "render", "q", "sort", "at")
# What the form offers, each with its words; an address may ask for more.
SORTS = {
    "momentum": "Momentum",
    "gain": "Stars gained",
    "stars": "Stars",
    "velocity": "Star velocity",
    "created": "Created",
    "name": "Name",
}
WORDS = {
    "language": "language",
    "window": "window",
    "render": "only Render",
    "q": "search",
    "sort": "order",
    "at": "day",
    "from": "from",
    "to": "to",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """An export as the page shows it. `links` are (form, address); `used` says in words which choices hold for it."""

    export: Export
    stock: Stock
    links: list[tuple[str, str]]
    used: str
    left_out: str
    fits_a_sheet: bool


def exports_context(params: QueryDict, now: datetime) -> dict[str, Any]:
    """Everything the template needs; four queries."""
    covered = coverage()
    known = Choices(covered.languages, tuple(SORTS), covered.first_day, covered.last_day)
    filters, notices = read_filters(params, known, (*FILTERS, *NAMES))
    days, more = read_days(params)
    shown = shown_days(days, filters, covered.last_day)
    context = page_context("exports", now, notices + more)
    choice = Choice(
        filters, covered.languages.get(filters.language), shown.first, shown.last, is_demo=bool(context["is_demo"])
    )
    return context | {
        "filters": filters,
        "days": shown,
        "days_chosen": days != Days(),
        "snapshot_days": SNAPSHOT_DAYS,
        "languages": covered.languages,
        "first_day": covered.first_day,
        "last_day": covered.last_day,
        "windows": WINDOWS,
        "sorts": SORTS,
        "is_narrowed": filters != DEFAULTS or days != Days(),
        "offers": offers(choice, days, shown),
    }


def shown_days(days: Days, filters: Filters, last_day: date | None) -> Days:
    """The days asked for; without any the last SNAPSHOT_DAYS, since all of them may be more than a worksheet holds."""
    if days != Days() or filters.at or last_day is None:
        return days
    return Days(first=last_day - timedelta(days=SNAPSHOT_DAYS - 1))


def offers(choice: Choice, days: Days, shown: Days) -> list[Offer]:
    """Each export under the choice; one query."""
    found = stocks({export.name: (export.to_count(choice), export.when) for export in EXPORTS})
    chosen = parameters(choice.filters)
    given, linked = chosen | days.parameters(), chosen | shown.parameters()
    return [offer(export, found[export.name], given, linked) for export in EXPORTS]


def offer(export: Export, stock: Stock, given: Mapping[str, str], linked: Mapping[str, str]) -> Offer:
    """`given` is what the reader chose, `linked` what the links say."""
    used = {name: value for name, value in given.items() if understands(export, name, value)}
    asked = {name: value for name, value in linked.items() if understands(export, name, value)}
    query = f"?{urlencode(asked)}" if asked else ""
    return Offer(
        export=export,
        stock=stock,
        links=[(form, f"{ROOT}{export.name}.{form}{query}") for form in FORMS],
        used=listed(used),
        left_out=listed({name: value for name, value in given.items() if name not in used}),
        fits_a_sheet=stock.rows <= MOST_ROWS,
    )


def understands(export: Export, name: str, value: str) -> bool:
    return name in export.known and (name != "sort" or value.removeprefix("-") in export.sorts)


def parameters(filters: Filters) -> dict[str, str]:
    """The choices that are made, as an address spells them."""
    chosen = replace(filters, view=DEFAULTS.view, page=DEFAULTS.page)
    values = {name: getattr(chosen, name) for name in FILTERS}
    made = {name: value for name, value in values.items() if value != getattr(DEFAULTS, name)}
    return {name: "1" if value is True else str(value) for name, value in made.items()}


def listed(given: Mapping[str, str]) -> str:
    return ", ".join(WORDS[name] for name in given)
