"""Statements that PostgreSQL itself keeps: parsing and planning a page's queries took it as long as answering them.

They live as long as the connection does, and are the server's own (PREPARE, EXECUTE), not those of the driver: values
that are the same in every call stay literals, so that partial indexes still fit the plan. A pooler that hands out its
connections by the transaction does not know of them; TRENDER_PREPARED_STATEMENTS=false is for those.
"""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary, ref

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from dashboard.queries.places import Place

# One takes the server 170 kilobytes for each connection on average, as measured on 17 pages; the oldest makes room.
MOST_PREPARED = 60

_numbers = count(1)
_prepared: "WeakKeyDictionary[Any, list[ServerSide]]" = WeakKeyDictionary()  # by the driver's connection


class ServerSide:
    """One text with its places, prepared on whichever connection it is asked often enough.

    `params` holds a Place for each value that a call gives, and plain values.
    """

    def __init__(self, text: str, params: Sequence[Any], places: Mapping[str, Place]) -> None:
        self.text, self.params, self.places = text, params, places
        self.name = f"trender_{next(_numbers)}"
        self._known_to: Any = None  # the connection that the next two are about
        self._times_asked, self._is_prepared = 0, False

    def is_worth_it(self, connection: BaseDatabaseWrapper) -> bool:
        """Whether to ask by execute(); counts the call."""
        if self._known_to is None or self._known_to() is not connection.connection:
            self._known_to = ref(connection.connection)
            self._times_asked, self._is_prepared = 0, False
        self._times_asked += 1
        return self._times_asked > settings.TRENDER_PREPARE_AFTER

    def execute(self, cursor: Any, values: Mapping[str, Any], connection: BaseDatabaseWrapper) -> None:
        """Ask with a value for each place. The driver's errors come as Django's."""
        if not self._is_prepared:
            with connection.wrap_database_errors:
                self._prepare(connection)
        given = f" ({', '.join(['%s'] * len(self.places))})" if self.places else ""
        cursor.execute(f"EXECUTE {self.name}{given}", [values[name] for name in self.places])

    def _prepare(self, connection: BaseDatabaseWrapper) -> None:
        raw = connection.connection
        others = _prepared.setdefault(raw, [])
        if len(others) >= MOST_PREPARED:
            oldest = others.pop(0)
            raw.execute(f"DEALLOCATE {oldest.name}")
            oldest._is_prepared = False
        raw.execute(self._preparation(connection))
        others.append(self)
        self._is_prepared = True

    def _preparation(self, connection: BaseDatabaseWrapper) -> str:
        types = ", ".join(str(place.output_field.db_type(connection)) for place in self.places.values())
        numbers = {name: f"${number}" for number, name in enumerate(self.places, start=1)}
        filled = [
            numbers[param.name] if isinstance(param, Place) else sql.Literal(param).as_string(connection.connection)
            for param in self.params
        ]
        return f"PREPARE {self.name}{f' ({types})' if types else ''} AS {self.text % tuple(filled)}"


def server_side(text: str, params: Sequence[Any], places: Mapping[str, Place], vendor: str) -> ServerSide | None:
    """None where the database is another or the deployment does not want it."""
    if vendor != "postgresql" or not settings.TRENDER_PREPARED_STATEMENTS:
        return None
    return ServerSide(text, params, places)


def forget_all(connection: BaseDatabaseWrapper) -> None:
    """Free what the server keeps for this connection."""
    raw = connection.connection if connection.vendor == "postgresql" else None
    if raw is not None and (kept := _prepared.pop(raw, [])):
        raw.execute("DEALLOCATE ALL")
        for statement in kept:
            statement._is_prepared = False
