"""A repository's facts out of what GitHub said of it: REST's words or GraphQL's, typed and checked. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,99})/(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,100}\Z")
URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~:/?#@!$&()*+,;=%-]*)?\Z")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)\Z", re.ASCII)
MOST = 2**31 - 1
LONGEST_DESCRIPTION = 10_000
LONGEST_LANGUAGE = 100
LONGEST_URL = 500
EARLIEST = datetime(2007, 1, 1, tzinfo=UTC)  # GitHub's first repositories are of October 2007
FUTURE = timedelta(days=1)


class InvalidRepo(ValueError):
    """A row that can't be staged; the text is the reason kept with it."""


@dataclass(frozen=True, slots=True)
class RepoFacts:
    """What is known of one repository. `unknown` names fields that GitHub did not say or said wrongly."""

    github_id: int
    full_name: str
    url: str
    language: str | None
    description: str | None
    stars: int
    forks: int | None
    open_issues: int | None
    created_at: datetime | None
    updated_at: datetime | None
    pushed_at: datetime | None
    topics: tuple[str, ...]
    unknown: frozenset[str]

    @property
    def owner(self) -> str:
        return self.full_name.partition("/")[0]


def read_repo(response: object, now: datetime) -> RepoFacts:
    """Facts of a raw row's api_response. Raises InvalidRepo when what must be known is not."""
    if not isinstance(response, dict):
        raise InvalidRepo("the payload is not an object")
    said = _from_graphql(response) if "nameWithOwner" in response else _from_rest(response)
    github_id, full_name, stars = said["github_id"], said["full_name"], said["stars"]
    if not _is_count(github_id, 2**63 - 1) or github_id == 0:
        raise InvalidRepo("the id is not a positive number")
    if not isinstance(full_name, str) or not NAME.match(full_name):
        raise InvalidRepo("the name is not of the form owner/name")
    if said.get("private") not in (None, False):
        raise InvalidRepo("the repository is private")
    if not _is_count(stars, MOST):
        raise InvalidRepo("the number of stars is not a number")
    unknown: set[str] = set()
    return RepoFacts(
        github_id=github_id,
        full_name=full_name,
        url=_url(said.get("url"), full_name),
        language=_text(said, "language", LONGEST_LANGUAGE, unknown),
        description=_text(said, "description", LONGEST_DESCRIPTION, unknown),
        stars=stars,
        forks=_count(said, "forks", unknown),
        open_issues=_count(said, "open_issues", unknown),
        created_at=_moment(said, "created_at", now, unknown),
        updated_at=_moment(said, "updated_at", now, unknown),
        pushed_at=_moment(said, "pushed_at", now, unknown),
        topics=tuple(t[:100] for t in said.get("topics") or () if isinstance(t, str))[:50],
        unknown=frozenset(unknown),
    )


def parse_moment(value: object) -> datetime | None:
    """A moment as GitHub writes it, in UTC; None for anything else."""
    if not isinstance(value, str) or not MOMENT.match(value):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def known_count(value: object) -> int | None:
    """A number that the tables can hold, or None."""
    return value if isinstance(value, int) and _is_count(value, MOST) else None


def _from_rest(said: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "github_id": "id", "full_name": "full_name", "stars": "stargazers_count", "url": "html_url",
        "forks": "forks_count", "open_issues": "open_issues_count", "language": "language", "private": "private",
        "description": "description", "created_at": "created_at", "updated_at": "updated_at", "pushed_at": "pushed_at",
    }  # fmt: skip
    facts = {ours: said[theirs] for ours, theirs in names.items() if theirs in said}
    facts["topics"] = said.get("topics") if isinstance(said.get("topics"), list) else []
    return {"github_id": None, "full_name": None, "stars": None, **facts}


def _from_graphql(said: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "github_id": "databaseId", "full_name": "nameWithOwner", "stars": "stargazerCount", "url": "url",
        "forks": "forkCount", "description": "description", "created_at": "createdAt", "updated_at": "updatedAt",
        "pushed_at": "pushedAt", "private": "isPrivate",
    }  # fmt: skip
    facts = {ours: said[theirs] for ours, theirs in names.items() if theirs in said}
    language = said.get("primaryLanguage", {})
    if language is None:
        facts["language"] = None
    elif isinstance(language, dict) and "name" in language:
        facts["language"] = language["name"]
    issues, pulls = (known_count(_at(said, name, "totalCount")) for name in ("openIssues", "openPullRequests"))
    if issues is not None and pulls is not None:
        facts["open_issues"] = issues + pulls  # REST counts both as open issues
    nodes = _at(said, "repositoryTopics", "nodes")
    facts["topics"] = [_at(node, "topic", "name") for node in nodes] if isinstance(nodes, list) else []
    return {"github_id": None, "full_name": None, "stars": None, **facts}


def _at(value: object, *keys: str) -> Any:
    """What lies under the keys, one inside the other; None where one of them is missing or holds no object."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _url(value: object, full_name: str) -> str:
    """The page's address if it is a plain http(s) one, else the one that follows from the name."""
    if isinstance(value, str) and len(value) <= LONGEST_URL and URL.match(value):
        return value
    return f"https://github.com/{full_name}"


def _text(said: Mapping[str, Any], name: str, longest: int, unknown: set[str]) -> str | None:
    """A text, cut at `longest` characters. null is GitHub's word for none; a missing key is unknown."""
    value = said.get(name)
    if name not in said or not isinstance(value, str | None):
        unknown.add(name)
        return None
    return (value or "").strip()[:longest] or None


def _count(said: Mapping[str, Any], name: str, unknown: set[str]) -> int | None:
    count = known_count(said.get(name))
    if count is None:
        unknown.add(name)
    return count


def _moment(said: Mapping[str, Any], name: str, now: datetime, unknown: set[str]) -> datetime | None:
    moment = parse_moment(said.get(name))
    if moment is None or not EARLIEST <= moment <= now + FUTURE:
        unknown.add(name)
        return None
    return moment


def _is_count(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
