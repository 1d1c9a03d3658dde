"""Hydration: commits, closed issues, root files and, where search did not say it, metadata, in GraphQL batches."""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass, field
from typing import Any

from pipeline.detection.readme import read_readme
from pipeline.detection.render_yaml import read_render_yaml
from pipeline.github.batches import BatchSize, NodeAnswer, ask
from pipeline.github.errors import BadToken, GitHubError, NotFound, may_pass
from pipeline.github.queries import Part, Wanted, more_pages_query, used_variables
from pipeline.streams.answers import Page, Tree, commits_of, issues_of, page_of_connection, tree_of
from pipeline.streams.context import Gathering, chunks, iso
from pipeline.streams.files import README_NAMES, RENDER_FILE, file_payloads, readme_name, tree_rows, wanted_files
from pipeline.streams.harvest import MetricPayload, RepoPayload, RepoRef
from pipeline.tasklog import Task, fail_current_task

MOST_PAGES = 10
FEWEST_BATCHES, SMALLEST_BATCH = 4, 10  # a few repositories come sooner when they are asked for side by side
NOT_METADATA = {"defaultBranchRef", "closedIssues", "rootTree"}


@dataclass(slots=True)
class Hydrated:
    """What became of the repositories asked for: `gone` no longer exist, `failed` has a reason each.

    `passing` are those of the failed whose reason may pass; `stars` holds the counts of those whose metadata came with
    the batch.
    """

    gone: set[int] = field(default_factory=set)
    failed: dict[int, str] = field(default_factory=dict)
    passing: set[int] = field(default_factory=set)
    stars: dict[int, int] = field(default_factory=dict)

    def merge(self, other: "Hydrated", among: Iterable[int]) -> None:
        wanted = set(among)
        self.gone |= other.gone & wanted
        self.passing |= other.passing & wanted
        self.failed |= {key: reason for key, reason in other.failed.items() if key in wanted}
        self.stars |= {key: stars for key, stars in other.stars.items() if key in wanted}


