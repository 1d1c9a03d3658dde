"""PostgreSQL's own pg_dump, in its custom format: compressed, and pg_restore can pick from it."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.backup.problem import BackupProblem
from trender.masking import mask

# Everything reaches the programs by libpq's variables: what stands on a command line, every user of a machine can read.
VARIABLES = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "NAME": "PGDATABASE"}
OPTIONS = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "service": "PGSERVICE",
    "passfile": "PGPASSFILE",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "options": "PGOPTIONS",
}


def copy(database: Mapping[str, Any], target: Path) -> None:
    """Dump the database of Django's settings into `target` and check that it can be read. Raises BackupProblem."""
    environment = libpq_variables(database)
    _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"], environment)
    _run("pg_restore", ["--list", str(target)], environment)


def libpq_variables(database: Mapping[str, Any]) -> dict[str, str]:
    """The environment in which PostgreSQL's programs find the database without being told."""
    given = {VARIABLES[key]: database.get(key) for key in VARIABLES}
    given |= {OPTIONS[key]: value for key, value in database.get("OPTIONS", {}).items() if key in OPTIONS}
    return {**os.environ, **{name: str(value) for name, value in given.items() if value}}


def _run(program: str, arguments: list[str], environment: dict[str, str]) -> None:
    path = shutil.which(program)
    if path is None:
        raise BackupProblem(
            f"{program} is missing: install PostgreSQL's client programs, such as Debian's package postgresql-client, "
            "of the server's version or a newer one."
        )
    done = subprocess.run(  # noqa: S603 - the program by its whole path, the arguments are our own
        [path, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = " ".join(done.stderr.split())[-500:] or f"exit code {done.returncode}"
        raise BackupProblem(f"{program} failed: {mask(said)}")
