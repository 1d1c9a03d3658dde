"""Whole runs against the embedded GitHub over real HTTP: what they publish, what they record, how they fail."""

import json
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Count, Min
from django.utils import timezone

from pipeline import lease, run, steps
from pipeline.demo.server import Server
from pipeline.detection.nextjs import combine, next_verdict
from pipeline.etl import staging_to_dimensional
from pipeline.models import (
    PublishedRun,
    RawFileContent,
    RawGithubRepo,
    RawRepoMetric,
    RenderEnrichment,
    RenderUsage,
    RepositoryDim,
    RepoSnapshot,
    StagedRepo,
    StarDay,
    TaskRun,
    TrendingRepo,
    WorkflowExecution,
)
from pipeline.reference import LANGUAGES
from pipeline.run import RunOptions, exit_code, run_pipeline
from pipeline.source import Source

pytestmark = pytest.mark.usefixtures("warehouse_holds")
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SMALL = RunOptions(limit=26, now=NOW)
Status = WorkflowExecution.Status


def one_run(server: Server, source: Source, now: datetime = NOW, **changes: Any) -> WorkflowExecution:
    server.now = now
    return run_pipeline(replace(SMALL, now=now, **changes), source)


def published() -> list[tuple[Any, ...]]:
    """Everything a reader sees of the current day, without keys and moments."""
    columns = ("github_id", "repo_full_name", "snapshot_date", "stars", "stars_gained_7d", "momentum_score")
    rows = TrendingRepo.objects.order_by("github_id")
    return list(rows.values_list(*columns, "rank_overall", "rank_in_language", "render_category", "unknown_parts"))


def test_a_run_publishes_every_stream_and_records_what_it_did(server: Server, source: Source) -> None:
    execution = one_run(server, source)

    assert (execution.status, exit_code(execution), execution.error_details) == (Status.SUCCESS, 0, [])
    streams = dict.fromkeys(RepoSnapshot.objects.values_list("stream", flat=True))
    assert set(streams) == {"python", "typescript", "go", "render"}
    assert execution.repos_processed == RepoSnapshot.objects.count() > 60
    assert execution.requests_sent == len(server.log)
    assert execution.languages_processed == ["Python", "TypeScript", "Go"]
    assert execution.rows_written["fact_repo_snapshots"] == execution.repos_processed
    assert PublishedRun.objects.get().execution == execution
    wall, leaves = execution.total_duration_seconds, TaskRun.objects.filter(execution=execution, children=None)
    assert wall is not None
    assert execution.tasks_executed == leaves.count()
    speedup = sum((leaf.seconds or Decimal(0)) for leaf in leaves) / wall
    assert execution.parallel_speedup_factor == pytest.approx(speedup, rel=Decimal("0.05"))


def test_typescript_holds_only_repositories_that_ask_for_next_16_or_newer(server: Server, source: Source) -> None:
    one_run(server, source, languages=[LANGUAGES["TypeScript"]], limit=None)
    found = set(RepoSnapshot.objects.filter(stream="typescript").values_list("github_id", flat=True))
    verdicts = {}
    for face in server.universe.view().faces():
        texts = [text for path, text in face.files.items() if path.endswith("package.json")]
        verdicts[face.id] = combine([next_verdict(text) for text in texts]).answer
    assert len(found) >= 100
    assert {verdicts[github_id] for github_id in found} == {"yes"}


def test_a_second_run_of_the_day_changes_no_dimension_and_keeps_one_fact_each(server: Server, source: Source) -> None:
    one_run(server, source)
    dimensions = list(RepositoryDim.objects.order_by("repo_key").values())
    counts = [model.objects.count() for model in (RepoSnapshot, RawFileContent)]
    seen = published()

    second = one_run(server, source, NOW + timedelta(seconds=30))

    assert second.status == Status.SUCCESS
    assert list(RepositoryDim.objects.order_by("repo_key").values()) == dimensions
    assert [model.objects.count() for model in (RepoSnapshot, RawFileContent)] == counts
    assert [row[:3] for row in published()] == [row[:3] for row in seen]


