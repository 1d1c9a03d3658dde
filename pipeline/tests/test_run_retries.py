"""Whole runs that meet trouble on the way: a database that is busy, a request to end, too little time."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from pipeline import lease, run, steps, stopping
from pipeline.demo.server import Server
from pipeline.etl import staging_to_dimensional
from pipeline.models import PublishedRun, RepoSnapshot, StagedRepo, TaskRun, WorkflowExecution
from pipeline.reference import LANGUAGES
from pipeline.retry import Retry
from pipeline.run import RunOptions, run_pipeline
from pipeline.source import Source

pytestmark = pytest.mark.usefixtures("warehouse_holds")
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SMALL = RunOptions(languages=[LANGUAGES["Go"]], limit=10, now=NOW)
Status = WorkflowExecution.Status


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "DEMO_WAIT_SECONDS", 0.01)


@pytest.fixture
def stop_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever asks this process to end is forgotten afterwards."""
    monkeypatch.setattr(stopping._Request, "own", False)


def fails(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, times: int, error: Exception) -> list[int]:
    """The function raises `error` so many times and then works; the returned list counts its calls."""
    works, calls = getattr(module, name), []

    def failing(*args: Any, **kwargs: Any) -> Any:
        calls.append(len(calls) + 1)
        if len(calls) <= times:
            raise error
        return works(*args, **kwargs)

    monkeypatch.setattr(module, name, failing)
    return calls


def attempts(execution: WorkflowExecution, name: str) -> list[tuple[int, str]]:
    return list(TaskRun.objects.filter(execution=execution, name=name).values_list("attempts", "status"))


# -- A database that cannot do it at the moment ----------------------------------------------------------------


