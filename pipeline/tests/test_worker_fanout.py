"""Two real workers on one database that share a run, and what becomes of it when one of them is killed."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.demo_run import embedded_github
from pipeline.tests.worker_process import Database, Databases, Worker, wait_for, worker_on

NOW = "2026-11-21T10:00:00+00:00"
RUN = {"limit": 20, "now": NOW}
TRIES = 4
PUBLISHED = """
    SELECT github_id, repo_full_name, snapshot_date, stars, stars_gained_24h, stars_gained_7d, stars_gained_30d,
        momentum_score, activity_score, rank_overall, rank_in_language, render_category, unknown_parts
    FROM analytics_trending_repos_current ORDER BY github_id"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def databases(folder: Path) -> Iterator[Databases]:
    made = Databases(folder)
    yield made
    made.drop()


@pytest.fixture(scope="module")
def template(databases: Databases) -> Database:
    made = databases.new()
    made.script('from django.core.management import call_command\ncall_command("migrate", verbosity=0)')
    return made


@pytest.fixture(scope="module")
def settings() -> Iterator[dict[str, str]]:
    """Of workers that share their runs, over a GitHub whose clock stands still and that takes its time.

    So much of it that there is something left to do for a worker that is up seconds after the other.
    """
    with embedded_github(date(2026, 11, 21), "--now", NOW, "--latency", "0.1") as url:
        yield {
            "TRENDER_FANOUT": "queue", "GITHUB_API_BASE_URL": url, "GITHUB_ACCESS_TOKEN": "only-a-test",
            "TRENDER_WORKERS": "2",
        }  # fmt: skip


@pytest.fixture(scope="module")
def undisturbed(databases: Databases, template: Database, settings: dict[str, str]) -> list[tuple[Any, ...]]:
    """What one process alone publishes of the same."""
    database = databases.new(template)
    database.script(f"from pipeline.tasks import run\nrun(**{RUN!r})", **settings | {"TRENDER_FANOUT": "threads"})
    rows = database.rows(PUBLISHED)
    assert len(rows) > 40
    return rows


def status(database: Database) -> list[str]:
    return [row[0] for row in database.rows("SELECT status FROM fact_workflow_executions ORDER BY execution_id")]


def parts_done(database: Database) -> int:
    return int(database.one("SELECT count(*) FROM run_parts WHERE status = 'done'"))


def hands(database: Database, status: str) -> list[int]:
    """The processes that have, or had, parts of that status in hand."""
    rows = database.rows(f"SELECT DISTINCT worker FROM run_parts WHERE status = '{status}'")
    return [int(name.rpartition(" ")[2]) for (name,) in rows]


def one_at_work(database: Database, *workers: Worker) -> Worker:
    """Whichever of them has a part in its hands first, once another part is done: which one that is, is luck."""

    def found() -> Worker | None:
        busy = hands(database, "running") if parts_done(database) else []
        return next((worker for worker in workers if any(map(worker.owns, busy))), None)

    worker: Worker = wait_for(found, 90, "a part in somebody's hands")
    return worker


def hand_out(database: Database, settings: dict[str, str]) -> None:
    database.script(f"from pipeline.tasks import run\nprint(run(**{RUN!r}))", **settings)
    assert status(database) == ["running"]


def test_two_workers_share_one_run(
    databases: Databases, template: Database, folder: Path, settings: dict[str, str], undisturbed: list[Any]
) -> None:
    # On a busy machine the first one that is up may do everything before the other is, hence the tries.
    for _ in range(TRIES):
        database = databases.new(template)
        hand_out(database, settings)
        with worker_on(database, folder, **settings) as one, worker_on(database, folder, **settings) as other:
            wait_for(lambda shared=database: status(shared) != ["running"], 120, "the end of the run")
            at_work = [worker for worker in (one, other) if any(map(worker.owns, hands(database, "done")))]
        assert status(database) == ["success"]
        assert database.rows(PUBLISHED) == undisturbed
        if len(at_work) == 2:
            return
    pytest.fail(f"one worker did everything, {TRIES} times")


def test_one_worker_ends_the_run_when_the_other_is_killed(
    databases: Databases, template: Database, folder: Path, settings: dict[str, str], undisturbed: list[Any]
) -> None:
    database = databases.new(template)
    hand_out(database, settings)
    with worker_on(database, folder, **settings) as one, worker_on(database, folder, **settings) as other:
        killed = one_at_work(database, one, other)
        killed.kill()
        survivor = other if killed is one else one
        wait_for(lambda: status(database) != ["running"], 120, "the end of the run")
        assert status(database) == ["success"], survivor.log.read_text()
    assert database.rows(PUBLISHED) == undisturbed
    assert database.one("SELECT count(*) FROM run_parts WHERE status <> 'done'") == 0


def test_a_worker_that_is_asked_to_end_leaves_the_rest_to_the_other(
    databases: Databases, template: Database, folder: Path, settings: dict[str, str], undisturbed: list[Any]
) -> None:
    database = databases.new(template)
    hand_out(database, settings)
    with worker_on(database, folder, **settings) as one, worker_on(database, folder, **settings) as other:
        ends = one_at_work(database, one, other)
        stays = other if ends is one else one
        assert ends.terminate() < 10
        wait_for(lambda: status(database) != ["running"], 120, "the end of the run")
        assert status(database) == ["success"], stays.log.read_text()
    assert database.rows(PUBLISHED) == undisturbed
