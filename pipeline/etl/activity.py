"""Counts of the last seven days out of raw commits and closed issues. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from pipeline.etl.repo_facts import known_count, parse_moment

WINDOW = timedelta(days=7)
AHEAD = timedelta(days=1)
BOT_SUFFIX = "[bot]"
BOTS = {
    "github-actions",
    "dependabot",
    "dependabot-preview",
    "renovate",
    "renovate-bot",
    "mergify",
    "github-merge-queue",
}


def count_commits(commits: object, now: datetime) -> tuple[int | None, int | None]:
    """(commits, active contributors) of the window; None where the raw metric does not tell.

    Contributors are distinct authors by login, else by e-mail address; bots are no people.
    """
    nodes = _nodes(commits)
    if nodes is None or not isinstance(commits, dict):
        return None, None
    recent = [node for node in nodes if _is_recent(node.get("committedDate"), now)]
    if not commits.get("complete", True):
        return known_count(commits.get("total")), None
    people = {person for node in recent if (person := author_key(node.get("author"))) is not None}
    return len(recent), len(people)


def count_closed_issues(issues: object, now: datetime) -> int | None:
    """Issues closed in the window. GitHub's `since` filters by update, so each date is checked."""
    nodes = _nodes(issues)
    if nodes is None or not isinstance(issues, dict) or not issues.get("complete", True):
        return None
    return sum(_is_recent(node.get("closedAt"), now) for node in nodes)


def author_key(author: object) -> str | None:
    """What tells one author from another; None for a bot or for nobody."""
    if not isinstance(author, dict):
        return None
    user = author.get("user")
    login = user.get("login") if isinstance(user, dict) else None
    return _person(_text(login), _text(author.get("name")), _text(author.get("email")))


@lru_cache(maxsize=4096)  # a repository has many commits by few people
def _person(login: str, name: str, email: str) -> str | None:
    login, name, email = login.strip().lower(), name.strip(), email.strip().lower()
    if _is_bot(name.lower()) or _is_bot(login) or f"{BOT_SUFFIX}@" in email:
        return None
    if login:
        return f"login:{login}"
    return f"email:{email}" if email else f"name:{name}" if name else None


def _is_bot(name: str) -> bool:
    return name.endswith(BOT_SUFFIX) or name in BOTS


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _nodes(connection: object) -> list[dict[str, Any]] | None:
    nodes = connection.get("nodes") if isinstance(connection, dict) else None
    return _objects(nodes) if isinstance(nodes, list) else None


def _objects(nodes: Iterable[object]) -> list[dict[str, Any]]:
    return [node for node in nodes if isinstance(node, dict)]


def _is_recent(value: object, now: datetime) -> bool:
    moment = parse_moment(value)
    return moment is not None and now - WINDOW <= moment <= now + AHEAD
