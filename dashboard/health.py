"""Whether this process can serve: for the platform's checks, so no answer of it is ever an exception."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dashboard.queries import publication as queries

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Readiness:
    """The age is in seconds, counted from the start of the run that readers see; None before there is one."""

    database: bool = False
    migrations: bool = False
    last_good_run_age_seconds: int | None = None

    @property
    def is_ready(self) -> bool:
        """A run is not needed: pages without data say what will be here."""
        return self.database and self.migrations


def readiness(now: datetime) -> Readiness:
    """What can be said about the database at this moment; never raises."""
    database = migrations = False
    try:
        _touch_database()
        database = True
        migrations = _is_migrated()
        age = _last_good_run_age(now) if migrations else None
    except Exception:  # whatever is wrong here, "not ready" is the answer
        log.exception("not ready")
        return Readiness(database)
    return Readiness(database, migrations, age)


def _touch_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _last_good_run_age(now: datetime) -> int | None:
    published = queries.last_published_run()
    return None if published is None else max(int((now - published.published_at).total_seconds()), 0)
