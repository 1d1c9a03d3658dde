"""Parts of a GraphQL answer, read so that an odd shape is unknown: never an exception, and never nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Tree = Mapping[str, tuple[str, str]]
NOTHING: dict[str, Any] = {"totalCount": 0, "nodes": [], "pageInfo": {"hasNextPage": False}}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a connection; `cursor` leads to the next one and is None on the last."""

    total: int
    nodes: list[Any]
    cursor: str | None


def page_of_connection(connection: object) -> Page | None:
    """None when it is not a connection, or has more to show but no cursor to ask for it."""
    if not isinstance(connection, dict):
        return None
    total, nodes, info = (connection.get(key) for key in ("totalCount", "nodes", "pageInfo"))
    if not isinstance(total, int) or not isinstance(nodes, list) or not isinstance(info, dict):
        return None
    if not info.get("hasNextPage"):
        return Page(total, nodes, None)
    cursor = info.get("endCursor")
    return Page(total, nodes, cursor) if isinstance(cursor, str) and cursor else None


def commits_of(data: Mapping[str, Any]) -> object:
    """The history connection; an empty one where the repository has no branch or its head is no commit."""
    branch = data.get("defaultBranchRef")
    if branch is None:
        return NOTHING
    target = branch.get("target") if isinstance(branch, dict) else branch
    if target is None or target == {}:
        return NOTHING
    return target.get("history") if isinstance(target, dict) else None


def issues_of(data: Mapping[str, Any]) -> object:
    return data.get("closedIssues")


def tree_of(found: object) -> dict[str, tuple[str, str]] | None:
    """{name: (type, object id)} of a Tree's entries, None when it is no Tree; an entry without these is left out."""
    entries = found.get("entries") if isinstance(found, dict) else None
    if not isinstance(entries, list):
        return None
    return {e["name"]: (e["type"], e["oid"]) for e in entries if _is_entry(e)}


def _is_entry(entry: object) -> bool:
    return isinstance(entry, dict) and all(isinstance(entry.get(key), str) for key in ("name", "type", "oid"))