def test_the_next_hour_asks_for_no_history_and_no_file_again(server: Server, source: Source) -> None:
    one_run(server, source)
    payloads = RawGithubRepo.objects.count(), RawRepoMetric.objects.count()
    histories = {entry.path for entry in server.log if "stargazers" in entry.path}
    server.log.clear()
    second = one_run(server, source, NOW + timedelta(hours=1))
    again = {entry.path for entry in server.log if "stargazers" in entry.path} & histories
    assert not again
    assert second.rows_written["raw_file_contents"] <= 3
    assert RawGithubRepo.objects.count() < 2 * payloads[0]
    assert RawRepoMetric.objects.count() < 2 * payloads[1]


def test_a_week_of_daily_runs_agrees_with_the_star_history_by_hand(server: Server, source: Source) -> None:
    for day in range(6, -1, -1):
        execution = one_run(server, source, NOW - timedelta(days=day), languages=[LANGUAGES["Go"]])
        assert execution.status == Status.SUCCESS

    for github_id in RepoSnapshot.objects.filter(stream="go", is_current=True).values_list("github_id", flat=True)[:8]:
        buckets = star_buckets(server, github_id)
        for fact in RepoSnapshot.objects.filter(github_id=github_id).order_by("snapshot_date"):
            days = [fact.snapshot_date - timedelta(days=n) for n in range(7)]
            # Of the day itself the run at ten o'clock saw a part; its full bucket is only known for past days.
            whole = sum(buckets.get(day, 0) for day in days[1:])
            if fact.snapshot_date == NOW.date():
                assert fact.stars_gained_7d == whole + buckets.get(days[0], 0)
            assert whole <= fact.stars_gained_7d <= whole + buckets.get(days[0], 0)
            velocity = Decimal(fact.stars_gained_7d) * 100 / max(fact.stars, 1)
            assert abs(fact.star_velocity - velocity) <= Decimal("0.0000005")
    assert set(RepoSnapshot.objects.values_list("snapshot_date", flat=True)) == {
        NOW.date() - timedelta(days=n) for n in range(7)
    }


def star_buckets(server: Server, github_id: int) -> dict[date, int]:
    request = urllib.request.Request(
        f"{server.url}/repositories/{github_id}/stargazers/history?per_page=30", headers={"User-Agent": "test"}
    )
    with urllib.request.urlopen(request) as answer:
        weeks = json.load(answer)
    found = {}
    for week in weeks:
        start = datetime.fromtimestamp(week["week"], UTC).date()
        found |= {start + timedelta(days=n): gained for n, gained in enumerate(week["days"])}
    return found


def test_weeks_of_runs_show_renames_and_changes_as_versions(server: Server, source: Source) -> None:
    for day in (28, 14, 0):
        one_run(server, source, NOW - timedelta(days=day), limit=None)
    versions: dict[int, list[RepositoryDim]] = {}
    for row in RepositoryDim.objects.order_by("valid_from"):
        versions.setdefault(row.github_id, []).append(row)
    changed = [rows for rows in versions.values() if len(rows) > 1]
    assert any(rows[0].repo_full_name != rows[-1].repo_full_name for rows in changed)
    assert any(rows[0].description != rows[-1].description for rows in changed)
    assert any(rows[0].uses_render != rows[-1].uses_render for rows in changed)


def test_most_staged_repositories_are_of_high_quality(server: Server, source: Source) -> None:
    one_run(server, source)
    good = StagedRepo.objects.filter(data_quality_score__gte=Decimal("0.90")).count()
    assert good >= 0.95 * StagedRepo.objects.count()


def test_one_failing_language_leaves_the_others_published_and_says_so(server: Server, source: Source) -> None:
    one_run(server, source, NOW - timedelta(days=1))
    server.api.faults.set([{"match": "language%3AGo", "times": 100, "status": 422}])
    execution = one_run(server, source)

    assert (execution.status, exit_code(execution)) == (Status.PARTIAL, 2)
    (error,) = execution.error_details
    assert error["stream"] == "go"
    assert "422" in error["error"]
    assert error["remedy"]
    days = set(TrendingRepo.objects.values_list("stream", "snapshot_date"))
    assert ("go", NOW.date() - timedelta(days=1)) in days
    assert ("python", NOW.date()) in days
    assert TaskRun.objects.filter(execution=execution, stream="go", status="failed").exists()


