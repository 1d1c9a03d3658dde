"""Indexes beyond what Django writes by itself."""

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement


class MostFirstIndex(models.Index):
    """Of one column, `fields=["-column"]`, in the order of lists: most first, unknown last.

    SQLite has it so by itself and takes no NULLS LAST in an index; PostgreSQL would put what is unknown first.
    """

    def create_sql(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, using: str = "", **kwargs: Any
    ) -> Statement:
        statement = super().create_sql(model, schema_editor, using, **kwargs)
        if schema_editor.connection.vendor == "postgresql":
            columns: Any = statement.parts["columns"]
            columns.col_suffixes = ["DESC NULLS LAST"]
        return statement
