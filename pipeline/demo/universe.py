"""The made-up universe: every repository, and what GitHub would say of it at a moment."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache

from pipeline.demo.builder import Builder
from pipeline.demo.clock import Moment
from pipeline.demo.events import apply_events
from pipeline.demo.hostile import hostile_plans, newcomer_plans
from pipeline.demo.languages import HOW_MANY, language_plans
from pipeline.demo.names import Namer, owner_type
from pipeline.demo.render_projects import render_plans
from pipeline.demo.repositories import Files, Repository

SEED = 2026


class Universe:
    """All repositories of a seed and an anchor day.

    It is a pure function of both: `now` only says where the past ends. Without a `now` it is the computer's clock.
    """

    def __init__(self, seed: int = SEED, anchor: date | None = None, now: datetime | None = None) -> None:
        self.seed = seed
        self.anchor = anchor or datetime.now(UTC).date()
        self.now = now
        self.repositories = populate(seed, self.anchor.toordinal())
        self._view = View(self.repositories, self.moment())

    def moment(self) -> Moment:
        """The present."""
        return Moment.of(self.now or datetime.now(UTC))

    def view(self) -> "View":
        """The universe at present; the same object as long as the clock shows the same second."""
        moment, view = self.moment(), self._view
        if view.moment != moment:
            view = self._view = View(self.repositories, moment)
        return view


def populate(seed: int, anchor: int) -> list[Repository]:
    """Every repository that there ever is, those included that are born later."""
    namer, builder = Namer(seed), Builder(seed, anchor)
    plans = [plan for language in HOW_MANY for plan in language_plans(language, namer, seed)]
    plans += [*render_plans(namer, seed), *hostile_plans(), *newcomer_plans(namer.words)]
    repositories = [builder.build(plan) for plan in plans]
    ordinary = repositories[: sum(map(sum, HOW_MANY.values()))]
    apply_events(ordinary, anchor, namer)
    return repositories


@dataclass
class Face:
    """One repository as it shows itself at a moment."""

    repository: Repository
    moment: Moment

    def __post_init__(self) -> None:
        day = self.moment.day
        self.id = self.repository.id
        self.full_name = self.repository.full_name.on(day)
        self.owner, self.name = self.full_name.split("/")
        self.owner_type = owner_type(self.owner)
        self.description = self.repository.description.on(day)
        self.language = self.repository.language.on(day)
        self.files: Files = self.repository.files.on(day)
        self.topics = self.repository.topics
        self.stars = self.repository.stars.at(self.moment)
        self.forks = self.stars * (4 + self.id % 17) // 100

    @cached_property
    def pushed(self) -> Moment | None:
        """When the newest commit came; the creation itself counts as a push, except where GitHub knows of none."""
        if self.repository.never_pushed:
            return None
        return self.repository.work.newest_commit(self.moment) or self.repository.created

    @property
    def updated(self) -> Moment:
        """When anything about it changed."""
        return self.pushed or self.repository.created

    @property
    def open_issues(self) -> int:
        """Open issues at the moment, pull requests not counted."""
        return 0 if self.repository.empty else self.repository.work.open_issues(self.moment)

    @property
    def open_pull_requests(self) -> int:
        """Open pull requests at the moment; REST's `open_issues_count` holds both."""
        return self.open_issues // 5

    @property
    def readme(self) -> str:
        """The README's text, empty if there is none."""
        return self.files.get("README.md", "")


class View:
    """All that can be found at one moment."""

    def __init__(self, repositories: list[Repository], moment: Moment) -> None:
        self.moment = moment
        self.existing = {r.id: r for r in repositories if r.exists(moment)}
        self._faces: dict[int, Face] = {}

    def face(self, repository_id: int) -> Face | None:
        """The repository with the number, if it exists."""
        known = self._faces.get(repository_id)
        if known is None and repository_id in self.existing:
            known = self._faces[repository_id] = Face(self.existing[repository_id], self.moment)
        return known

    def faces(self) -> Iterator[Face]:
        """Every repository that exists."""
        return (face for face in map(self.face, self.existing) if face is not None)

    def by_node_id(self, node_id: str) -> Face | None:
        """The repository with GraphQL's global id."""
        number = self._by_node.get(node_id)
        return None if number is None else self.face(number)

    def by_name(self, full_name: str) -> tuple[Face | None, bool]:
        """The repository that has or once had the name, and whether it has moved on since."""
        key = full_name.lower()
        if key in self._by_name:
            return self.face(self._by_name[key]), False
        return (self.face(self._by_former_name[key]), True) if key in self._by_former_name else (None, False)

    def owned_by(self, login: str) -> list[Face]:
        """The repositories of an owner, however its name is capitalised."""
        return [face for face in self.faces() if face.owner.lower() == login.lower()]

    @cached_property
    def _by_node(self) -> dict[str, int]:
        return {r.node_id: r.id for r in self.existing.values()}

    @cached_property
    def _by_name(self) -> dict[str, int]:
        return {r.full_name.on(self.moment.day).lower(): r.id for r in self.existing.values()}

    @cached_property
    def _by_former_name(self) -> dict[str, int]:
        return {name.lower(): r.id for r in self.existing.values() for name in r.full_name.former(self.moment.day)}


@lru_cache(maxsize=16_384)
def blob_oid(text: str) -> str:
    """git's object id of a file's text."""
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
