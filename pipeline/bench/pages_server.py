"""The real web server on a free loopback port, with a database and variables of ours, ended by its own process id."""

import contextlib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping

from django.conf import settings

from pipeline.bench.process import SAID_LAST, ChildFailed, environment, run
from trender.serve import GRACE_SECONDS, HOST, answers, stop, web_command

START_SECONDS = 60.0


@contextlib.contextmanager
def web_server(database_url: str, more: Mapping[str, str]) -> Iterator[int]:
    """The port of a running server; `more` are further variables. Raises ChildFailed when it does not start."""
    port = _free_port()
    own = {"TRENDER_BASE_URL": f"http://{HOST}:{port}", "ALLOWED_HOSTS": HOST}
    variables = environment(database_url, {**own, **more})
    # It says in one sentence what gunicorn would bury in traces.
    run([sys.executable, "-m", "trender.serve", "--port", str(port), "--check"], variables)
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603 - our own server
            web_command(port), cwd=settings.BASE_DIR, env=variables,
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            if not _starts(process, port):
                log.seek(0)
                said = log.read().decode(errors="replace")[-SAID_LAST:]
                raise ChildFailed(f"the web server did not start\n{said}")
            yield port
        finally:
            stop([process], GRACE_SECONDS)


def _starts(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if answers(port):
            return True
        time.sleep(0.1)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
