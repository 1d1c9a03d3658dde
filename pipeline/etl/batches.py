"""What makes many rows cheap: batches that fit both databases, and no search for cycles where there are none."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
BATCH = 900  # SQLite takes at most 999 parameters in a statement here


def in_batches(rows: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


@contextmanager
def without_cycle_search() -> Iterator[None]:
    """Python's search for reference cycles stands still inside.

    Payloads are trees and are freed without it, but it goes through all of their objects again and again, which took a
    fifth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
