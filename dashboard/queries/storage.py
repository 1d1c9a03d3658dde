"""How much room the database takes."""

from typing import cast

from django.conf import settings
from django.core.cache import caches
from django.db import connection

SIZE = {
    # Pages that are free for new rows count: they are room that the file takes.
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}


def database_bytes() -> int:
    """Size of the database with its indexes, in bytes; without SQLite's write-ahead log. One query a minute."""
    return cast(int, caches["default"].get_or_set("database_bytes", _asked_for, settings.TRENDER_SIZE_SECONDS))


def _asked_for() -> int:
    with connection.cursor() as cursor:
        cursor.execute(SIZE[connection.vendor])
        (size,) = cursor.fetchone()
    return int(size)
