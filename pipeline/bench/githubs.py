"""The GitHub that runs are measured against: the one GITHUB_API_BASE_URL names, else the embedded one."""

import contextlib
import json
import os
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.demo.names import EMPLOYEES, OFFICIAL_ORGS
from pipeline.demo_run import TOPICS, embedded_github

TOKEN = "ghp_bench"  # noqa: S105 - the embedded GitHub takes any
LATENCY = 0.1  # seconds
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class GitHub:
    """`environment` holds the variables of a run against it; `minute` is how long its limits want between two runs."""

    title: str
    url: str
    environment: dict[str, str]
    minute: float = 61.0

    def pass_an_hour(self) -> None:
        """Nothing that another GitHub could be told."""


@dataclass(frozen=True)
class EmbeddedGitHub(GitHub):
    """Begins an hour ago, so that the second run reads the present."""

    begin: datetime = field(default_factory=lambda: datetime.now(UTC) - HOUR)

    def set_clock(self, now: datetime) -> None:
        _ask(f"{self.url}/_demo/now", {"now": now.isoformat()})

    def pass_an_hour(self) -> None:
        self.set_clock(self.begin + HOUR)


@contextlib.contextmanager
def measured_github() -> Iterator[GitHub]:
    """The named GitHub, or a new embedded one that holds to GitHub's limits."""
    url = os.environ.get("GITHUB_API_BASE_URL", "").strip().rstrip("/")
    if url:
        token = os.environ.get("GITHUB_ACCESS_TOKEN", "").strip() or TOKEN
        yield GitHub(url, url, {"GITHUB_API_BASE_URL": url, "GITHUB_ACCESS_TOKEN": token})
        return
    with embedded_github(datetime.now(UTC).date(), "--latency", str(LATENCY), "--limits") as url:
        github = EmbeddedGitHub(f"the embedded GitHub, {LATENCY} s a request", url, _environment(url))
        github.set_clock(github.begin)
        yield github


def _environment(url: str) -> dict[str, str]:
    return {
        "GITHUB_API_BASE_URL": url,
        "GITHUB_ACCESS_TOKEN": TOKEN,
        "RENDER_OFFICIAL_ORGS": ",".join(OFFICIAL_ORGS),
        "RENDER_EMPLOYEES": ",".join(EMPLOYEES),
        "RENDER_OFFICIAL_TOPICS": ",".join(TOPICS),
    }


def _ask(url: str, body: object = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"User-Agent": "trender"})  # noqa: S310 - the GitHub of the settings
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        found: dict[str, Any] = json.load(answer)
        return found
