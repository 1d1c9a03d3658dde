"""A PostgreSQL cluster of our own in a temporary folder, taken away afterwards. Plain Python, no Django."""

import contextlib
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NEEDED = ("initdb", "pg_ctl", "postgres")


class Unavailable(Exception):
    """The server's programs are there but do not work; the text holds all they said."""


def find_programs() -> Path | None:
    """The folder of the server's programs: from PATH, else the newest that Debian's packages have put away."""
    in_path = shutil.which("initdb")
    candidates = [Path(in_path).resolve().parent] if in_path else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    return next((path for path in candidates if all((path / name).exists() for name in NEEDED)), None)


def version(programs: Path) -> str:
    """Such as 17.6."""
    command = [str(programs / "postgres"), "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    found = re.search(r"\d+(\.\d+)?", said)
    return found.group() if found else ""


@contextlib.contextmanager
def cluster(programs: Path) -> Iterator[str]:
    """The address of a running server of our own. Raises Unavailable when it can't be made or started."""
    # The socket lies in the folder and its path may have 107 characters at most, which a long TMPDIR would exceed.
    short = "/tmp" if os.access("/tmp", os.W_OK) else None  # noqa: S108 - a folder of our own in it
    with tempfile.TemporaryDirectory(prefix="trender-pg-", dir=short) as name:
        server = Server(programs, Path(name), _account())
        server.create()
        try:
            server.start()
            yield server.url
        finally:
            server.stop()


@dataclass
class Server:
    programs: Path
    folder: Path
    account: dict[str, Any]
    port: int = 0

    @property
    def url(self) -> str:
        return f"postgres://trender@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        if self.account:
            os.chown(self.folder, self.account["user"], self.account["group"])
        locale = "C.UTF-8" if sys.platform == "linux" else "C"
        self._run("initdb", "--username=trender", "--auth=trust", "--encoding=UTF8", f"--locale={locale}", "--no-sync")

    def start(self) -> None:
        """With the settings of a new installation, durability included: a load's time is to be a real one."""
        self.port = _free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._run("pg_ctl", "start", "--wait", "--timeout=60", f"--log={self.folder / 'log'}", f"--options={options}")

    def stop(self) -> None:
        if (self.folder / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "--wait", "--mode=immediate")

    def _run(self, program: str, *arguments: str) -> None:
        output, log = self.folder / "output", self.folder / "log"
        command = [str(self.programs / program), f"--pgdata={self.folder / 'data'}", *arguments]
        variables = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        # A file, not a pipe: the server inherits it and would keep a pipe open. A session of its own, so that a
        # Ctrl-C on the terminal leaves the server to us.
        with output.open("wb") as file:
            done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
                command, cwd=self.folder, env=variables, stdin=subprocess.DEVNULL, stdout=file,
                stderr=subprocess.STDOUT, start_new_session=True, check=False, **self.account,
            )  # fmt: skip
        if done.returncode != 0:
            said = [path.read_text(errors="replace") for path in (output, log) if path.exists()]
            raise Unavailable(f"{program} failed with exit code {done.returncode}:\n{''.join(said)}")


def _account() -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so root hands it to an account with no rights over anything else."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise Unavailable("PostgreSQL does not run as root, and there is no account 'postgres' or 'nobody' for it.")


def _major(path: Path) -> int:
    found = re.search(r"\d+", path.parent.name)
    return int(found.group()) if found else 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
