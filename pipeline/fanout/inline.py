"""What a part of a run uses in place of thread pools: workers are the parallelism, so a part works in one thread."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

from pipeline.streams.context import Gathering
from pipeline.streams.harvest import RepoRef
from pipeline.streams.hydration import Hydrated, Hydrator
from pipeline.streams.star_history import StarHistories
from pipeline.tasklog import Task

T = TypeVar("T")


class Inline(Executor):
    """Does what is submitted at once, in the calling thread, which may use the database."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
            if not isinstance(error, Exception):
                raise
        return future


class LaterHydration(Hydrator):
    """Notes which repositories a stream wants hydrated: that becomes parts of its own."""

    def __init__(self, gathering: Gathering) -> None:
        super().__init__(gathering)
        self.wanted: dict[int, RepoRef] = {}

    def hydrate(
        self,
        stream: str,
        refs: Sequence[RepoRef],
        parent: Task | None,
        each: Callable[[Hydrated], None] = lambda batch: None,
    ) -> Hydrated:
        self.wanted |= {ref.github_id: ref for ref in refs}
        return Hydrated()


class LaterHistories(StarHistories):
    """Notes whose star histories are due. One without a count of stars waits for its hydration, which tells it."""

    def __init__(self, gathering: Gathering) -> None:
        super().__init__(gathering)
        self.wanted: dict[int, RepoRef] = {}

    def request(self, stream: str, refs: Sequence[RepoRef], parent: Task | None) -> None:
        self.wanted |= {ref.github_id: ref for ref in refs if ref.stars is not None and self.is_due(ref)}
