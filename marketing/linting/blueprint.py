"""The parts of a render.yaml, each with its place, in the file's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from marketing.linting.document import Document, Path
from marketing.linting.facts import NATIVE_RUNTIMES, OLD_TYPES
from marketing.linting.structure import CHILDREN, WORD_LISTS, Child
from marketing.linting.wording import quoted

# Aliases let a short text stand for very many parts; what is beyond is not looked at.
MOST_PARTS, MOST_ITEMS = 5_000, 50_000
MOST_MISSHAPEN = 100
TYPE_WORDS = {
    "web": "web service",
    "static": "static site",
    "pserv": "private service",
    "worker": "background worker",
    "cron": "cron job",
    "keyvalue": "Key Value store",
    "workflow": "workflow",
}
KIND_WORDS = {"database": "database", "group": "environment group"}


@dataclass(frozen=True, slots=True)
class Part:
    """One mapping of the file: a service, a database, a variable, a disk, ..."""

    kind: str
    path: Path
    fields: Mapping[str, object]
    owner: Part | None = None

    def text(self, key: str) -> str:
        """The scalar under a key as text; nothing and collections are the empty text."""
        value = self.fields.get(key)
        if isinstance(value, bool):
            return str(value).lower()
        return str(value).strip() if isinstance(value, str | int | float) else ""

    def has(self, key: str) -> bool:
        """Whether something stands under the key; a key without a value does not count."""
        return self.fields.get(key) is not None

    def at(self, key: str) -> Path:
        return (*self.path, key)

    def number(self, key: str) -> int | None:
        value = self.fields.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def switch(self, key: str) -> bool | None:
        value = self.fields.get(key)
        return value if isinstance(value, bool) else None

    @property
    def name(self) -> str:
        return self.text("name")

    @property
    def words(self) -> str:
        """What to call it in a sentence."""
        kind = KIND_WORDS.get(self.kind, self.kind)
        return f"The {kind} {quoted(self.name)}" if self.name else f"A {kind} without a name"


@dataclass(frozen=True, slots=True)
class Service(Part):
    """An entry of `services`."""

    @property
    def type(self) -> str:
        """web, static, pserv, worker, cron, keyvalue, workflow, another word of the file, or "" """
        word = self.text("type").lower()
        return "static" if word == "web" and self.runtime == "static" else OLD_TYPES.get(word, word)

    @property
    def runtime(self) -> str:
        return (self.text("runtime") or self.text("env")).lower()

    @property
    def runtime_path(self) -> Path:
        return self.at("env") if self.has("env") and not self.has("runtime") else self.at("runtime")

    @property
    def is_native(self) -> bool:
        return self.runtime in NATIVE_RUNTIMES

    @property
    def runs_code(self) -> bool:
        """Whether it is a process that Render starts; a workflow's are described elsewhere."""
        return self.type in {"web", "pserv", "worker", "cron"}

    @property
    def words(self) -> str:
        kind = TYPE_WORDS.get(self.type, "service")
        return f"The {kind} {quoted(self.name)}" if self.name else f"A {kind} without a name"


@dataclass(frozen=True, slots=True)
class Misshapen:
    """A key under which something else stands than belongs there."""

    path: Path
    wanted: str
    value: object


@dataclass(slots=True)
class Blueprint:
    """The file as rules see it."""

    document: Document
    parts: list[Part] = field(default_factory=list)
    misshapen: list[Misshapen] = field(default_factory=list)
    by_kind: dict[str, list[Part]] = field(default_factory=dict)
    by_name: dict[str, dict[str, Part]] = field(default_factory=dict)
    is_cut: bool = False

    def of(self, kind: str) -> list[Part]:
        return self.by_kind.get(kind, [])

    @property
    def root(self) -> Part:
        return self.parts[0]

    @property
    def services(self) -> list[Service]:
        return [part for part in self.of("service") if isinstance(part, Service)]

    def named(self, kind: str) -> dict[str, Part]:
        """The first part of each name."""
        if kind not in self.by_name:
            self.by_name[kind] = {part.name: part for part in reversed(self.of(kind))}
        return self.by_name[kind]


def blueprint(document: Document, root: Mapping[object, object]) -> Blueprint:
    """Take a file's mapping apart, to 5,000 parts."""
    found = Blueprint(document)
    walk = _Walk(found.misshapen)
    for part in walk.parts("root", (), root, None):
        found.parts.append(part)
        found.by_kind.setdefault(part.kind, []).append(part)
        if len(found.parts) >= MOST_PARTS:
            walk.items = MOST_ITEMS
    found.is_cut = walk.items >= MOST_ITEMS
    return found


class _Walk:
    """Goes through the parts from the top; an aliased mapping is copied once, however often it is used."""

    def __init__(self, misshapen: list[Misshapen]) -> None:
        self.misshapen = misshapen
        self.fields: dict[int, dict[str, object]] = {}
        self.items = 0

    def parts(self, kind: str, path: Path, value: Mapping[object, object], owner: Part | None) -> Iterator[Part]:
        if id(value) not in self.fields:
            self.fields[id(value)] = {str(key): item for key, item in value.items()}
        part = (Service if kind == "service" else Part)(kind, path, self.fields[id(value)], owner)
        yield part
        for key, child in CHILDREN.get(kind, {}).items():
            if part.has(key):
                yield from self.children(part, key, child)
        for key in WORD_LISTS.get(kind, ()):
            if part.has(key) and not isinstance(part.fields[key], list):
                self.complain(part.at(key), "a list", part.fields[key])

    def children(self, part: Part, key: str, child: Child) -> Iterator[Part]:
        path, value = part.at(key), part.fields[key]
        if isinstance(value, list) is not child.is_list:
            self.complain(path, "a list" if child.is_list else "a mapping", value)
        elif isinstance(value, list):
            for position, item in enumerate(value):
                self.items += 1
                if self.items > MOST_ITEMS:
                    break
                yield from self.child((*path, position), item, child, part)
        else:
            yield from self.child(path, value, child, part)

    def child(self, path: Path, value: object, child: Child, owner: Part) -> Iterator[Part]:
        if isinstance(value, dict):
            yield from self.parts(child.kind, path, value, owner)
        elif value is not None:
            self.complain(path, "a mapping", value)

    def complain(self, path: Path, wanted: str, value: object) -> None:
        if len(self.misshapen) < MOST_MISSHAPEN:
            self.misshapen.append(Misshapen(path, wanted, value))
