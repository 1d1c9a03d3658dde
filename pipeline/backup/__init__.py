"""A copy of the whole database in one file, made while everything goes on; docs/backup.md says how it gets back."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from pipeline.backup import postgresql, sqlite
from pipeline.backup.problem import BackupProblem

__all__ = ["BackupProblem", "backup", "drop_all_but"]

COPIES = {"sqlite": (sqlite.copy, "sqlite3"), "postgresql": (postgresql.copy, "dump")}


def backup(folder: Path, now: datetime) -> Path:
    """Make `trender-<UTC time>.sqlite3` or `.dump` in the folder and return it. Raises BackupProblem.

    The name appears when the copy is whole and checked: until then it ends in `.part`, and a failure takes it away.
    Only the owner can read it.
    """
    copy, suffix = COPIES[connection.vendor]
    target = folder / f"trender-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.{suffix}"
    part = target.with_name(f"{target.name}.part")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists():
            raise BackupProblem(f"{target} is there already.")
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise BackupProblem(f"{folder} cannot take a backup: {error.strerror}.") from None
    try:
        copy(connection.settings_dict, part)
        _write_through(part)
        part.replace(target)
    except OSError as error:
        raise BackupProblem(f"The backup failed: {error.strerror or error}.") from None
    finally:
        part.unlink(missing_ok=True)
    return target


def drop_all_but(keep: int, newest: Path) -> list[Path]:
    """Delete backups like `newest` beside it, but for the newest `keep`; returns what went. Other files stay."""
    form = re.compile(rf"trender-\d{{8}}T\d{{6}}Z{re.escape(newest.suffix)}")
    ours = sorted((path for path in newest.parent.iterdir() if form.fullmatch(path.name)), reverse=True)
    for path in ours[keep:]:
        path.unlink()
    return ours[keep:]


def _write_through(path: Path) -> None:
    """A name must not survive a power failure that its contents did not."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
