"""Where a repository's numbers and words come from: its versions, and the way from its facts to what GitHub sent.

No database, no clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from dashboard.ranking import repo_href, shortened
from pipeline.models.analytics import RawPayload, RepoVersion

UNKNOWN = "unknown"
# The columns whose change opens a new version, in words.
TRACKED = {
    "repo_full_name": "name",
    "repo_url": "address",
    "description": "description",
    "language": "language",
    "uses_render": "uses Render",
    "render_category": "Render category",
}
# The kinds of payload that a repository's facts are made of.
KINDS = {
    "repository": "Description of the repository",
    "star_history": "Stars by week and day",
    "commits": "Commits of 7 days",
    "issues": "Issues closed in 7 days",
    "files": "Files in the root",
}
SHOWN_HASH = 12
HIDDEN = "(an e-mail address, not shown here)"


@dataclass(frozen=True, slots=True)
class Change:
    """A tracked column and its words before and after."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    """Words of a repository from `valid_from` until before `valid_to`, None while they hold. The first changes none."""

    name: str
    valid_from: datetime
    valid_to: datetime | None
    changes: tuple[Change, ...]


def history(versions: Sequence[RepoVersion]) -> list[Version]:
    """The versions, given oldest first, newest first and with what each changed."""
    changed = [(), *(changes(before, after) for before, after in pairwise(versions))]
    found = [
        Version(row.repo_full_name, row.valid_from, row.valid_to, tuple(changes))
        for row, changes in zip(versions, changed, strict=True)
    ]
    return found[::-1]


def changes(before: RepoVersion, after: RepoVersion) -> list[Change]:
    return [
        Change(words, _in_words(getattr(before, column), column), _in_words(getattr(after, column), column))
        for column, words in TRACKED.items()
        if getattr(before, column) != getattr(after, column)
    ]


def _in_words(value: Any, column: str) -> str:
    """Shortened; a missing description or category is none, anything else that is missing is unknown."""
    if value is None or value == "":
        return "none" if column in ("description", "render_category") else UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    return shortened(str(value))


@dataclass(frozen=True, slots=True)
class Stored:
    """A kind of payload and the stored row of it, None where there is none (any more)."""

    words: str
    payload: RawPayload | None
    href: str = ""
    short_hash: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """The chain behind a fact. `staged` holds the staged columns by name, None where nothing is staged.

    `is_staged_since`: the staged row is of a later run than the fact. `is_pruned`: the description of the repository
    that the fact was made of is not stored any more.
    """

    snapshot_id: int
    day: date
    run_id: int
    run_at: datetime | None
    staged: Mapping[str, Any] | None
    is_staged_since: bool
    stored: tuple[Stored, ...]
    is_pruned: bool


def origin(row: Any, version: Any, payloads: Sequence[RawPayload]) -> Origin:
    """The way back from a day's row. `version` carries what is staged now, `payloads` is the newest of each kind."""
    by_kind = {payload.kind: payload for payload in payloads}
    names = ("id", "loaded_at", "execution_id", "raw_repo_id")
    return Origin(
        snapshot_id=row.snapshot_id,
        day=row.snapshot_date,
        run_id=row.execution_id,
        run_at=row.run_at,
        staged=None if version.staged_id is None else {name: getattr(version, f"staged_{name}") for name in names},
        is_staged_since=version.staged_id is not None and version.staged_execution_id != row.execution_id,
        stored=tuple(_stored(version.repo_full_name, kind, by_kind.get(kind)) for kind in KINDS | by_kind),
        is_pruned="repository" not in by_kind,
    )


def _stored(name: str, kind: str, payload: RawPayload | None) -> Stored:
    words = KINDS.get(kind, kind.replace("_", " ").capitalize())
    if payload is None:
        return Stored(words, None)
    return Stored(words, payload, payload_href(name, payload), payload.content_hash[:SHOWN_HASH])


def payload_href(name: str, payload: RawPayload) -> str:
    """The address of the stored JSON."""
    return f"{repo_href(name)}payload/{payload.kind}-{payload.raw_id}.json"


def without_addresses(body: Any) -> Any:
    """A payload with people's e-mail addresses left out: they are stored to count authors, not to be published."""
    if isinstance(body, dict):
        return {key: HIDDEN if _is_address(key, value) else without_addresses(value) for key, value in body.items()}
    if isinstance(body, list):
        return [without_addresses(item) for item in body]
    return body


def _is_address(key: str, value: Any) -> bool:
    return "email" in key.lower() and isinstance(value, str) and bool(value)
