"""What a reader of the runs page asks for in its address. Bad values fall back with a notice. No database."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from dashboard.filters import IGNORED_PREFIXES

SORTS = ("number", "seconds", "attempts", "status")
LARGEST_ID = 2**63 - 1
LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class RunChoice:
    """`run` is a run's id, None for the newest; `sort` may begin with "-": reversed; `failed` leaves the others out."""

    run: int | None = None
    sort: str = "number"
    failed: bool = False

    @property
    def is_about_tasks(self) -> bool:
        """Whether the table of all tasks is what is asked for."""
        return self.failed or self.sort != "number"

    def query(self, **changes: Any) -> str:
        """The choice with `changes` as "?a=b", defaults left out, "?" alone for all defaults."""
        changed = replace(self, **changes)
        pairs: dict[str, str | int] = {}
        if changed.run is not None:
            pairs["run"] = changed.run
        if changed.sort != "number":
            pairs["sort"] = changed.sort
        if changed.failed:
            pairs["failed"] = 1
        return f"?{urlencode(pairs)}"


class RunForm(forms.Form):
    """Reads the parameters; what it can't read is named in its errors."""

    run = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    sort = forms.ChoiceField(required=False, choices=[(sign + name, name) for sign in ("", "-") for name in SORTS])
    failed = forms.ChoiceField(required=False, choices=[("1", "1"), ("0", "0")])


def read_choice(params: QueryDict) -> tuple[RunChoice, list[str]]:
    """The choice an address makes, and a sentence for each part of it that says nothing here."""
    form = RunForm(params)
    form.is_valid()
    good = form.cleaned_data
    choice = RunChoice(good.get("run"), good.get("sort") or "number", good.get("failed") == "1")
    return choice, [_notice(name, params.get(name, "")) for name in form.errors] + _unused(params)


def no_such_run(asked: int) -> str:
    return f"There is no run {asked}; this is the newest."


def _notice(name: str, given: str) -> str:
    shown = _shortened(given)
    if name == "run":
        return f"“{shown}” is no run's number; this is the newest run."
    default = "all tasks" if name == "failed" else "tasks in the order they started"
    return f"“{shown}” is no {name} this page knows; it shows {default}."


def _unused(params: QueryDict) -> list[str]:
    names = [name for name in params if name not in RunForm.base_fields and not name.startswith(IGNORED_PREFIXES)]
    if not names:
        return []
    listed = ", ".join(f"“{_shortened(name)}”" for name in sorted(names)[:3])
    return [f"The address says {listed}, which this page does not know and left out."]


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