def test_a_bad_token_publishes_nothing_and_names_the_variable(server: Server, source: Source) -> None:
    execution = run_pipeline(SMALL, replace(source, tokens=("bad_token",)))
    assert (execution.status, exit_code(execution)) == (Status.FAILED, 1)
    (error,) = execution.error_details
    assert "GITHUB_ACCESS_TOKEN" in error["remedy"]
    assert not RepoSnapshot.objects.exists()
    assert not PublishedRun.objects.exists()
    assert "bad_token" not in json.dumps(list(TaskRun.objects.values_list("error", flat=True)))


def test_without_a_token_a_partial_run_stays_inside_sixty_requests(server: Server, source: Source) -> None:
    execution = run_pipeline(SMALL, replace(source, tokens=()))
    assert execution.status == Status.PARTIAL
    assert execution.requests_sent <= 60
    assert len(server.log) <= 60
    assert {error["stream"] for error in execution.error_details} == {"typescript"}
    assert any("GITHUB_ACCESS_TOKEN" in note for note in execution.notes)
    fact = RepoSnapshot.objects.filter(stream="python").first()
    assert fact is not None
    assert fact.commits_last_7_days is None
    assert "commits_last_7_days" in fact.unknown_parts


def test_a_run_that_finds_another_going_on_is_skipped_and_sends_nothing(server: Server, source: Source) -> None:
    holder = lease.acquire(NOW, NOW.date(), "manual", is_demo=True)
    execution = run_pipeline(SMALL, source)
    assert (holder.status, execution.status) == (Status.RUNNING, Status.SKIPPED)
    assert server.log == []
    WorkflowExecution.objects.filter(pk=holder.pk).update(status=Status.FAILED)


def test_an_expired_lease_is_closed_as_abandoned_and_taken_over(server: Server, source: Source) -> None:
    gone = lease.acquire(NOW, NOW.date(), "manual", is_demo=True)
    WorkflowExecution.objects.filter(pk=gone.pk).update(heartbeat_at=timezone.now() - 2 * lease.EXPIRES)
    execution = run_pipeline(SMALL, source)
    gone.refresh_from_db()
    assert (gone.status, execution.status) == (Status.ABANDONED, Status.SUCCESS)


