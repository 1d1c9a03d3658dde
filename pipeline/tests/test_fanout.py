"""A run that is shared in parts: the same rows as by one process, and what happens when a worker goes away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from pipeline import lease, stopping
from pipeline.demo.server import Server
from pipeline.fanout import parts
from pipeline.fanout.parts import Kind, NewPart, PartLost, Status, complete, fail, give_back, take, tend
from pipeline.fanout.start import start_run
from pipeline.fanout.work import do
from pipeline.models import PublishedRun, RawGithubRepo, RunClaim, RunPart, TaskRun, TrendingRepo, WorkflowExecution
from pipeline.run import RunOptions, run_pipeline
from pipeline.source import Source

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SMALL = RunOptions(limit=20, now=NOW)
GONE = lease.EXPIRES + timedelta(seconds=1)
RunStatus = WorkflowExecution.Status


@pytest.fixture
def real(source: Source) -> Source:
    return replace(source, is_demo=False)


def begin(server: Server, **changes: Any) -> WorkflowExecution:
    server.now = NOW
    return start_run(replace(SMALL, **changes))


def work_off(execution: WorkflowExecution, source: Source) -> list[str]:
    """Take one part after the other until none waits; what was said of each."""
    said = []
    while (taken := take(execution.pk)) is not None:
        said.append(do(taken, source))
    execution.refresh_from_db()
    return said


def published() -> list[tuple[Any, ...]]:
    columns = ("github_id", "repo_full_name", "snapshot_date", "stars", "stars_gained_7d", "momentum_score")
    more = ("rank_overall", "rank_in_language", "render_category", "unknown_parts")
    return list(TrendingRepo.objects.order_by("github_id").values_list(*columns, *more))


@pytest.mark.django_db
@pytest.mark.usefixtures("warehouse_holds")
def test_a_shared_run_publishes_what_one_process_publishes(server: Server, real: Source) -> None:
    execution = begin(server)
    assert {part.stream for part in RunPart.objects.all()} == {"python", "typescript", "go", "render"}
    said = work_off(execution, real)
    assert said[-1] == f"run {execution.pk}: success"
    shared = published()

    server.now = NOW
    alone = run_pipeline(replace(SMALL), real)
    assert alone.status == RunStatus.SUCCESS
    assert shared == published()
    assert len(shared) > 40


@pytest.mark.django_db
def test_the_record_of_a_shared_run_counts_what_all_workers_did(server: Server, real: Source) -> None:
    execution = begin(server)
    work_off(execution, real)

    requests = [entry for entry in server.log if not entry.path.startswith("/_demo")]
    assert execution.status == RunStatus.SUCCESS
    assert execution.requests_sent == len(requests)
    assert execution.graphql_requests == sum(entry.path == "/graphql" for entry in requests)
    assert execution.rows_written["raw_github_repos"] == RawGithubRepo.objects.count()
    assert execution.repos_processed == TrendingRepo.objects.count()
    assert (execution.open_parts, execution.tasks_failed) == (0, 0)
    assert not TaskRun.objects.filter(execution=execution, status="running").exists()
    kinds = set(TaskRun.objects.values_list("name", flat=True))
    assert {"github_to_raw", "stream", "hydration", "star histories", "raw_to_staging"} <= {k.lower() for k in kinds}
    assert RunClaim.objects.count() == 0


@pytest.mark.django_db
def test_a_repository_of_two_streams_is_read_once(server: Server, real: Source) -> None:
    execution = begin(server)
    work_off(execution, real)
    hydrations = RunPart.objects.filter(kind=Kind.HYDRATION)
    asked = [ref["github_id"] for part in hydrations for ref in part.arguments["refs"]]
    assert len(asked) == len(set(asked)) > 0
    assert RawGithubRepo.objects.values("github_id").distinct().count() == RawGithubRepo.objects.count()


@pytest.mark.django_db
@pytest.mark.parametrize("refresh", [False, True])
def test_star_histories_are_read_again_on_the_same_day_only_to_refresh_them(
    server: Server, real: Source, refresh: bool
) -> None:
    work_off(begin(server, streams=["go"]), real)
    before = len(server.log)
    work_off(begin(server, streams=["go"], refresh_histories=refresh), real)
    asked = [entry.path for entry in server.log[before:] if "stargazers" in entry.path]
    assert bool(asked) is refresh


@pytest.mark.django_db
def test_a_stream_that_fails_costs_itself(server: Server, real: Source) -> None:
    server.api.faults.set([{"match": "language%3AGo", "times": 99, "status": 422}])
    execution = begin(server)
    work_off(execution, real)
    assert execution.status == RunStatus.PARTIAL
    assert [error["stream"] for error in execution.error_details] == ["go"]
    assert TrendingRepo.objects.filter(stream="python").exists()


@pytest.mark.django_db
def test_a_refused_token_ends_the_run_and_publishes_nothing(server: Server, real: Source) -> None:
    execution = begin(server)
    said = work_off(execution, replace(real, tokens=("bad_token",)))
    assert execution.status == RunStatus.FAILED
    assert "GITHUB_ACCESS_TOKEN" in execution.error_details[0]["remedy"]
    assert len(said) == 2
    assert not PublishedRun.objects.exists()


@pytest.mark.django_db
def test_a_second_shared_run_is_skipped_while_one_is_going_on(server: Server) -> None:
    begin(server)
    assert begin(server).status == RunStatus.SKIPPED


# -- Parts -----------------------------------------------------------------------------------------------------


@pytest.fixture
def execution(db: None) -> WorkflowExecution:
    started = start_run(replace(SMALL, streams=["go", "python"]))
    assert started.status == RunStatus.RUNNING
    return started


def taken_of(execution: WorkflowExecution) -> parts.Taken:
    taken = take(execution.pk)
    assert taken is not None
    return taken


def open_parts(execution: WorkflowExecution) -> int | None:
    return WorkflowExecution.objects.values_list("open_parts", flat=True).get(pk=execution.pk)


def test_each_part_is_taken_once(execution: WorkflowExecution) -> None:
    first, second = taken_of(execution), taken_of(execution)
    assert {first.part.stream, second.part.stream} == {"go", "python"}
    assert first.first_number != second.first_number
    assert take(execution.pk) is None


def test_the_last_part_to_end_makes_the_end_of_the_run(execution: WorkflowExecution) -> None:
    first, second = taken_of(execution), taken_of(execution)
    complete(first, {}, lambda: [NewPart(Kind.HYDRATION, "go", {"refs": []})])
    assert open_parts(execution) == 2
    complete(second, {}, list)
    third = taken_of(execution)
    assert not RunPart.objects.filter(kind=Kind.END).exists()
    complete(third, {}, list)
    assert open_parts(execution) == 0
    assert RunPart.objects.filter(kind=Kind.END, status=Status.WAITING).count() == 1


def test_what_a_lost_part_found_is_not_written(execution: WorkflowExecution) -> None:
    slow = taken_of(execution)
    with time_machine.travel(timezone.now() + GONE, tick=False):
        assert tend(timezone.now()) == 2
    quick = taken_of(execution)
    assert quick.part.pk == slow.part.pk
    written: list[str] = []
    with pytest.raises(PartLost):
        complete(slow, {}, lambda: written.append("slow") or [])  # type: ignore[func-returns-value]
    complete(quick, {}, list)
    assert (written, open_parts(execution)) == ([], 1)


def test_a_worker_that_is_gone_loses_its_part_and_its_tasks_are_closed(execution: WorkflowExecution) -> None:
    gone = taken_of(execution)
    TaskRun.objects.create(
        execution=execution, number=gone.first_number + 1, name="stream", status="running", started_at=timezone.now()
    )
    with time_machine.travel(timezone.now() + GONE, tick=False):
        tend(timezone.now())
    assert TaskRun.objects.get(number=gone.first_number + 1).error == parts.LOST
    assert taken_of(execution).part.attempts == 2


def test_parts_whose_workers_are_alive_stay_theirs(execution: WorkflowExecution) -> None:
    taken_of(execution), taken_of(execution)
    assert tend(timezone.now()) == 0
    assert take(execution.pk) is None


def test_tending_is_a_sign_of_life_of_the_run(execution: WorkflowExecution) -> None:
    WorkflowExecution.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=60))
    tend(timezone.now())
    execution.refresh_from_db()
    assert execution.heartbeat_at is not None
    assert timezone.now() - execution.heartbeat_at < timedelta(seconds=30)


def test_tending_leaves_a_run_of_one_process_alone(db: None) -> None:
    run = lease.acquire(NOW, NOW.date(), "manual", is_demo=False)
    long_ago = timezone.now() - timedelta(hours=1)
    WorkflowExecution.objects.update(heartbeat_at=long_ago)
    assert tend(timezone.now()) == 0
    run.refresh_from_db()
    assert run.heartbeat_at == long_ago


def test_a_part_that_failed_too_often_counts_as_ended(execution: WorkflowExecution) -> None:
    for attempt in range(1, parts.MOST_TAKES + 1):
        taken = taken_of(execution)
        assert taken.part.attempts == attempt
        fail(taken, "boom")
    assert RunPart.objects.get(pk=taken.part.pk).result["error"] == "boom"
    assert open_parts(execution) == 1


def test_a_part_that_costs_every_worker_its_life_counts_as_ended(execution: WorkflowExecution) -> None:
    other = taken_of(execution)
    complete(other, {}, list)
    clock = timezone.now()
    for _ in range(parts.MOST_TAKES):
        with time_machine.travel(clock, tick=False):
            taken = taken_of(execution)
        clock += GONE
        with time_machine.travel(clock, tick=False):
            tend(clock)
    assert RunPart.objects.get(pk=taken.part.pk).result["error"] == parts.LOST
    assert RunPart.objects.filter(kind=Kind.END, status=Status.WAITING).count() == 1


def test_a_run_whose_end_failed_gives_up_its_lease(execution: WorkflowExecution) -> None:
    complete(taken_of(execution), {}, list)
    complete(taken_of(execution), {}, list)
    for _ in range(parts.MOST_TAKES):
        fail(taken_of(execution), "boom")
    assert open_parts(execution) == 0
    long_ago = timezone.now() - GONE
    WorkflowExecution.objects.update(heartbeat_at=long_ago)
    assert tend(timezone.now()) == 0
    assert begin_again().status == RunStatus.RUNNING
    execution.refresh_from_db()
    assert execution.status == RunStatus.ABANDONED


def begin_again() -> WorkflowExecution:
    return start_run(SMALL)


def test_tending_a_run_that_ends_at_that_moment_does_no_harm(
    execution: WorkflowExecution, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(run: WorkflowExecution) -> None:
        raise lease.LeaseLost("another run has taken over")

    monkeypatch.setattr(lease, "beat", lost)
    assert tend(timezone.now()) == 0


def test_what_was_left_out_is_noted(server: Server, real: Source, execution: WorkflowExecution) -> None:
    RunPart.objects.all().delete()
    WorkflowExecution.objects.update(open_parts=0)
    now, done = timezone.now(), {"execution": execution, "status": Status.DONE, "offered_at": timezone.now()}
    RunPart.objects.create(kind=Kind.STAR_HISTORIES, result={"deferred": 3, "notes": ["a note"]}, **done)
    RunPart.objects.create(execution=execution, kind=Kind.END, offered_at=now)
    server.now = NOW
    do(taken_of(execution), real)
    execution.refresh_from_db()
    assert "a note" in execution.notes
    assert any(note.startswith("3 star histories are left") for note in execution.notes)


def test_a_worker_that_ends_gives_its_part_back(
    server: Server, real: Source, execution: WorkflowExecution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopping, "requested", lambda: True)
    assert "given back" in do(taken_of(execution), real)
    assert RunPart.objects.filter(status=Status.WAITING).count() == 2


def test_a_part_given_back_can_be_taken_at_once(execution: WorkflowExecution) -> None:
    give_back(taken_of(execution))
    assert taken_of(execution).part.attempts == 2


def test_nothing_is_taken_of_a_run_that_has_ended(execution: WorkflowExecution) -> None:
    WorkflowExecution.objects.update(status=RunStatus.FAILED)
    assert take(execution.pk) is None
