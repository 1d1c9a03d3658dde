"""Trying again: how often and after what wait, as data, and the patience of a run, which ends no later than the run."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

TICK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Retry:
    """How often something is tried, the first time included, and the seconds between one try and the next."""

    attempts: int = 1
    backoff_seconds: float = 0.0


ONCE = Retry()


def _nothing() -> None:
    pass


@dataclass(slots=True)
class Patience:
    """How long one run may still wait between tries; its threads share it.

    `until` is the moment of time.monotonic() at which a last try should be through; `longest` caps each wait, in
    seconds.
    """

    until: float = math.inf
    longest: float = math.inf
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def is_over(self) -> bool:
        return self._ended.is_set() or time.monotonic() >= self.until

    def end(self) -> None:
        """The run ends: nobody waits any longer, and nothing is tried again."""
        self._ended.set()

    def tries(self, retry: Retry, tick: Callable[[], None] = _nothing) -> Iterator[int]:
        """1, 2, ... up to `retry.attempts`, each but the first after its wait; the caller stops when a try succeeds.

        Fewer when the run has no room for the wait and for another try as long as the last one. `tick` is called about
        twice a second of a wait; whatever it raises ends the waiting.
        """
        for number in range(1, retry.attempts + 1):
            started = time.monotonic()
            yield number
            wait = min(retry.backoff_seconds, self.longest)
            now = time.monotonic()
            if number == retry.attempts or now + wait + (now - started) > self.until:
                return
            if not self._wait(now + wait, tick):
                return

    def _wait(self, end: float, tick: Callable[[], None]) -> bool:
        """Wait until the moment `end`; False when the run ended meanwhile."""
        while not self._ended.is_set():
            left = end - time.monotonic()
            if left <= 0:
                return True
            self._ended.wait(min(left, TICK_SECONDS))
            tick()
        return False
