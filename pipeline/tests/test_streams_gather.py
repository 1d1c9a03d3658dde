"""All streams of a run against the embedded GitHub: in parallel, through faults, with and without a token."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.demo.names import EMPLOYEES, OFFICIAL_ORGS
from pipeline.demo.server import Server
from pipeline.github.budget import Budget
from pipeline.github.client import GitHubClient, GraphQLAnswer
from pipeline.github.errors import BadToken
from pipeline.reference import LANGUAGES
from pipeline.streams import gather as gather_module
from pipeline.streams.context import Gathering, Memory, RenderOwners, StreamLimits
from pipeline.streams.gather import gather
from pipeline.streams.harvest import FilePayload, MetricPayload, RepoPayload, StreamResult
from pipeline.tasklog import TaskLog

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TOKENS = ("ghp_0123456789",)
SMALL = StreamLimits(established=8, rising=3, ecosystem=10)
OWNERS = RenderOwners(OFFICIAL_ORGS, EMPLOYEES, ("render", "render-deploy", "render-blueprints"))
PYTHON, GO, TYPESCRIPT = LANGUAGES["Python"], LANGUAGES["Go"], LANGUAGES["TypeScript"]


class SpyClient(GitHubClient):
    """Keeps the texts of the queries; `bend` may change what GitHub answered."""

    bend: Callable[[str, GraphQLAnswer], GraphQLAnswer] = staticmethod(lambda query, answer: answer)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.queries: list[str] = []

    def graphql(self, query: str, variables: Mapping[str, Any], *, estimate: float = 1.0) -> GraphQLAnswer:
        self.queries.append(query)
        return self.bend(query, super().graphql(query, variables, estimate=estimate))


@dataclass
class Reading:
    """One run's reading: what it was given, and what it brought home."""

    g: Gathering
    client: SpyClient
    results: dict[str, StreamResult] = field(default_factory=dict)
    repos: dict[int, RepoPayload] = field(default_factory=dict)
    metrics: dict[tuple[int, str], MetricPayload] = field(default_factory=dict)
    files: dict[str, FilePayload] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, *languages: Any, ecosystem: bool = False, tick: Callable[[], None] | None = None) -> "Reading":
        with self.g.tasks.task("read") as parent:
            results = gather(self.g, languages, ecosystem=ecosystem, parent=parent, tick=tick or self.drain)
        self.results = {result.stream: result for result in results}
        self.drain()
        return self

    def drain(self) -> None:
        repos, metrics, files = self.g.harvest.drain()
        self.repos |= {row.github_id: row for row in repos}
        self.metrics |= {(row.github_id, row.metric_type): row for row in metrics}
        self.files |= {row.oid: row for row in files}

    def members(self, stream: str) -> list[int]:
        return [ref.github_id for ref in self.results[stream].members]

    def of_kind(self, kind: str) -> dict[int, dict[str, Any]]:
        return {key: row.metric_data for (key, metric), row in self.metrics.items() if metric == kind}

    def memory(self) -> Memory:
        """What the next run would be given of this one."""
        streams = {
            r.stream: {"members": [[ref.github_id, ref.source_type] for ref in r.members], "remembered": r.remembered}
            for r in self.results.values()
        }
        seen = dict.fromkeys(self.of_kind("star_history"), self.g.now)
        return Memory(known_files=set(self.files), star_history_seen=seen, streams=streams)

    def attempts(self) -> int:
        return sum(task.attempts - 1 for task in self.g.tasks.tasks)


@contextmanager
def reading(
    server: Server,
    *,
    tokens: tuple[str, ...] = TOKENS,
    memory: Memory | None = None,
    limits: StreamLimits = SMALL,
    owners: RenderOwners = OWNERS,
    now: datetime = NOW,
) -> Iterator[Reading]:
    server.now = now
    tasks = TaskLog()
    client = SpyClient(server.url, Budget(tokens, longest_wait=2), on_retry=tasks.count_retry, backoff=0)
    with ThreadPoolExecutor(8) as pool, ThreadPoolExecutor(4) as histories:
        yield Reading(Gathering(client, pool, pool, histories, tasks, memory or Memory(), now, limits, owners), client)


def paths(server: Server, part: str) -> list[str]:
    return [f"{entry.path}?{entry.query}" for entry in server.log if part in entry.path]


# All together


def test_every_stream_is_read(server: Server) -> None:
    ticks: list[int] = []
    with reading(server) as run:
        run.run(PYTHON, TYPESCRIPT, GO, ecosystem=True, tick=lambda: ticks.append(threading.get_ident()))
    run.drain()

    assert {name: len(result.members) >= 10 for name, result in run.results.items()} == dict.fromkeys(
        ("python", "typescript", "go", "render"), True
    )
    members = {number for name in run.results for number in run.members(name)}
    assert set(run.repos) >= members
    assert set(run.of_kind("star_history")) == set(run.of_kind("issues")) == set(run.of_kind("files")) == members
    assert set(ticks) == {threading.get_ident()}
    assert run.g.client.budget.in_flight == 0


def test_the_tasks_add_up(server: Server) -> None:
    with reading(server) as run:
        run.run(PYTHON, GO, ecosystem=True)

    tasks = run.g.tasks.tasks
    assert {task.status for task in tasks} == {"success"}
    assert {task.name for task in tasks} >= {"read stream", "hydrate", "star history", "search established"}
    assert sum(task.items or 0 for task in tasks if task.name == "star history") == len(run.of_kind("star_history"))
    assert all(task.seconds is not None for task in tasks)


