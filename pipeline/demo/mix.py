"""Chance without state: the same numbers in give the same number out, on every machine and in every order of asking."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

MASK = (1 << 64) - 1
ONE = float(1 << 64)


def mix(*parts: int) -> int:
    """64 well-stirred bits of the parts.

    The multipliers are splitmix64's; a random.Random for each day would cost thirty times as much.
    """
    state = 0x9E3779B97F4A7C15
    for part in parts:
        state = ((state ^ (part & MASK)) * 0xBF58476D1CE4E5B9) & MASK
        state ^= state >> 31
    state = (state * 0x94D049BB133111EB) & MASK
    return state ^ (state >> 29)


def stir(word: int) -> int:
    """64 well-stirred bits of one word, for inner loops that mixed their salt into it before."""
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB & MASK
    return word ^ (word >> 31)


def unit(*parts: int) -> float:
    """A number in [0, 1) that depends on the parts alone."""
    return mix(*parts) / ONE


def text_salt(text: str) -> int:
    """A number for a text, to mix with others; Python's own hash() differs from process to process."""
    return mix(*text.encode("utf-8", "surrogatepass"))


class Dice:
    """A row of throws that depends on its salt alone; each throw moves on by one."""

    def __init__(self, *salt: int) -> None:
        self.salt = mix(*salt)
        self.thrown = 0

    def unit(self) -> float:
        """The next number in [0, 1)."""
        self.thrown += 1
        return unit(self.salt, self.thrown)

    def between(self, low: int, high: int) -> int:
        """The next whole number from low to high, both included."""
        return low + int(self.unit() * (high - low + 1))

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, each as likely as the others."""
        return choices[int(self.unit() * len(choices))]

    def sample(self, choices: Sequence[T], count: int) -> list[T]:
        """`count` different ones of the choices."""
        return self.shuffled(choices)[:count]

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        """All the choices in another order."""
        return [choice for _, _, choice in sorted((self.unit(), n, choice) for n, choice in enumerate(choices))]
