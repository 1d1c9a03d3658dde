"""What /metrics says, in Prometheus' text format: requests as the server counted them, runs as the database knows."""

import os
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import db
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from dashboard.observe import REGISTRY
from dashboard.queries import monitoring
from pipeline.models.runs import WorkflowExecution
from trender.gunicorn_conf import FOLDER

__all__ = ["CONTENT_TYPE", "exposition"]

LAYERS = {"raw": "raw", "stg": "staging", "dim": "dimensions", "fact": "facts"}
LAST_RUN = {
    "execution_id": ("trender_run_number", "Number of the last run that ended."),
    "total_duration_seconds": ("trender_run_duration_seconds", "Wall time of the last run that ended."),
    "repos_processed": ("trender_run_repositories", "Repositories that the last run published."),
    "requests_sent": ("trender_run_requests", "Requests that the last run sent to GitHub."),
    "graphql_requests": ("trender_run_graphql_requests", "GraphQL requests among them."),
    "graphql_points": ("trender_run_graphql_points", "GraphQL points that the last run spent."),
    "graphql_seconds": ("trender_run_graphql_seconds", "GitHub's GraphQL time that the last run used."),
    "rows_rejected": ("trender_run_rejected_rows", "Repositories that the last run rejected."),
    "tasks_retried": ("trender_run_tasks_retried", "Tasks of the last run that needed more than one attempt."),
}


def exposition(now: datetime) -> bytes:
    """The whole page, by six queries at most.

    A database that is away costs the runs' part, and `trender_database_up` says so.
    """
    runs = CollectorRegistry()
    runs.register(RunMetrics(now))
    return generate_latest(requests()) + generate_latest(runs)


def requests() -> CollectorRegistry:
    """Of all of gunicorn's processes where there are several, else of this one."""
    if not os.environ.get(FOLDER):
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


class RunMetrics(Collector):
    """Asked anew at each scrape; what is not known has no sample rather than a zero."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        try:
            state = monitoring.state()
        except db.Error:
            yield gauge("trender_database_up", "Whether the database answers.", 0)
            return
        yield gauge("trender_database_up", "Whether the database answers.", 1)
        yield gauge("trender_database_bytes", "Room that the database takes.", state.database_bytes)
        yield gauge("trender_queue_length", "Tasks that wait for the worker or are under way.", state.queue_length)
        counts = {status: state.runs.get(status, 0) for status in WorkflowExecution.Status.values}
        yield family("trender_runs", "Runs by status.", "status", counts)
        ages = {stream: self.age(moment) for stream, moment in state.streams.items()}
        yield family("trender_stream_age_seconds", "Time since each stream was last published.", "stream", ages)
        if state.published_at is not None:
            age = self.age(state.published_at)
            yield gauge("trender_published_age_seconds", "Time since the last run that published.", age)
        if state.last_run is not None:
            yield from last_run(state.last_run)

    def age(self, moment: datetime) -> float:
        return max((self.now - moment).total_seconds(), 0.0)


def last_run(run: dict[str, Any]) -> Iterator[Metric]:
    for column, (name, text) in LAST_RUN.items():
        if run[column] is not None:
            yield gauge(name, text, float(run[column]))
    statuses = {status: int(status == run["status"]) for status in WorkflowExecution.Status.values}
    yield family("trender_run_status", "1 for the status of the last run that ended.", "status", statuses)
    tasks = {"succeeded": run["tasks_succeeded"], "failed": run["tasks_failed"]}
    yield family("trender_run_tasks", "Tasks of the last run by result.", "result", tasks)
    rows = GaugeMetricFamily("trender_run_rows", "Rows that the last run wrote.", labels=("layer", "table"))
    for table, count in run["rows_written"].items():
        rows.add_metric((LAYERS.get(table.partition("_")[0], "other"), table), count)
    yield rows


def gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def family(name: str, text: str, label: str, values: dict[str, Any]) -> Metric:
    made = GaugeMetricFamily(name, text, labels=(label,))
    for key, value in values.items():
        made.add_metric((str(key),), value)
    return made
