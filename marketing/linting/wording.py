"""Words of the file in sentences of ours."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

LONGEST_QUOTE = 60
LONGEST_TO_COMPARE = 40
SHAPES = {dict: "a mapping", list: "a list", str: "a text", bool: "yes or no", int: "a number", float: "a number"}


def quoted(word: object) -> str:
    """The word between grave accents, shortened, and without any of its own."""
    text = str(word).replace("`", "'")
    return f"`{text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + '…'}`"


def listed(words: Iterable[str]) -> str:
    """ "`a`, `b` and `c`"."""
    *others, last = [quoted(word) for word in words]
    return f"{', '.join(others)} and {last}" if others else last


def shape(value: object) -> str:
    return SHAPES.get(type(value), "nothing")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is written most like this one; None where none is close."""
    return _nearest(word, tuple(known)) if len(word) <= LONGEST_TO_COMPARE else None


@lru_cache(maxsize=1024)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    same = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), same, n=1, cutoff=0.75)
    return same[close[0]] if close else None
