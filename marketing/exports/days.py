"""The days a file of snapshots is of: `from` and `to`, both included, either may be left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

NAMES = ("from", "to")
FORMAT = "%Y-%m-%d"
BEFORE_FIRST = "before the first day"


@dataclass(frozen=True, slots=True)
class Days:
    first: date | None = None
    last: date | None = None

    def parameters(self) -> dict[str, str]:
        named = zip(NAMES, (self.first, self.last), strict=True)
        return {name: day.isoformat() for name, day in named if day}


class DaysForm(forms.Form):
    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        # "from" cannot be the name of a class attribute.
        for name in NAMES:
            self.fields[name] = forms.DateField(required=False, input_formats=[FORMAT])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("from"), values.get("to")
        if first and last and first > last:
            self.add_error("to", BEFORE_FIRST)
        return values


def read_days(params: Mapping[str, Any]) -> tuple[Days, list[str]]:
    """The days an address asks for, and a sentence for each parameter that is none; that one is left out."""
    form = DaysForm(params)
    form.is_valid()
    found = Days(form.cleaned_data.get("from"), form.cleaned_data.get("to"))
    return found, [_sentence(name, str(params.get(name, "")), form) for name in NAMES if name in form.errors]


def _sentence(name: str, given: str, form: DaysForm) -> str:
    shown = given if len(given) <= 40 else f"{given[:39]}…"
    if BEFORE_FIRST in form.errors[name]:
        return f"“{shown}” as the last day is {BEFORE_FIRST}, {form.cleaned_data['from']}."
    return f"“{shown}” is no day for “{name}”; a day is written like 2026-11-21."
