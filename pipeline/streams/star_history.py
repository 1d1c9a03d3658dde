"""Star histories: the true stars gained per day, one REST request a repository, at least once a day."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from pipeline.github.errors import BadToken, BudgetExhausted, GitHubError, NotFound
from pipeline.streams.context import Gathering, chunks
from pipeline.streams.harvest import MetricPayload, RepoRef
from pipeline.tasklog import Task, fail_current_task

WEEKS = 30
CHUNK = 4
NEVER = datetime.min.replace(tzinfo=UTC)


class StarHistories:
    """Shared by all streams of a run. With a token they start at once; without, the stalest go first at the end."""

    def __init__(self, gathering: Gathering) -> None:
        self.g = gathering
        self.deferred = 0
        self._claimed: set[int] = set()
        self._waiting: list[RepoRef] = []
        self._futures: list[Future[list[int]]] = []
        self._lock = threading.Lock()

    def request(self, stream: str, refs: Sequence[RepoRef], parent: Task | None) -> None:
        """Have the histories of those of `refs` fetched that were not fetched today."""
        with self._lock:
            due = [ref for ref in refs if ref.github_id not in self._claimed and self.is_due(ref)]
            self._claimed |= {ref.github_id for ref in due}
            if not self.g.client.budget.has_token:
                self._waiting += due
                return
            due.sort(key=self._last_seen)
            self._futures += [self.g.submit_history(stream, parent, self._fetch, batch) for batch in chunks(due, CHUNK)]

    def finish(self, parent: Task | None) -> None:
        """Wait for all of them; without a token, first send as many as the hour's requests allow."""
        if self._waiting:
            self._waiting.sort(key=lambda ref: (self._last_seen(ref), -(ref.stars or 0)))
            allowed = self.g.client.budget.free("core")
            self.deferred += max(len(self._waiting) - allowed, 0)
            batches = chunks(self._waiting[:allowed], CHUNK)
            self._futures += [self.g.submit_history("", parent, self._fetch, batch) for batch in batches]
        for future in self._futures:
            future.result()

    def _fetch(self, refs: list[RepoRef]) -> list[int]:
        """One chunk, one after the other; a repository that fails costs itself. Returns the ids that came back."""
        done, problem = [], ""
        for position, ref in enumerate(refs):
            try:
                weeks = self.g.client.get(history_path(ref), {"per_page": WEEKS, "page": 1}, remember=True).data
            except BadToken:
                raise
            except BudgetExhausted as error:
                with self._lock:
                    self.deferred += len(refs) - position
                problem = str(error)
                break
            except NotFound:
                continue
            except GitHubError as error:
                problem = f"{ref.full_name}: {error}"
                continue
            if not isinstance(weeks, list):
                problem = f"{ref.full_name}: its star history is not a list of weeks"
                continue
            done.append(ref.github_id)
            self.g.harvest.add(self._payload(ref, weeks))
        if problem:
            fail_current_task(problem)
        return done

    def _payload(self, ref: RepoRef, weeks: list[Any]) -> MetricPayload:
        """`stars` is the count that this history adds up to, for topping it up later in the day."""
        return MetricPayload(ref.github_id, ref.full_name, "star_history", {"stars": ref.stars, "weeks": weeks})

    def is_due(self, ref: RepoRef) -> bool:
        return self._last_seen(ref).date() < self.g.now.date()

    def _last_seen(self, ref: RepoRef) -> datetime:
        return self.g.memory.star_history_seen.get(ref.github_id, NEVER)


def history_path(ref: RepoRef) -> str:
    return f"/repos/{quote(ref.full_name)}/stargazers/history"
