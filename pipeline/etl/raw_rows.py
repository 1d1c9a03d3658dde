"""The raw rows of some repositories as they were known at a moment, read in whole batches."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import orjson
from django.db.models import Max, TextField, Value
from django.db.models.functions import Cast

from pipeline.etl.batches import in_batches
from pipeline.models import RawFileContent, RawGithubRepo, RawRepoMetric
from pipeline.streams.files import DOCKER_FILE, RENDER_FILE, read_tree, readme_name
from trender.id_lists import id_list

# A measurement that GitHub has not confirmed for a day is no longer known.
STILL_KNOWN = timedelta(hours=24)
Tree = dict[str, tuple[str, str]]


@dataclass
class RawRepo:
    """One repository's newest raw rows, without metrics that are too old. `history_seen_at`: the star history's age."""

    row: RawGithubRepo
    metrics: dict[str, Any] = field(default_factory=dict)
    history_seen_at: datetime | None = None
    texts: dict[str, str] = field(default_factory=dict)

    @cached_property
    def tree(self) -> Tree | None:
        """The root's {name: (type, oid)}; None when it is unknown. Read when all metrics are there."""
        return read_tree(self.metrics.get("files"))


def read_raw(github_ids: Sequence[int], as_of: datetime) -> dict[int, RawRepo]:
    """Newest raw rows of the repositories, received up to `as_of`."""
    found: dict[int, RawRepo] = {}
    ids = id_list(sorted(set(github_ids)))
    repos = RawGithubRepo.objects.filter(github_id__among=ids, fetch_timestamp__lte=as_of)
    newest = repos.order_by().values("github_id").annotate(newest=Max("pk")).values("newest")
    rows = RawGithubRepo.objects.filter(pk__in=newest).defer("api_response")
    for row in rows.annotate(payload=Cast("api_response", TextField())):
        row.api_response = orjson.loads(row.payload)
        found[row.github_id] = RawRepo(row)
    _add_metrics(found, ids, as_of)
    _add_texts(found)
    return found


def _add_metrics(found: dict[int, RawRepo], ids: Value, as_of: datetime) -> None:
    metrics = RawRepoMetric.objects.filter(github_id__among=ids, fetch_timestamp__lte=as_of)
    newest = metrics.order_by().values("github_id", "metric_type").annotate(newest=Max("pk")).values("newest")
    rows = RawRepoMetric.objects.filter(pk__in=newest).annotate(payload=Cast("metric_data", TextField()))
    for github_id, kind, payload, seen in rows.values_list("github_id", "metric_type", "payload", "last_seen_at"):
        repo = found.get(github_id)
        if repo is None:
            continue
        if kind == RawRepoMetric.MetricType.STAR_HISTORY:
            repo.metrics[kind], repo.history_seen_at = orjson.loads(payload), min(seen, as_of)
        elif as_of - seen <= STILL_KNOWN:
            repo.metrics[kind] = orjson.loads(payload)


def _add_texts(found: dict[int, RawRepo]) -> None:
    """The stored texts of render.yaml, Dockerfile and README, under the names render, docker and readme."""
    wanted: dict[str, list[tuple[RawRepo, str]]] = {}
    for repo in found.values():
        tree = repo.tree or {}
        names = {"render": RENDER_FILE, "docker": DOCKER_FILE, "readme": readme_name(tree) or ""}
        for kind, name in names.items():
            if tree.get(name, ("",))[0] == "blob":
                wanted.setdefault(tree[name][1], []).append((repo, kind))
    for oids in in_batches(sorted(wanted)):
        for oid, text in RawFileContent.objects.filter(oid__in=oids).values_list("oid", "text"):
            for repo, kind in wanted[oid]:
                repo.texts[kind] = text or ""  # a file that is no text was read all the same
