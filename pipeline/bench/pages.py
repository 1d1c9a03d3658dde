"""Pages over HTTP on a made-up year: each one's time without the page cache, and how many a second come out of it."""

import contextlib
import http.client
import json
import math
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from django.conf import settings

from pipeline.bench.databases import Databases, SqliteFiles, migrated
from pipeline.bench.pages_client import CONNECTIONS, HOST
from pipeline.bench.pages_server import web_server
from pipeline.bench.process import ChildFailed, environment, manage, run
from pipeline.bench.table import MISSED, Figure, figures_table, number, over, table, under
from pipeline.bench.year import examples

# {render} and {plain} are repositories, {earlier} is a day 40 days ago.
HOME = "/"
PATHS = (
    HOME,
    "/?window=30d&sort=gain",
    "/?language=python&render=1",
    "/?q=vector",
    "/?page=20",
    "/?at={earlier}",
    "/render/",
    "/language/python/",
    "/repo/{render}/",
    "/repo/{plain}/",
    "/meta/",
    "/compare/?repos={render},{plain}",
    "/for-marketing/",
    "/api/v1/trending",
    "/feeds/trending.atom",
    "/badge/{render}.svg",
    "/embed/{render}/",
)
REPOSITORIES, DAYS = 5000, 365
EARLIER = timedelta(days=40)
WARM_UP = 5
PAGE_SECONDS, WAIT_SECONDS = 8.0, 30.0  # of one page at most, however slow it is, and of one answer
P50, P99 = under(25), under(60)
HOME_KILOBYTES, CACHED_A_SECOND = under(120), over(1000)
CLIENTS, MOST_REQUESTS = 2, 50_000
UNCACHED = {"TRENDER_PAGE_CACHE_SECONDS": "0"}
PAGES_HEADER = (
    "page", "status", "KB", "requests", "server p50 ms", "p99", "at the client p50 ms", "p99", "target", "",
)  # fmt: skip
CACHED_HEADER = ("cached home", "connections", "answers", "bytes each", "requests a second", "target", "")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: the year's size, requests a page, and seconds of each throughput.

    `keep` is a file for SQLite's year: made when it is not there, else taken as it is. `more` are further variables
    of the server.
    """

    repositories: int = REPOSITORIES
    days: int = DAYS
    requests: int = 100
    seconds: float = 5.0
    keep: Path | None = None
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """One page's answers: times in milliseconds, at the client and, where the server says so, inside of it."""

    path: str
    status: int
    size: int
    walls: Sequence[float] = ()
    inside: Sequence[float] = ()

    def cells(self) -> list[str]:
        if self.status == 404:
            return [self.path, "not there", *[""] * (len(PAGES_HEADER) - 2)]
        target = f"{P50.text()} and {number(P99.limit)}"
        return [
            self.path,
            str(self.status),
            f"{self.size / 1000:.1f}",
            number(len(self.walls)),
            *([f"{percentile(self.inside, share):.1f}" for share in (50, 99)] if self.inside else ["", ""]),
            *(f"{percentile(self.walls, share):.1f}" for share in (50, 99)),
            target,
            self.verdict(),
        ]

    def verdict(self) -> str:
        times = self.inside or self.walls
        if self.status != 200:
            return MISSED
        verdicts = (P50.verdict(percentile(times, 50)), P99.verdict(percentile(times, 99)))
        return MISSED if MISSED in verdicts else verdicts[0]


