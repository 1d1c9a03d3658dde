"""A backup is whole, private, and what the documentation says brings it back."""

import os
import re
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from pipeline import backup as backups
from pipeline.backup import BackupProblem, postgresql, sqlite
from pipeline.tests.builders import NOW, Warehouse, commits, rest_item

ROOT = Path(__file__).resolve().parents[2]
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="pg_dump dumps PostgreSQL")
on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the file is SQLite's")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A SQLite file as a running instance has it: with the write-ahead log, and a thousand rows."""
    path = tmp_path / "live db?.sqlite3"
    with closing(sqlite3.connect(path)) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE pairs (a INTEGER, b INTEGER)")
        made.executemany("INSERT INTO pairs VALUES (?, ?)", [(n, n) for n in range(1000)])
        made.commit()
    return path


@pytest.fixture
def live(database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same as the database of the settings, for the command."""
    monkeypatch.setitem(backups.COPIES, connection.vendor, (sqlite.copy, "sqlite3"))
    monkeypatch.setitem(connection.settings_dict, "NAME", str(database))
    return database


def documented(name: str) -> str:
    """The commands of the documentation's block that begins with this comment."""
    text = (ROOT / "docs" / "backup.md").read_text(encoding="utf-8")
    (block,) = re.findall(rf"```sh\n# {name}\n(.*?)```", text, re.DOTALL)
    return block


def restore(name: str, **variables: str) -> None:
    """Runs the documented commands, with the interpreter of this test as `python`."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, **variables, "SECRET_KEY": "k" * 60, "PATH": path}
    subprocess.run(["sh", "-euc", documented(name)], cwd=ROOT, env=environment, check=True, timeout=120)


# -- The command -----------------------------------------------------------------------------------------------


def test_a_backup_is_one_file_with_its_time_that_only_its_owner_reads(live, tmp_path, capsys, time_machine):
    time_machine.move_to(datetime(2026, 11, 21, 3, 15, 7, tzinfo=UTC), tick=False)
    folder = tmp_path / "new" / "backups"
    call_command("backup", to=folder)
    (made,) = folder.iterdir()
    assert made.name == "trender-20261121T031507Z.sqlite3"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert capsys.readouterr().out.startswith(str(made))


def test_keep_deletes_older_backups_and_nothing_else(live, tmp_path, capsys):
    names = ["trender-20250101T000000Z.sqlite3", "trender-20250102T000000Z.sqlite3", "trender-20250103T000000Z.sqlite3"]
    others = ["trender-20250101T000000Z.dump", "trender-mine.sqlite3", "notes.txt"]
    for name in names + others:
        (tmp_path / name).touch()
    call_command("backup", to=tmp_path, keep=2)
    left = {path.name for path in tmp_path.iterdir() if path != live}
    assert left >= {*others, names[2]}
    assert not left & {*names[:2]}
    assert capsys.readouterr().out.count("deleted") == 2


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5"])
def test_keep_is_at_least_one(live, tmp_path, text):
    with pytest.raises(CommandError, match="whole number from 1"):
        call_command("backup", f"--to={tmp_path}", f"--keep={text}")


def test_a_failure_is_a_sentence_and_leaves_nothing_behind(live, tmp_path):
    live.unlink()
    folder = tmp_path / "backups"
    with pytest.raises(CommandError, match="SQLite could not copy"):
        call_command("backup", to=folder)
    assert list(folder.iterdir()) == []
    assert not live.exists(), "a wrong name does not become an empty database"


def test_a_folder_that_cannot_be_one_is_a_sentence(live, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="cannot take a backup"):
        call_command("backup", to=tmp_path / "file")


def test_a_backup_is_never_written_over(live, tmp_path):
    backups.backup(tmp_path / "b", NOW)
    with pytest.raises(BackupProblem, match="is there already"):
        backups.backup(tmp_path / "b", NOW)


# -- SQLite ----------------------------------------------------------------------------------------------------


def test_a_copy_made_while_somebody_writes_is_of_one_moment(database, tmp_path):
    stop = threading.Event()

    def write() -> None:
        """Two rows a transaction: a copy in between would hold one of them."""
        with closing(sqlite3.connect(database, timeout=20)) as writer:
            number = 0
            while not stop.is_set():
                number += 1
                with writer:
                    writer.execute("INSERT INTO pairs VALUES (?, 1)", (-number,))
                    writer.execute("INSERT INTO pairs VALUES (?, 2)", (-number,))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(5):
            target = tmp_path / f"copy{number}"
            sqlite.copy({"NAME": str(database)}, target)
            with closing(sqlite3.connect(target)) as copied:
                halves = copied.execute("SELECT a FROM pairs WHERE a < 0 GROUP BY a HAVING count(*) <> 2").fetchall()
                assert (halves, copied.execute("PRAGMA integrity_check").fetchone()) == ([], ("ok",))
    finally:
        stop.set()
        thread.join()


def test_what_stands_in_the_write_ahead_log_is_in_the_copy(database, tmp_path):
    with closing(sqlite3.connect(database)) as writer:
        writer.execute("INSERT INTO pairs VALUES (7, 7000)")
        writer.commit()
        assert Path(f"{database}-wal").stat().st_size > 0
        sqlite.copy({"NAME": str(database)}, tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "copy")) as copied:
        assert copied.execute("SELECT count(*) FROM pairs").fetchone() == (1001,)
    assert not (tmp_path / "copy-wal").exists()


def test_a_damaged_database_is_not_called_a_backup(database, tmp_path):
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("CREATE INDEX by_a ON pairs (a)")
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = opened.execute("SELECT rootpage FROM sqlite_master WHERE name = 'by_a'").fetchone()
    with database.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    with pytest.raises(BackupProblem, match=r"damaged|malformed"):
        sqlite.copy({"NAME": str(database)}, tmp_path / "copy")


def test_a_database_in_memory_is_refused(tmp_path):
    with pytest.raises(BackupProblem, match="in memory"):
        sqlite.copy({"NAME": "file:memorydb_default?mode=memory&cache=shared"}, tmp_path / "copy")


@on_sqlite
@pytest.mark.django_db(transaction=True)
def test_the_documented_restore_brings_every_row_back(tmp_path, monkeypatch):
    fill()
    live, counts = tmp_path / "live.sqlite3", row_counts()
    with closing(sqlite3.connect(live)) as file:
        connection.connection.backup(file)
    monkeypatch.setitem(connection.settings_dict, "NAME", str(live))
    made = backups.backup(tmp_path / "backups", NOW)
    with closing(sqlite3.connect(live)) as opened:  # what happened after the backup, with its log beside the file
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("DELETE FROM fact_repo_snapshots")
        opened.commit()
        restore("restore-sqlite", BACKUP=str(made), DATABASE=str(live), DATABASE_URL=f"sqlite:///{live}")
    with closing(sqlite3.connect(live)) as restored:
        found = {table: restored.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in counts}
    assert found == counts


# -- PostgreSQL ------------------------------------------------------------------------------------------------


def test_no_password_stands_on_a_command_line(monkeypatch, tmp_path):
    seen = []

    def run(command: list[str], *, env: dict[str, str], **_: object) -> subprocess.CompletedProcess[str]:
        seen.append((command, env))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(postgresql.subprocess, "run", run)
    monkeypatch.setattr(postgresql.shutil, "which", lambda name: f"/usr/bin/{name}")
    database = {"HOST": "db", "PORT": 5433, "USER": "u", "PASSWORD": "hidden-one", "NAME": "n", "OPTIONS": {}}
    database["OPTIONS"] = {"sslmode": "require", "pool": True}
    postgresql.copy(database, tmp_path / "x")
    assert [command[0] for command, _ in seen] == ["/usr/bin/pg_dump", "/usr/bin/pg_restore"]
    for command, variables in seen:
        assert "hidden-one" not in " ".join(command)
        assert (variables["PGPASSWORD"], variables["PGPORT"], variables["PGSSLMODE"]) == (
            "hidden-one",
            "5433",
            "require",
        )


def test_a_missing_program_is_a_sentence_that_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(postgresql.shutil, "which", lambda name: None)
    with pytest.raises(BackupProblem, match=r"pg_dump is missing: install .* postgresql-client"):
        postgresql.copy({"NAME": "n"}, tmp_path / "x")


@pytest.mark.skipif(postgresql.shutil.which("pg_dump") is None, reason="pg_dump is not installed")
def test_a_server_that_is_away_is_a_sentence_without_the_password(tmp_path):
    database = {"HOST": "127.0.0.1", "PORT": "1", "USER": "u", "PASSWORD": "hidden-one", "NAME": "n"}
    with pytest.raises(BackupProblem, match=r"pg_dump failed: .*refused") as caught:
        postgresql.copy(database, tmp_path / "x")
    assert "hidden-one" not in str(caught.value)


@pytest.fixture
def empty_database() -> Iterator[str]:
    """The name of another database on the test's server."""
    name = f"{connection.settings_dict['NAME']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_the_documented_restore_brings_every_row_back_to_postgresql(tmp_path, empty_database):
    fill()
    counts, settings = row_counts(), connection.settings_dict
    made = backups.backup(tmp_path, NOW)
    for _ in range(2):  # into an empty database, and over one that is in use
        variables = postgresql.libpq_variables({**settings, "NAME": empty_database})
        user, host, port = (variables.get(name, "") for name in ("PGUSER", "PGHOST", "PGPORT"))
        url = f"postgres://{user}:{settings['PASSWORD']}@{host or '%2Ftmp'}:{port}/{empty_database}"
        restore("restore-postgresql", BACKUP=str(made), **variables | {"DATABASE_URL": url})
        assert restored_counts(empty_database, counts) == counts


def restored_counts(name: str, tables: dict[str, int]) -> dict[str, int]:
    import psycopg

    with psycopg.connect(**{**connection.get_connection_params(), "dbname": name, "cursor_factory": None}) as restored:
        return {table: restored.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}


# -- What the databases hold -----------------------------------------------------------------------------------


@transaction.atomic
def fill() -> None:
    """Two days of two repositories, through the whole path."""
    warehouse = Warehouse()
    for day in (1, 0):
        now = NOW - timedelta(days=day)
        items = [rest_item(1), rest_item(2, "acme/other")]
        warehouse.publish(items, {1: {"commits": commits(2 + day, now=now)}}, now=now)


def row_counts() -> dict[str, int]:
    """{table: rows} of every table of ours; some of them hold rows."""
    tables = [model._meta.db_table for model in apps.get_models() if model._meta.managed]
    with connection.cursor() as cursor:
        counts = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    assert counts["fact_repo_snapshots"] == 4
    return counts
