"""What a machine may ask for: read by the pages' own form, so that both mean the same; a bad value is an error."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest

from dashboard.api.answers import Problem
from dashboard.filters import (
    DEFAULTS,
    FIELDS,
    IGNORED_PREFIXES,
    LAST_PAGE,
    LONGEST_SEARCH,
    WINDOWS,
    Choices,
    FilterForm,
    Filters,
)

CATEGORIES = ("official", "employee", "community", "blueprint")
LARGEST_PAGE = DEFAULT_PAGE = 100
LISTED_CHOICES = 12
# How a page looks and which part of it is shown: an address of a page may be handed on as it is.
LOOKS = ("view",)

SHAPES: dict[str, dict[str, Any]] = {
    "language": {"type": "string", "description": "Slug of a language, such as `python` or `c-plus-plus`."},
    "window": {
        "type": "string",
        "enum": list(WINDOWS),
        "default": DEFAULTS.window,
        "description": "The time that `sort=gain` counts stars in.",
    },
    "render": {"type": "string", "enum": ["0", "1"], "description": "`1`: only repositories that use Render."},
    "q": {
        "type": "string",
        "maxLength": LONGEST_SEARCH,
        "description": "Words to be found in the name or the description.",
    },
    "sort": {"type": "string", "description": "Order; a leading `-` turns it round. What is unknown comes last."},
    "page": {"type": "integer", "minimum": 1, "maximum": LAST_PAGE, "default": 1},
    "page_size": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": DEFAULT_PAGE},
    "at": {"type": "string", "format": "date", "description": "A day's ranking as it was published then; else now's."},
    "category": {"type": "string", "enum": list(CATEGORIES), "description": "How the project belongs to Render."},
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request's choice. `filters.page` and `page_size` are the part of the list asked for."""

    filters: Filters
    page_size: int = DEFAULT_PAGE
    category: str = ""


class MachineForm(FilterForm):
    page_size = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_PAGE)
    category = forms.ChoiceField(required=False, choices=[(name, name) for name in CATEGORIES])


def documented(*names: str, sorts: Sequence[str] = ()) -> dict[str, Any]:
    """The parameters as OpenAPI describes them."""
    shapes = {name: SHAPES[name] for name in names}
    if "sort" in shapes:
        shapes["sort"] = shapes["sort"] | {"enum": [*sorts, *(f"-{sort}" for sort in sorts)], "default": sorts[0]}
    return {"parameters": [_described(name, shape) for name, shape in shapes.items()]}


def _described(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    schema = {key: value for key, value in shape.items() if key != "description"}
    described = {"name": name, "in": "query", "required": False, "schema": schema}
    return described | ({"description": shape["description"]} if "description" in shape else {})


def asked(request: HttpRequest, known: Choices, names: tuple[str, ...], ignored: tuple[str, ...] = LOOKS) -> Asked:
    """The choice an address makes of the parameters `names`; raises Problem for the first that is bad or unknown."""
    _refuse_unknown(list(request.GET), (*names, *ignored))
    form = MachineForm(request.GET, known)
    form.is_valid()
    for name in names:
        if name in form.errors:
            raise _bad(name, request.GET.get(name, ""), known)
    good = {name: form.cleaned_data[name] for name in names if form.cleaned_data[name]}
    if "render" in good:
        good["render"] = good["render"] == "1"
    chosen = {"sort": known.sorts[0]} | {name: value for name, value in good.items() if name in FIELDS}
    return Asked(replace(DEFAULTS, **chosen), good.get("page_size", DEFAULT_PAGE), good.get("category", ""))


def _refuse_unknown(given: Sequence[str], names: tuple[str, ...]) -> None:
    for name in given:
        if name not in names and not name.startswith(IGNORED_PREFIXES):
            message = f"There is no parameter “{_shortened(name)}” here. " + _choice("This address knows", names)
            raise Problem(422, "unknown_parameter", message, _shortened(name))


def _bad(name: str, given: str, known: Choices) -> Problem:
    return Problem(422, "bad_parameter", f"“{_shortened(given)}” is no {name}. {_wanted(name, known)}", name)


def _wanted(name: str, known: Choices) -> str:
    if name == "at":
        return _days(known.first_day, known.last_day)
    if name in ("page", "page_size"):
        return f"It is a whole number from 1 to {SHAPES[name]['maximum']}."
    if name == "q":
        return f"It is a text of at most {LONGEST_SEARCH} characters."
    choices = {"language": tuple(known.languages), "sort": known.sorts}.get(name) or tuple(SHAPES[name].get("enum", ()))
    return _choice("It is one of", choices) if choices else "Nothing has been published yet."


def _days(first: date | None, last: date | None) -> str:
    if first is None or last is None:
        return "Nothing has been published yet."
    return f"There are rankings of the days from {first} to {last}."


def _choice(words: str, names: tuple[str, ...]) -> str:
    more = len(names) - LISTED_CHOICES
    listed = ", ".join(names[:LISTED_CHOICES])
    return f"{words}: {listed} and {more} more." if more > 0 else f"{words}: {listed}."


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
