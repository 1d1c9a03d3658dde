"""Star history: GitHub's weeks as daily buckets, topped up with our own count between two readings."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Any, TypeGuard

OLDEST_READING = timedelta(days=7)
MOST_A_DAY = 10_000_000
SECONDS_A_DAY = 86_400
EPOCH = date(1970, 1, 1)
LATEST = 10**10


@dataclass(frozen=True, slots=True)
class StarDays:
    """Stars gained per UTC day from `first` on, oldest first; the last bucket is the running day's."""

    first: date
    gained: tuple[int, ...]

    def last(self, days: int) -> int:
        """Sum of the newest `days` buckets, the running day included."""
        return sum(self.gained[-days:]) if days > 0 else 0

    def weeks_gaining(self) -> int:
        """How many weeks in a row, counted back from the newest day, gained at least one star each."""
        weeks = 0
        while 7 * (weeks + 1) <= len(self.gained) and any(self._week(weeks)):
            weeks += 1
        return weeks

    def _week(self, back: int) -> tuple[int, ...]:
        end = len(self.gained) - 7 * back
        return self.gained[end - 7 : end]

    def as_json(self) -> dict[str, Any]:
        return {"first": self.first.isoformat(), "gained": list(self.gained)}


def read_weeks(weeks: object, today: date) -> StarDays | None:
    """GitHub's [{"week": epoch seconds, "days": [7 counts]}, ...] up to `today`; None when it can't be trusted.

    Weeks may come in any order; a week that is missing between others gained nothing that is still held. Weeks that
    overlap or contradict each other are not trusted.
    """
    by_start = _by_start(weeks)
    if by_start is None:
        return None
    last = (today - EPOCH).days
    if not by_start:
        return StarDays(today, (0,))
    first = min(by_start)
    if first > last or any((start - first) % 7 for start in by_start):
        return None
    gained = [0] * (max(by_start) + 7 - first)
    for start, days in by_start.items():
        gained[start - first : start - first + 7] = days
    return _until(EPOCH + timedelta(days=first), gained, last - first + 1)


def top_up(days: StarDays, read_on: date, today: date, stars_then: int | None, stars_now: int) -> StarDays | None:
    """The history read on an earlier day or hour, carried on to `today` with the change of the star count since.

    None when the reading is too old to stand for the last week, or when the running day would hold more than a day can.
    A falling count takes from the running day's bucket, which is never below zero: the older buckets that lost stars
    are only known after the next reading.
    """
    if not timedelta(0) <= today - read_on <= OLDEST_READING or today < days.first:
        return None
    if stars_then is None and today != read_on:
        return None
    carried = _until(days.first, list(days.gained), (today - days.first).days + 1)
    change = 0 if stars_then is None else stars_now - stars_then
    newest = max(carried.gained[-1] + change, 0)
    return StarDays(carried.first, (*carried.gained[:-1], newest)) if newest <= MOST_A_DAY else None


def _by_start(weeks: object) -> dict[int, list[int]] | None:
    """The days of each week by the day since the epoch on which it starts; None when one of them is wrong."""
    if not isinstance(weeks, list):
        return None
    found: dict[int, list[int]] = {}
    for week in weeks:
        start, days = (week.get("week"), week.get("days")) if type(week) is dict else (None, None)
        if not _is_midnight(start) or type(days) is not list or len(days) != 7:
            return None
        if found.setdefault(start // SECONDS_A_DAY, days) != days:
            return None
    return found if _are_counts([*chain.from_iterable(week["days"] for week in weeks)]) else None


def _until(first: date, gained: list[int], length: int) -> StarDays:
    """`length` days from `first` on: cut where there are more, days without a reading as zeros."""
    return StarDays(first, tuple(gained[:length]) + (0,) * (length - len(gained)))


def _are_counts(values: list[Any]) -> bool:
    return set(map(type, values)) <= {int} and min(values, default=0) >= 0 and max(values, default=0) <= MOST_A_DAY


def _is_midnight(value: object) -> TypeGuard[int]:
    """The start of a UTC day in seconds of the epoch that a date can be made of."""
    return type(value) is int and 0 <= value <= LATEST and value % SECONDS_A_DAY == 0
