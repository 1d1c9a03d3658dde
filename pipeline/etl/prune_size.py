"""Pruning of raw payloads by the room they take: the oldest first, never the newest of a repository."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from typing import Any

from django.db.models import BigIntegerField, Func, Model, Sum

from pipeline.etl.prune import prunable
from pipeline.models import RawGithubRepo, RawRepoMetric

# The two tables that grow with each hour, and where their payloads stand.
PAYLOADS: dict[type[Model], str] = {RawGithubRepo: "api_response", RawRepoMetric: "metric_data"}
BATCH = 1000

Found = tuple[datetime, int, int, type[Model]]


class StoredBytes(Func):
    """Bytes that a JSON value takes: as text in SQLite, compressed as it is stored in PostgreSQL."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="LENGTH", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="pg_column_size", **context)


def prune_raw_to(limit: int) -> dict[str, int]:
    """Delete payloads until all of them take at most `limit` bytes, or only newest ones are left.

    Returns {table: rows deleted}. A thousand rows at a time, so that a run that writes is not kept waiting.
    """
    deleted = {model._meta.db_table: 0 for model in PAYLOADS}
    excess = sum(payload_bytes(model) for model in PAYLOADS) - limit
    for batch in _batches(list(_oldest(excess))):
        keys: defaultdict[type[Model], list[int]] = defaultdict(list)
        for _, key, _, model in batch:
            keys[model].append(key)
        for model, pks in keys.items():
            model._default_manager.filter(pk__in=pks).delete()
            deleted[model._meta.db_table] += len(pks)
    return deleted


def payload_bytes(model: type[Model]) -> int:
    total = model._default_manager.aggregate(total=Sum(StoredBytes(PAYLOADS[model])))["total"]
    return int(total or 0)


def _oldest(excess: int) -> Iterator[Found]:
    """The rows that were not sent for longest, of both tables, until together they are as large as the excess."""
    streams = [_by_age(model) for model in PAYLOADS] if excess > 0 else []
    for found in merge(*streams, key=lambda row: row[:2]):
        if excess <= 0:
            return
        excess -= found[2]
        yield found


def _by_age(model: type[Model]) -> Iterator[Found]:
    rows = prunable(model).annotate(size=StoredBytes(PAYLOADS[model])).order_by("last_seen_at", "pk")
    for last_seen_at, key, size in rows.values_list("last_seen_at", "pk", "size").iterator():
        yield last_seen_at, key, size, model


def _batches(rows: list[Found]) -> Iterator[list[Found]]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))
