"""django-q2's entry points of marketing: they take nothing, call the functions that do the work, return a line.

The schedules and the buttons in the admin hand the same functions to the worker.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from dashboard.queries.publication import last_published_run
from marketing import assets, blog, blueprints, leads, platforms

log = logging.getLogger(__name__)

NOTHING_YET = "Nothing has been published yet, so there is nothing to make this of."
# {part: what makes it at a moment and says what was made}
PARTS: dict[str, Callable[[datetime], str]] = {
    "cards": assets.make_weekly_cards,
    "leads": leads.find_leads,
    "blueprint metrics": blueprints.read_metrics,
    "platform report": platforms.make_report,
    "blog draft": blog.draft_month,
}
WEEKLY = ("cards", "leads", "blueprint metrics")


class PartsFailed(Exception):
    """Some parts were not made; its words are the sentences of all parts."""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one part: its sentence, or why there is nothing."""

    part: str
    sentence: str
    is_failed: bool = False


def weekly_assets() -> str:
    """Cards, leads and blueprint metrics, one after the other."""
    return said(make(WEEKLY, timezone.now()))


def weekly_platform_report() -> str:
    return said(make(("platform report",), timezone.now()))


def monthly_blog_draft() -> str:
    return said(make(("blog draft",), timezone.now()))


def make_cards() -> str:
    return said(make(("cards",), timezone.now()))


def find_leads() -> str:
    return said(make(("leads",), timezone.now()))


def read_blueprints() -> str:
    return said(make(("blueprint metrics",), timezone.now()))


def make(parts: Iterable[str], now: datetime) -> list[Made]:
    """These of PARTS in their order; a part that fails costs itself. Without a published run there is only a line."""
    if last_published_run() is None:
        log.info(NOTHING_YET)
        return [Made("", NOTHING_YET)]
    return [one(part, now) for part in parts]


def one(part: str, now: datetime) -> Made:
    """A part's own error is a line of the outcome; its traceback goes to the log."""
    try:
        sentence = PARTS[part](now)
    except Exception as error:
        log.exception("%s: not made", part)
        return Made(part, f"{part}: not made, {reason(error)}", is_failed=True)
    log.info("%s: %s", part, sentence)
    return Made(part, sentence)


def reason(error: Exception) -> str:
    """The error in one line, with its kind where it says nothing itself."""
    return " ".join(str(error).split()) or type(error).__name__


def said(outcome: list[Made]) -> str:
    """The sentences, for the queue's list; raises PartsFailed with the same where a part failed."""
    sentences = " ".join(made.sentence for made in outcome)
    if any(made.is_failed for made in outcome):
        raise PartsFailed(sentences)
    return sentences
