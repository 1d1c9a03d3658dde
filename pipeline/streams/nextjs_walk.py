"""The walk through TypeScript's searches for repositories whose package.json asks for Next.js 16 or newer.

Verdicts are remembered: while nothing was pushed, a repository is not looked at again; after a push its root tree
is, and its files only if one of the object ids that the verdict rests on changed (a folder's id covers all below it).
"""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Any

from pipeline.detection.nextjs import Verdict
from pipeline.github import searches
from pipeline.github.batches import BatchSize, NodeAnswer, ask
from pipeline.github.queries import Part, Wanted
from pipeline.reference import Language
from pipeline.streams.answers import tree_of
from pipeline.streams.context import Gathering, chunks
from pipeline.streams.files import file_payloads
from pipeline.streams.harvest import RepoRef, StreamFailed
from pipeline.streams.nextjs_look import (
    Glance,
    Look,
    add_listings,
    add_verdicts,
    file_verdict,
    folders,
    manifests_below,
    root_manifest,
)
from pipeline.streams.search import Rows, refs_of, search_page
from pipeline.tasklog import Task, fail_current_task

LIGHT_BATCH = 40
MOST_VERDICTS = 3000


@dataclass(frozen=True, slots=True)
class Page:
    total: int
    rows: Rows


class NextWalk:
    """One walk. `verdicts`: {github_id: {"pushed_at", "key", "answer", "reason"}} for the next run."""

    def __init__(self, language: Language, gathering: Gathering, parent: Task) -> None:
        self.language, self.g, self.parent = language, gathering, parent
        self.size = BatchSize(LIGHT_BATCH)
        known = gathering.memory.streams.get(language.slug, {}).get("remembered", {}).get("verdicts", {})
        self.verdicts: dict[str, dict[str, Any]] = dict(known)
        self.seen: set[str] = set()
        self._looking: set[Future[Glance]] = set()
        self._open: set[int] = set()  # the repositories in those batches
        self.unlooked = 0

    def find(self) -> Rows:
        """Repositories that ask for Next.js 16 or newer, established first, with their search items."""
        limits, today = self.g.limits, self.g.now.date()
        if not self.verdicts and not self.g.client.budget.has_token:
            raise self._needs_token("its package.json files")
        query = searches.established(self.language.name, today)
        first, young = self._pages(("established", query, 1), ("rising", searches.rising(self.language.name, today), 1))
        self._begin_to_look(first.rows | young.rows)
        established, rising = self._walk(query, first), self._yes(young.rows)
        self._check_looked(len(established))
        self._forget()
        found = dict(list(established.items())[: limits.established])
        rest = [(key, row) for key, row in rising.items() if key not in found]
        return found | dict(rest[: limits.rising])

    def _walk(self, query: str, first: "Page") -> Rows:
        """On, in the order of stars, until enough are found or the search's thousand are through.

        The next pages are not put off until the last batch of the ones before is in: they are asked for as soon as
        those can't be enough.
        """
        rows, asked = dict(first.rows), 1
        last = min(-(-first.total // searches.SEARCH_PAGE), searches.SEARCH_RESULTS // searches.SEARCH_PAGE)
        while True:
            numbers = self._next_pages(rows, asked, last)
            if numbers:
                self._check_looked(len(self._yes(rows)))
                for page in self._pages(*(("established", query, number) for number in numbers)):
                    new = {key: row for key, row in page.rows.items() if key not in rows}
                    rows |= new
                    self._begin_to_look(new)
                asked += len(numbers)
            elif self._looking:
                self._end_a_look()
            else:
                return self._yes(rows)

    def _next_pages(self, rows: Rows, asked: int, last: int) -> list[int]:
        """As many more as the rate of finds lets expect; until there is a rate, what is needed in any case."""
        found, being_looked_at = len(self._yes(rows)), sum(key in self._open for key in rows)
        looked = len(rows) - being_looked_at
        rate = found / looked if looked >= searches.SEARCH_PAGE // 2 else None
        missing = self.g.limits.established - found - being_looked_at * (1 if rate is None else rate)
        if missing <= 0:
            return []
        expected = 1 if rate is None else last if rate == 0 else math.ceil(missing / rate / searches.SEARCH_PAGE)
        return list(range(asked + 1, min(asked + expected, last) + 1))

    def _pages(self, *wanted: tuple[str, str, int]) -> "list[Page]":
        """Pages of searches, (kind, query, number) each, asked for at once."""
        futures = [
            self.g.submit(
                f"search {kind}",
                self.language.slug,
                self.parent,
                search_page,
                self.g,
                query,
                searches.SEARCH_PAGE,
                number,
            )
            for kind, query, number in wanted
        ]
        pages = []
        for (kind, _, _), future in zip(wanted, futures, strict=True):
            result = future.result()
            rows = {ref.github_id: (ref, item) for ref, item in refs_of(result.items, kind)}
            pages.append(Page(result.total, rows))
        return pages

    def _yes(self, rows: Rows) -> Rows:
        """Those of the rows whose verdict is yes, in their order."""
        return {key: row for key, row in rows.items() if self.verdicts.get(str(key), {}).get("answer") == "yes"}

    def _begin_to_look(self, rows: Rows) -> None:
        """Have the verdicts of `rows` brought up to date where something may have changed."""
        self.seen |= {str(key) for key in rows}
        stale = [ref for key, (ref, _) in rows.items() if key not in self._open and not self._is_fresh(ref)]
        if not self.g.client.budget.has_token:
            self.unlooked += len(stale)
            return
        for batch in chunks(stale, self.size.size):
            self._look("look for Next.js", self._look_at_roots, batch)
            self._open |= {ref.github_id for ref in batch}

    def _look(self, name: str, work: Callable[..., Glance], batch: Sequence[Any]) -> None:
        self._looking.add(self.g.submit(name, self.language.slug, self.parent, work, batch))

    def _end_a_look(self) -> None:
        """Wait for at least one batch, keep its verdicts, and have looked deeper where they are still open.

        What roots say is kept at once: it tells how many further pages are needed.
        """
        done, self._looking = wait(self._looking, return_when=FIRST_COMPLETED)
        for glance in [future.result() for future in done]:
            if glance.deeper:
                self._look("look into workspaces", self._look_deeper, glance.deeper)
            for ref, key, verdict in glance.settled:
                self._settle(ref, key, verdict)

    def _settle(self, ref: RepoRef, key: dict[str, str], verdict: Verdict | None) -> None:
        self._open.discard(ref.github_id)
        if verdict is None:
            self.unlooked += 1
            return
        self.verdicts[str(ref.github_id)] = {
            "pushed_at": ref.pushed_at, "key": key, "answer": verdict.answer, "reason": verdict.reason,
        }  # fmt: skip

    def _is_fresh(self, ref: RepoRef) -> bool:
        known = self.verdicts.get(str(ref.github_id))
        return known is not None and ref.pushed_at is not None and known["pushed_at"] == ref.pushed_at

    def _look_at_roots(self, refs: list[RepoRef]) -> Glance:
        """Verdicts of one batch as far as the roots tell; None where GitHub would not say."""
        wanted = [Wanted(ref.node_id, self._parts(ref)) for ref in refs]
        found = Glance([], [])
        for ref, answer in zip(refs, ask(self.g.client, self.size, wanted, {}), strict=True):
            look = self._root(ref, answer)
            if look is None:
                found.settled.append((ref, {}, None))
                fail_current_task(f"{ref.full_name}: {answer.error or 'its root could not be read'}")
            elif (known := self._unchanged(look)) is not None:
                found.settled.append((ref, look.key(), known))
            elif root_manifest(look) or folders(look) or manifests_below(look):
                found.deeper.append(look)
            else:
                found.settled.append((ref, look.key(), look.outcome()))
        return found

    def _parts(self, ref: RepoRef) -> tuple[Part, ...]:
        """Known repositories are asked for object ids alone."""
        known = str(ref.github_id) in self.verdicts
        return (Part.ROOT_TREE,) if known else (Part.ROOT_TREE, Part.PACKAGE_JSON)

    def _root(self, ref: RepoRef, answer: NodeAnswer) -> Look | None:
        if answer.data is None or not answer.known("rootTree"):
            return None
        tree = tree_of(answer.data["rootTree"]) if answer.data["rootTree"] is not None else {}
        if tree is None:
            return None
        look = Look(ref, tree)
        self.g.harvest.add(*file_payloads(answer))
        if isinstance(answer.data.get("packageJson"), dict):
            look.verdicts.append(file_verdict(answer, "packageJson"))
        return look

    def _unchanged(self, look: Look) -> Verdict | None:
        known = self.verdicts.get(str(look.ref.github_id))
        if known is None or known["key"] != look.key():
            return None
        return Verdict(known["answer"], known["reason"])

    def _look_deeper(self, looks: list[Look]) -> Glance:
        """By root manifests that are not in yet and, where the root does not say yes, the workspaces' own."""
        self._ask([Wanted(look.ref.node_id, files=root_manifest(look), folders=folders(look)) for look in looks], looks)
        self._ask([Wanted(look.ref.node_id, files=manifests_below(look)) for look in looks], looks)
        for look in looks:
            if look.outcome() is None:
                fail_current_task(f"{look.ref.full_name}: a part of it could not be read")
        return Glance([(look.ref, look.key(), look.outcome()) for look in looks], [])

    def _ask(self, wanted: list[Wanted], looks: list[Look]) -> None:
        """Add folders' listings and manifests' verdicts; a manifest that GitHub would not show is unknown, not absent.

        Both come in one request: a walk waits for each of them in turn.
        """
        rows = [row for row in zip(wanted, looks, strict=True) if row[0].files or row[0].folders]
        for batch in chunks(rows, max(self.size.size // 2, 1)):
            answers = ask(self.g.client, self.size, [share for share, _ in batch], {})
            for (share, look), answer in zip(batch, answers, strict=True):
                self.g.harvest.add(*file_payloads(answer))
                add_listings(look, share, answer)
                add_verdicts(look, share, answer)

    def _check_looked(self, found: int) -> None:
        """Raises StreamFailed when the list would be short only because GitHub was not asked or did not answer."""
        if not self.unlooked or found >= self.g.limits.established:
            return
        if not self.g.client.budget.has_token:
            raise self._needs_token(f"{self.unlooked} package.json files")
        if self.unlooked > 0.2 * len(self.seen):
            raise StreamFailed(f"{self.unlooked} package.json files could not be read")

    def _needs_token(self, what: str) -> StreamFailed:
        return StreamFailed(
            f"{self.language.name} needs a token: without one, {what} can't be read",
            "Set GITHUB_ACCESS_TOKEN: package.json is read through GraphQL, which needs a token.",
            permanent=True,
        )

    def _forget(self) -> None:
        """Keep a limited number of verdicts, those met in this walk first: the list lives in one row."""
        if len(self.verdicts) > MOST_VERDICTS:
            rows = sorted(self.verdicts.items(), key=lambda row: row[0] in self.seen)
            self.verdicts = dict(rows[-MOST_VERDICTS:])
