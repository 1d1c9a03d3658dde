"""Gunicorn's configuration, the same everywhere: `gunicorn --config python:trender.gunicorn_conf trender.wsgi`.

Two processes keep the numbers of /metrics together in a folder of small files, which the library wants named before
it is first imported and empty at each start. Nothing of Django is loaded here: that happens in the processes.
"""

import gc
import os
import shutil
import tempfile
from typing import Any

FOLDER = "PROMETHEUS_MULTIPROC_DIR"

workers = 2
worker_class = "gthread"  # threads: pages wait for the database more than they compute
threads = 4
graceful_timeout = 8  # seconds; less than trender.serve waits before it ends everything
loglevel = "warning"
# The control socket would lie in the home directory, which need not exist nor be writable.
control_socket_disable = True


def on_starting(server: Any) -> None:
    """A new folder for this start; processes made later inherit its name."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="trender-metrics-")


def post_worker_init(worker: Any) -> None:
    """What a process has loaded stays: the garbage collector looked through all of it now and then, for 0.1 s."""
    from django.urls import get_resolver

    _ = get_resolver().url_patterns  # the views are loaded by the first request, else
    gc.collect()
    gc.freeze()
    # A page makes thousands of objects that all end with it: looked through seldom, the slowest of a hundred
    # requests took 48 ms instead of 62 where it was measured, and as little as before in the middle.
    gc.set_threshold(20_000, 20, 50)


def child_exit(server: Any, worker: Any) -> None:
    """What a process counted stays counted, what it had under way does not."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    shutil.rmtree(os.environ.pop(FOLDER, ""), ignore_errors=True)
