"""The first arrow: what the streams brought home goes into the raw tables, unchanged payloads only once."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Model

from pipeline.etl import bulk
from pipeline.etl.batches import in_batches
from pipeline.github.client import Remembered
from pipeline.models import (
    RawFileContent,
    RawGithubRepo,
    RawHttpAnswer,
    RawRepoMetric,
    RawStreamMembership,
    WorkflowExecution,
)
from pipeline.streams.context import Memory
from pipeline.streams.harvest import FilePayload, Harvest, MetricPayload, RepoPayload, StreamResult

# Parts of a measurement that differ from run to run though GitHub sent the same.
VOLATILE_KEYS = {"since", "stars"}
GRAPHQL_WINDOW = timedelta(seconds=60)


def content_hash(payload: dict[str, Any]) -> str:
    """SHA-256 of a payload's canonical JSON."""
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


class RawWriter:
    """Writes for one run. `rows` counts what was stored, by table."""

    def __init__(self, execution: WorkflowExecution) -> None:
        self.execution = execution
        self.now: datetime = execution.execution_date
        self.rows = {model._meta.db_table: 0 for model in (RawGithubRepo, RawRepoMetric, RawFileContent)}

    def write(self, harvest: Harvest) -> None:
        """Store everything that came in since the last call."""
        repos, metrics, files = harvest.drain()
        if not (repos or metrics or files):
            return  # as most of the times that it is called while a run waits
        with transaction.atomic():
            bulk.compress_quickly()
            self._write_repos(repos)
            self._write_metrics(metrics)
            self._write_files(files)

    def write_memberships(self, results: Iterable[StreamResult]) -> None:
        """Which repositories each succeeded stream consists of."""
        rows = [
            {
                "stream": result.stream,
                "members": [[ref.github_id, ref.source_type] for ref in result.members],
                "remembered": result.remembered,
                "fetch_timestamp": self.now,
                "execution_id": self.execution.pk,
            }
            for result in results
            if result.succeeded
        ]
        with transaction.atomic():
            bulk.insert_new(RawStreamMembership, ["execution_id", "stream"], rows)

    def write_answers(self, answers: Mapping[str, Remembered], renewed: set[str]) -> None:
        """Answers with an ETag, for the next run's conditional requests."""
        rows = [
            {
                "url": url,
                "etag": answers[url].etag,
                "body": answers[url].body,
                "link": answers[url].link,
                "fetch_timestamp": self.now,
            }
            for url in sorted(renewed)
        ]
        with transaction.atomic():
            bulk.upsert(RawHttpAnswer, "url", rows)

    def _write_repos(self, payloads: Sequence[RepoPayload]) -> None:
        newest = _newest(RawGithubRepo, [p.github_id for p in payloads])
        rows, unchanged = [], []
        for payload in payloads:
            digest = content_hash(payload.api_response)
            known = newest.get((payload.github_id, ""))
            if known is not None and known[1] == digest:
                unchanged.append(known[0])
                continue
            rows.append(
                {
                    "github_id": payload.github_id,
                    "repo_full_name": payload.repo_full_name[:300],
                    "api_response": payload.api_response,
                    "fetch_timestamp": self.now,
                    "last_seen_at": self.now,
                    "source_language": payload.source_language,
                    "source_type": payload.source_type,
                    "content_hash": digest,
                    "execution_id": self.execution.pk,
                }
            )
        self._store(RawGithubRepo, rows, unchanged)

    def _write_metrics(self, payloads: Sequence[MetricPayload]) -> None:
        newest = _newest(RawRepoMetric, [p.github_id for p in payloads])
        rows, unchanged = [], []
        for payload in payloads:
            digest = content_hash({k: v for k, v in payload.metric_data.items() if k not in VOLATILE_KEYS})
            known = newest.get((payload.github_id, payload.metric_type))
            if known is not None and known[1] == digest:
                unchanged.append(known[0])
                continue
            rows.append(
                {
                    "github_id": payload.github_id,
                    "repo_full_name": payload.repo_full_name[:300],
                    "metric_type": payload.metric_type,
                    "metric_data": payload.metric_data,
                    "fetch_timestamp": self.now,
                    "last_seen_at": self.now,
                    "content_hash": digest,
                    "execution_id": self.execution.pk,
                }
            )
        self._store(RawRepoMetric, rows, unchanged)

    def _write_files(self, payloads: Sequence[FilePayload]) -> None:
        stored: set[str] = set()
        for oids in in_batches([payload.oid for payload in payloads]):
            stored |= set(RawFileContent.objects.filter(oid__in=oids).values_list("oid", flat=True))
        rows = [
            {
                "oid": payload.oid,
                "byte_size": payload.byte_size,
                "text": payload.text,
                "is_truncated": payload.is_truncated,
                "fetch_timestamp": self.now,
                "execution_id": self.execution.pk,
            }
            for payload in payloads
            if payload.oid not in stored
        ]
        bulk.insert_new(RawFileContent, ["oid"], rows)
        self.rows[RawFileContent._meta.db_table] += len(rows)

    def _store(self, model: type[Model], rows: Sequence[bulk.Row], unchanged: list[int]) -> None:
        bulk.insert(model, rows)
        for ids in in_batches(unchanged):
            model._default_manager.filter(pk__in=ids, last_seen_at__lt=self.now).update(last_seen_at=self.now)
        self.rows[model._meta.db_table] += len(rows)


def load_memory(streams: Sequence[str], *, is_demo: bool) -> Memory:
    """What earlier runs of the same kind (demo or real) left for this one's threads to read."""
    memory = Memory(known_files=set(RawFileContent.objects.values_list("oid", flat=True)))
    histories = RawRepoMetric.objects.filter(metric_type=RawRepoMetric.MetricType.STAR_HISTORY)
    memory.star_history_seen = dict(histories.values_list("github_id").annotate(Max("last_seen_at")))
    for stream in streams:
        memberships = RawStreamMembership.objects.filter(stream=stream, execution__is_demo=is_demo)
        newest = memberships.order_by("-pk").first()
        if newest is not None:
            memory.streams[stream] = {"members": newest.members, "remembered": newest.remembered}
    if not is_demo:
        for url, etag, body, link in RawHttpAnswer.objects.values_list("url", "etag", "body", "link"):
            memory.answers[url] = Remembered(etag, body, link)
    last = WorkflowExecution.objects.filter(is_demo=is_demo, github_state__has_key="batch_size").first()
    if last is not None:
        memory.batch_size = int(last.github_state["batch_size"])
    return memory


def _newest(model: type[Model], github_ids: Sequence[int]) -> dict[tuple[int, str], tuple[int, str]]:
    """{(github_id, metric type or ""): (row id, content hash)} of each repository's newest rows."""
    keys = ["github_id", *(["metric_type"] if model is RawRepoMetric else [])]
    found: dict[tuple[int, str], tuple[int, str]] = {}
    for ids in in_batches(sorted(set(github_ids))):
        rows = model._default_manager.filter(github_id__in=ids)
        newest = rows.order_by().values(*keys).annotate(newest=Max("pk")).values("newest")
        for row in model._default_manager.filter(pk__in=newest).values_list("pk", "content_hash", *keys):
            found[(row[2], row[3] if len(row) > 3 else "")] = (row[0], row[1])
    return found
