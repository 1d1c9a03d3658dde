"""The embedded database needs no ceremony: a command that finds it without tables makes them."""

from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def prepare(stdout: OutputWrapper) -> None:
    """Migrate a new embedded database; stop with a sentence where migrations of any other are missing."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if connection.vendor == "sqlite" and not connection.introspection.table_names():
        call_command("migrate", verbosity=0)
        return
    raise CommandError("The database lacks migrations. Run: manage.py migrate")
