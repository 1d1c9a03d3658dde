"""A run as it goes on: progress bars on a terminal, a line an event elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from pipeline.tasklog import Task, TaskLog

Watch = Callable[[TaskLog], None]
LINE_TASKS = {"read stream"}


@contextmanager
def watcher(stream: Any) -> Iterator[Watch]:
    """A function to call with the tasks so far; draws to `stream`."""
    target: TextIO = getattr(stream, "_out", stream)
    if not target.isatty():
        yield _lines(stream)
        return
    columns = (TextColumn("{task.description:<28}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(file=target)) as progress:
        yield _bars(progress)


def _lines(stream: Any) -> Watch:
    """Says each step and stream once, when it has ended."""
    said: set[tuple[int, int]] = set()

    def watch(log: TaskLog) -> None:
        for task in list(log.tasks):
            key = (id(log), task.number)
            if key not in said and task.seconds is not None and (task.parent is None or task.name in LINE_TASKS):
                said.add(key)
                stream.write(_sentence(task) + "\n")

    return watch


def _sentence(task: Task) -> str:
    name = f"{task.name} {task.stream}".strip()
    items = "" if task.items is None else f", {task.items} items"
    return f"{name}: {task.status} in {task.seconds or 0:.1f} s{items}"


def _bars(progress: Progress) -> Watch:
    """One bar a step or stream, counting its leaves."""
    bars: dict[tuple[int, int], TaskID] = {}

    def watch(log: TaskLog) -> None:
        tasks = list(log.tasks)
        for task in tasks:
            if task.parent is not None and task.name not in LINE_TASKS:
                continue
            leaves = [leaf for leaf in tasks if leaf.parent is task] or [task]
            key = (id(log), task.number)
            if key not in bars:
                bars[key] = progress.add_task(f"{task.name} {task.stream}".strip(), total=len(leaves))
            done = sum(leaf.seconds is not None for leaf in leaves)
            progress.update(bars[key], total=len(leaves), completed=done)
            if task.seconds is not None:
                progress.stop_task(bars[key])

    return watch
