"""The real worker for tests: databases that processes can share, and `manage.py qcluster` on them."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "trender.settings",
    "SECRET_KEY": "k" * 60,
    "GITHUB_ACCESS_TOKEN": "",
    "GITHUB_TOKEN": "",
    "TRENDER_ALERT_WEBHOOK": "",
    "TRENDER_LEASE_SECONDS": "4",
}


@dataclass
class Database:
    """A database that tests and workers reach under `url`; on the same kind of server as the suite's own."""

    url: str

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(self._connect()) as opened:
            return [tuple(row) for row in opened.execute(sql).fetchall()]

    def _connect(self) -> Any:
        if self.url.startswith("sqlite"):
            return sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=20)
        return psycopg.connect(self.url)

    def one(self, sql: str) -> Any:
        return self.rows(sql)[0][0]

    def script(self, code: str, **settings: str) -> str:
        """What `code` prints, run in a process of its own with Django set up."""
        command = [sys.executable, "-c", f"import django; django.setup()\n{code}"]
        environment = {**os.environ, **SETTINGS, "DATABASE_URL": self.url, **settings}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def enqueue(self, *tasks: dict[str, Any], func: str = "pipeline.tasks.run", **settings: str) -> None:
        """Hand over one task for each of these keyword arguments."""
        self.script(
            "import json\nfrom django_q.tasks import async_task\n"
            f"for given in json.loads({json.dumps(json.dumps(tasks))}):\n    async_task({func!r}, **given)",
            **settings,
        )


@dataclass
class Databases:
    """Makes databases, each from nothing or as a copy of another that nobody is connected to."""

    folder: Path
    made: list[str] = field(default_factory=list)

    def new(self, template: Database | None = None) -> Database:
        name = f"trender_worker_{uuid4().hex[:12]}"
        if connection.vendor == "sqlite":
            path = self.folder / f"{name}.sqlite3"
            if template is not None:
                copyfile(template.url.removeprefix("sqlite:///"), path)
            return Database(f"sqlite:///{path}")
        self._execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {_name_of(template)}" if template else ""))
        self.made.append(name)
        return Database(_server_url(name))

    def drop(self) -> None:
        for name in self.made:
            self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    @staticmethod
    def _execute(sql: str) -> None:
        with closing(psycopg.connect(_server_url("postgres"), autocommit=True)) as server:
            server.execute(sql)


def _server_url(name: str) -> str:
    known = connection.settings_dict
    password = f":{known['PASSWORD']}" if known["PASSWORD"] else ""
    return f"postgres://{known['USER']}{password}@{known['HOST'] or '127.0.0.1'}:{known['PORT'] or 5432}/{name}"


def _name_of(database: Database) -> str:
    return database.url.rpartition("/")[2]


@dataclass
class Worker:
    """A running `manage.py qcluster`; its processes are a group of their own."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def owns(self, pid: int) -> bool:
        """Whether that is one of its processes, which are a group."""
        try:
            return os.getpgid(pid) == self.process.pid
        except ProcessLookupError:
            return False

    def kill(self) -> None:
        """SIGKILL for all of its processes, as when the machine goes away."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def terminate(self) -> float:
        """SIGTERM as a platform sends it, to the first process alone; the seconds until that has ended."""
        started = time.monotonic()
        self.process.terminate()
        self.process.wait(60)
        return time.monotonic() - started


@contextmanager
def worker_on(database: Database, folder: Path, **settings: str) -> Iterator[Worker]:
    log = folder / f"worker-{uuid4().hex[:6]}.log"
    environment = {**os.environ, **SETTINGS, "DATABASE_URL": database.url, **settings}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "qcluster"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    worker = Worker(process, log)
    try:
        yield worker
    finally:
        worker.kill()


def wait_for(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """The first true value of the condition; fails with `what` when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.05)
    return found
