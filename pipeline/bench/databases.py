"""Temporary databases to measure on: files in a folder of their own, and a PostgreSQL cluster of our own."""

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

from pipeline.bench.postgres import cluster, find_programs, version
from pipeline.bench.process import manage


class Databases(Protocol):
    """Makes databases of one kind."""

    title: str

    def empty(self) -> str:
        """The URL of a new database without tables."""

    def copy(self, url: str) -> str:
        """The URL of a new database with all that the one at `url` holds; nobody may be connected to that one."""

    def settle(self) -> None:
        """Do now what the server would do in the background while pages are measured."""

    def drop(self, url: str) -> None:
        """Remove a database."""


@dataclass
class SqliteFiles:
    """Databases as files in `folder`."""

    folder: Path
    title: str = f"SQLite {sqlite3.sqlite_version}"
    made: int = 0

    def empty(self) -> str:
        self.made += 1
        return f"sqlite:///{self.folder / f'{self.made}.sqlite3'}"

    def copy(self, url: str) -> str:
        new = self.empty()
        # Not the file alone: what was committed last may still stand in the log beside it.
        with (
            contextlib.closing(sqlite3.connect(_path(url))) as old,
            contextlib.closing(sqlite3.connect(_path(new))) as to,
        ):
            old.backup(to)
        return new

    def settle(self) -> None:
        """A file has no background."""

    def drop(self, url: str) -> None:
        for path in self.folder.glob(f"{_path(url).name}*"):
            path.unlink()


@dataclass
class PostgresDatabases:
    """Databases in the cluster whose own database is at `url`."""

    url: str
    title: str
    made: int = 0
    names: dict[str, str] = field(default_factory=dict)

    def empty(self) -> str:
        return self._create("template0")

    def copy(self, url: str) -> str:
        return self._create(self.names[url])

    def settle(self) -> None:
        """Write what was filled in to the disk, which would go on for minutes, beside the pages."""
        self._execute(sql.SQL("CHECKPOINT").format())

    def drop(self, url: str) -> None:
        self._execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(self.names.pop(url))))

    def _create(self, template: str) -> str:
        self.made += 1
        name = f"bench{self.made}"
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        url = self.url.rpartition("/")[0] + f"/{name}"
        self.names[url] = name
        return url

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


@contextlib.contextmanager
def temporary_databases(wanted: str | None = None) -> Iterator[list[Databases]]:
    """SQLite and, where the server's programs are found, PostgreSQL; `wanted` is one of sqlite and postgresql."""
    with contextlib.ExitStack() as stack:
        found: list[Databases] = []
        if wanted != "postgresql":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="trender-bench-"))
            found.append(SqliteFiles(Path(folder)))
        programs = find_programs() if wanted != "sqlite" else None
        if programs is not None:
            found.append(PostgresDatabases(stack.enter_context(cluster(programs)), f"PostgreSQL {version(programs)}"))
        yield found


def migrated(databases: Databases) -> str:
    """The URL of a new database with empty tables."""
    url = databases.empty()
    manage(url, "migrate", "--verbosity", "0")
    return url


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
