"""What a run did, task by task, measured: kept in memory by all threads, written to fact_task_runs by run.py."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline.detection.untrusted import clean_text

log = logging.getLogger(__name__)
current_task: ContextVar["Task | None"] = ContextVar("current_task", default=None)


@dataclass(slots=True)
class Task:
    """One step or one of its leaves. `seconds` is None while it runs; `items` counts what it dealt with."""

    number: int
    name: str
    stream: str
    parent: "Task | None"
    started_at: datetime
    started: float
    status: str = "running"
    attempts: int = 1
    finished_at: datetime | None = None
    seconds: float | None = None
    items: int | None = None
    error: str = ""
    is_leaf: bool = True


def fail_current_task(error: str) -> None:
    """Mark this thread's task as failed although it goes on: its other items are worth keeping."""
    task = current_task.get()
    if task is not None:
        task.error = error or "failed without a word"


@dataclass(slots=True)
class TaskLog:
    """Safe to share between threads; what was started or ended since the last drain() is kept for it.

    `before` is the number that the tasks are counted on from, where other processes log tasks of the same run.
    """

    tasks: list[Task] = field(default_factory=list)
    before: int = 0
    _changed: dict[int, Task] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def task(self, name: str, *, stream: str = "", parent: Task | None = None, attempt: int = 1) -> Iterator[Task]:
        """Measure what happens inside; an exception marks the task failed with its text and goes on up.

        `attempt` above 1 is for what has been tried as a task before, and is tried again as another one.
        """
        task = self._start(name, stream, parent)
        task.attempts = attempt
        token = current_task.set(task)
        try:
            yield task
        except BaseException as error:
            self._finish(task, "failed", f"{type(error).__name__}: {error}")
            raise
        else:
            self._finish(task, "failed" if task.error else "success", task.error)
        finally:
            current_task.reset(token)

    def count_retry(self, error: Exception | None = None) -> None:
        """Note that the task of this thread tries something again."""
        task = current_task.get()
        if task is not None:
            with self._lock:
                task.attempts += 1
                self._changed[task.number] = task

    def note(self, task: Task) -> None:
        """Let what was changed in a task from outside be written."""
        with self._lock:
            self._changed[task.number] = task

    def drain(self) -> list[Task]:
        """The tasks that changed since the last call, in the order they started."""
        with self._lock:
            changed, self._changed = self._changed, {}
        return [changed[number] for number in sorted(changed)]

    def put_back(self, tasks: list[Task]) -> None:
        """What was drained in vain."""
        with self._lock:
            self._changed |= {task.number: task for task in tasks}

    def leaf_seconds(self) -> float:
        """The time the leaves would take one after the other."""
        return sum(task.seconds or 0.0 for task in self.tasks if task.is_leaf)

    def _start(self, name: str, stream: str, parent: Task | None) -> Task:
        with self._lock:
            self.before += 1
            task = Task(self.before, name, stream, parent, datetime.now(UTC), time.perf_counter())
            if parent is not None:
                parent.is_leaf = False
            self.tasks.append(task)
            self._changed[task.number] = task
        return task

    def _finish(self, task: Task, status: str, error: str) -> None:
        with self._lock:
            task.seconds = time.perf_counter() - task.started
            task.status, task.error, task.finished_at = status, clean_text(error)[:2000], datetime.now(UTC)
            self._changed[task.number] = task
        # Steps and streams are events; what they consist of is detail.
        level = logging.DEBUG if task.is_leaf and task.parent is not None else logging.INFO
        log.log(
            level, "%s %s in %.1f s%s", task.name, task.status, task.seconds, f": {task.error}" if task.error else ""
        )
