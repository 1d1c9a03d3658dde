"""The real worker with its queue in a real Redis, where the server's program is found."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.tests.worker_process import Database, Databases, wait_for, worker_on

PROGRAM = shutil.which("redis-server")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no redis-server found")
MIGRATE = 'from django.core.management import call_command\ncall_command("migrate", verbosity=0)'


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    command = [str(PROGRAM), "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            wait_for(lambda: answers(port), 10, "Redis")
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    databases = Databases(tmp_path)
    made = databases.new()
    made.script(MIGRATE)
    yield made
    databases.drop()


def test_the_worker_takes_its_tasks_from_redis_and_keeps_its_heartbeat(
    database: Database, tmp_path: Path, redis_url: str
) -> None:
    tasks = 40
    database.enqueue(*[{} for _ in range(tasks)], func="pipeline.tasks.prune", REDIS_URL=redis_url)
    assert database.one("SELECT count(*) FROM django_q_ormq") == 0
    with worker_on(database, tmp_path, REDIS_URL=redis_url) as worker:
        wait_for(lambda: database.one("SELECT count(*) FROM django_q_task") == tasks, 90, "all tasks")
        assert database.one("SELECT count(*) FROM django_q_task WHERE NOT success") == 0, worker.log.read_text()
        assert worker.terminate() < 10
    assert database.rows("SELECT pid, status FROM worker_heartbeats") == [(worker.process.pid, "Stopped")]


def test_a_run_goes_through_redis(database: Database, tmp_path: Path, redis_url: str) -> None:
    run = {"limit": 8, "demo": True, "now": "2026-11-21T10:00:00+00:00", "streams": ["go"]}
    database.enqueue(run, REDIS_URL=redis_url)
    with worker_on(database, tmp_path, REDIS_URL=redis_url):
        done = "SELECT 1 FROM fact_workflow_executions WHERE trigger = 'manual' AND status = 'success'"
        wait_for(lambda: database.rows(done), 180, "the run")
    assert database.one("SELECT count(*) FROM analytics_trending_repos_current") > 5
