"""How much room the database takes."""

import time

from django.db import connection

SIZE = {
    # Pages that are free for new rows count: they are room that the file takes.
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}


# PostgreSQL asks the file system about every file, and the answer changes by what a run writes in an hour.
KEPT_SECONDS = 60.0

_known: dict[str, tuple[float, int]] = {}


def database_bytes() -> int:
    """Size of the database with its indexes, in bytes; without SQLite's write-ahead log. One query a minute."""
    name, now = str(connection.settings_dict["NAME"]), time.monotonic()
    asked_at, size = _known.get(name, (-KEPT_SECONDS, 0))
    if now - asked_at >= KEPT_SECONDS:
        with connection.cursor() as cursor:
            cursor.execute(SIZE[connection.vendor])
            asked_at, size = now, int(cursor.fetchone()[0])
        _known[name] = (asked_at, size)
    return size
