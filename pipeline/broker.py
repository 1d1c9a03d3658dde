"""The worker's queue on the database. Its guard, which watches the processes, reports here twice a second."""

import os
import time
from typing import Any

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone
from django_q.brokers import Broker
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.signing import SignedPackage

from pipeline import lease, stopping
from pipeline.fanout.parts import tend
from pipeline.heartbeats import beat

BEAT_SECONDS = 10.0
TEND_SECONDS = min(5.0, lease.EXPIRES.total_seconds() / 4)


class Guarded(Broker):
    """What a queue also does here: keep the worker's heartbeat, tend shared runs, tell running tasks of the end."""

    _status = ""
    _next_beat = _next_tending = 0.0

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
        if settings.TRENDER_FANOUT == "queue" and time.monotonic() >= self._next_tending:
            self._next_tending = time.monotonic() + TEND_SECONDS
            tend(timezone.now())
        if os.getppid() != stat.pid:
            # Its parent, which takes the signals, was killed: nobody could end this one and its workers any more.
            raise SystemExit("the worker's first process is gone")
        return super().set_stat(key, value, timeout)


class WorkerBroker(Guarded, ORM):
    """The queue on the database, which needs nothing else."""
