"""What the address of a claim's proof says. No database, no clock."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import QueryDict
from django.utils.text import Truncator

from dashboard.api.answers import Problem
from marketing.claims import SLUGS

NAMES = ("claim", "until")
# Before anything was written down; a moment that 30 days can be taken from.
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
FORM = "It is a moment such as 2026-11-21T11:00:00Z, not ahead of now."


@dataclass(frozen=True, slots=True)
class Asked:
    """`claim` is a slug, "" for all; `until` is the end of the 30 days."""

    claim: str
    until: datetime


def read_asked(params: QueryDict, now: datetime) -> Asked:
    """Raises Problem for the first parameter that is bad or unknown."""
    for name in params:
        if name not in NAMES:
            known = "This address knows: claim, until."
            raise Problem(422, "unknown_parameter", f"There is no parameter {quoted(name)} here. {known}", shown(name))
    claim, until = params.get("claim", ""), params.get("until", "")
    if claim and claim not in SLUGS:
        raise bad("claim", claim, f"It is one of: {', '.join(SLUGS)}.")
    moment = read_moment(until) if until else now.replace(microsecond=0)
    if moment is None or not EARLIEST <= moment <= now:
        raise bad("until", until, FORM)
    return Asked(claim, moment)


def read_moment(text: str) -> datetime | None:
    """ISO 8601, UTC where it names no zone; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def bad(name: str, given: str, wanted: str) -> Problem:
    return Problem(422, "bad_parameter", f"{quoted(given)} is no {name}. {wanted}", name)


def quoted(text: str) -> str:
    return f"“{shown(text)}”"


def shown(text: str) -> str:
    return Truncator(text).chars(40)
