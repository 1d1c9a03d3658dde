"""What is drawn, what comes of it, and the sizes it is drawn in."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Group: TypeAlias = Literal["entry", "middle", "store", "settings"]

MOST_BOXES = 40
BOX_WIDTH, BOX_HEIGHT = 240, 48  # a name of 23 letters in a wide typeface
COLUMN_GAP, ROW_GAP = 72, 16
LANE_HEIGHT = 12
MARGIN = 12


@dataclass(frozen=True, slots=True)
class Service:
    """A service or database of the file. `words` is what else to say of it, such as its runtime and plan."""

    name: str
    type: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """`source` reads of `target`; `kind` is "service", "database" or "env_group"."""

    source: str
    target: str
    kind: str


@dataclass(frozen=True, slots=True)
class Box:
    """`x`, `y` is the upper left corner. `title` is the whole name with its type; `name` and `words` are cut to fit."""

    x: int
    y: int
    width: int
    height: int
    name: str
    words: str
    title: str
    group: Group
    is_declared: bool


@dataclass(frozen=True, slots=True)
class Arrow:
    """`path` is the line and `head` the point at its end, both d attributes of an SVG path."""

    path: str
    head: str
    title: str


@dataclass(frozen=True, slots=True)
class Talk:
    """Who reads of whom: a service, and each of its targets with a word for what it is."""

    source: str
    targets: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """A drawing of `width` x `height` units, what it says in a sentence, and who talks to whom as a list.

    `boxes_left_out` boxes found no room; the list has them all.
    """

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    talks: tuple[Talk, ...]
    text: str
    boxes_left_out: int
