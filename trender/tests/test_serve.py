"""Web and worker start together, end together, and leave nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from trender import serve

ROOT = Path(__file__).resolve().parents[2]
linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A database of its own, and no token."""
    database = f"sqlite:///{tmp_path / 'serve.sqlite3'}"
    return {
        **os.environ,
        "DATABASE_URL": database,
        "SECRET_KEY": "k" * 60,
        "GITHUB_ACCESS_TOKEN": "",
        "GITHUB_TOKEN": "",
    }


@pytest.fixture
def server(port: int, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """`python -m trender.serve` on a migrated database, ended in any case."""
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=environment, check=True, timeout=120)
    command = [sys.executable, "-m", "trender.serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    with process:
        try:
            yield process
        finally:
            process.terminate()


@pytest.fixture
def unchanged_signals() -> Iterator[None]:
    """Puts back the signal handlers that the supervisor sets when it runs inside the test's own process."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def processes() -> Iterator[tuple[int, int, int]]:
    """(pid, parent, group) of every process that is alive; one that only waits to be collected is not."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The second field is the name in brackets, which may hold anything.
            state, parent, group = path.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue  # it ended while we were looking
        if state != "Z":
            yield int(path.parent.name), int(parent), int(group)


def groups_of_children(parent: int) -> set[int]:
    return {group for _, its_parent, group in processes() if its_parent == parent}


def is_any_alive(groups: set[int]) -> bool:
    return any(group in groups for _, _, group in processes())


def sleeper(seconds: float = 60, code: int = 0, ignores_sigterm: bool = False) -> list[str]:
    """A stand-in for web or worker."""
    ignore = "signal.signal(signal.SIGTERM, signal.SIG_IGN); " if ignores_sigterm else ""
    return [sys.executable, "-c", f"import signal, sys, time; {ignore}time.sleep({seconds}); sys.exit({code})"]


@linux
def test_web_and_worker_end_together_on_sigterm(server, port):
    assert server.stdout is not None
    assert server.stdout.readline() == f"Trender runs on http://127.0.0.1:{port} - stop with Ctrl-C\n"
    groups = groups_of_children(server.pid)
    assert len(groups) == 2, "web and worker have a process group each"

    server.send_signal(signal.SIGTERM)

    assert server.wait(timeout=15) == 0
    assert not is_any_alive(groups)
    assert serve.port_problem(port) == ""


def test_a_taken_port_is_said_in_one_sentence(port, environment):
    with socket.create_server(("127.0.0.1", port)):
        command = [sys.executable, "-m", "trender.serve", "--port", str(port)]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30, check=False
        )
    assert done.returncode == 1
    advice = "choose another one, with PORT=8001 for make or --port 8001"
    assert done.stderr == f"Port {port} on 127.0.0.1 is taken by another program; {advice}.\n"


def test_a_wrong_setting_is_said_in_one_sentence(port, environment):
    command = [sys.executable, "-m", "trender.serve", "--port", str(port), "--check"]
    changed = environment | {"DEBUG": "perhaps"}
    done = subprocess.run(command, cwd=ROOT, env=changed, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (1, "DEBUG must be true or false, not 'perhaps'.\n")


@pytest.mark.parametrize("text", ["0", "65536", "http", "-1"])
def test_what_is_no_port_is_refused(text, capsys):
    with pytest.raises(SystemExit):
        serve.parse([f"--port={text}"])
    assert "a port is a whole number from 1 to 65535" in capsys.readouterr().err


@linux
@pytest.mark.usefixtures("unchanged_signals")
def test_when_one_ends_the_other_is_ended_and_the_exit_code_is_handed_on(port, capsys):
    code = serve.supervise({"web": sleeper(), "worker": sleeper(seconds=0.1, code=7)}, port)
    assert code == 7
    assert capsys.readouterr().err == "The worker ended by itself (exit code 7), so Trender stops.\n"
    assert groups_of_children(os.getpid()) <= {os.getpgrp()}


@pytest.mark.usefixtures("unchanged_signals")
def test_an_end_that_nobody_asked_for_is_a_failure_even_without_an_error(port):
    assert serve.supervise({"web": sleeper(seconds=0), "worker": sleeper()}, port) == 1


@pytest.mark.usefixtures("unchanged_signals")
def test_a_child_that_ignores_the_request_to_end_is_killed_after_the_grace(port):
    begin = time.monotonic()
    stubborn = sleeper(ignores_sigterm=True)
    code = serve.supervise({"web": stubborn, "worker": sleeper(seconds=1, code=3)}, port, grace_seconds=0.5)
    assert code == 3
    assert time.monotonic() - begin < 10


@linux
@pytest.mark.usefixtures("unchanged_signals")
def test_what_a_child_leaves_behind_ends_with_it(port, tmp_path):
    note = tmp_path / "group"
    script = f"sleep 60 & echo $$ > {note}; exit 4"
    assert serve.supervise({"web": ["/bin/sh", "-c", script], "worker": sleeper()}, port) == 4
    group = int(note.read_text())
    assert wait_until(lambda: not is_any_alive({group}), seconds=5)


@pytest.mark.usefixtures("unchanged_signals")
def test_a_program_that_cannot_start_leaves_no_other_running(port):
    with pytest.raises(FileNotFoundError):
        serve.supervise({"web": sleeper(), "worker": ["/nowhere/worker"]}, port)
