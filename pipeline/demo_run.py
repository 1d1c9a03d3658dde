"""Runs against the embedded GitHub: a server process on a free loopback port, and weeks of history at the first run."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from django.db.models import Min

from pipeline.demo.names import EMPLOYEES, OFFICIAL_ORGS
from pipeline.models import WorkflowExecution
from pipeline.run import RunOptions, run_pipeline
from pipeline.source import Source
from pipeline.streams.context import RenderOwners
from pipeline.tasklog import TaskLog

TOKEN = "demo-token"  # noqa: S105 - the embedded GitHub takes any
TOPICS = ("render", "render-deploy", "render-blueprints")
# Days before the first run that are run through the same pipeline, so that ranks have a past to move from.
HISTORY_DAYS = (28, 21, 14, 10, 7, 5, 4, 3, 2, 1)
Trigger = WorkflowExecution.Trigger


def run_demo(
    options: RunOptions,
    watch: Callable[[TaskLog], None] = lambda tasks: None,
    say: Callable[[str], None] = lambda line: None,
) -> WorkflowExecution:
    """One run against the embedded GitHub; the first on a database is preceded by earlier days' runs."""
    now = options.now or datetime.now(UTC)
    first_day = _first_day()
    if options.from_raw:
        return run_pipeline(options, _source("http://127.0.0.1"), watch)
    with embedded_github(first_day or now.date()) as url:
        if first_day is None:
            for days in HISTORY_DAYS:
                earlier = now - timedelta(days=days)
                _set_clock(url, earlier)
                past = run_pipeline(replace(options, now=earlier, trigger=Trigger.HISTORY), _source(url))
                if past.status not in (WorkflowExecution.Status.SUCCESS, WorkflowExecution.Status.PARTIAL):
                    return past
                say(f"made-up history: {past.repos_processed} repositories on {past.snapshot_date}")
        _set_clock(url, now)
        return run_pipeline(replace(options, now=now), _source(url), watch)


@contextmanager
def demo_github(now: datetime) -> Iterator[tuple[str, str]]:
    """(address, token) of the embedded GitHub as the runs of this database know it, at the moment `now`."""
    with embedded_github(_first_day() or now.date()) as url:
        _set_clock(url, now)
        yield url, TOKEN


@contextmanager
def embedded_github(anchor: date, *extra: str) -> Iterator[str]:
    """The address of an embedded GitHub whose universe is made around `anchor`; it ends with this block or process."""
    command = [sys.executable, "-m", "pipeline.demo", "--anchor", anchor.isoformat(), "--until-stdin-closes", *extra]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        try:
            url = (server.stdout.readline() if server.stdout else "").strip()
            if not url:
                raise RuntimeError("the embedded GitHub did not start; its message stands above")
            yield url
        finally:
            server.terminate()


def _first_day() -> date | None:
    """The day that the universe was made around: that of the first run, without those of made-up history."""
    runs = WorkflowExecution.objects.filter(is_demo=True).exclude(trigger=Trigger.HISTORY)
    first: date | None = runs.aggregate(first=Min("snapshot_date"))["first"]
    return first


def _source(url: str) -> Source:
    return Source(url, (TOKEN,), RenderOwners(OFFICIAL_ORGS, EMPLOYEES, TOPICS), is_demo=True)


def _set_clock(url: str, now: datetime) -> None:
    body = json.dumps({"now": now.isoformat()}).encode()
    request = urllib.request.Request(f"{url}/_demo/now", data=body, headers={"User-Agent": "trender"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - loopback, and the address is ours
        pass
