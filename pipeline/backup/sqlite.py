"""SQLite's online backup: a copy of one moment, whatever is written meanwhile."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline.backup.problem import BackupProblem

TIMEOUT_SECONDS = 20


def copy(database: Mapping[str, Any], target: Path) -> None:
    """Copy the database of Django's settings into `target` and check the copy. Raises BackupProblem."""
    name = str(database["NAME"])
    if "memory" in name and not Path(name).exists():
        raise BackupProblem("A database in memory has nothing to keep.")
    try:
        # `rw`: a name that is wrong must not become an empty database, and a backup of one.
        with closing(sqlite3.connect(f"file:{quote(name)}?mode=rw", timeout=TIMEOUT_SECONDS, uri=True)) as source:
            _copy(source, target)
    except sqlite3.Error as error:
        raise BackupProblem(f"SQLite could not copy {name}: {error}.") from None


def _copy(source: sqlite3.Connection, target: Path) -> None:
    with closing(sqlite3.connect(target)) as copied:
        # All pages in one step: with the write-ahead log a reader keeps nobody from writing, and a copy in several
        # steps would begin anew with each write.
        source.backup(copied, pages=-1)
        copied.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        (verdict,) = copied.execute("PRAGMA integrity_check").fetchone()
    if verdict != "ok":
        raise BackupProblem(f"The copy is damaged, and so is perhaps the database: {verdict}.")