@dataclass(frozen=True, slots=True)
class Throughput:
    """What several clients together got out of the cache."""

    name: str
    statuses: Mapping[str, int]
    size: int
    a_second: float

    def cells(self) -> list[str]:
        answers = ", ".join(f"{number(count)} x {status}" for status, count in sorted(self.statuses.items()))
        total = sum(self.statuses.values())
        return [
            self.name,
            number(CLIENTS * CONNECTIONS),
            answers,
            number(self.size // max(total, 1)),
            number(round(self.a_second)),
            CACHED_A_SECOND.text(),
            CACHED_A_SECOND.verdict(self.a_second),
        ]


@dataclass(frozen=True, slots=True)
class Measured:
    """`seed_seconds` is None where the year was there already."""

    seed_seconds: float | None
    pages: Sequence[Page]
    throughputs: Sequence[Throughput]

    def text(self) -> str:
        home = next((page for page in self.pages if page.path == HOME), None)
        figures = [
            Figure("filling the year, s", self.seed_seconds),
            Figure("home's HTML, KB", home.size / 1000 if home else None, HOME_KILOBYTES),
        ]
        tables = [
            figures_table(figures),
            table(PAGES_HEADER, [page.cells() for page in self.pages], left={0, 1, 8, 9}),
            table(CACHED_HEADER, [each.cells() for each in self.throughputs], left={0, 2, 5, 6}),
        ]
        return "\n\n".join(tables)


def measure(databases: Databases, plan: Plan) -> Measured:
    """Everything on one database, made for it and taken away again unless it is to be kept."""
    with year(databases, plan) as (url, seconds):
        with web_server(url, {**plan.more, **UNCACHED}) as port:
            pages = [ask(port, path, plan.requests) for path in paths(plan)]
        with web_server(url, plan.more) as port:
            throughputs = list(cached(port, plan.seconds))
    return Measured(seconds, pages, throughputs)


@contextlib.contextmanager
def year(databases: Databases, plan: Plan) -> Iterator[tuple[str, float | None]]:
    """(URL, seconds it took to fill) of a database with the year."""
    if plan.keep is None or not isinstance(databases, SqliteFiles):
        url = migrated(databases)
        seconds = _seed(url, plan)
        databases.settle()
        yield url, seconds
        databases.drop(url)
        return
    url = f"sqlite:///{plan.keep.resolve()}"
    if plan.keep.exists():
        yield url, None
        return
    try:
        manage(url, "migrate", "--verbosity", "0")
        seconds = _seed(url, plan)
    except BaseException:
        plan.keep.unlink(missing_ok=True)  # half a year would be taken for a whole one the next time
        raise
    yield url, seconds


def paths(plan: Plan) -> list[str]:
    names = {name: quote(full_name) for name, full_name in examples(plan.repositories, plan.days).items()}
    earlier = (datetime.now(UTC).date() - EARLIER).isoformat()
    return [path.format(earlier=earlier, **names) for path in PATHS]


def ask(port: int, path: str, requests: int) -> Page:
    """Ask for the page on one keep-alive connection, first a few times without looking at the clock."""
    connection = http.client.HTTPConnection(HOST, port, timeout=WAIT_SECONDS)
    walls: list[float] = []
    inside: list[float] = []
    begin = time.monotonic()
    try:
        for turn in range(WARM_UP + requests):
            started = time.perf_counter()
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read()
            if response.status != 200:
                return Page(path, response.status, len(body), [(time.perf_counter() - started) * 1000])
            if turn >= WARM_UP:
                walls.append((time.perf_counter() - started) * 1000)
                inside += server_milliseconds(response.getheader("Server-Timing", ""))
            if walls and time.monotonic() - begin > PAGE_SECONDS:
                break
    finally:
        connection.close()
    return Page(path, 200, len(body), walls, inside)


def server_milliseconds(header: str) -> list[float]:
    """The duration named `app` of a Server-Timing header, as a list of one or none."""
    return [float(value) for value in re.findall(r"(?:^|[,\s])app;dur=(\d+(?:\.\d+)?)", header)[:1]]


def percentile(values: Sequence[float], share: int) -> float:
    """The smallest value that at least `share` percent of them do not exceed."""
    return sorted(values)[max(math.ceil(len(values) * share / 100) - 1, 0)]


def cached(port: int, seconds: float) -> Iterator[Throughput]:
    """The home page out of the cache: compressed, and asked for by those who have it already."""
    connection = http.client.HTTPConnection(HOST, port, timeout=WAIT_SECONDS)
    try:
        connection.request("GET", HOME, headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        response.read()
    finally:
        connection.close()
    modes = {"gzip": {"Accept-Encoding": "gzip"}}
    etag = response.getheader("ETag")
    if etag:
        modes["not modified"] = {"Accept-Encoding": "gzip", "If-None-Match": etag}
    for name, headers in modes.items():
        yield throughput(port, name, headers, seconds)


def throughput(port: int, name: str, headers: Mapping[str, str], seconds: float) -> Throughput:
    """Several client processes at once; their rates add up."""
    pairs = [f"{header}={value}" for header, value in headers.items()]
    command = [sys.executable, "-m", "pipeline.bench.pages_client", str(port), HOME, str(seconds), str(MOST_REQUESTS)]
    clients = [
        subprocess.Popen(  # noqa: S603 - our own client
            [*command, *pairs], cwd=settings.BASE_DIR, env=environment("", {}), stdout=subprocess.PIPE, text=True
        )
        for _ in range(CLIENTS)
    ]
    try:
        outputs = [client.communicate(timeout=seconds + WAIT_SECONDS)[0] for client in clients]
    except subprocess.TimeoutExpired:
        raise ChildFailed("a client did not end in time") from None
    finally:
        for client in clients:
            client.kill()  # does nothing to one that has ended
            client.wait()
    if any(client.returncode for client in clients):
        raise ChildFailed("a client did not get its answers")
    said = [json.loads(output) for output in outputs]
    statuses: Counter[str] = Counter()
    for each in said:
        statuses.update(each["statuses"])
    rate = sum(sum(each["statuses"].values()) / each["seconds"] for each in said)
    return Throughput(name, statuses, sum(each["bytes"] for each in said), rate)


def _seed(url: str, plan: Plan) -> float:
    arguments = ("--repositories", str(plan.repositories), "--days", str(plan.days))
    return run([sys.executable, "manage.py", "seed_year", *arguments], environment(url, {})).seconds
