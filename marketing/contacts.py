"""Whom to write to: what the owners of leads say of themselves on their public GitHub profiles."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from dashboard.ranking import web_link
from marketing.stories import many, one_line
from pipeline.door import open_github
from pipeline.github.errors import BadToken, BudgetExhausted, GitHubError, RateLimited

Contact = dict[str, Any]

ASKED_AGAIN_AFTER = timedelta(days=7)
MOST_REQUESTS = 20
# So many answers in a row that may be different later, and the others are not asked for now.
MOST_TROUBLE = 2
LIMITS = (RateLimited, BudgetExhausted, BadToken)

LONGEST_TEXT, LONGEST_ADDRESS = 200, 500
WORDS = ("name", "company", "location", "type")
E_MAIL = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,189}")
TWITTER = re.compile(r"[A-Za-z0-9_]{1,20}")
LOGIN = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(slots=True)
class Readings:
    """What came of asking: contacts by the owner's login in small letters, and why some are not there."""

    contacts: dict[str, Contact] = field(default_factory=dict)
    read: int = 0
    problems: list[str] = field(default_factory=list)
    not_asked: int = 0

    @property
    def sentence(self) -> str:
        parts = [f"{many(self.read, 'profile')} read."]
        if self.problems:
            parts.append(f"{many(len(self.problems), 'profile')} could not be read: {self.problems[-1]}.")
        if self.not_asked:
            parts.append(f"{many(self.not_asked, 'profile')} left for the next time.")
        return " ".join(parts)


def read_contacts(owners: Iterable[str], so_far: Iterable[tuple[str, Contact]], now: datetime) -> Readings:
    """Ask for the profiles of these logins, each at most once a week and 20 at once.

    `so_far` are (owner's login, contact) of all leads there are. An error costs its own profile and is noted in its
    contact; one of a limit or of the token ends the asking. Without anybody to ask for, GitHub is left alone.
    """
    newest = newest_contacts(so_far)
    known = {owner.casefold(): (owner, newest.get(owner.casefold(), {})) for owner in owners}
    readings = Readings(contacts={login: contact for login, (_, contact) in known.items() if contact})
    due = [(owner, contact) for owner, contact in known.values() if is_due(owner, contact, now)]
    if due:
        _ask(sorted(due, key=lambda pair: str(pair[1].get("asked_at", ""))), now, readings)
    return readings


def newest_contacts(so_far: Iterable[tuple[str, Contact]]) -> dict[str, Contact]:
    """{login in small letters: contact}: of an owner's several the newest, and none of an owner before."""
    found: dict[str, Contact] = {}
    for owner, contact in so_far:
        login = owner.casefold()
        is_its_own = str(contact.get("login", "")).casefold() == login
        if is_its_own and str(contact.get("asked_at", "")) >= str(found.get(login, {}).get("asked_at", "")):
            found[login] = contact
    return found


def is_due(owner: str, contact: Mapping[str, Any], now: datetime) -> bool:
    """Whether it is a week since GitHub answered; what names no account is never asked for."""
    if not LOGIN.fullmatch(owner):
        return False
    try:
        return now - datetime.fromisoformat(str(contact.get("asked_at"))) >= ASKED_AGAIN_AFTER
    except (ValueError, TypeError):
        return True


def _ask(due: list[tuple[str, Contact]], now: datetime, readings: Readings) -> None:
    trouble = 0
    with open_github(now) as client:
        for asked, (owner, before) in enumerate(due):
            if asked == MOST_REQUESTS or trouble == MOST_TROUBLE:
                readings.not_asked = len(due) - asked
                return
            try:
                contact = profile(client.get(f"/users/{quote(owner)}").data, owner, now)
            except GitHubError as error:
                contact = _noted(owner, before, error, now)
                readings.problems.append(f"{owner}: {contact['problem']}")
                # A limit holds for all that follow; another passing trouble may.
                trouble = MOST_TROUBLE if isinstance(error, LIMITS) else trouble + (not error.permanent)
            else:
                trouble, readings.read = 0, readings.read + 1
            readings.contacts[owner.casefold()] = contact


def _noted(owner: str, before: Contact, error: GitHubError, now: datetime) -> Contact:
    """What was known before, with the problem; one that may pass does not count as an answer for the week."""
    answered = {"asked_at": now.isoformat()} if error.permanent and not isinstance(error, LIMITS) else {}
    problem = one_line(str(error), LONGEST_TEXT).rstrip(".")
    return {"login": owner, **before, "problem": problem, "problem_at": now.isoformat()} | answered


def profile(answer: object, owner: str, now: datetime) -> Contact:
    """The public fields of GitHub's account object that help to get in touch, cleaned and cut; the rest is left out."""
    given = answer if isinstance(answer, dict) else {}
    texts = {name: one_line(given[name], LONGEST_TEXT) for name in WORDS if isinstance(given.get(name), str)}
    found = {
        **texts,
        "blog": address(given.get("blog")),
        "html_url": address(given.get("html_url")),
        "email": _whole(E_MAIL, given.get("email")),
        "twitter_username": _whole(TWITTER, given.get("twitter_username")),
    }
    times = {"read_at": now.isoformat(), "asked_at": now.isoformat()}
    return {"login": owner} | {name: text for name, text in found.items() if text} | times


def address(value: object) -> str:
    """An http(s) address without a user's name and password in it, else nothing."""
    text = value.strip() if isinstance(value, str) else ""
    if text != one_line(text, LONGEST_ADDRESS) or " " in text or not web_link(text):
        return ""
    return "" if "@" in urlsplit(text).netloc else text


def _whole(pattern: re.Pattern[str], value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    return text if text.isprintable() and pattern.fullmatch(text) else ""
