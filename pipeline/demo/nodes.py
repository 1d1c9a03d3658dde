"""GraphQL's objects as plain dicts; what costs something to make is a function, called when the query asks for it."""

import hashlib
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from graphql import GraphQLError

from pipeline.demo.clock import Moment
from pipeline.demo.connections import Json, connection, opaque_id
from pipeline.demo.repositories import Files
from pipeline.demo.universe import Face, blob_oid
from pipeline.demo.work import Commit, Issue

LONGEST_TEXT = 512_000  # bytes of a blob that GitHub sends


def repository(face: Face) -> Json:
    """A Repository."""
    own = face.repository
    return {
        "__typename": "Repository",
        "id": own.node_id,
        "databaseId": face.id,
        "name": face.name,
        "nameWithOwner": face.full_name,
        "description": face.description,
        "url": f"https://github.com/{face.full_name}",
        "homepageUrl": own.homepage,
        "isFork": own.fork,
        "isPrivate": False,
        "isArchived": own.archived,
        "isEmpty": own.empty,
        "stargazerCount": face.stars,
        "forkCount": face.forks,
        "createdAt": own.created.iso,
        "updatedAt": _lazily(lambda: face.updated.iso),
        "pushedAt": _lazily(lambda: face.pushed.iso if face.pushed else None),
        "primaryLanguage": language(face.language),
        "owner": owner(face),
        "defaultBranchRef": _lazily(lambda: branch(face)),
        "object": partial(git_object, face),
        "issues": partial(issues, face),
        "pullRequests": partial(pull_requests, face),
        "repositoryTopics": partial(topics, face),
    }


def _lazily(make: Callable[[], object]) -> Callable[[object], object]:
    """A field without arguments that is made when it is asked for."""
    return lambda _info: make()


def language(name: str | None) -> Json | None:
    """A Language."""
    return {"id": opaque_id("LA", name), "name": name, "color": None} if name else None


def owner(face: Face) -> Json:
    """A User or an Organization."""
    return {
        "__typename": face.owner_type,
        "id": opaque_id("O", face.owner),
        "login": face.owner,
        "url": f"https://github.com/{face.owner}",
    }


def topics(face: Face, _info: object, first: int | None = None, after: str | None = None, **_: object) -> Json:
    """The connection of topics."""
    return connection("repositoryTopics", face.topics, topic, first, after)


@cache
def topic(name: str) -> Json:
    """A RepositoryTopic."""
    return {"id": opaque_id("RT", name), "topic": {"id": opaque_id("T", name), "name": name}}


# Issues


def issues(
    face: Face,
    _info: object,
    states: list[str] | None = None,
    filterBy: dict[str, Any] | None = None,
    first: int | None = None,
    after: str | None = None,
    **_: object,
) -> Json:
    """The connection of issues: closed ones in full, open ones as a number only."""
    filters = filterBy or {}
    wanted = states or filters.get("states") or ["OPEN", "CLOSED"]
    since = moment(filters.get("since"))
    closed = face.repository.work.closed_issues(since, face.moment) if "CLOSED" in wanted else []
    unnamed = face.open_issues if "OPEN" in wanted and since is None else 0
    return {**connection("issues", closed, issue, first, after), "totalCount": len(closed) + unnamed}


def pull_requests(
    face: Face,
    _info: object,
    states: list[str] | None = None,
    first: int | None = None,
    after: str | None = None,
    **_: object,
) -> Json:
    """The connection of pull requests, of which only the open ones are known."""
    count = face.open_pull_requests if states is None or "OPEN" in states else 0
    return connection("pullRequests", range(1, count + 1), pull_request, first, after)


def pull_request(number: int) -> Json:
    """A PullRequest."""
    return {"id": f"PR_{number}", "number": number, "state": "OPEN"}


def issue(one: Issue) -> Json:
    """An Issue."""
    return {
        "id": f"I_{one.number}",
        "number": one.number,
        "state": "CLOSED",
        "closedAt": one.closed.iso,
        "updatedAt": one.updated.iso,
    }


# Commits


def branch(face: Face) -> Json | None:
    """The Ref of the default branch with the newest Commit; an empty repository has none."""
    if face.repository.empty:
        return None
    newest = face.repository.work.commits(Moment(face.pushed.day) if face.pushed else None, face.moment)
    head = newest[0][1] if newest else _first_commit(face)
    return {
        "id": opaque_id("REF", face.full_name),
        "name": "main",
        "target": {**head, "history": partial(history, face)},
    }


def _first_commit(face: Face) -> Json:
    """The commit that began a repository in which nothing has happened for long."""
    oid = hashlib.sha1(str(face.id).encode(), usedforsecurity=False).hexdigest()
    return {"__typename": "Commit", "oid": oid, "committedDate": face.repository.created.iso, "author": None}


def history(
    face: Face,
    _info: object,
    since: str | None = None,
    until: str | None = None,
    first: int | None = None,
    after: str | None = None,
    **_: object,
) -> Json:
    """The connection of commits of a period, newest first."""
    latest = min(moment(until) or face.moment, face.moment)
    return connection("history", face.repository.work.commits(moment(since), latest), commit, first, after)


def commit(made: Commit) -> Json:
    """A Commit."""
    return made[1]


def moment(text: object) -> Moment | None:
    """The moment of a DateTime or GitTimestamp argument."""
    if text is None:
        return None
    try:
        return Moment.parse(str(text))
    except ValueError as error:
        raise GraphQLError(f"{text!r} is no time in ISO 8601.", extensions={"type": "ARGUMENT_ERROR"}) from error


# Files


def git_object(face: Face, _info: object, expression: str | None = None, oid: str | None = None) -> Json | None:
    """The Tree or Blob at `HEAD:path`; None where there is nothing."""
    revision, colon, path = (expression or "").partition(":")
    if face.repository.empty or not colon or revision not in ("HEAD", "main"):
        return None
    if path in face.files:
        return blob(face.files[path])
    return tree(face.files, path.strip("/"))


def blob(text: str) -> Json:
    """A Blob; a long text is cut, as GitHub does."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    oid = blob_oid(text)
    long = size > LONGEST_TEXT
    shown = text[:LONGEST_TEXT] if long else text
    flags = {"isBinary": False, "isTruncated": long}
    return {"__typename": "Blob", "id": f"B_{oid}", "oid": oid, "byteSize": size, **flags, "text": shown}


def tree(files: Files, folder: str) -> Json | None:
    """A Tree with its entries in git's order; its object id changes with anything below it."""
    below = f"{folder}/" if folder else ""
    names = sorted({path[len(below) :].split("/")[0] for path in files if path.startswith(below)})
    if not names:
        return None
    entries = [entry(files, below + name) for name in names]
    listing = "".join(f"{one['type']} {one['oid']} {one['name']}\n" for one in entries)
    oid = hashlib.sha1(listing.encode(), usedforsecurity=False).hexdigest()
    return {"__typename": "Tree", "id": f"T_{oid}", "oid": oid, "entries": entries}


def entry(files: Files, path: str) -> Json:
    """A TreeEntry."""
    name = path.rsplit("/", 1)[-1]
    if path in files:
        return {"name": name, "path": path, "type": "blob", "oid": blob_oid(files[path])}
    below = tree(files, path) or {}
    return {"name": name, "path": path, "type": "tree", "oid": below["oid"]}
