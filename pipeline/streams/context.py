"""What the streams of one run share: the client, the pool, the clock, and what earlier runs remember."""

from collections.abc import Callable, Iterable, Sized
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pipeline.github.client import GitHubClient, Remembered
from pipeline.retry import ONCE, Patience, Retry
from pipeline.streams.harvest import Harvest
from pipeline.tasklog import Task, TaskLog

WINDOW = timedelta(days=7)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """How many repositories a stream keeps, and how deep it searches for them."""

    established: int = 100
    rising: int = 30
    ecosystem: int = 150

    @classmethod
    def of(cls, total: int | None, ecosystem: int) -> "StreamLimits":
        """Limits for `total` repositories a stream, in the same proportion; None for the usual ones."""
        if total is None:
            return cls(ecosystem=ecosystem)
        rising = total * 30 // 130
        return cls(established=total - rising, rising=rising, ecosystem=min(total, ecosystem))


@dataclass(frozen=True, slots=True)
class StreamRetries:
    """How often a language's stream, the ecosystem's and one batch of repositories are tried."""

    language: Retry = ONCE
    ecosystem: Retry = ONCE
    hydration: Retry = ONCE


@dataclass(frozen=True, slots=True)
class RenderOwners:
    """Who belongs to Render: organisations, employees' logins, and the topics its projects carry."""

    organisations: tuple[str, ...] = ()
    employees: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    @property
    def logins(self) -> set[str]:
        """All owners that belong to Render, in lower case."""
        return {login.lower() for login in (*self.organisations, *self.employees)}


@dataclass(slots=True)
class Memory:
    """What earlier runs left in the database, loaded before the threads start; they only read it.

    known_files: git object ids whose texts are stored. star_history_seen: when each repository's star history was
    last fetched. streams: {stream: {"members": [[github_id, node_id, full name, source_type]], "remembered": {...}}}.
    """

    known_files: set[str] = field(default_factory=set)
    star_history_seen: dict[int, datetime] = field(default_factory=dict)
    streams: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, Remembered] = field(default_factory=dict)
    batch_size: int = 25


@dataclass(slots=True)
class Gathering:
    """One run's reading: shared by its stream threads, which hand their requests to `pool`.

    Star histories, which are many and wait for nothing, have a pool of their own so that nothing waits for them. So
    has hydration, a small one: too many batches at once only slow each other and the searches that find the next ones.
    """

    client: GitHubClient
    pool: Executor
    hydration_pool: Executor
    history_pool: Executor
    tasks: TaskLog
    memory: Memory
    now: datetime
    limits: StreamLimits
    owners: RenderOwners
    harvest: Harvest = field(default_factory=Harvest)
    notes: list[str] = field(default_factory=list)
    retries: StreamRetries = StreamRetries()
    patience: Patience = field(default_factory=Patience)

    @property
    def window_start(self) -> datetime:
        """Start of the seven days whose commits and closed issues count."""
        return self.now - WINDOW

    def submit(self, name: str, stream: str, parent: Task | None, work: Callable[..., T], *args: object) -> "Future[T]":
        """Run `work(*args)` in the pool as a task of its own."""
        return self._submit(self.pool, name, stream, parent, work, *args)

    def submit_hydration(self, stream: str, parent: Task | None, work: Callable[..., T], *args: object) -> "Future[T]":
        return self._submit(self.hydration_pool, "hydrate", stream, parent, work, *args)

    def submit_history(self, stream: str, parent: Task | None, work: Callable[..., T], *args: object) -> "Future[T]":
        return self._submit(self.history_pool, "star history", stream, parent, work, *args)

    def _submit(
        self,
        pool: Executor,
        name: str,
        stream: str,
        parent: Task | None,
        work: Callable[..., T],
        *args: object,
    ) -> "Future[T]":

        def measured() -> T:
            with self.tasks.task(name, stream=stream, parent=parent) as task:
                result = work(*args)
                task.items = len(result) if isinstance(result, Sized) else task.items
                return result

        return pool.submit(measured)


def iso(moment: datetime) -> str:
    """A moment as GitHub writes it: 2026-11-21T10:00:00Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def chunks(items: Iterable[T], size: int) -> list[list[T]]:
    rows = list(items)
    return [rows[start : start + size] for start in range(0, len(rows), size)]
