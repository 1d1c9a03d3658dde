"""Whole runs against a GitHub, measured: the first on an empty database, and the next hour's."""

import time
from dataclasses import dataclass
from typing import Any

from pipeline.bench.githubs import GitHub
from pipeline.bench.process import Child, manage, piece
from pipeline.bench.table import Figure, at_most, under

MOST_AT_ONCE = at_most(90)


@dataclass(frozen=True, slots=True)
class Run:
    """One `run_pipeline --json`: what it said of itself, what its database says of it, and the process's cost."""

    child: Child
    said: dict[str, Any]
    found: dict[str, Any]

    @property
    def common(self) -> list[Figure]:
        return [
            Figure("status", self.said["status"]),
            Figure("repositories", self.said["repositories"]),
            Figure("requests", self.said["requests"]),
        ]


def measure(database_url: str, github: GitHub) -> Run:
    child = manage(database_url, "run_pipeline", "--json", more=github.environment)
    said = child.result()
    found = piece(database_url, "record", said["execution_id"]).result()
    return Run(child, said, found)


def wait_an_hour(github: GitHub, begin: float) -> None:
    """Let GitHub be an hour later if it can be told so, and in any case until its limits of a minute are free.

    `begin` is the moment on the monotonic clock at which the run before ended.
    """
    github.pass_an_hour()
    time.sleep(max(github.minute - (time.monotonic() - begin), 0))


def first_run_figures(run: Run) -> list[Figure]:
    return [
        Figure("wall time, s", run.child.seconds, under(10)),
        *run.common,
        Figure("GraphQL requests", run.said["graphql_requests"], at_most(90)),
        Figure("GraphQL time, s", run.said["graphql_seconds"], at_most(60)),
        Figure("GraphQL points", run.said["graphql_points"]),
        Figure("star histories", run.found["star_histories"]),
        Figure("most requests at once", run.said["most_requests_at_once"], MOST_AT_ONCE),
        Figure("peak memory, MB", round(run.child.megabytes), under(300)),
        Figure("measured speedup", run.said["parallel_speedup_factor"]),
    ]


def next_hour_figures(run: Run) -> list[Figure]:
    return [
        Figure("wall time, s", run.child.seconds),
        *run.common,
        Figure("GraphQL requests", run.said["graphql_requests"], at_most(45)),
        Figure("GraphQL time, s", run.said["graphql_seconds"]),
        Figure("star histories", run.found["star_histories"]),
        Figure("files fetched again", run.found["files"]),
        Figure("payloads received", run.found["payloads_received"]),
        Figure("payloads stored", run.found["payloads_stored"]),
        Figure("dimension versions opened", run.found["versions_opened"]),
    ]