def test_a_run_that_lost_its_lease_publishes_nothing(
    server: Server, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(execution: WorkflowExecution) -> None:
        raise lease.LeaseLost("another run has taken over")

    monkeypatch.setattr(lease, "beat", lost)
    execution = run_pipeline(SMALL, source)
    assert (execution.status, exit_code(execution)) == (Status.FAILED, 1)
    assert not RepoSnapshot.objects.exists()
    assert not PublishedRun.objects.exists()


def test_a_record_that_was_closed_by_another_run_stays_as_it_was_closed(
    server: Server, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def close(tasks: object) -> None:
        WorkflowExecution.objects.update(status=Status.ABANDONED)

    monkeypatch.setattr(run, "BEAT", timedelta(0))
    execution = run_pipeline(SMALL, source, close)
    assert execution.status == Status.ABANDONED
    assert not PublishedRun.objects.exists()


@pytest.mark.parametrize("broken", ["_rank", "load_versions", "load_recent_star_days", "_point"])
def test_a_fault_at_any_point_of_publishing_leaves_yesterday_as_it_was(
    server: Server, source: Source, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    one_run(server, source, NOW - timedelta(days=1))
    before = published()

    def fault(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the machine lost its mind")

    with monkeypatch.context() as patch:
        patch.setattr(staging_to_dimensional, broken, fault)
        failed = one_run(server, source)
    assert failed.status == Status.FAILED
    assert "lost its mind" in failed.error_details[0]["error"]
    assert published() == before

    # The next run finishes the job, with the result of an undisturbed one.
    assert one_run(server, source, NOW + timedelta(minutes=5)).status == Status.SUCCESS
    assert all(row[2] == NOW.date() for row in published())


def test_a_rebuild_from_raw_gives_the_same_rows_without_a_request(server: Server, source: Source) -> None:
    one_run(server, source)
    before, dimensions = published(), list(RepositoryDim.objects.order_by("repo_key").values())
    facts = list(RepoSnapshot.objects.order_by("github_id").values_list("github_id", "activity_score", "velocity_part"))
    for model in (RenderUsage, RenderEnrichment, StagedRepo):
        model.objects.all().delete()
    server.log.clear()

    execution = one_run(server, source, NOW + timedelta(hours=3), from_raw=True)

    assert execution.status == Status.SUCCESS
    assert server.log == []
    assert execution.requests_sent == 0
    assert published() == before
    assert list(RepositoryDim.objects.order_by("repo_key").values()) == dimensions
    rebuilt = RepoSnapshot.objects.order_by("github_id").values_list("github_id", "activity_score", "velocity_part")
    assert list(rebuilt) == facts
    assert RenderUsage.objects.exists()


def test_thirty_weeks_of_star_days_are_there_after_the_first_run(server: Server, source: Source) -> None:
    one_run(server, source, languages=[LANGUAGES["Go"]])
    old = RepoSnapshot.objects.filter(repo__created_at__lt=NOW - timedelta(days=300)).values_list("github_id")
    days = StarDay.objects.filter(github_id__in=old).values("github_id").annotate(first=Min("day"), days=Count("id"))
    assert days
    assert all(row["first"] <= NOW.date() - timedelta(days=200) for row in days)
    assert all(row["days"] == (NOW.date() - row["first"]).days + 1 for row in days)


def test_a_fault_after_publishing_is_recorded_and_leaves_the_day_published(
    server: Server, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*args: object) -> None:
        raise RuntimeError("no room left")

    monkeypatch.setattr(steps, "load_older_star_days", fault)
    execution = one_run(server, source)
    assert (execution.status, exit_code(execution)) == (Status.PARTIAL, 2)
    assert execution.error_details[0]["step"] == "star_history"
    assert PublishedRun.objects.get().execution == execution
    recent = StarDay.objects.count()

    monkeypatch.undo()
    one_run(server, source, NOW + timedelta(minutes=5))
    assert StarDay.objects.count() > 3 * recent


def test_made_up_rows_leave_when_real_ones_come(server: Server, source: Source) -> None:
    one_run(server, source, languages=[LANGUAGES["Python"]])
    assert not RepositoryDim.objects.filter(is_demo=False).exists()
    real = one_run(server, replace(source, is_demo=False), NOW + timedelta(hours=1), languages=[LANGUAGES["Go"]])
    assert real.status == Status.SUCCESS
    assert not RepositoryDim.objects.filter(is_demo=True).exists()
    assert not RawGithubRepo.objects.filter(execution__is_demo=True).exists()


def test_a_run_shows_that_it_is_alive_while_it_reads(
    server: Server, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats: list[int] = []
    beat: Callable[[WorkflowExecution], None] = lease.beat
    monkeypatch.setattr(run, "BEAT", timedelta(0))
    monkeypatch.setattr(lease, "beat", lambda execution: (beats.append(1), beat(execution)))
    one_run(server, source)
    assert len(beats) > 1


@pytest.mark.parametrize("refresh", [False, True])
def test_star_histories_are_read_again_on_the_same_day_only_to_refresh_them(
    server: Server, source: Source, refresh: bool
) -> None:
    first = one_run(server, source)
    read = set(RawRepoMetric.objects.filter(metric_type="star_history").values_list("repo_full_name", flat=True))
    before = len(server.log)
    one_run(server, source, first.execution_date + timedelta(hours=2), refresh_histories=refresh)
    asked = {entry.path for entry in server.log[before:] if "stargazers" in entry.path}
    again = {name for name in read if f"/repos/{name}/stargazers/history" in asked}
    assert (len(again) > 0.9 * len(read)) is refresh
    assert refresh or not again