@pytest.mark.parametrize("broken", ["load_versions", "_rank", "_point"])
def test_loading_starts_its_transaction_anew_after_a_database_error(
    server: Server, source: Source, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    fails(monkeypatch, staging_to_dimensional, broken, 2, OperationalError("database is locked"))
    execution = run_pipeline(SMALL, source)

    assert (execution.status, execution.error_details) == (Status.SUCCESS, [])
    assert attempts(execution, "staging_to_dimensional") == [(1, "failed"), (2, "failed"), (3, "success")]
    assert attempts(execution, "raw_to_staging") == [(1, "success"), (2, "success"), (3, "success")]
    assert execution.tasks_retried == 4  # the second and third of each
    # Counted once, although staged three times.
    assert execution.rows_written["stg_repos_validated"] == StagedRepo.objects.count()
    assert execution.repos_processed == RepoSnapshot.objects.count()
    assert len(execution.languages_processed) == 1


def test_a_database_that_stays_locked_fails_the_step_that_is_named(
    server: Server, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = fails(monkeypatch, staging_to_dimensional, "_rank", 99, OperationalError("database is locked"))
    execution = run_pipeline(SMALL, source)
    (error,) = execution.error_details
    assert (execution.status, len(calls)) == (Status.FAILED, steps.LOADING_RETRY.attempts)
    assert (error["step"], "database is locked" in error["error"]) == ("staging_to_dimensional", True)
    assert error["remedy"] == run.DATABASE_REMEDY
    assert not PublishedRun.objects.exists()


def test_a_fault_of_our_own_in_loading_is_not_tried_again(
    server: Server, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = fails(monkeypatch, staging_to_dimensional, "_rank", 99, KeyError("rank"))
    assert run_pipeline(SMALL, source).status == Status.FAILED
    assert len(calls) == 1


def test_a_lost_lease_is_not_tried_again(server: Server, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = fails(monkeypatch, lease, "beat", 99, lease.LeaseLost("another run has taken over"))
    execution = run_pipeline(SMALL, source)
    assert execution.status == Status.FAILED
    assert len(calls) == 1
    assert execution.error_details[0]["remedy"] == lease.LeaseLost.remedy


def test_the_older_star_days_are_tried_again_too(
    server: Server, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails(monkeypatch, steps, "load_older_star_days", 1, OperationalError("deadlock detected"))
    execution = run_pipeline(SMALL, source)
    assert execution.status == Status.SUCCESS
    assert attempts(execution, "star_history") == [(1, "failed"), (2, "success")]


def test_a_run_that_waits_between_tries_shows_that_it_is_alive(
    server: Server, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "DEMO_WAIT_SECONDS", 0.7)
    monkeypatch.setattr(run, "BEAT", timedelta(0))
    fails(monkeypatch, staging_to_dimensional, "_rank", 1, OperationalError("database is locked"))
    silences: list[timedelta] = []

    def look(tasks: Any) -> None:
        if [task for task in tasks.tasks if task.name == "staging_to_dimensional"]:
            running = WorkflowExecution.objects.get()
            silences.append(timezone.now() - running.heartbeat_at)

    assert run_pipeline(SMALL, source, look).status == Status.SUCCESS
    assert len(silences) >= 2
    assert max(silences) < timedelta(seconds=10)


# -- Retries as declared ---------------------------------------------------------------------------------------


def test_the_retries_are_those_that_are_written_down() -> None:
    declared = steps.STREAM_RETRIES
    assert (declared.language, declared.ecosystem) == (Retry(3, 60.0), Retry(2, 30.0))
    assert (declared.hydration, steps.LOADING_RETRY) == (Retry(2, 45.0), Retry(3, 30.0))


def test_a_real_run_waits_as_declared_and_a_made_up_one_does_not(source: Source) -> None:
    assert run._patience(SMALL, replace(source, is_demo=False)).longest > 60
    assert run._patience(SMALL, source).longest == run.DEMO_WAIT_SECONDS


def test_a_run_of_the_worker_keeps_time_for_publishing(source: Source) -> None:
    patience = run._patience(replace(SMALL, seconds=300), source)
    assert patience.until - time.monotonic() == pytest.approx(300 - run.RESERVE_SECONDS, abs=5)


def test_a_stream_that_failed_first_leaves_a_success_and_its_tries(server: Server, source: Source) -> None:
    server.api.faults.set([{"match": "language%3AGo", "times": 6, "status": 500}])
    execution = run_pipeline(SMALL, source)
    assert execution.status == Status.SUCCESS
    assert execution.tasks_retried >= 1
    tried = TaskRun.objects.get(execution=execution, name="read stream", stream="go")
    assert (tried.attempts, tried.status) == (2, "success")


# -- The end of a run before its time --------------------------------------------------------------------------


def test_a_run_that_is_asked_to_end_publishes_nothing_and_says_so(
    server: Server, source: Source, stop_request: None
) -> None:
    execution = run_pipeline(SMALL, source, lambda tasks: stopping.request())
    (error,) = execution.error_details
    assert (execution.status, error["step"]) == (Status.FAILED, "github_to_raw")
    assert error["remedy"] == stopping.StopRequested.remedy
    assert execution.finished_at is not None
    assert not PublishedRun.objects.exists()


def test_a_run_that_begins_after_the_request_sends_nothing(server: Server, source: Source, stop_request: None) -> None:
    stopping.request()
    execution = run_pipeline(SMALL, source)
    assert (execution.status, server.log) == (Status.FAILED, [])


def test_a_run_that_is_asked_to_end_does_not_wait_for_another_try(
    server: Server, source: Source, stop_request: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "DEMO_WAIT_SECONDS", 60)
    fails(monkeypatch, staging_to_dimensional, "_rank", 99, OperationalError("database is locked"))

    def end_while_waiting(tasks: Any) -> None:
        if [task for task in tasks.tasks if task.name == "staging_to_dimensional"]:
            stopping.request()

    started = time.monotonic()
    execution = run_pipeline(SMALL, source, end_while_waiting)
    assert time.monotonic() - started < 30
    assert (execution.status, PublishedRun.objects.exists()) == (Status.FAILED, False)


def test_a_run_whose_time_is_up_asks_for_nothing_more(server: Server, source: Source) -> None:
    server.api.faults.set([{"match": "search", "times": 99, "action": "stall", "seconds": 1.5}])
    execution = run_pipeline(replace(SMALL, seconds=0), source)
    assert execution.status == Status.FAILED
    assert {error["stream"] for error in execution.error_details} == {"go", "render"}
    assert all("the time of the run is up" in error["error"] for error in execution.error_details)


# -- Some of the streams ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", ["go", "render"])
def test_one_stream_alone_can_be_run(server: Server, source: Source, stream: str) -> None:
    execution = run_pipeline(replace(SMALL, languages=None, streams=[stream]), source)
    assert execution.status == Status.SUCCESS
    assert set(RepoSnapshot.objects.values_list("stream", flat=True)) == {stream}
    assert set(TaskRun.objects.filter(name="read stream").values_list("stream", flat=True)) == {stream}


def test_one_stream_alone_can_be_rebuilt(server: Server, source: Source) -> None:
    run_pipeline(SMALL, source)
    StagedRepo.objects.all().update(stars=0)
    rebuilt = run_pipeline(replace(SMALL, languages=None, from_raw=True, streams=["go"]), source)
    assert rebuilt.status == Status.SUCCESS
    assert not StagedRepo.objects.filter(stream="go", stars=0).exists()
    assert StagedRepo.objects.filter(stream="render", stars=0).exists()
