"""What a reader asks for in an address: every parameter through one form, bad ones fall back with a notice."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

WINDOWS = {"24h": "24 h", "7d": "7 d", "30d": "30 d"}
VIEWS = ("table", "cards")
LONGEST_SEARCH = 100
LAST_PAGE = 1000
LINKS_KEPT = 5_000
# Campaign marks that links collect on their way say nothing to this site and are no mistake of the reader's.
IGNORED_PREFIXES = ("utm_", "ref", "fbclid", "gclid")


@dataclass(frozen=True, slots=True)
class Filters:
    """A choice of rows. `language` is a slug, `at` a day or None for now; `sort` may begin with "-": reversed."""

    language: str = ""
    window: str = "7d"
    render: bool = False
    q: str = ""
    sort: str = "momentum"
    view: str = "table"
    page: int = 1
    at: date | None = None

    @property
    def narrows(self) -> bool:
        """Whether rows are left out."""
        return bool(self.language or self.render or self.q)

    def query(self, **changes: Any) -> str:
        """The choice with `changes` as "?a=b", defaults left out, "?" alone for all defaults; back to page 1."""
        return _query(self, tuple(changes.items()))


@dataclass(frozen=True, slots=True)
class Choices:
    """What a page accepts beside the form's own rules."""

    languages: Mapping[str, str] = field(default_factory=dict)
    """{slug: name}"""
    sorts: tuple[str, ...] = ("momentum",)
    first_day: date | None = None
    last_day: date | None = None


DEFAULTS = Filters()
FIELDS = tuple(DEFAULTS.__dataclass_fields__)


@lru_cache(LINKS_KEPT)
def _query(filters: Filters, changes: tuple[tuple[str, Any], ...]) -> str:
    """Written once: every page of a choice asks for the same thirty."""
    changed = replace(filters, **({"page": 1} | dict(changes)))
    pairs = {name: _written(getattr(changed, name)) for name in FIELDS if name_differs(changed, name)}
    return f"?{urlencode(pairs)}"


def name_differs(filters: Filters, name: str) -> bool:
    return bool(getattr(filters, name) != getattr(DEFAULTS, name))


def _written(value: object) -> str:
    return "1" if value is True else str(value)


class FilterForm(forms.Form):
    """Reads the parameters; what it can't read is named in its errors."""

    language = forms.CharField(required=False, max_length=60)
    window = forms.ChoiceField(required=False, choices=list(WINDOWS.items()))
    q = forms.CharField(required=False, max_length=LONGEST_SEARCH)
    sort = forms.CharField(required=False, max_length=30)
    view = forms.ChoiceField(required=False, choices=[(name, name) for name in VIEWS])
    page = forms.IntegerField(required=False, min_value=1, max_value=LAST_PAGE)
    at = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    def __init__(self, data: QueryDict, choices: Choices) -> None:
        super().__init__(data)
        self.known = choices
        # As a class attribute the name would hide a method of forms.
        self.fields["render"] = forms.ChoiceField(required=False, choices=[("1", "1"), ("0", "0")])

    def clean_language(self) -> str:
        slug: str = self.cleaned_data["language"].lower()
        if slug and slug not in self.known.languages:
            raise forms.ValidationError("no such language")
        return slug

    def clean_sort(self) -> str:
        sort: str = self.cleaned_data["sort"]
        if sort and sort.removeprefix("-") not in self.known.sorts:
            raise forms.ValidationError("no such order")
        return sort

    def clean_at(self) -> date | None:
        at: date | None = self.cleaned_data["at"]
        first, last = self.known.first_day, self.known.last_day
        if at is not None and not (first and last and first <= at <= last):
            raise forms.ValidationError("no ranking of that day")
        return at


def read_filters(params: QueryDict, choices: Choices, used: tuple[str, ...] = FIELDS) -> tuple[Filters, list[str]]:
    """The choice an address makes on a page that uses the parameters `used`, and a sentence for each bad one."""
    if not params:
        return DEFAULTS, []
    form = FilterForm(params, choices)
    form.is_valid()
    good = {name: form.cleaned_data.get(name) for name in used if name in form.fields}
    filters = replace(DEFAULTS, **{name: _value(name, value) for name, value in good.items() if value})
    notices = [_notice(name, params.get(name, ""), filters, choices) for name in used if name in form.errors]
    return filters, notices + _unused(params, used)


def _value(name: str, value: Any) -> Any:
    return value == "1" if name == "render" else value


def _notice(name: str, given: str, filters: Filters, choices: Choices) -> str:
    shown = _shortened(given)
    if name == "at" and choices.first_day and choices.last_day:
        return (
            f"There is no ranking of “{shown}”: days from {choices.first_day} to {choices.last_day} can be asked for. "
            "This is the newest."
        )
    default = _written(getattr(filters, name)) or "no filter"
    return f"“{shown}” is no {name} this page knows; it shows {default}."


def _unused(params: QueryDict, used: tuple[str, ...]) -> list[str]:
    names = [name for name in params if name not in used and not name.startswith(IGNORED_PREFIXES)]
    if not names:
        return []
    listed = ", ".join(f"“{_shortened(name)}”" for name in sorted(names)[:3])
    return [f"The address says {listed}, which this page does not know and left out."]


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
