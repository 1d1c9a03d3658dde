"""Streams and batches that are tried again: when, how often, and that a second try asks only for what is missing."""

import time

import pytest

from pipeline.demo.server import Server
from pipeline.github.errors import BadToken
from pipeline.retry import Retry
from pipeline.streams.context import StreamRetries
from pipeline.tests.test_streams_gather import GO, PYTHON, TYPESCRIPT, Reading, paths, reading

TRIES_OF_THE_CLIENT = 3
SEARCHES = 2  # a language's stream sends established and rising
STREAM_FAULT = {"match": "search/repositories.*language%3APython", "status": 500}
BATCH_FAULT = {"match": "POST /graphql", "status": 500}


def patient(run: Reading, **retries: Retry) -> Reading:
    run.g.retries = StreamRetries(**retries)
    return run


def attempts(run: Reading, name: str, stream: str = "python") -> list[int]:
    return [task.attempts for task in run.g.tasks.tasks if (task.name, task.stream) == (name, stream)]


def test_a_stream_whose_searches_failed_is_read_again(server: Server) -> None:
    server.api.faults.set([{**STREAM_FAULT, "times": SEARCHES * TRIES_OF_THE_CLIENT}])
    with reading(server) as run:
        patient(run, language=Retry(3, 0.01)).run(PYTHON, GO)

    assert run.results["python"].succeeded
    assert (attempts(run, "read stream"), attempts(run, "read stream", "go")) == ([2], [1])
    assert set(run.of_kind("star_history")) >= set(run.members("python"))


def test_a_stream_that_goes_on_failing_is_given_up_after_its_tries(server: Server) -> None:
    server.api.faults.set([{**STREAM_FAULT, "times": 999}])
    with reading(server) as run:
        patient(run, language=Retry(3, 0.01)).run(PYTHON, GO)

    assert run.results["python"].error.startswith("500")
    assert run.results["python"].remedy
    assert attempts(run, "read stream") == [3]
    assert len(paths(server, "search/repositories")) == 3 * SEARCHES * TRIES_OF_THE_CLIENT + SEARCHES
    assert run.results["go"].succeeded


@pytest.mark.parametrize("status", [403, 404, 422])
def test_what_will_fail_again_is_not_tried_again(server: Server, status: int) -> None:
    server.api.faults.set([{**STREAM_FAULT, "times": 999, "status": status}])
    with reading(server) as run:
        patient(run, language=Retry(3, 60)).run(PYTHON)

    assert not run.results["python"].succeeded
    assert attempts(run, "read stream") == [1]


def test_a_refused_token_is_not_tried_again(server: Server) -> None:
    started = time.monotonic()
    with reading(server, tokens=("bad_token",)) as run, pytest.raises(BadToken):
        patient(run, language=Retry(3, 60), ecosystem=Retry(2, 60), hydration=Retry(2, 60)).run(PYTHON, ecosystem=True)
    assert time.monotonic() - started < 30


def test_typescript_without_a_token_is_not_tried_again(server: Server) -> None:
    with reading(server, tokens=()) as run:
        patient(run, language=Retry(3, 60)).run(TYPESCRIPT)
    assert attempts(run, "read stream", "typescript") == [1]


def test_the_ecosystem_has_a_number_of_tries_of_its_own(server: Server) -> None:
    server.api.faults.set([{"match": "GET /(orgs|users|search)", "times": 9999, "status": 500}])
    with reading(server) as run:
        patient(run, language=Retry(3, 0.01), ecosystem=Retry(2, 0.01)).run(ecosystem=True)

    assert "no source of the ecosystem answered" in run.results["render"].error
    assert attempts(run, "read stream", "render") == [2]


def test_a_batch_that_failed_is_asked_again(server: Server) -> None:
    server.api.faults.set([{**BATCH_FAULT, "times": TRIES_OF_THE_CLIENT}])
    with reading(server) as run:
        patient(run, language=Retry(3, 60), hydration=Retry(2, 0.01)).run(PYTHON)

    assert run.results["python"].succeeded
    assert run.results["python"].notes == []
    assert set(run.of_kind("issues")) == set(run.members("python"))
    # The client's own two, and one of the batch.
    assert attempts(run, "hydrate") == [TRIES_OF_THE_CLIENT + 1]
    assert attempts(run, "read stream") == [1]


def test_a_second_try_of_a_stream_asks_again_for_what_its_batches_lacked(server: Server) -> None:
    server.api.faults.set([{**BATCH_FAULT, "times": TRIES_OF_THE_CLIENT}])
    with reading(server) as run:
        patient(run, language=Retry(2, 0.01)).run(PYTHON)

    assert run.results["python"].succeeded
    assert set(run.of_kind("issues")) == set(run.members("python"))
    assert attempts(run, "read stream") == [2]
    # Star histories that came back with the first try are not asked again.
    asked = paths(server, "stargazers")
    assert len(asked) == len(set(asked))


def test_a_stream_that_could_not_be_hydrated_names_a_repository(server: Server) -> None:
    server.api.faults.set([{**BATCH_FAULT, "times": 999}])
    with reading(server) as run:
        run.run(PYTHON)

    failed = run.results["python"]
    assert failed.repository.count("/") == 1
    (hydration,) = [task for task in run.g.tasks.tasks if task.name == "hydrate"]
    assert hydration.error.startswith(f"{failed.repository}: 500")


def test_a_run_that_ends_waits_for_no_further_try(server: Server) -> None:
    ticks: list[int] = []

    def tick() -> None:
        ticks.append(1)
        if len(ticks) == 2:
            raise RuntimeError("another run has taken over")

    server.api.faults.set([{**STREAM_FAULT, "times": 999}])
    started = time.monotonic()
    with reading(server) as run, pytest.raises(RuntimeError):
        patient(run, language=Retry(3, 60)).run(PYTHON, tick=tick)
    assert time.monotonic() - started < 20
    assert attempts(run, "read stream") == [1]
