"""Readers that remember what they have read: a run reads a text while it waits for GitHub, and again in staging."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

Reading = TypeVar("Reading")

# Together at most some 25 million characters for each reader.
MOST_KEPT = 500
LONGEST_KEPT = 50_000


def kept(read: Callable[[str], Reading]) -> Callable[[str], Reading]:
    """The reader of a text, for results that nobody changes; the last 500 texts of ordinary length are remembered."""
    remembered = lru_cache(maxsize=MOST_KEPT)(read)

    @wraps(read)
    def reading(text: str) -> Reading:
        return remembered(text) if len(text) <= LONGEST_KEPT else read(text)

    return reading
