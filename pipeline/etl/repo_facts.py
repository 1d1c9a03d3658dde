"""A repository's facts out of what GitHub said of it: REST's words or GraphQL's, typed and checked. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,99})/[A-Za-z0-9._-]{1,100}\Z")
MOST = 2**31 - 1
LONGEST_DESCRIPTION = 10_000
LONGEST_LANGUAGE = 100
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
    if said.get("private") is True:
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
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


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
        "pushed_at": "pushedAt",
    }  # fmt: skip
    facts = {ours: said[theirs] for ours, theirs in names.items() if theirs in said}
    if "primaryLanguage" in said:
        facts["language"] = (said["primaryLanguage"] or {}).get("name")
    counts = [(said.get(name) or {}).get("totalCount") for name in ("openIssues", "openPullRequests")]
    if all(isinstance(count, int) for count in counts):
        facts["open_issues"] = sum(counts)  # REST counts both as open issues
    nodes = (said.get("repositoryTopics") or {}).get("nodes") or []
    facts["topics"] = [(node.get("topic") or {}).get("name") for node in nodes if isinstance(node, dict)]
    return {"github_id": None, "full_name": None, "stars": None, **facts}


def _url(value: object, full_name: str) -> str:
    """The page's address if it is a plain http(s) one, else the one that follows from the name."""
    if isinstance(value, str) and len(value) <= 500 and value.isascii() and not re.search(r"[\s\"'<>\\]", value):
        parts = urlsplit(value)
        if parts.scheme in ("http", "https") and parts.netloc and "@" not in parts.netloc:
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
    value = said.get(name)
    if _is_count(value, MOST):
        return int(value)  # type: ignore[arg-type]
    unknown.add(name)
    return None


def _moment(said: Mapping[str, Any], name: str, now: datetime, unknown: set[str]) -> datetime | None:
    moment = parse_moment(said.get(name))
    if moment is None or moment > now + FUTURE:
        unknown.add(name)
        return None
    return moment


def _is_count(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
