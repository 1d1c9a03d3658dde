"""Many rows into one table at once: bulk_create spends more time on a row's values than the database on the row."""

from collections.abc import Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import DateField, DecimalField, Field, JSONField

Row = Mapping[str, Any]
Values = Sequence[Sequence[Any]]
# psycopg takes dates, moments and decimal numbers as they are, SQLite's driver wants texts of them.
CONVERTED_FOR_SQLITE = (DateField, DecimalField)
QUICK_COMPRESSION = """
SELECT SET_CONFIG(name, 'lz4', TRUE) FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)
"""


def insert(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Insert rows of {field's attname: value}, all with the same fields; a field that is left out becomes NULL."""
    if rows:
        fields = _fields(model, rows[0])
        _load(model._meta.db_table, [_column(field) for field in fields], _values(fields, rows))


def insert_new(model: type[models.Model], key: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert, but for rows whose `key` (fields) is there already. Call it inside a transaction, as `upsert`."""
    if rows:
        fields = _fields(model, rows[0])
        unique = ", ".join(_column(field) for field in fields if field.attname in key)
        columns = [_column(field) for field in fields]
        _load(model._meta.db_table, columns, _values(fields, rows), f" ON CONFLICT ({unique}) DO NOTHING")


def upsert(model: type[models.Model], key: str, rows: Sequence[Row]) -> None:
    """Insert, but a row whose `key` is there already takes on the values of the other fields."""
    if not rows:
        return
    fields = _fields(model, rows[0])
    columns = [_column(field) for field in fields]
    unique = columns[list(rows[0]).index(key)]
    changes = ", ".join(f"{column} = EXCLUDED.{column}" for column in columns if column != unique)
    _load(model._meta.db_table, columns, _values(fields, rows), f" ON CONFLICT ({unique}) DO UPDATE SET {changes}")


def update(model: type[models.Model], key: str, rows: Sequence[Row]) -> None:
    """Give the rows that have these keys the other fields' values."""
    if not rows:
        return
    names = [name for name in rows[0] if name != key]
    fields = _fields(model, dict.fromkeys([*names, key]))
    changes = ", ".join(f"{_column(field)} = %s" for field in fields[:-1])
    statement = f"UPDATE {model._meta.db_table} SET {changes} WHERE {_column(fields[-1])} = %s"  # noqa: S608 - our models
    with connection.cursor() as cursor:
        cursor.executemany(statement, _values(fields, rows))


def compress_quickly() -> None:
    """Until the transaction ends, let PostgreSQL compress long values by LZ4, where it was built with it.

    Its own method, pglz, takes a third of the time that COPY needs for payloads and READMEs.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(QUICK_COMPRESSION)


def _fields(model: type[models.Model], row: Row) -> "list[Field[Any, Any]]":
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in row]


def _column(field: "Field[Any, Any]") -> str:
    return field.column or field.attname


def _values(fields: "Sequence[Field[Any, Any]]", rows: Sequence[Row]) -> Values:
    """The rows as the driver wants them, converted field by field."""
    columns, database = [], connections[DEFAULT_DB_ALIAS]
    for field in fields:
        column = list(map(itemgetter(field.attname), rows))
        if isinstance(field, JSONField):
            column = [None if value is None else orjson.dumps(value).decode() for value in column]
        elif database.vendor == "sqlite" and isinstance(field, CONVERTED_FOR_SQLITE):
            convert = partial(field.get_db_prep_save, connection=database)
            column = list(map(convert, column))
        columns.append(column)
    return list(zip(*columns, strict=True))


def _load(table: str, columns: Sequence[str], values: Values, conflict: str = "") -> None:
    names = ", ".join(columns)
    into = f"INSERT INTO {table} ({names})"
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.executemany(f"{into} VALUES ({', '.join(['%s'] * len(columns))}){conflict}", values)
        elif not conflict:
            _copy(cursor, f"{table} ({names})", values)
        else:
            # COPY knows nothing of conflicts, so these rows come in by way of a table of their own.
            new = f"new_{table}"
            cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {new} ON COMMIT DROP AS TABLE {table} WITH NO DATA")
            _copy(cursor, f"{new} ({names})", values)
            cursor.execute(f"{into} SELECT {names} FROM {new}{conflict}")  # noqa: S608 - names of our own models
            cursor.execute(f"TRUNCATE {new}")


def _copy(cursor: Any, target: str, values: Values) -> None:
    with connection.wrap_database_errors, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)
