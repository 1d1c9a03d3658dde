"""One made-up repository: what never changes about it, and what it says about itself from which day on."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipeline.demo.clock import Moment
from pipeline.demo.stars import StarLife
from pipeline.demo.work import Work

T = TypeVar("T")
Files = Mapping[str, str]  # path: text


class Timeline(Generic[T]):
    """A value that changes on known days."""

    def __init__(self, first: T) -> None:
        self.first = first
        self.changes: list[tuple[int, T]] = []

    def change(self, day: int, value: T) -> None:
        """From midnight of the day on it is `value`; days are added in rising order."""
        self.changes.append((day, value))

    def on(self, day: int) -> T:
        """The value on the day."""
        return next((value for since, value in reversed(self.changes) if since <= day), self.first)

    def former(self, day: int) -> list[T]:
        """The values that are over on the day, oldest first."""
        values = [self.first, *(value for since, value in self.changes if since <= day)]
        return values[:-1]


@dataclass
class Repository:
    """One repository of the universe from its creation to its end, if it has one (`gone` is a day)."""

    id: int
    created: Moment
    full_name: Timeline[str]
    description: Timeline[str | None]
    language: Timeline[str | None]
    files: Timeline[Files]
    topics: tuple[str, ...]
    stars: StarLife
    work: Work
    license: str | None = "mit"
    homepage: str | None = None
    fork: bool = False
    archived: bool = False
    empty: bool = False
    never_pushed: bool = False
    gone: int | None = None

    @property
    def node_id(self) -> str:
        """GraphQL's global id in the form that GitHub gives it since 2021."""
        return "R_kgDO" + base64.urlsafe_b64encode(self.id.to_bytes(4, "big")).decode().rstrip("=")

    def exists(self, moment: Moment) -> bool:
        """Whether GitHub would find it at the moment."""
        return self.created <= moment and (self.gone is None or moment.day < self.gone)
