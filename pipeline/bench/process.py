"""Child processes, measured: wall time from start to end, and the peak of that one process's memory."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
SAID_LAST = 2000  # characters


class ChildFailed(Exception):
    """A measurement's process ended with an error; the text holds the end of what it said."""


@dataclass(frozen=True, slots=True)
class Child:
    """What a process printed, its seconds from start to end with Python's own start-up, and its peak memory in MB."""

    output: str
    seconds: float
    megabytes: float

    def result(self) -> dict[str, Any]:
        """The JSON object on the last line."""
        found: dict[str, Any] = json.loads(self.output.splitlines()[-1])
        return found


def manage(database_url: str, *arguments: str, more: Mapping[str, str] | None = None) -> Child:
    """Run `manage.py` on the database; `more` are further variables. A run that failed in parts (2) is no error."""
    return run([sys.executable, "manage.py", *arguments], environment(database_url, more or {}), accepted={0, 2})


def piece(database_url: str, name: str, *arguments: object) -> Child:
    """Run one of the pieces of `pipeline.bench.pieces` on the database."""
    command = [sys.executable, "-m", "pipeline.bench", database_url, name, *map(str, arguments)]
    return run(command, environment(database_url, {}))


def environment(database_url: str, more: Mapping[str, str]) -> dict[str, str]:
    """The variables of this process, but for what must not come from .env."""
    own = {"DATABASE_URL": database_url, "SECRET_KEY": "only-for-measuring-" + "0123456789" * 4, "DEBUG": "false"}
    return {**os.environ, **own, "GITHUB_TOKEN": "", **more}


def run(command: list[str], variables: Mapping[str, str], accepted: Collection[int] = (0,)) -> Child:
    """Raises ChildFailed when the exit code is none of the accepted ones."""
    with tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - this Python and our own modules
            command, cwd=settings.BASE_DIR, env=variables, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        try:
            output = process.stdout.read() if process.stdout else ""
            # Of this child alone; getrusage would give the highest of all children so far.
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        except BaseException:
            process.kill()
            raise
        finally:
            process.communicate()
        seconds = time.perf_counter() - started
        if process.returncode not in accepted:
            errors.seek(0)
            said = output + errors.read().decode(errors="replace")
            raise ChildFailed(f"{' '.join(command[1:])}: exit code {process.returncode}\n{said[-SAID_LAST:]}")
    return Child(output, seconds, usage.ru_maxrss * BYTES_PER_UNIT / 1e6)
