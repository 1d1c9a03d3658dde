"""Queries whose SQL is written once for each connection: Django takes a millisecond or two to write the same text anew.

A function that returns a query set becomes one that returns its rows:

    @prepared(github_id=ID, since=DAY)
    def days_since(github_id: Given, since: Given) -> QuerySet[Any]:
        return RepoDay.objects.filter(github_id=github_id, snapshot_date__gte=since)

    rows = days_since(github_id=7, since=date(2026, 11, 1))

It is called by keywords only. What the decorator names are the values that change from call to call: the function gets
a Place for each, to stand in filters and expressions. Everything else it is called with, and None in place of a value,
shapes the query: the SQL is kept for each shape, so it must be hashable and of few kinds. A query set has to be made
of one model's columns and of expressions: instances, values_list(), also with flat or named, but no select_related().
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, DateField, DateTimeField, Field, QuerySet, TextField
from django.db.models.query import FlatValuesListIterable, ModelIterable, NamedValuesListIterable

from dashboard.queries.places import Place
from dashboard.queries.server_side import forget_all, server_side
from trender.id_lists import IdsField

Given: TypeAlias = Any
"""A Place where the SQL is written; whoever calls gives a value."""
Row: TypeAlias = Any
AnyField: TypeAlias = "Field[Any, Any]"

ID, IDS, DAY, MOMENT, TEXT = BigIntegerField(), IdsField(), DateField(), DateTimeField(), TextField()
# Numbers of pages shape a query; whoever walks through all of them must not fill the memory.
MOST_KEPT = 500

_kept: WeakKeyDictionary[BaseDatabaseWrapper, dict[tuple[Any, ...], "Statement"]] = WeakKeyDictionary()


def prepared(**places: AnyField) -> Callable[[Callable[..., QuerySet[Any]]], Callable[..., list[Row]]]:
    """Makes a function's query once; see above. `places` are {name of an argument: the field its values are of}."""

    def decorate(build: Callable[..., QuerySet[Any]]) -> Callable[..., list[Row]]:
        @wraps(build)
        def rows(**arguments: Any) -> list[Row]:
            given = {name: value for name, value in arguments.items() if name in places and value is not None}
            shape = {name: value for name, value in arguments.items() if name not in given}
            connection = connections[DEFAULT_DB_ALIAS]
            kept = _kept.setdefault(connection, {})
            key = (build, *sorted(shape.items()))
            if key not in kept:
                if len(kept) >= MOST_KEPT:
                    kept.clear()
                    forget_all(connection)
                given_places = {name: Place(name, places[name]) for name in given}
                kept[key] = Statement(build(**shape, **given_places), given_places, connection)
            return kept[key].rows(given, connection)

        return rows

    return decorate


class Statement:
    """A query set as SQL, with what makes Python's values of the database's and rows of them."""

    def __init__(self, found: QuerySet[Any], places: Mapping[str, Place], connection: BaseDatabaseWrapper) -> None:
        compiler = found.query.get_compiler(connection=connection)
        self.sql, self.params = compiler.as_sql()
        self.places = places
        self.on_server = server_side(self.sql, self.params, places, connection.vendor)
        columns = [column for column, _, _ in compiler.select]
        self.converters = list(compiler.get_converters(columns).items())
        self.finish = _finish(found, compiler, columns)

    def rows(self, given: Mapping[str, Any], connection: BaseDatabaseWrapper) -> list[Row]:
        values = {
            name: place.output_field.get_db_prep_value(given[name], connection) for name, place in self.places.items()
        }
        with connection.cursor() as cursor:
            if self.on_server and self.on_server.is_worth_it(connection):
                self.on_server.execute(cursor, values, connection)
            else:
                params = [values[param.name] if isinstance(param, Place) else param for param in self.params]
                cursor.execute(self.sql, params)
            found = cursor.fetchall()
        return list(self.finish(self._converted(found, connection) if self.converters else found))

    def _converted(self, rows: Iterable[Sequence[Any]], connection: BaseDatabaseWrapper) -> Iterator[list[Any]]:
        for row in map(list, rows):
            for position, (converters, column) in self.converters:
                for convert in converters:
                    row[position] = convert(row[position], column, connection)
            yield row


def _finish(found: QuerySet[Any], compiler: Any, columns: list[Any]) -> Callable[..., Iterable[Row]]:
    """What makes of plain rows what the query set's own iteration yields."""
    kind = found._iterable_class
    if issubclass(kind, ModelIterable):
        return _instances(found.model, compiler, columns)
    if issubclass(kind, FlatValuesListIterable):
        return lambda rows: (row[0] for row in rows)
    if issubclass(kind, NamedValuesListIterable):
        columns = list(found.query.selected or ())
        named: Any = namedtuple("Row", columns)  # type: ignore[misc]
        return lambda rows: map(named._make, rows)
    return lambda rows: map(tuple, rows)


def _instances(model: Any, compiler: Any, columns: list[Any]) -> Callable[..., Iterable[Row]]:
    chosen = compiler.klass_info["select_fields"]
    first, end = chosen[0], chosen[-1] + 1
    names = [column.target.attname for column in columns[first:end]]
    annotations = list(compiler.annotation_col_map.items())

    def instances(rows: Iterable[Sequence[Any]]) -> Iterator[Any]:
        for row in rows:
            instance = model.from_db(DEFAULT_DB_ALIAS, names, row[first:end])
            for name, position in annotations:
                setattr(instance, name, row[position])
            yield instance

    return instances
