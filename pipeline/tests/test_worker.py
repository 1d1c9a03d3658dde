"""The real worker in processes of its own: scheduled runs, kill -9 in the middle, SIGTERM, two at once, many tasks."""

import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.tests.worker_process import Database, Databases, Worker, wait_for, worker_on
from trender.tests.test_serve import is_any_alive, linux

NOW = "2026-11-21T10:00:00+00:00"
RUN = {"limit": 10, "demo": True, "now": NOW}
SLOWLY = {"TRENDER_CONCURRENCY": "1"}  # so that there is a middle to be met
LEASE = timedelta(seconds=4)

# A run on record keeps the made-up weeks before the first one away.
PREPARE = f"""
from datetime import datetime
from django.core.management import call_command
from pipeline.models import WorkflowExecution
call_command("migrate", verbosity=0)
now = datetime.fromisoformat("{NOW}")
WorkflowExecution.objects.create(
    execution_date=now, finished_at=now, snapshot_date=now.date(), status="failed", is_demo=True
)
"""
SCHEDULE = f"""
from django.utils import timezone
from django_q.models import Schedule
Schedule.objects.create(name="due", func="pipeline.tasks.run", schedule_type=Schedule.HOURLY, next_run=timezone.now(),
    kwargs={repr(RUN | {"trigger": "schedule"})!r})
"""
# Everything a run publishes, without keys and moments of the machine's clock.
PUBLISHED = {
    "ranking": """
        SELECT github_id, repo_full_name, snapshot_date, stars, stars_gained_24h, stars_gained_7d, stars_gained_30d,
            momentum_score, activity_score, rank_overall, rank_in_language, render_category, unknown_parts
        FROM analytics_trending_repos_current ORDER BY github_id""",
    "versions": """
        SELECT github_id, repo_full_name, description, uses_render, render_category, is_current
        FROM dim_repositories ORDER BY github_id, valid_from""",
    "star days": "SELECT github_id, day, stars_gained FROM fact_star_days ORDER BY github_id, day",
    "services": """
        SELECT r.github_id, s.service_type, u.snapshot_date, u.service_count, u.complexity_score, u.has_blueprint
        FROM fact_render_usage u JOIN dim_repositories r ON r.repo_key = u.repo_key
        JOIN dim_render_services s ON s.service_key = u.service_key ORDER BY 1, 2""",
    "languages": """
        SELECT l.language_name, d.snapshot_date, d.repositories, d.stars
        FROM fact_language_days d JOIN dim_languages l ON l.language_key = d.language_key ORDER BY 1, 2""",
    "staging": """
        SELECT github_id, stars, commits_last_7_days, issues_closed_last_7_days, active_contributors, uses_render
        FROM stg_repos_validated ORDER BY github_id""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worker")


@pytest.fixture(scope="module")
def databases(folder: Path) -> Iterator[Databases]:
    made = Databases(folder)
    yield made
    made.drop()


@pytest.fixture(scope="module")
def template(databases: Databases) -> Database:
    made = databases.new()
    made.script(PREPARE)
    return made


@pytest.fixture
def database(databases: Databases, template: Database) -> Database:
    return databases.new(template)


@pytest.fixture(scope="module", autouse=True)
def scheduled(databases: Databases, template: Database, folder: Path) -> Iterator[tuple[Database, Worker]]:
    """A worker with a schedule that is due. It looks after half a minute, so it starts before the first test."""
    database = databases.new(template)
    database.script(SCHEDULE)
    with worker_on(database, folder) as worker:
        yield database, worker


def runs(database: Database) -> list[tuple[Any, ...]]:
    """(status, trigger) of all runs but the one on record from the start, the oldest first."""
    return database.rows("SELECT status, trigger FROM fact_workflow_executions ORDER BY execution_id")[1:]


def is_in_the_middle(database: Database) -> bool:
    """Whether a run is going on and has told of tasks that have ended, but not of the end of its reading."""
    ended = "SELECT count(*) FROM fact_task_runs WHERE status = 'success' AND parent_id IS NOT NULL"
    return [status for status, _ in runs(database)] == ["running"] and database.one(ended) > 0


def published(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    return {name: database.rows(sql) for name, sql in PUBLISHED.items()}


def silence(database: Database) -> timedelta:
    """Since the heartbeat of the run that is on record as running."""
    beat = database.one("SELECT heartbeat_at FROM fact_workflow_executions WHERE status = 'running'")
    moment = beat if isinstance(beat, datetime) else datetime.fromisoformat(beat)
    return datetime.now(UTC) - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def has_ended(database: Database, count: int = 1) -> bool:
    return len(runs(database)) >= count and "running" not in [status for status, _ in runs(database)]


def test_a_schedule_that_is_due_runs_once_and_the_idle_worker_ends_on_sigterm(
    scheduled: tuple[Database, Worker],
) -> None:
    database, worker = scheduled
    wait_for(lambda: has_ended(database), 120, "the scheduled run")
    assert runs(database) == [("success", "schedule")], worker.log.read_text()
    assert database.one("SELECT count(*) FROM analytics_trending_repos_current") > 10
    wait_for(lambda: database.one("SELECT count(*) FROM django_q_ormq") == 0, 10, "an empty queue")
    assert database.one("SELECT count(*) FROM django_q_task WHERE success") == 1

    assert worker.terminate() < 10
    assert database.rows("SELECT pid, status FROM worker_heartbeats") == [(worker.process.pid, "Stopped")]
    assert len(runs(database)) == 1


def test_after_kill_9_in_the_middle_the_next_run_takes_over_and_publishes_the_same(
    database: Database, databases: Databases, template: Database, folder: Path
) -> None:
    database.enqueue(RUN)
    with worker_on(database, folder, **SLOWLY) as killed:
        wait_for(lambda: is_in_the_middle(database), 60, "a run in the middle")
        killed.kill()
    assert [status for status, _ in runs(database)] == ["running"]
    assert database.one("SELECT count(*) FROM published_run") == 0

    undisturbed = databases.new(template)
    undisturbed.script(f"from pipeline.tasks import run\nrun(**{RUN!r})")
    wait_for(lambda: silence(database) > LEASE, 20, "the end of the lease")
    database.enqueue(RUN)
    with worker_on(database, folder) as worker:
        wait_for(lambda: has_ended(database, 2), 60, "the next run")
    assert [status for status, _ in runs(database)] == ["abandoned", "success"], worker.log.read_text()
    assert published(database) == published(undisturbed)
    assert all(published(database).values())


def test_sigterm_ends_a_worker_in_the_middle_of_a_run(database: Database, folder: Path) -> None:
    database.enqueue(RUN)
    with worker_on(database, folder, **SLOWLY) as worker:
        wait_for(lambda: is_in_the_middle(database), 60, "a run in the middle")
        assert worker.terminate() < 10
    assert [status for status, _ in runs(database)] == ["failed"]
    assert "asked to end" in str(database.one("SELECT error_details FROM fact_workflow_executions ORDER BY 1 DESC"))
    assert database.one("SELECT count(*) FROM published_run") == 0
    assert database.one("SELECT count(*) FROM django_q_ormq") == 0


@linux
def test_a_worker_whose_first_process_is_killed_leaves_none_behind(database: Database, folder: Path) -> None:
    with worker_on(database, folder) as worker:
        wait_for(lambda: database.rows("SELECT 1 FROM worker_heartbeats WHERE status = 'Idle'"), 60, "a heartbeat")
        os.kill(worker.process.pid, signal.SIGKILL)
        worker.process.wait(10)
        wait_for(lambda: not is_any_alive({worker.process.pid}), 10, "the end of its other processes")


def test_of_two_runs_at_once_one_works_and_the_other_is_skipped(database: Database, folder: Path) -> None:
    database.enqueue(RUN, RUN)
    with worker_on(database, folder, **SLOWLY):
        wait_for(lambda: has_ended(database, 2), 90, "both runs")
    assert sorted(status for status, _ in runs(database)) == ["skipped", "success"]


def test_four_workers_lose_and_fail_none_of_150_small_tasks(database: Database, folder: Path) -> None:
    tasks = 150
    database.enqueue(*[{} for _ in range(tasks)], func="pipeline.tasks.prune")
    with worker_on(database, folder, TRENDER_WORKERS="4") as worker:
        started = time.monotonic()
        wait_for(lambda: database.one("SELECT count(*) FROM django_q_task") == tasks, 90, "all tasks")
        wait_for(lambda: database.one("SELECT count(*) FROM django_q_ormq") == 0, 10, "an empty queue")
    assert database.one("SELECT count(*) FROM django_q_task WHERE NOT success") == 0, worker.log.read_text()
    assert database.one("SELECT max(attempt_count) FROM django_q_task") == 1
    assert time.monotonic() - started < 90
