"""Months and their days. No database, no clock."""

from calendar import month_name
from collections.abc import Collection, Iterable
from datetime import date, timedelta

# So many days into a month the draft is still of the month before.
FIRST_DAYS = 3
ONE_DAY = timedelta(days=1)


def first_of(day: date) -> date:
    return day.replace(day=1)


def last_of(month: date) -> date:
    """The last day of the month that the day lies in."""
    return first_of(first_of(month) + timedelta(days=31)) - ONE_DAY


def months_to_draft(today: date) -> tuple[date, ...]:
    """The months a draft may be of, by their first days, the one to prefer first.

    In the first three days of a month it is the one before; where nothing of that was published, and on all other days,
    the running one.
    """
    running = first_of(today)
    return (first_of(running - ONE_DAY), running) if today.day <= FIRST_DAYS else (running,)


def counted_until(month: date, today: date, published: Collection[date]) -> date:
    """The last day of the month that ought to be published by now: today only counts if it has been."""
    past = today if today in published else today - ONE_DAY
    return max(min(last_of(month), past), max(published, default=month))


def missing_days(month: date, until: date, published: Collection[date]) -> list[date]:
    days = [month + timedelta(days=number) for number in range((until - month).days + 1)]
    return [day for day in days if day not in published]


def spans(days: Iterable[date]) -> str:
    """ "2026-11-01 to 2026-11-06, 2026-11-08": days in a row as one span."""
    found: list[list[date]] = []
    for day in sorted(days):
        if found and day - found[-1][-1] == ONE_DAY:
            found[-1].append(day)
        else:
            found.append([day])
    return ", ".join(f"{span[0]} to {span[-1]}" if len(span) > 1 else str(span[0]) for span in found)


def name_of(month: date) -> str:
    """ "November 2026"."""
    return f"{month_name[month.month]} {month.year}"


def path_of(month: date) -> str:
    """The address of the month's page."""
    return f"/for-marketing/blog/{month:%Y-%m}/"
