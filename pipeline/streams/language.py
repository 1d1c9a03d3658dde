"""A language's stream: its established and its rising repositories, narrowed by a framework where it has one."""

from typing import Any

from pipeline.github import searches
from pipeline.reference import Language
from pipeline.streams.context import Gathering
from pipeline.streams.harvest import RepoPayload, RepoRef, StreamFailed, StreamResult
from pipeline.streams.hydration import Hydrator
from pipeline.streams.membership import complete
from pipeline.streams.nextjs_walk import NextWalk
from pipeline.streams.search import Rows, refs_of, search_page
from pipeline.streams.star_history import StarHistories
from pipeline.tasklog import Task


def read_language(
    language: Language, g: Gathering, hydrator: Hydrator, histories: StarHistories, parent: Task
) -> StreamResult:
    """Discover and hydrate one language. Raises GitHubError or StreamFailed when there is nothing to publish."""
    if language.framework:
        walk = NextWalk(language, g, parent)
        found = walk.find()
        remembered: dict[str, Any] = {"verdicts": walk.verdicts}
    else:
        found, remembered = _search(language, g, parent), {}
    if not found and g.memory.streams.get(language.slug, {}).get("members"):
        # A search that is suddenly empty is no proof; published, it would wipe what is on show.
        raise StreamFailed(f"no {language.name} repository was found, though there were some before")
    refs = [ref for ref, _ in found.values()]
    g.harvest.add(*(payload(ref, item, language.name) for ref, item in found.values()))
    histories.request(language.slug, refs, parent)
    hydrated = hydrator.hydrate(language.slug, refs, parent)
    return complete(StreamResult(language.slug, refs, remembered), hydrated)


def _search(language: Language, g: Gathering, parent: Task) -> Rows:
    """The most starred of both searches; what is in both counts as established."""
    today = g.now.date()
    wanted = [
        (searches.established(language.name, today), "established", g.limits.established),
        (searches.rising(language.name, today), "rising", g.limits.rising),
    ]
    futures = [
        g.submit(f"search {kind}", language.slug, parent, search_page, g, query, most) for query, kind, most in wanted
    ]
    found: Rows = {}
    for (_, kind, most), future in zip(wanted, futures, strict=True):
        for ref, item in refs_of(future.result().items[:most], kind):
            found.setdefault(ref.github_id, (ref, item))
    return found


def payload(ref: RepoRef, item: dict[str, Any], source_language: str) -> RepoPayload:
    return RepoPayload(ref.github_id, ref.full_name, item, source_language, ref.source_type)
