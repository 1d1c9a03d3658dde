"""Pruning of raw rows by age, but never the newest of a repository."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Model, QuerySet

from pipeline.models import RawGithubRepo, RawRepoMetric, RawStreamMembership

# What one row is the newest of.
GRAIN: dict[type[Model], tuple[str, ...]] = {
    RawGithubRepo: ("github_id",),
    RawRepoMetric: ("github_id", "metric_type"),
    RawStreamMembership: ("stream",),
}


@transaction.atomic
def prune_raw(before: datetime) -> dict[str, int]:
    """Delete raw rows last seen before a moment, but for the newest of each kind; returns {table: rows deleted}."""
    deleted = {}
    for model in GRAIN:
        age = "fetch_timestamp__lt" if model is RawStreamMembership else "last_seen_at__lt"
        rows, _ = prunable(model).filter(**{age: before}).delete()
        deleted[model._meta.db_table] = rows
    return deleted


def prunable(model: type[Model]) -> QuerySet[Any]:
    """All rows of a raw table but the newest of its grain, which a rebuild needs."""
    manager = model._default_manager
    newest = manager.order_by().values(*GRAIN[model]).annotate(newest=Max("pk")).values("newest")
    return manager.exclude(pk__in=newest)