class Hydrator:
    """Shared by all streams of a run: a repository that two of them found is asked for once.

    `fewest_batches` is what a stream's repositories are at least asked for in, side by side.
    """

    def __init__(self, gathering: Gathering, fewest_batches: int = FEWEST_BATCHES) -> None:
        self.g, self.fewest_batches = gathering, fewest_batches
        self.size = BatchSize(gathering.memory.batch_size)
        self.variables = {name: iso(gathering.window_start) for name in ("committedSince", "updatedSince")}
        self.file_size = BatchSize(gathering.memory.batch_size)
        self.readmes: dict[int, tuple[str, str]] = {}  # {github_id: (name, object id)} still to be read
        self._claims: dict[int, Future[Hydrated]] = {}
        self._lock = threading.Lock()

    def hydrate(
        self,
        stream: str,
        refs: Sequence[RepoRef],
        parent: Task | None,
        each: Callable[[Hydrated], None] = lambda batch: None,
    ) -> Hydrated:
        """Fetch what is missing of `refs` into the harvest and wait for it; `each` hears of every batch as it ends."""
        if not self.g.client.budget.has_token:
            return Hydrated()  # GraphQL needs a token; what it would have said stays unknown
        with self._lock:
            mine = {ref.github_id: ref for ref in refs if not self._is_claimed(ref.github_id)}
            for batch in chunks(mine.values(), self._batch_size(len(mine))):
                future = self.g.submit_hydration(stream, parent, self._hydrate_batch, batch)
                self._claims |= dict.fromkeys((ref.github_id for ref in batch), future)
            futures = {self._claims[ref.github_id] for ref in refs}
        total, wanted = Hydrated(), [ref.github_id for ref in refs]
        for future in as_completed(futures):
            total.merge(future.result(), wanted)
            each(future.result())
        return total

    def _batch_size(self, repositories: int) -> int:
        return min(self.size.size, max(-(-repositories // self.fewest_batches), SMALLEST_BATCH))

    def _is_claimed(self, github_id: int) -> bool:
        """Whether it was asked for already. What failed for a passing reason may be asked for anew."""
        future = self._claims.get(github_id)
        if future is None or not future.done() or future.exception() is not None:
            return future is not None
        return github_id not in future.result().passing

    def _hydrate_batch(self, refs: list[RepoRef]) -> Hydrated:
        """The batch, and once more those of it that failed for a passing reason, as far as the run has time."""
        result, waiting = Hydrated(), refs
        trees: list[tuple[RepoRef, Tree]] = []
        for number in self.g.patience.tries(self.g.retries.hydration):
            if number > 1:
                self.g.tasks.count_retry()
            self._ask(waiting, result, trees)
            waiting = [ref for ref in waiting if ref.github_id in result.passing]
            if not waiting:
                break
        self._fetch_files(trees)
        failed = [ref for ref in refs if ref.github_id in result.failed]
        if failed:
            fail_current_task(f"{failed[0].full_name}: {result.failed[failed[0].github_id]}")
        return result

    def _ask(self, refs: Sequence[RepoRef], result: Hydrated, trees: list[tuple[RepoRef, Tree]]) -> None:
        """Ask for `refs` once, into `result` and `trees`."""
        answers = ask(self.g.client, self.size, [self._wanted(ref) for ref in refs], self.variables)
        for ref, answer in zip(refs, answers, strict=True):
            result.failed.pop(ref.github_id, None)
            result.passing.discard(ref.github_id)
            if isinstance(answer.error, NotFound):
                result.gone.add(ref.github_id)
            elif answer.error is not None or answer.data is None:
                result.failed[ref.github_id] = str(answer.error)
                if answer.error is not None and may_pass(answer.error):
                    result.passing.add(ref.github_id)
            else:
                if isinstance(answer.data.get("stargazerCount"), int):
                    result.stars[ref.github_id] = answer.data["stargazerCount"]
                tree = self._keep(ref, answer, answer.data)
                if tree is not None:
                    trees.append((ref, tree))

    def _wanted(self, ref: RepoRef) -> Wanted:
        parts = [Part.IDENTITY, Part.CLOSED_ISSUES, Part.ROOT_TREE]
        if not ref.has_metadata:
            parts.append(Part.METADATA)
        if ref.pushed_at is None or ref.pushed_at >= iso(self.g.window_start):
            parts.append(Part.COMMITS)  # without a push in the window there is no commit in it either
        return Wanted(ref.node_id, tuple(parts))

    def _keep(self, ref: RepoRef, answer: NodeAnswer, data: dict[str, Any]) -> Tree | None:
        """Put one repository's answer into the harvest; the root's {name: (type, oid)} where it is known."""
        name = data.get("nameWithOwner")
        name = name if isinstance(name, str) and name else ref.full_name
        if not ref.has_metadata:
            payload = {k: v for k, v in data.items() if k not in NOT_METADATA | answer.holes}
            self.g.harvest.add(RepoPayload(ref.github_id, name, payload, "", ref.source_type))
        if answer.known("defaultBranchRef"):
            self._keep_pages(ref, name, "commits", Part.COMMITS, commits_of, data)
        if answer.known("closedIssues"):
            self._keep_pages(ref, name, "issues", Part.CLOSED_ISSUES, issues_of, data)
        tree = _root_tree(answer, data)
        if tree is not None:
            self.g.harvest.add(MetricPayload(ref.github_id, name, "files", {"tree": tree_rows(tree)}))
        return tree

    def _keep_pages(
        self,
        ref: RepoRef,
        name: str,
        metric: str,
        part: Part,
        connection_of: Callable[[dict[str, Any]], object],
        data: dict[str, Any],
    ) -> None:
        """Store a connection whole: the first page came with the batch, further ones are asked for here."""
        page = page_of_connection(connection_of(data))
        nodes, pages = list(page.nodes) if page else [], 1
        while page is not None and page.cursor is not None and pages < MOST_PAGES:
            page = self._next_page(ref, part, connection_of, page.cursor)
            nodes += page.nodes if page else []
            pages += 1
        if page is None:
            return  # a part of it would be a wrong number, so it stays unknown
        stored = {
            "since": iso(self.g.window_start),
            "total": page.total,
            "complete": page.cursor is None,
            "nodes": nodes,
        }
        self.g.harvest.add(MetricPayload(ref.github_id, name, metric, stored))

    def _next_page(
        self, ref: RepoRef, part: Part, connection_of: Callable[[dict[str, Any]], object], cursor: str
    ) -> Page | None:
        """The page after `cursor`, None when GitHub would not say it whole."""
        query = more_pages_query(part, ref.node_id, cursor)
        try:
            answer = self.g.client.graphql(query, used_variables([Wanted("", (part,))], self.variables))
        except BadToken:
            raise
        except GitHubError:
            return None
        found = answer.data.get("repo0")
        return page_of_connection(connection_of(found)) if isinstance(found, dict) and not answer.errors else None

    def _fetch_files(self, trees: list[tuple[RepoRef, Tree]]) -> None:
        """The texts that say how a repository uses Render; only of object ids that are not stored yet."""
        wanted = []
        for ref, tree in trees:
            paths = wanted_files(ref, tree, self.g.owners)
            readme = readme_name(tree)
            if readme is not None and readme not in paths:
                self.readmes[ref.github_id] = (readme, tree[readme][1])
            new = tuple(path for path in paths if tree[path][1] not in self.g.memory.known_files)
            if new:
                wanted.append(Wanted(ref.node_id, files=new))
        for batch in chunks(wanted, self.file_size.size):
            for answer in ask(self.g.client, self.file_size, batch, {}):
                self.g.harvest.add(*file_payloads(answer))
                _read_ahead(answer)


def _read_ahead(answer: NodeAnswer) -> None:
    """Read what staging will read, now that others still wait for GitHub."""
    for number, name in enumerate(answer.wanted.files):
        blob = (answer.data or {}).get(f"file{number}")
        text = blob.get("text") if isinstance(blob, dict) else None
        if isinstance(text, str) and name == RENDER_FILE:
            read_render_yaml(text)
        elif isinstance(text, str) and name.lower() in README_NAMES:
            read_readme(text)


def _root_tree(answer: NodeAnswer, data: dict[str, Any]) -> Tree | None:
    """The root's entries; none at all in an empty repository, None where they are not known."""
    if not answer.known("rootTree"):
        return None
    # Null without an error is an answer: nothing stands at the root. What could not be read comes with an error.
    return {} if data["rootTree"] is None else tree_of(data["rootTree"])
