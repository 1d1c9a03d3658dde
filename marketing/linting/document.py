"""The pasted text as values, and the line in which each of them stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from pipeline.detection.untrusted import UntrustedTextError, clean_text
from pipeline.detection.untrusted_yaml import load_yaml

try:
    from yaml import CBaseLoader as _PlainLoader
except ImportError:  # PyYAML was built without libyaml
    from yaml import BaseLoader as _PlainLoader  # type: ignore[assignment]

Path: TypeAlias = tuple[str | int, ...]
_LINE = re.compile(r"^(Not YAML: )line [0-9]+: ")


class UnreadableError(ValueError):
    """The text is no YAML or goes beyond a limit. `line` and `column` count from 1 and are None where unknown."""

    def __init__(self, sentence: str, line: int | None, column: int | None) -> None:
        super().__init__(sentence)
        self.line = line
        self.column = column


@dataclass(slots=True)
class Document:
    """`value` is what the text says, as plain values; `node` is the same with marks, for the lines of `text`."""

    value: object
    node: Any
    text: str
    _indexes: dict[int, dict[str, tuple[Any, Any]]] = field(default_factory=dict)

    def line(self, path: Path) -> int | None:
        """Return the line of the last part of `path` that was written down here, None in an empty text.

        What came in by a merge key has the line of the mapping that it was merged into.
        """
        node, line = self.node, self.node.start_mark.line + 1 if self.node is not None else None
        for step in path:
            mark, node = self._step(node, step)
            if mark is None:
                break
            line = mark.line + 1
        return line

    def _step(self, node: Any, step: str | int) -> tuple[Any, Any]:
        if isinstance(node, yaml.MappingNode):
            key, value = self._index(node).get(str(step), (None, None))
            return key and key.start_mark, value
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            return node.value[step].start_mark, node.value[step]
        return None, None

    def _index(self, node: Any) -> dict[str, tuple[Any, Any]]:
        """Keys with their values, by name. Of a key that is there twice the later one counts, as for the values."""
        if id(node) not in self._indexes:
            self._indexes[id(node)] = {
                clean_text(key.value): (key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode)
            }
        return self._indexes[id(node)]

    def keys_written_twice(self) -> Iterator[tuple[Path, str, int, int]]:
        """Yield the mapping's path, the key, the line of its first and of its second time. Each node is seen once."""
        waiting: list[tuple[Path, Any]] = [((), self.node)]
        seen: set[int] = set()
        while waiting:
            path, node = waiting.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            if isinstance(node, yaml.SequenceNode):
                waiting += [((*path, position), child) for position, child in enumerate(node.value)]
            elif isinstance(node, yaml.MappingNode):
                waiting += [((*path, str(key.value)), value) for key, value in node.value]
                yield from _twice(path, node)


def _twice(path: Path, node: Any) -> Iterator[tuple[Path, str, int, int]]:
    first: dict[str, int] = {}
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value != "<<":
            line = key.start_mark.line + 1
            if key.value in first:
                yield path, clean_text(key.value), first[key.value], line
            else:
                first[key.value] = line


def read(text: str) -> Document:
    """Read a text under the limits that hold for every file of a stranger. Raises UnreadableError.

    Only what has passed them is composed a second time, for its marks: by then its size, depth and aliases are known.
    """
    plain = clean_text(text.replace("\r\n", "\n").replace("\r", "\n")).removeprefix("\ufeff")
    try:
        value = load_yaml(plain)
    except UntrustedTextError as error:
        raise _unreadable(error, plain) from None
    return Document(value, _compose(plain), plain)


def _unreadable(error: UntrustedTextError, text: str) -> UnreadableError:
    # What the parser itself said is kept as the context; it alone knows the column.
    mark = getattr(error.__context__, "problem_mark", None)
    if mark is None:
        return UnreadableError(str(error), None, None)
    sentence = _LINE.sub(r"\1", str(error))
    lines = text.split("\n")
    if mark.line >= len(lines):  # the parser puts the end of a text into a line after it
        return UnreadableError(sentence, len(lines), len(lines[-1]) + 1)
    return UnreadableError(sentence, mark.line + 1, mark.column + 1)


def _compose(text: str) -> Any:
    loader: Any = _PlainLoader(text)
    try:
        return loader.get_node() if loader.check_node() else None
    finally:
        loader.dispose()
