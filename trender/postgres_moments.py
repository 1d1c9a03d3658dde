"""PostgreSQL's moments by the interpreter's own reader; the driver's, in Python, takes 6 microseconds instead of 1."""

from datetime import UTC, datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.abc import Buffer
from psycopg.types.datetime import TimestamptzLoader


class MomentLoader(TimestamptzLoader):
    """timestamptz as a datetime in UTC. What the interpreter does not read is left to the driver, errors too."""

    timezone = UTC  # what Django asks a loader for before it registers its own

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(str(data, "ascii")).astimezone(UTC)
        except (ValueError, OverflowError):
            return super().load(data).astimezone(UTC)


def use_on_new_connections() -> None:
    connection_created.connect(_use, dispatch_uid="trender.postgres_moments")


def _use(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.vendor == "postgresql":
        connection.connection.adapters.register_loader("timestamptz", MomentLoader)