def test_a_stream_that_fails_leaves_the_others(server: Server) -> None:
    server.api.faults.set([{"match": "search/repositories.*language%3APython", "times": 99, "status": 500}])
    with reading(server) as run:
        run.run(PYTHON, GO)

    assert run.results["python"].error.startswith("500")
    assert run.results["python"].remedy
    assert run.results["go"].succeeded


def test_a_fault_of_our_own_fails_its_stream_alone(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    read = gather_module.read_language

    def broken(language: Any, *arguments: Any) -> StreamResult:
        if language.name == "Python":
            raise KeyError("nameWithOwner")
        return read(language, *arguments)

    monkeypatch.setattr(gather_module, "read_language", broken)
    with reading(server) as run:
        run.run(PYTHON, GO)

    assert run.results["python"].error == "KeyError: 'nameWithOwner'"
    assert run.results["go"].succeeded


def test_a_bad_token_ends_the_run(server: Server) -> None:
    with reading(server, tokens=("bad_token",)) as run, pytest.raises(BadToken):
        run.run(PYTHON, GO, TYPESCRIPT, ecosystem=True)

    assert len(server.log) <= 16  # those that were under way already


def test_a_bad_token_in_the_middle_ends_the_run(server: Server) -> None:
    server.api.faults.set([{"match": "POST /graphql", "skip": 1, "times": 99, "status": 401}])
    with reading(server) as run, pytest.raises(BadToken):
        run.run(PYTHON, GO)


def test_what_ends_the_run_from_outside_ends_its_requests(server: Server) -> None:
    def lost_the_lease() -> None:
        raise RuntimeError("another run has taken over")

    server.api.faults.set([{"match": "stargazers", "times": 99, "action": "stall", "seconds": 0.02}])
    with reading(server) as run, pytest.raises(RuntimeError):
        run.run(PYTHON, GO, ecosystem=True, tick=lost_the_lease)
    sent = len(server.log)

    assert run.g.client.budget.in_flight == 0
    assert len(server.log) == sent


# Faults on the way


FAULTS: list[dict[str, Any]] = [
    {"match": "search/repositories", "times": 2, "status": 503},
    {"match": "search/repositories", "times": 2, "status": 502, "body": "<html>502</html>"},
    {"match": "search/repositories", "times": 2, "action": "reset"},
    {"match": "search/repositories", "times": 2, "action": "truncate"},
    {"match": "search/repositories", "times": 2, "action": "garbage"},
    {"match": "search/repositories", "times": 1, "action": "secondary", "seconds": 0},
    {"match": "stargazers", "skip": 3, "times": 2, "status": 500},
    {"match": "stargazers", "skip": 3, "times": 2, "action": "reset"},
    {"match": "stargazers", "skip": 3, "times": 2, "action": "garbage", "body": "[[["},
    {"match": "POST /graphql", "skip": 1, "times": 2, "status": 500},
    {"match": "POST /graphql", "times": 2, "action": "reset"},
    {"match": "POST /graphql", "times": 2, "action": "truncate"},
    {"match": "POST /graphql", "times": 2, "action": "garbage"},
    {"match": "POST /graphql", "times": 1, "action": "secondary", "seconds": 0},
    {"match": "POST /graphql", "times": 2, "action": "graphql_error"},
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['match']}-{fault.get('action', 'status')}")
def test_a_passing_fault_costs_retries_and_nothing_else(server: Server, fault: dict[str, Any]) -> None:
    server.api.faults.set([fault])
    with reading(server) as run:
        run.run(PYTHON)

    assert run.results["python"].succeeded
    assert run.results["python"].notes == []
    assert set(run.of_kind("star_history")) == set(run.of_kind("issues")) == set(run.members("python"))
    assert run.attempts() == fault["times"]
    assert {task.status for task in run.g.tasks.tasks} == {"success"}


@pytest.mark.parametrize("match", ["search/repositories", "stargazers", "POST /graphql"])
def test_a_token_that_is_used_up_hands_over_to_another(server: Server, match: str) -> None:
    server.api.faults.set([{"match": match, "times": 1, "action": "primary", "seconds": 3000}])
    with reading(server, tokens=(*TOKENS, "ghp_another_one")) as run:
        run.run(PYTHON)

    assert run.results["python"].succeeded
    assert set(run.of_kind("star_history")) == set(run.of_kind("issues")) == set(run.members("python"))
    assert run.attempts() == 1


@pytest.mark.parametrize("status", [502, 504])
def test_a_query_that_is_too_heavy_costs_a_smaller_batch(server: Server, status: int) -> None:
    server.api.faults.set([{"match": "POST /graphql", "times": 1, "status": status, "body": "<html></html>"}])
    with reading(server) as run:
        run.run(PYTHON)

    assert set(run.of_kind("issues")) == set(run.members("python"))
    assert run.g.memory.batch_size < 25


# Without a token


def test_without_a_token_sixty_requests_are_enough_for_what_needs_none(server: Server) -> None:
    with reading(server, tokens=(), limits=StreamLimits(established=30, rising=10, ecosystem=30)) as run:
        run.run(PYTHON, TYPESCRIPT, GO, ecosystem=True)

    assert len(server.log) <= 60
    assert paths(server, "/graphql") == paths(server, "/search/code") == []
    assert [name for name, result in run.results.items() if result.succeeded] == ["python", "go", "render"]
    failed = run.results["typescript"]
    assert "TypeScript needs a token" in failed.error
    assert "GITHUB_ACCESS_TOKEN" in failed.remedy
    assert len(run.of_kind("star_history")) >= 40
    assert any("star histories are left for a later run" in note for note in run.g.notes)
