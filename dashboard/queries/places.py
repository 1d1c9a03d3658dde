"""Where a value will stand in a query whose SQL is written before the value is known."""

import json
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Expression, Field, Lookup, TextField


class Place(Expression):
    """Where a value will stand in the SQL; among the parameters it stands for the value itself."""

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        return "%s", [self]


class IdsField(TextField):  # type: ignore[type-arg]
    """Any number of ids as one value: PostgreSQL's array, a text of JSON for SQLite."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "bigint[]" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(self, value: Sequence[int], connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        return list(value) if connection.vendor == "postgresql" else json.dumps(list(value))


@BigIntegerField.register_lookup
class Among(Lookup):
    """`id__among=ids`, where `ids` is a Place of an IdsField: like `in`, but the SQL is the same for any number."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        column, params = self.process_lhs(compiler, connection)
        ids, places = self.process_rhs(compiler, connection)
        found = "= ANY({})" if connection.vendor == "postgresql" else "IN (SELECT value FROM json_each({}))"
        return f"{column} {found.format(ids)}", [*params, *places]
