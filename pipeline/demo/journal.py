"""What the server was asked: one entry a request, and counts over all of them."""

import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from threading import Lock

# What makes the same endpoint look different from request to request.
NAMES = (
    (re.compile(r"^/repos/[^/]+/[^/]+"), "/repos/:owner/:name"),
    (re.compile(r"^/repositories/[0-9]+"), "/repositories/:id"),
    (re.compile(r"^/(orgs|users)/[^/]+"), r"/\1/:login"),
)


@dataclass(frozen=True)
class Entry:
    """One request: its points, its seconds on the wall, GraphQL's modelled seconds, and its query string."""

    method: str
    path: str
    status: int
    points: int
    seconds: float
    graphql_seconds: float = 0.0
    query: str = ""


@dataclass
class Journal:
    """The entries in the order of their ends, and how many requests were under way at once."""

    entries: list[Entry] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    lock: Lock = field(default_factory=Lock)

    def begin(self) -> int:
        """Counts a request in; the number now under way."""
        with self.lock:
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            return self.in_flight

    def end(self, entry: Entry) -> None:
        """Counts a request out."""
        with self.lock:
            self.in_flight -= 1
            self.entries.append(entry)

    def summary(self) -> dict[str, object]:
        """Counts by endpoint (`GET /user 200`), sums of points and modelled seconds, and the newest entries in full."""
        with self.lock:
            entries = list(self.entries)
        endpoints = Counter(f"{entry.method} {endpoint(entry.path)} {entry.status}" for entry in entries)
        return {
            "requests": len(entries),
            "by_endpoint": dict(endpoints.most_common()),
            "points": sum(entry.points for entry in entries),
            "most_in_flight": self.most_in_flight,
            "graphql_seconds": round(sum(entry.graphql_seconds for entry in entries), 2),
            "last": [asdict(entry) for entry in entries[-20:]],
        }


def endpoint(path: str) -> str:
    """The path without what belongs to one repository or login."""
    for pattern, name in NAMES:
        path = pattern.sub(name, path)
    return path
