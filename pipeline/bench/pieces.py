"""The pieces of measurements that need the database's models; each runs in a process of its own."""

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model, Sum
from django.utils import timezone

from pipeline.bench.made_up import STREAMS, MadeUp, moment
from pipeline.demo.universe import blob_oid
from pipeline.etl.batches import in_batches
from pipeline.etl.github_to_raw import RawWriter
from pipeline.models import (
    RawFileContent,
    RawGithubRepo,
    RawRepoMetric,
    RepositoryDim,
    TaskRun,
    WorkflowExecution,
)
from pipeline.run import RunOptions, run_pipeline
from pipeline.source import Source
from pipeline.steps import AFTER_PUBLISHING, PUBLISHING
from pipeline.streams.context import RenderOwners
from pipeline.streams.harvest import FilePayload, Harvest, MetricPayload, RepoPayload, RepoRef, StreamResult
from pipeline.tasklog import TaskLog, current_task

Figures = dict[str, Any]
CHUNK = 500
SOURCE = Source("http://127.0.0.1", (), RenderOwners())


def fill(repositories: int, hour: int) -> Figures:
    """What a run `hour` hours after the first would have stored in the raw tables. Returns the seconds it took."""
    execution = WorkflowExecution.objects.create(
        status=WorkflowExecution.Status.SUCCESS,
        execution_date=moment(hour),
        snapshot_date=moment(hour).date(),
        finished_at=timezone.now(),
    )
    writer, seconds = RawWriter(execution), 0.0
    for numbers in in_batches(range(repositories), CHUNK):
        harvest = _harvest([MadeUp(number, hour) for number in numbers])
        started = time.perf_counter()
        writer.write(harvest)
        seconds += time.perf_counter() - started
    writer.write_memberships(_memberships(repositories, hour))
    return {"seconds": seconds, "rows": writer.rows}


def publish(hour: int) -> Figures:
    """Publish what was filled in for the hour, as `run_pipeline --from-raw` does, and count while it does.

    Seconds: those of each step, and `together` from raw to published, with the commit: without finding the streams
    before it and without the older days of star histories after it.
    """
    statements: Counter[str] = Counter()
    logs: list[TaskLog] = []

    def count(execute: Callable[..., object], *arguments: object) -> object:
        task = current_task.get()
        statements[task.name if task else ""] += 1
        return execute(*arguments)

    options = RunOptions(from_raw=True, now=moment(hour))
    with connection.execute_wrapper(count):
        execution = run_pipeline(options, SOURCE, logs.append)
    if execution.status != WorkflowExecution.Status.SUCCESS or execution.rows_rejected:
        raise RuntimeError(f"{execution.status}, {execution.rows_rejected} rejected: {execution.error_details}")
    tasks = {task.name: task.seconds or 0.0 for task in logs[-1].tasks}
    steps = [step.name for step in PUBLISHING]
    finding = sum(seconds for name, seconds in tasks.items() if name not in steps)
    return {
        "steps": {name: tasks[name] for name in (*steps, AFTER_PUBLISHING.name)},
        "together": float(execution.total_duration_seconds or 0) - finding,
        "statements": sum(statements[name] for name in steps),
        "repositories": execution.repos_processed,
    }


def record(execution_id: int) -> Figures:
    """What a run's record does not say by itself: what it received and what of that was new."""
    execution = WorkflowExecution.objects.get(pk=execution_id)
    histories = TaskRun.objects.filter(execution=execution, name="star history").aggregate(items=Sum("items"))
    opened = RepositoryDim.objects.filter(valid_from=execution.execution_date).count()
    return {
        "star_histories": histories["items"] or 0,
        "files": RawFileContent.objects.filter(execution=execution).count(),
        "payloads_stored": _payloads(execution=execution),
        "payloads_received": _payloads(last_seen_at=execution.execution_date),
        "versions_opened": opened,
    }


def main(arguments: Sequence[str]) -> Figures:
    """One piece by its name, with its arguments."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.bench DATABASE_URL")
    pieces = parser.add_subparsers(dest="piece", required=True)
    filling = pieces.add_parser("fill")
    filling.add_argument("repositories", type=int)
    filling.add_argument("hour", type=int)
    pieces.add_parser("publish").add_argument("hour", type=int)
    pieces.add_parser("record").add_argument("execution_id", type=int)
    options = vars(parser.parse_args(arguments))
    functions: dict[str, Callable[..., Figures]] = {"fill": fill, "publish": publish, "record": record}
    return functions[options.pop("piece")](**options)


def _harvest(repositories: Sequence[MadeUp]) -> Harvest:
    harvest = Harvest()
    for repo in repositories:
        key, item = (repo.github_id, repo.full_name), repo.search_item()
        harvest.add(RepoPayload(*key, item, item["language"], repo.source_type))
        harvest.add(*(MetricPayload(*key, kind, data) for kind, data in repo.metrics().items()))
        for text in repo.files.values():
            harvest.add(FilePayload(blob_oid(text), len(text.encode()), text, is_truncated=False))
    return harvest


def _memberships(repositories: int, hour: int) -> Iterator[StreamResult]:
    for stream in STREAMS:
        made = (MadeUp(number, hour) for number in range(repositories))
        refs = [
            RepoRef(repo.github_id, repo.node_id, repo.full_name, repo.source_type, repo.stars)
            for repo in made
            if repo.stream == stream
        ]
        yield StreamResult(stream, refs)


def _payloads(**matching: object) -> int:
    models: tuple[type[Model], ...] = (RawGithubRepo, RawRepoMetric)
    return sum(model._default_manager.filter(**matching).count() for model in models)
