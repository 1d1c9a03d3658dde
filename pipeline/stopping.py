"""Whether this process was asked to end. A run looks at it about twice a second and closes its record in order."""

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class StopRequested(Exception):
    """The run ends before its time; it publishes nothing more."""

    remedy = "Nothing to mend: the next run does its work."


class _Request:
    """`shared` reaches the processes that were forked after share(); `own` is of this process alone."""

    own = False
    shared: Any = None


def share() -> None:
    """Let request() reach the processes that this one makes from now on."""
    if _Request.shared is None:
        _Request.shared = multiprocessing.Event()


def request() -> None:
    _Request.own = True
    if _Request.shared is not None:
        _Request.shared.set()


def requested() -> bool:
    return _Request.own or (_Request.shared is not None and _Request.shared.is_set())


def check() -> None:
    """Raises StopRequested when the end was asked for."""
    if requested():
        raise StopRequested("the process was asked to end")


@contextmanager
def listening() -> Iterator[None]:
    """Inside, SIGTERM only notes the request, so that a run is not cut off half-way. For a main thread."""
    before = signal.signal(signal.SIGTERM, _note)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _note(_number: int, _frame: FrameType | None) -> None:
    _Request.own = True
