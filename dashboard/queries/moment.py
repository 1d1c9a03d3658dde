"""Reading at one moment: all queries of a page see the same published run."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

BEGIN = {
    # Django's own atomic() would take SQLite's write lock (IMMEDIATE), and on PostgreSQL see each commit as it comes.
    "sqlite": "BEGIN DEFERRED",
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}


@contextmanager
def one_moment() -> Iterator[None]:
    """A read-only snapshot for the queries inside; part of a transaction that is open already."""
    connection.ensure_connection()
    if connection.in_atomic_block or _has_begun():
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(BEGIN[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _has_begun() -> bool:
    """Whether another thread reads on the same connection, as all do on a database in memory."""
    return bool(getattr(connection.connection, "in_transaction", False))
