"""Any number of ids as one parameter of a statement, where `in` would need as many parameters as there are ids."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Lookup, TextField, Value


class IdsField(TextField):  # type: ignore[type-arg]
    """Any number of ids as one value: PostgreSQL's array, a text of JSON for SQLite."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "bigint[]" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(self, value: Sequence[int], connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        return list(value) if connection.vendor == "postgresql" else json.dumps(list(value))


@BigIntegerField.register_lookup
class Among(Lookup):
    """`id__among=id_list(ids)`: like `in`, but the SQL is the same for any number of them."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        column, params = self.process_lhs(compiler, connection)
        ids, places = self.process_rhs(compiler, connection)
        found = "= ANY({})" if connection.vendor == "postgresql" else "IN (SELECT value FROM json_each({}))"
        return f"{column} {found.format(ids)}", [*params, *places]


def id_list(ids: Iterable[int]) -> Value:
    """The ids as what `among` is asked with."""
    return Value(list(ids), output_field=IdsField())
