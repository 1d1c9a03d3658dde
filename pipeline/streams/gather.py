"""All streams of a run in parallel. The calling thread is free for `tick`: it alone writes to the database."""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

from pipeline.github.errors import BadToken, GitHubError, may_pass
from pipeline.reference import Language
from pipeline.retry import Retry
from pipeline.stopping import StopRequested
from pipeline.streams import readmes
from pipeline.streams.context import Gathering
from pipeline.streams.ecosystem import STREAM as ECOSYSTEM
from pipeline.streams.ecosystem import read_ecosystem
from pipeline.streams.harvest import StreamFailed, StreamResult
from pipeline.streams.hydration import Hydrator
from pipeline.streams.language import read_language
from pipeline.streams.star_history import StarHistories
from pipeline.tasklog import Task

log = logging.getLogger(__name__)
Read = Callable[[Task], StreamResult]

TICK_SECONDS = 0.5
BUG = "This is a fault of Trender's own; the log has the traceback."
ANONYMOUS_NOTE = (
    "Without GITHUB_ACCESS_TOKEN, GitHub says nothing of commits, closed issues and files: these are unknown, and "
    "projects that only their render.yaml shows are not found"
)


def gather(
    g: Gathering, languages: Sequence[Language], *, ecosystem: bool, parent: Task, tick: Callable[[], None]
) -> list[StreamResult]:
    """Read every stream; a result each, failed ones included. Raises BadToken, which ends the run.

    `tick` is called about twice a second from this thread while the others work.
    """
    hydrator, histories = Hydrator(g), StarHistories(g)
    work = readers(g, languages, ecosystem, hydrator, histories)
    with ThreadPoolExecutor(max(len(work), 1), thread_name_prefix="stream") as threads, _stopping(g):
        running = [threads.submit(read_stream, g, stream, *how, parent) for stream, how in work.items()]
        _tick_until(running, tick)
        results = [future.result() for future in running]
        rest = threads.submit(_finish, g, results, hydrator, histories, parent)
        _tick_until([rest], tick)
        rest.result()
    g.memory.batch_size = hydrator.size.size
    if not g.client.budget.has_token:
        g.notes.append(ANONYMOUS_NOTE)
    g.notes += deferred_note(histories.deferred)
    return results


def deferred_note(histories: int) -> list[str]:
    used_up = "star histories are left for a later run: the hour's requests are used up"
    return [f"{histories} {used_up}"] if histories else []


def readers(
    g: Gathering, languages: Sequence[Language], ecosystem: bool, hydrator: Hydrator, histories: StarHistories
) -> dict[str, tuple[Retry, Read]]:
    """{stream: (how often it is tried, what reads it)}."""
    work: dict[str, tuple[Retry, Read]] = {
        language.slug: (
            g.retries.language,
            lambda task, row=language: read_language(row, g, hydrator, histories, task),  # type: ignore[misc]
        )
        for language in languages
    }
    if ecosystem:
        work[ECOSYSTEM] = g.retries.ecosystem, lambda task: read_ecosystem(g, hydrator, histories, task)
    return work


def read_stream(g: Gathering, stream: str, retry: Retry, read: Read, parent: Task) -> StreamResult:
    """One stream as a task; its failure is its own result, whatever it is. Raises BadToken, StopRequested."""
    try:
        with g.tasks.task("read stream", stream=stream, parent=parent) as task:
            result = _try(g, retry, read, task)
            task.items = len(result.members)
            return result
    except (BadToken, StopRequested):
        raise
    except StreamFailed as error:
        return StreamResult(stream, error=str(error), remedy=error.remedy, repository=error.repository)
    except GitHubError as error:
        return StreamResult(stream, error=str(error), remedy=error.remedy)
    except Exception as error:
        log.exception("stream %s failed", stream)
        return StreamResult(stream, error=f"{type(error).__name__}: {error}", remedy=BUG)


def _try(g: Gathering, retry: Retry, read: Read, task: Task) -> StreamResult:
    """Read as often as `retry` allows. Each try begins anew; histories and batches that came are not asked again."""
    problem: Exception = StreamFailed("it was not tried at all")
    for number in g.patience.tries(retry):
        if number > 1:
            g.tasks.count_retry()
        try:
            return read(task)
        except (GitHubError, StreamFailed) as error:
            if error.permanent if isinstance(error, StreamFailed) else not may_pass(error):
                raise
            problem = error
            log.info("stream %s, try %d: %s", task.stream, number, error)
    raise problem


@contextmanager
def _stopping(g: Gathering) -> Iterator[None]:
    """Whatever ends the run early ends its requests: nothing more is sent while the threads wind up."""
    try:
        yield
    except BaseException:
        g.patience.end()
        g.client.budget.close(GitHubError("the run has ended"))
        raise


def _finish(
    g: Gathering, results: list[StreamResult], hydrator: Hydrator, histories: StarHistories, parent: Task
) -> None:
    reading = readmes.request_readmes(g, hydrator, [ref for result in results for ref in result.members], parent)
    histories.finish(parent)
    for future in reading:
        future.result()


def _tick_until(futures: "Sequence[Future[Any]]", tick: Callable[[], None]) -> None:
    while True:
        _, running = wait(futures, timeout=TICK_SECONDS)
        tick()
        if not running:
            return
