"""From raw to published, measured: so many made-up repositories, a first load and the next hour's, on each database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.bench.databases import Databases, migrated
from pipeline.bench.process import piece
from pipeline.bench.table import Target, number, table, under

SIZES = {450: under(1), 5000: under(10)}
LOADS = ("first", "next hour")
HEADER = (
    "repositories", "database", "load", "to staging s", "to dimensional s", "star history s", "published s", "target",
    "", "statements", "per 1,000", "peak MB",
)  # fmt: skip
LEFT = {1, 2, 7, 8}


@dataclass(frozen=True, slots=True)
class Load:
    """One load: its steps' seconds, those of publishing together with the commit, and its process's peak memory."""

    repositories: int
    database: str
    name: str
    steps: dict[str, float]
    together: float
    statements: int
    megabytes: float

    def cells(self) -> list[str]:
        target: Target | None = SIZES.get(self.repositories)
        return [
            number(self.repositories),
            self.database,
            self.name,
            *(f"{seconds:.2f}" for seconds in self.steps.values()),
            f"{self.together:.2f}",
            *((target.text(), target.verdict(self.together)) if target else ("", "")),
            number(self.statements),
            number(round(1000 * self.statements / self.repositories)),
            number(round(self.megabytes)),
        ]


def measure(databases: Databases, repositories: int, best_of: int) -> Iterator[Load]:
    """The first load and the next hour's, each the quickest of `best_of` on copies of the same database."""
    url = migrated(databases)
    for hour, name in enumerate(LOADS):
        piece(url, "fill", repositories, hour)
        yield min(
            (_once(databases, url, repositories, hour, name) for _ in range(best_of)), key=lambda load: load.together
        )
        if name != LOADS[-1]:
            piece(url, "publish", hour)
    databases.drop(url)


def loads_table(loads: Sequence[Load]) -> str:
    return table(HEADER, [load.cells() for load in loads], LEFT)


def _once(databases: Databases, url: str, repositories: int, hour: int, name: str) -> Load:
    copy = databases.copy(url)
    child = piece(copy, "publish", hour)
    databases.drop(copy)
    result: dict[str, Any] = child.result()
    if result["repositories"] != repositories:
        raise RuntimeError(f"{result['repositories']} of {repositories} repositories were published")
    steps, together, statements = result["steps"], result["together"], result["statements"]
    return Load(repositories, databases.title, name, steps, together, statements, child.megabytes)
