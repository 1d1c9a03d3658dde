"""GitHub's search words over the universe: free terms, quoted ones, and qualifiers such as `pushed:>=2026-10-22`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from pipeline.demo.clock import DAY_SECONDS, Moment
from pipeline.demo.universe import Face, View

WORD = re.compile(r'(-?[a-z]+):("[^"]*"|\S+)|"([^"]*)"|(\S+)', re.IGNORECASE)
KEYS = {"language", "topic", "pushed", "created", "stars", "archived", "fork", "org", "user", "in", "filename", "path"}
PLACES = ("name", "description", "topics")
ENDLESS = (Moment(1), Moment(4_000_000))

V = TypeVar("V", int, Moment)
Hit = tuple[Face, str]  # a repository and the path of a file in it


class SearchError(ValueError):
    """A query that GitHub answers with 422."""


@dataclass
class Query:
    """A query taken apart: free terms in lower case, (key, value) pairs, and where the terms are looked for."""

    terms: list[str] = field(default_factory=list)
    qualifiers: list[tuple[str, str]] = field(default_factory=list)
    places: tuple[str, ...] = PLACES

    def values(self, *keys: str) -> list[str]:
        """The values of all qualifiers with one of the keys, in lower case."""
        return [value.lower() for key, value in self.qualifiers if key in keys]


def parse(text: str) -> Query:
    """The query in its parts; SearchError if there is nothing to search for."""
    query = Query()
    for key, value, quoted, word in WORD.findall(text):
        if key and key.lstrip("-").lower() in KEYS:
            query.qualifiers.append((key.lower(), value.strip('"')))
        elif key or quoted or word:
            query.terms.append((f"{key}:{value}" if key else quoted or word).lower())
    if not query.terms and not query.qualifiers:
        raise SearchError("missing")
    query.places = tuple(place for value in query.values("in") for place in value.split(",")) or PLACES
    return query


def repositories(view: View, text: str, sort: str = "", order: str = "desc") -> list[Face]:
    """The repositories that match, best first; SearchError for an owner that does not exist."""
    query = parse(text)
    _check_owners(view, query)
    hits = [face for face in view.faces() if matches(face, query)]
    keys: dict[str, Callable[[Face], object]] = {
        "stars": lambda f: f.stars,
        "forks": lambda f: f.forks,
        "updated": lambda f: f.updated,
    }
    # The id settles ties, so that pages never overlap.
    key = keys.get(sort, keys["stars"])
    return sorted(hits, key=lambda face: (key(face), face.id), reverse=order != "asc")


def code(view: View, text: str) -> list[Hit]:
    """The files that match, those of the most starred repositories first."""
    query = parse(text)
    owners = query.values("org", "user")
    faces = [face for face in view.faces() if not face.repository.fork and (not owners or face.owner.lower() in owners)]
    faces.sort(key=lambda face: (-face.stars, face.id))
    return [
        (face, path) for face in faces for path, content in face.files.items() if _file_matches(query, path, content)
    ]


def matches(face: Face, query: Query) -> bool:
    """Whether the repository has all terms and meets all qualifiers."""
    if face.repository.fork and "fork" not in (key for key, _ in query.qualifiers):
        return False
    owners, languages = query.values("org", "user"), query.values("language")
    if owners and face.owner.lower() not in owners:
        return False
    if languages and (face.language or "").lower() not in languages:
        return False
    return _has_terms(face, query) and all(_meets(face, key, value) for key, value in query.qualifiers)


def _has_terms(face: Face, query: Query) -> bool:
    if not query.terms:
        return True
    texts = {
        "name": face.full_name,
        "description": face.description or "",
        "topics": " ".join(face.topics),
        "readme": face.readme,
    }
    text = "\n".join(texts.get(place, "") for place in query.places).lower()
    return all(term in text for term in query.terms)


def _meets(face: Face, key: str, value: str) -> bool:
    """Whether the repository meets one qualifier; those that are looked at together with others always do here."""
    wanted = not key.startswith("-")
    test = QUALIFIERS.get(key.lstrip("-"))
    return test is None or test(face, value.lower()) is wanted


def _is_fork(face: Face, value: str) -> bool:
    return value == "true" or face.repository.fork is (value == "only")


QUALIFIERS: dict[str, Callable[[Face, str], bool]] = {
    "topic": lambda face, value: value in face.topics,
    "stars": lambda face, value: in_range(face.stars, value, lambda text: (int(text), int(text) + 1), (0, 10**9)),
    "pushed": lambda face, value: face.pushed is not None and in_range(face.pushed, value, _period, ENDLESS),
    "created": lambda face, value: in_range(face.repository.created, value, _period, ENDLESS),
    "archived": lambda face, value: face.repository.archived is (value == "true"),
    "fork": _is_fork,
}


def in_range(actual: V, spec: str, read: Callable[[str], tuple[V, V]], endless: tuple[V, V]) -> bool:
    """Whether a value lies in `>=x`, `>x`, `<=x`, `<x`, `x..y`, `*..y`, `x..*` or is `x` itself.

    `read` gives the half-open interval that one written value stands for: a day is all its moments.
    """
    operator, rest = re.fullmatch(r"(>=|<=|>|<)?(.*)", spec, re.DOTALL).groups()  # type: ignore[union-attr]
    try:
        low, high = rest.split("..", 1) if ".." in rest else (rest, rest)
        start, after = (endless[0] if low == "*" else read(low)[0]), (endless[1] if high == "*" else read(high)[1])
    except ValueError as error:
        raise SearchError("invalid") from error
    tests = {">=": actual >= start, ">": actual >= after, "<=": actual < after, "<": actual < start}
    return tests.get(operator, start <= actual < after)


def _period(text: str) -> tuple[Moment, Moment]:
    """The moments from the begin to the end of a written date, or of a second if it has a time."""
    begin = Moment.parse(text)
    if "t" in text:
        return begin, Moment(begin.day + (begin.second + 1) // DAY_SECONDS, (begin.second + 1) % DAY_SECONDS)
    return begin, Moment(begin.day + 1)


def _check_owners(view: View, query: Query) -> None:
    """GitHub refuses a search in which every owner is unknown."""
    wanted = set(query.values("org", "user"))
    if wanted and not wanted & {face.owner.lower() for face in view.faces()}:
        raise SearchError("unknown owner")


def _file_matches(query: Query, path: str, content: str) -> bool:
    name = path.rsplit("/", 1)[-1].lower()
    if any(name != value for value in query.values("filename")):
        return False
    for folder in query.values("path"):
        if ("/" in path) if folder == "/" else not path.lower().startswith(folder.strip("/") + "/"):
            return False
    return all(term in content.lower() or term in path.lower() for term in query.terms)
