"""The page of leads: the reader's choice, and each lead with its figures and proofs. Asks no database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from dashboard.cells import external_link, name_link
from dashboard.filters import IGNORED_PREFIXES, LAST_PAGE
from dashboard.ranking import repo_href
from dashboard.runs.figures import Figure
from marketing.models import SuccessStoryLead
from marketing.queries.leads import PROOFS, WORK_ORDER
from marketing.stories import FAST, STEADY, Rule

RULES = {FAST: "Fast growth", STEADY: "Steady growth"}
STATUSES = {
    "new": "nobody has written to the owner",
    "contacted": "written to, no answer yet",
    "agreed": "the owner wants a story",
    "published": "the story is out",
    "declined": "the owner wants none",
}
PAYLOADS = {"repository": "Description", "star_history": "Stars by day"}
MET, NOT_MET, UNKNOWN, GONE = "met", "not met", "unknown", "gone"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which leads are asked for; "" is all of them."""

    status: str = ""
    rule: str = ""
    page: int = 1

    @property
    def narrows(self) -> bool:
        return bool(self.status or self.rule)

    def query(self, **changes: Any) -> str:
        """The choice with `changes` as "?a=b", defaults left out; back to page 1."""
        changed = replace(self, **({"page": 1} | changes))
        pairs = {"status": changed.status, "rule": changed.rule, "page": changed.page if changed.page > 1 else ""}
        return f"?{urlencode({name: value for name, value in pairs.items() if value})}"


class ChoiceForm(forms.Form):
    status = forms.ChoiceField(required=False, choices=[(name, name) for name in STATUSES])
    rule = forms.ChoiceField(required=False, choices=list(RULES.items()))
    page = forms.IntegerField(required=False, min_value=1, max_value=LAST_PAGE)


def read_choice(params: QueryDict) -> tuple[Choice, list[str]]:
    """The choice an address makes, and a sentence for each parameter that is bad or unknown."""
    form = ChoiceForm(params)
    form.is_valid()
    good = {name: value for name, value in form.cleaned_data.items() if value}
    bad = [f"“{_shown(params.get(name, ''))}” is no {name} of this page; it shows all." for name in form.errors]
    other = [name for name in params if name not in form.fields and not name.startswith(IGNORED_PREFIXES)]
    left = [f"The address says “{_shown(name)}”, which this page does not know and left out." for name in other[:3]]
    return Choice(**good), bad + left


def _shown(text: str) -> str:
    return Truncator(text).chars(40)


# -- Counts ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counts:
    """How many leads there are, from (status, rule, leads) of every pair."""

    pairs: Sequence[tuple[str, str, int]] = field(default_factory=tuple)

    def of(self, status: str = "", rule: str = "") -> int:
        return sum(
            leads for its_status, its_rule, leads in self.pairs if status in ("", its_status) and rule in ("", its_rule)
        )

    def figures(self) -> list[Figure]:
        """A figure for each status, in the order of work."""
        return [Figure(status.label.title(), f"{self.of(status):,}", STATUSES[status.value]) for status in WORK_ORDER]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule as the page explains it."""

    rule: Rule
    leads: int


def rule_lines(rules: Sequence[Rule], counts: Counts) -> list[RuleLine]:
    return [RuleLine(rule, counts.of(rule=rule.name)) for rule in rules]


# -- Leads -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proof:
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class LeadItem:
    """A lead as the page shows it. `state` is one of MET, NOT_MET, UNKNOWN, GONE; `because` says more about it."""

    lead: SuccessStoryLead
    name: SafeString
    rule: str
    state: str
    because: str
    proofs: list[Proof]
    missing: list[str]
    owner: SafeString
    kind: str
    read_at: datetime | None
    problem: str


@dataclass(frozen=True, slots=True)
class Told:
    """What is known around leads: current rows by github_id, the rules, and payloads by (github_id, run, kind)."""

    rows: Mapping[int, Any]
    rules: Sequence[Rule]
    payloads: Mapping[tuple[int, int, str], int]


@dataclass(frozen=True, slots=True)
class Group:
    """Leads of one status; `total` counts those on other pages too."""

    status: str
    total: int
    items: list[LeadItem]


def groups(leads: Sequence[Any], told: Told, counts: Counts, rule: str) -> list[Group]:
    """The leads, which come by status, under their statuses; the totals are of the leads by this rule, "" for all."""
    found: dict[str, list[LeadItem]] = {}
    for lead in leads:
        found.setdefault(lead.status, []).append(item(lead, told))
    return [Group(status.title(), counts.of(status, rule), items) for status, items in found.items()]


def item(lead: Any, told: Told) -> LeadItem:
    owner, _, name = lead.repo_full_name.rpartition("/")
    rule = next((rule for rule in told.rules if rule.name == lead.rule), None)
    state, because = standing(rule, told.rows.get(lead.github_id))
    contact = lead.contact if isinstance(lead.contact, dict) else {}
    found, missing = payload_proofs(lead, told.payloads)
    return LeadItem(
        lead=lead,
        name=name_link(repo_href(lead.repo_full_name), owner, name),
        rule=rule.title if rule else lead.rule,
        state=state,
        because=because,
        proofs=[*page_proofs(lead), *found],
        missing=missing,
        owner=external_link(str(contact.get("html_url") or ""), owner),
        kind=str(contact.get("type") or "").lower(),
        read_at=_moment(contact.get("read_at")),
        problem=str(contact.get("problem") or ""),
    )


def standing(rule: Rule | None, row: Any) -> tuple[str, str]:
    """Whether the newest run still finds the lead, and the conditions that decide otherwise."""
    if rule is None:
        return NOT_MET, "the rule is not in use any more"
    if row is None:
        return GONE, "it has left the ranking"
    failing = [condition.words for condition in rule.conditions if condition.holds(row) is False]
    unknown = [condition.words for condition in rule.conditions if condition.holds(row) is None]
    if failing:
        return NOT_MET, "; ".join(failing)
    return (UNKNOWN, "; ".join(unknown)) if unknown else (MET, "")


def page_proofs(lead: Any) -> list[Proof]:
    """The pages where the lead's numbers can be checked."""
    page = repo_href(lead.repo_full_name)
    of_day = (f" of {lead.run_day}", f"?at={lead.run_day}") if lead.run_day else ("", "")
    return [
        Proof(f"Repository page{of_day[0]}", f"{page}{of_day[1]}"),
        Proof(f"Run {lead.execution_id}", f"/meta/?run={lead.execution_id}"),
    ]


def payload_proofs(lead: Any, payloads: Mapping[tuple[int, int, str], int]) -> tuple[list[Proof], list[str]]:
    """GitHub's stored answers behind them, and in words those that are not stored any more."""
    found, missing = [], []
    for kind in PROOFS:
        number = payloads.get((lead.github_id, lead.execution_id, kind))
        href = f"{repo_href(lead.repo_full_name)}payload/{kind}-{number}.json"
        if number is None:
            missing.append(PAYLOADS[kind].lower())
        else:
            found.append(Proof(f"{PAYLOADS[kind]} as received", href))
    return found, missing


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
