"""Which run and step a log line belongs to: set where a run begins, read by the log's one filter."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.tasklog import Task, current_task

# A plain value of the process and no context variable: a pool's threads do not inherit those, and the lease lets a
# process run one run at a time.
_run: int | None = None


@contextmanager
def in_run(execution_id: int) -> Iterator[None]:
    """What is logged inside, by whatever thread, carries the run's number."""
    global _run
    before, _run = _run, execution_id
    try:
        yield
    finally:
        _run = before


class RunFilter(logging.Filter):
    """Lets everything pass and notes the run, its step and the stream on it, as far as there is one."""

    def filter(self, record: logging.LogRecord) -> bool:
        task = current_task.get()
        record.run = _run
        record.step = None if task is None else _step(task)
        record.stream = None if task is None else task.stream
        return True


def _step(task: Task) -> str:
    while task.parent is not None:
        task = task.parent
    return task.name
