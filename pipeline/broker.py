"""The worker's queue on the database. Its guard, which watches the processes, reports here twice a second."""

import os
import time
from typing import Any

from django.db import close_old_connections
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.signing import SignedPackage

from pipeline import stopping
from pipeline.heartbeats import beat

BEAT_SECONDS = 10.0


class WorkerBroker(ORM):
    """django-q2's own, which also keeps the worker's heartbeat and tells running tasks when the worker is to end."""

    _status = ""
    _next_beat = 0.0

    def set_stat(self, key: str, value: str, timeout: int) -> Any:
        """Called by the guard, from before it makes its workers until they have ended."""
        stopping.share()
        stat: Any = SignedPackage.loads(value)
        status = str(stat.status)
        if status in (str(Conf.STOPPING), str(Conf.STOPPED)):
            stopping.request()
        if status != self._status or time.monotonic() >= self._next_beat:
            close_old_connections()
            beat(stat.cluster_id.hex, stat.host, stat.pid, status, stat.tob)
            self._status, self._next_beat = status, time.monotonic() + BEAT_SECONDS
        if os.getppid() != stat.pid:
            # Its parent, which takes the signals, was killed: nobody could end this one and its workers any more.
            raise SystemExit("the worker's first process is gone")
        return super().set_stat(key, value, timeout)
