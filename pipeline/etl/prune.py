"""Pruning of raw rows by age, but never the newest of a repository."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from pipeline.models import RawGithubRepo, RawRepoMetric, RawStreamMembership


@transaction.atomic
def prune_raw(before: datetime) -> dict[str, int]:
    """Delete raw rows last seen before a moment, but for the newest of each kind; returns {table: rows deleted}."""
    kept = {
        RawGithubRepo: ("github_id",),
        RawRepoMetric: ("github_id", "metric_type"),
        RawStreamMembership: ("stream",),
    }
    deleted = {}
    for model, grain in kept.items():
        manager = model._default_manager
        newest = manager.order_by().values(*grain).annotate(newest=Max("pk")).values("newest")
        age = "fetch_timestamp__lt" if model is RawStreamMembership else "last_seen_at__lt"
        rows, _ = manager.filter(**{age: before}).exclude(pk__in=newest).delete()
        deleted[model._meta.db_table] = rows
    return deleted
