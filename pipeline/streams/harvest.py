"""What streams bring home: payloads as received, on their way to the raw tables."""

import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RepoRef:
    """A repository as discovery knows it. `pushed_at` is GitHub's ISO text; None when it was not said."""

    github_id: int
    node_id: str
    full_name: str
    source_type: str
    stars: int | None = None
    pushed_at: str | None = None
    has_metadata: bool = False

    @classmethod
    def from_search(cls, item: dict[str, Any], source_type: str, *, has_metadata: bool = True) -> "RepoRef":
        """From a REST repository object; a code search's short one has no metadata. Raises KeyError, TypeError."""
        if not isinstance(item["id"], int) or isinstance(item["id"], bool) or item["id"] <= 0:
            raise TypeError("a repository's id is not a number")
        if not isinstance(item["node_id"], str) or not isinstance(item["full_name"], str):
            raise TypeError("a repository's name or node id is not a text")
        stars = item.get("stargazers_count")
        return cls(
            github_id=item["id"],
            node_id=item["node_id"],
            full_name=item["full_name"],
            source_type=source_type,
            stars=stars if isinstance(stars, int) else None,
            pushed_at=item.get("pushed_at") if isinstance(item.get("pushed_at"), str) else None,
            has_metadata=has_metadata,
        )


@dataclass(frozen=True, slots=True)
class RepoPayload:
    github_id: int
    repo_full_name: str
    api_response: dict[str, Any]
    source_language: str
    source_type: str


@dataclass(frozen=True, slots=True)
class MetricPayload:
    github_id: int
    repo_full_name: str
    metric_type: str
    metric_data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FilePayload:
    oid: str
    byte_size: int
    text: str | None
    is_truncated: bool


@dataclass(slots=True)
class Harvest:
    """Filled by all threads, emptied by the one that writes to the database. The first payload of a kind wins."""

    repos: dict[int, RepoPayload] = field(default_factory=dict)
    metrics: dict[tuple[int, str], MetricPayload] = field(default_factory=dict)
    files: dict[str, FilePayload] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, *payloads: RepoPayload | MetricPayload | FilePayload) -> None:
        with self._lock:
            for payload in payloads:
                if isinstance(payload, RepoPayload):
                    self.repos.setdefault(payload.github_id, payload)
                elif isinstance(payload, MetricPayload):
                    self.metrics[(payload.github_id, payload.metric_type)] = payload
                else:
                    self.files.setdefault(payload.oid, payload)

    def drain(self) -> tuple[list[RepoPayload], list[MetricPayload], list[FilePayload]]:
        with self._lock:
            taken = list(self.repos.values()), list(self.metrics.values()), list(self.files.values())
            self.repos, self.metrics, self.files = {}, {}, {}
        return taken


@dataclass(slots=True)
class StreamResult:
    """How one stream ended: its members best first, or the error that failed it."""

    stream: str
    members: list[RepoRef] = field(default_factory=list)
    remembered: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    error: str = ""
    remedy: str = ""
    repository: str = ""  # the one that shows the error, where there is one

    @property
    def succeeded(self) -> bool:
        return not self.error


class StreamFailed(Exception):
    """A stream can't be published; what was published of it before stays.

    `permanent` says that another try would end the same way; `repository` is one that shows the error.
    """

    def __init__(
        self,
        message: str,
        remedy: str = "The next run tries again.",
        *,
        permanent: bool = False,
        repository: str = "",
    ) -> None:
        super().__init__(message)
        self.remedy, self.permanent, self.repository = remedy, permanent, repository
