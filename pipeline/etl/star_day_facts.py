"""fact_star_days: the longest table by far, so the staged histories are unfolded by the database itself."""

from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from pipeline.etl.batches import in_batches
from pipeline.models import StagedRepo, StarDay, WorkflowExecution
from pipeline.sql import statement

# What pages and scores of the day look at; it is published with the day. Older days follow after that.
RECENT = timedelta(days=30)
FOREVER_AGO = date(1970, 1, 1)


def load_recent_star_days(execution: WorkflowExecution, today: date) -> int:
    """Upsert the last 31 daily buckets of the execution's staged rows; returns how many were new or changed."""
    return _upsert(execution, today - RECENT, today)


def load_older_star_days(execution: WorkflowExecution, today: date) -> int:
    """Upsert the buckets before those: 30 weeks at the first reading, later what people took back."""
    return _upsert(execution, FOREVER_AGO, today - RECENT - timedelta(days=1))


def lacks_older_star_days(execution: WorkflowExecution, today: date) -> bool:
    """Whether the first day of a staged history is not in the facts, as after a run that was killed too early."""
    staged = StagedRepo.objects.filter(execution=execution, star_days__isnull=False)
    firsts = {key: date.fromisoformat(first) for key, first in staged.values_list("github_id", "star_days__first")}
    old = [(github_id, first) for github_id, first in firsts.items() if first < today - RECENT]
    for batch in in_batches(old):
        ids, days = {github_id for github_id, _ in batch}, {first for _, first in batch}
        rows = StarDay.objects.filter(github_id__in=ids, day__in=days)
        if not set(batch) <= set(rows.values_list("github_id", "day")):
            return True
    return False


def _upsert(execution: WorkflowExecution, first: date, last: date) -> int:
    bounds: dict[str, Any] = {"execution": execution.pk, "first": first, "last": last}
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # It can't know how long the histories are, guesses far too many days and would compile the statement to
            # machine code, which takes longer than running it.
            cursor.execute("SET LOCAL jit = off")
        cursor.execute(statement("upsert_star_days", connection.vendor), bounds)
        # PostgreSQL's statement ends with the count, SQLite's with the rows themselves.
        return int(cursor.fetchone()[0]) if cursor.description else max(cursor.rowcount, 0)
