"""Web and worker in one foreground process: `python -m trender.serve --port 8000`.

Both run as children in process groups of their own, so that a Ctrl-C reaches only this process, which passes it on in
an orderly way, and so that whatever a child has started can be ended with it.
"""

import argparse
import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
GRACE_SECONDS = 10.0
LOOK_EVERY_SECONDS = 0.2

Child = subprocess.Popen[bytes]


class StopRequest:
    """Remembers that a signal asked for the end. Handlers only note it, so nothing is interrupted half-way."""

    def __init__(self) -> None:
        self.received = False

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Under nohup the hang-up signal arrives ignored, and stays so.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._note)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.received = True


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs until a signal (0), until a child ends by itself (its exit code), or not at all (1)."""
    options = parse(arguments)
    problem = port_problem(options.port) or settings_problem()
    if problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    if options.check:
        return 0
    if not os.environ.get("TRENDER_BASE_URL"):
        os.environ["TRENDER_BASE_URL"] = f"http://{HOST}:{options.port}"
    return supervise({"web": web_command(options.port), "worker": worker_command()}, options.port)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m trender.serve", description="Starts the web server and the worker."
    )
    parser.add_argument("--port", type=port_number, default=8000, help="port on 127.0.0.1 (default 8000)")
    parser.add_argument("--check", action="store_true", help="only say whether the port and the settings are fine")
    return parser.parse_args(arguments)


def port_number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a whole number from 1 to 65535, not {text!r}")
    return int(text)


def port_problem(port: int) -> str:
    """Why the port cannot be listened on, as one sentence; empty when it can."""
    with socket.socket() as probe:
        # As gunicorn does: connections of an earlier server that are still closing do not count as "taken".
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            reason = (
                "is taken by another program" if error.errno == errno.EADDRINUSE else f"is refused: {error.strerror}"
            )
            return f"Port {port} on {HOST} {reason}; choose another one, with PORT=8001 for make or --port 8001."
    return ""


def settings_problem() -> str:
    """What the settings object to, as one sentence; empty when they load. Loading them also reads .env."""
    try:
        import trender.settings  # noqa: F401
    except ImproperlyConfigured as error:
        return str(error)
    return ""


def web_command(port: int) -> list[str]:
    options = ("--config", "python:trender.gunicorn_conf", "--bind", f"{HOST}:{port}")
    return [sys.executable, "-m", "gunicorn", *options, "trender.wsgi:application"]


def worker_command() -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), "qcluster"]


def supervise(commands: Mapping[str, Sequence[str]], port: int, grace_seconds: float = GRACE_SECONDS) -> int:
    """Starts the commands, watches them, and leaves none of their processes behind."""
    request = StopRequest()
    request.listen()
    children: dict[str, Child] = {}
    try:
        for name, command in commands.items():
            children[name] = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - our own commands
        return watch(children, port, request)
    finally:
        stop(children.values(), grace_seconds)


def watch(children: Mapping[str, Child], port: int, request: StopRequest) -> int:
    """Waits for the first child that ends by itself, or for a stop request."""
    announced = False
    while not request.received:
        for name, child in children.items():
            if child.poll() is not None:
                code = exit_code(child)
                sys.stderr.write(f"The {name} ended by itself (exit code {code}), so Trender stops.\n")
                # Nobody asked for the end, so it is a failure even where the child calls it a success.
                return code or 1
        if not announced and answers(port):
            announced = True
            sys.stdout.write(f"Trender runs on http://{HOST}:{port} - stop with Ctrl-C\n")
            sys.stdout.flush()
        time.sleep(LOOK_EVERY_SECONDS)
    return 0


def answers(port: int) -> bool:
    """Whether anything speaks HTTP there; an error page is an answer as well."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def exit_code(child: Child) -> int:
    """The code a shell would report: 128 and the signal's number for a child that a signal ended."""
    code: int = child.returncode
    return code if code >= 0 else 128 - code


def stop(children: Iterable[Child], grace_seconds: float) -> None:
    """Asks each child to end, waits, and ends what is left of their groups the hard way."""
    children = list(children)
    deadline = time.monotonic() + grace_seconds
    for child in children:
        child.terminate()  # does nothing when it has already ended
    for child in children:
        try:
            child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
    for child in children:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # the usual case: the whole group is gone
        child.wait()


if __name__ == "__main__":
    sys.exit(main())
