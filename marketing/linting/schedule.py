"""Cron expressions of five fields."""

import re

FIELDS = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("day of the week", 0, 7),
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
NAMES = {"month": {name: number for number, name in enumerate(MONTHS, start=1)}}
NAMES |= {"day of the week": {name: number for number, name in enumerate(DAYS)}}
_ITEM = re.compile(r"(\*|[0-9a-z]{1,3})(?:-([0-9a-z]{1,3}))?(?:/([0-9]{1,3}))?")
LONGEST = 200


def problem(schedule: str) -> str | None:
    """Return what is wrong with a schedule, as the end of a sentence, or None.

    Lists, ranges, steps and the three-letter names of months and days are understood.
    """
    fields = schedule.lower().split()
    if len(schedule) > LONGEST or len(fields) != len(FIELDS):
        return f"has {len(fields)} {'field' if len(fields) == 1 else 'fields'} and needs five"
    for text, (name, least, most) in zip(fields, FIELDS, strict=True):
        if not all(_is_valid(item, name, least, most) for item in text.split(",")):
            return f"has no {name} between {least} and {most}"
    return None


def _is_valid(item: str, name: str, least: int, most: int) -> bool:
    found = _ITEM.fullmatch(item)
    if found is None:
        return False
    first, last, step = found.groups()
    if step is not None and int(step) == 0:
        return False
    if first == "*":
        return last is None
    start, end = _number(first, name), _number(last or first, name)
    return start is not None and end is not None and least <= start <= end <= most


def _number(text: str, name: str) -> int | None:
    return int(text) if text.isdecimal() else NAMES.get(name, {}).get(text)
