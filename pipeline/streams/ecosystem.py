"""The Render ecosystem's stream: several ways to find its projects, their union remembered between runs."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any
from urllib.parse import quote

from pipeline.github import searches
from pipeline.github.errors import BadToken, GitHubError, NotFound, may_pass
from pipeline.streams.context import Gathering
from pipeline.streams.files import RENDER_FILE
from pipeline.streams.harvest import RepoPayload, RepoRef, StreamFailed, StreamResult
from pipeline.streams.hydration import Hydrated, Hydrator
from pipeline.streams.membership import complete
from pipeline.streams.search import page_of, refs_of, search_page
from pipeline.streams.star_history import StarHistories
from pipeline.tasklog import Task

STREAM = "render"
SOURCE = "render_ecosystem"
CODE_SEARCH_PAGES = 3
OWNER_PAGES = 3
MOST_REMEMBERED = 2000


class Evidence(IntEnum):
    """Why a repository belongs to the ecosystem; the strongest evidence decides who is kept when not all can be."""

    OWNER = 0
    RENDER_FILE = 1
    TOPIC = 2
    README = 3


@dataclass(slots=True)
class Candidate:
    ref: RepoRef
    evidence: int
    item: dict[str, Any] | None = None


@dataclass(slots=True)
class Candidates:
    """The union of all sources, by github_id."""

    found: dict[int, Candidate] = field(default_factory=dict)

    def add(self, ref: RepoRef, evidence: int, item: dict[str, Any] | None) -> None:
        known = self.found.get(ref.github_id)
        if known is None:
            self.found[ref.github_id] = Candidate(ref, evidence, item)
            return
        known.evidence = min(known.evidence, evidence)
        if ref.has_metadata and not known.ref.has_metadata:
            known.ref, known.item = ref, item

    def remember(self, members: dict[str, list[Any]]) -> None:
        """Add what earlier runs found, {github_id: [node_id, full_name, evidence, stars]}."""
        for github_id, (node_id, full_name, evidence, stars) in members.items():
            self.add(RepoRef(int(github_id), node_id, full_name, SOURCE, stars), evidence, None)

    def best(self, most: int) -> list[Candidate]:
        """The strongest evidence first, then the most stars; what only a code search knows keeps its order."""
        return sorted(self.found.values(), key=lambda c: (c.evidence, -(c.ref.stars or 0)))[:most]

    def to_remember(self) -> dict[str, list[Any]]:
        return {
            str(key): [c.ref.node_id, c.ref.full_name, int(c.evidence), c.ref.stars]
            for key, c in list(self.found.items())[:MOST_REMEMBERED]
        }


def read_ecosystem(g: Gathering, hydrator: Hydrator, histories: StarHistories, parent: Task) -> StreamResult:
    """Discover and hydrate the ecosystem. Raises StreamFailed when no source answered."""
    result = StreamResult(STREAM)
    candidates = _discover(g, parent, result)
    candidates.remember(g.memory.streams.get(STREAM, {}).get("remembered", {}).get("known", {}))
    kept = candidates.best(g.limits.ecosystem)
    result.members = [c.ref for c in kept]
    g.harvest.add(
        *(
            RepoPayload(c.ref.github_id, c.ref.full_name, c.item, "", SOURCE)
            for c in kept
            if c.ref.has_metadata and c.item
        )
    )
    histories.request(STREAM, [ref for ref in result.members if ref.has_metadata], parent)
    late = [ref for ref in result.members if not ref.has_metadata]

    def ask_for_histories(batch: Hydrated) -> None:
        counted = [replace(ref, stars=batch.stars[ref.github_id]) for ref in late if ref.github_id in batch.stars]
        histories.request(STREAM, counted, parent)

    hydrated = hydrator.hydrate(STREAM, result.members, parent, ask_for_histories)
    histories.request(STREAM, [ref for ref in late if ref.github_id not in hydrated.gone], parent)
    result.remembered = {"known": candidates.to_remember()}
    recount(result, hydrated)
    return complete(result, hydrated)


def recount(result: StreamResult, hydrated: Hydrated) -> None:
    """Remember the stars that hydration has counted, and forget what is gone."""
    known = result.remembered.get("known", {})
    result.remembered["known"] = {
        key: [*row[:3], hydrated.stars.get(int(key), row[3])]
        for key, row in known.items()
        if int(key) not in hydrated.gone
    }


def _discover(g: Gathering, parent: Task, result: StreamResult) -> Candidates:
    """Ask all sources at once. One that fails is noted: what earlier runs found through it is remembered."""
    futures: list[tuple[str, int, Future[list[tuple[RepoRef, dict[str, Any]]]]]] = []
    for name, evidence, work, argument in _sources(g):
        futures.append((name, evidence, g.submit(name, STREAM, parent, work, g, argument)))
    candidates, problems, may_succeed = Candidates(), [], False
    for name, evidence, future in futures:
        try:
            rows = future.result()
        except BadToken:
            raise
        except GitHubError as error:
            problems.append(f"{name}: {error}")
            may_succeed |= may_pass(error)
            continue
        for ref, item in rows:
            if not item.get("fork"):
                candidates.add(ref, evidence, item)
    if futures and len(problems) == len(futures):
        raise StreamFailed(f"no source of the ecosystem answered ({problems[0]})", permanent=not may_succeed)
    result.notes += dict.fromkeys(problems)
    return candidates


Source = tuple[str, int, Callable[[Gathering, str], list[tuple[RepoRef, dict[str, Any]]]], str]


def _sources(g: Gathering) -> list[Source]:
    sources: list[Source] = []
    sources += [
        ("list organisation", Evidence.OWNER, _owned, f"/orgs/{quote(o)}/repos") for o in g.owners.organisations
    ]
    sources += [("list employee", Evidence.OWNER, _owned, f"/users/{quote(e)}/repos") for e in g.owners.employees]
    sources += [("search topic", Evidence.TOPIC, _search, searches.topic(topic)) for topic in g.owners.topics]
    sources.append(("search README", Evidence.README, _search, searches.RENDER_README_SEARCH))
    if g.client.budget.has_token:
        pages = range(1, CODE_SEARCH_PAGES + 1)
        # All at once: one after the other, they would be what the hydration of all others waits for.
        sources += [("search render.yaml", Evidence.RENDER_FILE, _search_code, str(number)) for number in pages]
    return sources


def _owned(g: Gathering, path: str) -> list[tuple[RepoRef, dict[str, Any]]]:
    """Public repositories of an owner; an owner that does not exist has none."""
    rows: list[tuple[RepoRef, dict[str, Any]]] = []
    try:
        for page in g.client.get_pages(path, {"type": "public"}, most=OWNER_PAGES, remember=True):
            items = page if isinstance(page, list) else []
            rows += refs_of([item for item in items if isinstance(item, dict)], SOURCE)
    except NotFound:
        pass
    return rows


def _search(g: Gathering, query: str) -> list[tuple[RepoRef, dict[str, Any]]]:
    return refs_of(search_page(g, query).items, SOURCE)


def _search_code(g: Gathering, page: str) -> list[tuple[RepoRef, dict[str, Any]]]:
    """Repositories with a render.yaml in the root. Code search finds sub-folders too, so the path is checked."""
    params: dict[str, str | int] = {"q": searches.RENDER_FILE_SEARCH, "per_page": searches.SEARCH_PAGE, "page": page}
    items = [
        item for item in page_of(g.client.get("/search/code", params).data).items if item.get("path") == RENDER_FILE
    ]
    repositories = [item["repository"] for item in items if isinstance(item.get("repository"), dict)]
    return refs_of(repositories, SOURCE, has_metadata=False)
