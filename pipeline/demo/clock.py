"""Moments of the made-up universe as integers: cheap to compare, to subtract and to write as GitHub writes them."""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

DAY_SECONDS = 86_400
EPOCH_DAY = date(1970, 1, 1).toordinal()


class Moment(NamedTuple):
    """A second in UTC: `day` is `date.toordinal()`, `second` counts from midnight (0..86399).

    Later moments compare greater.
    """

    day: int
    second: int = 0

    @property
    def iso(self) -> str:
        """As GitHub's JSON has it, `2026-11-21T10:00:00Z`."""
        minutes, seconds = divmod(self.second, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{day_text(self.day)}T{hours:02d}:{minutes:02d}:{seconds:02d}Z"

    @classmethod
    def of(cls, when: datetime) -> "Moment":
        """The moment of an aware datetime; a naive one is read as UTC."""
        utc = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        return cls(utc.toordinal(), utc.hour * 3600 + utc.minute * 60 + utc.second)

    @classmethod
    def parse(cls, text: str) -> "Moment":
        """The moment of an ISO text; ValueError if it is none."""
        return cls.of(datetime.fromisoformat(text))


@lru_cache(maxsize=8192)
def day_text(day: int) -> str:
    """`2026-11-21` for a day's ordinal."""
    return date.fromordinal(day).isoformat()


def weekday(day: int) -> int:
    """0 for Monday to 6 for Sunday."""
    return (day - 1) % 7


def sunday_of(day: int) -> int:
    """The Sunday that begins the week of the day, as in GitHub's star history."""
    return day - day % 7


def epoch_seconds(day: int) -> int:
    """Unix time of the day's midnight in UTC."""
    return (day - EPOCH_DAY) * DAY_SECONDS
