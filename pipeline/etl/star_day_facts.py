"""fact_star_days: the longest table by far, so it is written in plain SQL, a set at a time."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import connection

from pipeline.sql import statement

Row = tuple[int, date, int]


def load_star_days(histories: Iterable[tuple[int, dict[str, Any] | None]]) -> int:
    """Upsert the daily buckets of (github_id, {"first", "gained"}); returns how many buckets were handed over."""
    rows = [row for github_id, days in histories if days for row in _explode(github_id, days)]
    if not rows:
        return 0
    text = statement("upsert_star_days", connection.vendor)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            ids, days, gained = zip(*rows, strict=True)
            cursor.execute(text, [list(ids), list(days), list(gained)])
        else:
            cursor.executemany(text, [(github_id, day.isoformat(), gained) for github_id, day, gained in rows])
    return len(rows)


def _explode(github_id: int, days: dict[str, Any]) -> list[Row]:
    first = date.fromisoformat(days["first"])
    return [(github_id, first + timedelta(days=n), gained) for n, gained in enumerate(days["gained"])]
