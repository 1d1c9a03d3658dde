"""Architecture of a render.yaml as a drawing: boxes in columns, an arrow from each service to what it reads of.

Pure: no Django, no database. Takes names of anybody's making and gives positions; the page writes them as SVG.

Columns run from what the world talks to on the left (static sites, web services) over what works in the background to
where data and settings lie. An arrow that passes a column has a lane of its own in it, so that none runs through a box.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, TypeAlias

Group: TypeAlias = Literal["entry", "middle", "store", "settings"]

MOST_BOXES = 40
BOX_WIDTH, BOX_HEIGHT = 200, 48
COLUMN_GAP, ROW_GAP = 88, 16
LANE_HEIGHT = 12
MARGIN = 12
PORT_STEP = 6
# Room for a name and for what stands below it, in columns of a fixed-width terminal.
NAME_ROOM, WORDS_ROOM = 23, 30
SWEEPS = 4

GROUPS: dict[str, Group] = {
    "static": "entry",
    "web": "entry",
    "postgres": "store",
    "keyvalue": "store",
    "env_group": "settings",
}
TYPE_WORDS = {
    "static": "static site",
    "web": "web service",
    "worker": "background worker",
    "cron": "cron job",
    "pserv": "private service",
    "postgres": "Postgres",
    "keyvalue": "Key Value",
    "workflow": "workflow",
    "env_group": "environment group",
}
# Which names a connection of a kind is looked up among; a target that is not there is drawn as one of that type.
TARGET_TYPES = {"service": "service", "database": "postgres", "env_group": "env_group"}


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


@dataclass(eq=False, slots=True)
class _Node:
    """A box before it has its place."""

    name: str
    type: str
    words: str
    kind: str
    """Which names it shares its own with: "service", "postgres" or "env_group"."""
    is_declared: bool = True

    @property
    def group(self) -> Group:
        return GROUPS.get(self.type, "middle")

    @property
    def type_words(self) -> str:
        words = TYPE_WORDS.get(self.type, self.type)
        return words if self.is_declared else f"{words}, not in this file"

    @property
    def title(self) -> str:
        return f"{self.name or 'without a name'} ({self.type_words})"


@dataclass(eq=False, slots=True)
class _Item:
    """What takes room in a column: a box, or the lane of the arrows that pass on their way to `node`."""

    node: _Node
    is_lane: bool
    y: int = 0
    neighbours: list["_Item"] = field(default_factory=list)

    @property
    def height(self) -> int:
        return LANE_HEIGHT if self.is_lane else BOX_HEIGHT

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


_Edge: TypeAlias = tuple[_Node, _Node]


def diagram(
    services: Sequence[Service], connections: Sequence[Connection], env_groups: Sequence[str] = ()
) -> Diagram | None:
    """The drawing of a file; None where it declares nothing."""
    nodes = _nodes(services, env_groups)
    if not nodes:
        return None
    edges, nodes = _edges(nodes, connections)
    kept = _most_connected(nodes, edges)
    drawn = [edge for edge in edges if edge[0] in kept and edge[1] in kept]
    columns = _columns([node for node in nodes if node in kept], drawn)
    placed = _Layout(columns, drawn)
    return Diagram(
        width=2 * MARGIN + len(columns) * BOX_WIDTH + (len(columns) - 1) * COLUMN_GAP + placed.loop_room,
        height=placed.height,
        boxes=tuple(placed.boxes()),
        arrows=tuple(placed.arrows()),
        talks=_talks(edges),
        text=_in_words(nodes, edges),
        boxes_left_out=len(nodes) - len(kept),
    )


def _nodes(services: Sequence[Service], env_groups: Sequence[str]) -> list[_Node]:
    declared = [
        _Node(service.name, service.type, service.words, "postgres" if service.type == "postgres" else "service")
        for service in services
    ]
    return declared + [_Node(name, "env_group", "", "env_group") for name in env_groups]


def _edges(nodes: list[_Node], connections: Sequence[Connection]) -> tuple[list[_Edge], list[_Node]]:
    """The connections between boxes, each once, and the boxes with those that are read of but not declared."""
    known: dict[tuple[str, str], _Node] = {}
    sources: dict[str, _Node] = {}
    for node in nodes:
        known.setdefault((node.kind, node.name), node)
        if node.kind != "env_group":
            sources.setdefault(node.name, node)
    all_nodes, edges = list(nodes), dict[_Edge, None]()
    for connection in connections:
        source = sources.get(connection.source)
        if source is None:
            continue
        kind = TARGET_TYPES.get(connection.kind, "service")
        target = known.get((kind, connection.target)) or _same_name(nodes, connection)
        if target is None:
            target = _Node(connection.target, kind, "", kind, is_declared=False)
            known[kind, connection.target] = target
            all_nodes.append(target)
        if target is not source:
            edges[source, target] = None
    return list(edges), all_nodes


def _same_name(nodes: Iterable[_Node], connection: Connection) -> _Node | None:
    """A Key Value store is read by either kind of reference; a group's name is only a group's."""
    if connection.kind == "env_group":
        return None
    return next((node for node in nodes if node.name == connection.target and node.kind != "env_group"), None)


def _most_connected(nodes: list[_Node], edges: list[_Edge]) -> set[_Node]:
    """The boxes that are drawn: where there are too many, those with the most arrows, then in the file's order."""
    if len(nodes) <= MOST_BOXES:
        return set(nodes)
    degree: dict[_Node, int] = defaultdict(int)
    for source, target in edges:
        degree[source] += 1
        degree[target] += 1
    order = {node: position for position, node in enumerate(nodes)}
    return set(sorted(nodes, key=lambda node: (-degree[node], order[node]))[:MOST_BOXES])


def _columns(nodes: list[_Node], edges: list[_Edge]) -> list[list[_Node]]:
    """Boxes by column, from left to right, no column empty. Static sites come before web services if they call them."""
    calls = any(source.type == "static" and target.type == "web" for source, target in edges)
    columns: dict[int, list[_Node]] = {}
    for node in nodes:
        columns.setdefault(_column(node, static_first=calls), []).append(node)
    return [columns[number] for number in sorted(columns)]


def _column(node: _Node, *, static_first: bool) -> int:
    if node.type == "static" and static_first:
        return 0
    return {"entry": 1, "middle": 2, "store": 3, "settings": 3}[node.group]


class _Layout:
    """Places for the boxes of some columns and ways for the arrows between them."""

    def __init__(self, columns: list[list[_Node]], edges: list[_Edge]) -> None:
        self.column = {node: number for number, nodes in enumerate(columns) for node in nodes}
        self.items = [[_Item(node, False) for node in nodes] for nodes in columns]
        self.box = {item.node: item for items in self.items for item in items}
        self.lanes: dict[tuple[int, _Node], _Item] = {}
        self.edges = edges
        for source, target in edges:
            self._join(source, target)
        self._order()
        self.height = self._stack()

    @property
    def loop_room(self) -> int:
        """Room at the right for arrows within the last column."""
        last = len(self.items) - 1
        return COLUMN_GAP // 2 if any(self.column[a] == last == self.column[b] for a, b in self.edges) else 0

    def way(self, source: _Node, target: _Node) -> list[_Item]:
        """The box the arrow leaves, the lanes it takes, and the box it comes to."""
        first, last = self.column[source], self.column[target]
        step = 1 if last > first else -1
        return [
            self.box[source],
            *(self._lane(number, target) for number in range(first + step, last, step) if first != last),
            self.box[target],
        ]

    def _lane(self, column: int, target: _Node) -> _Item:
        if (column, target) not in self.lanes:
            self.lanes[column, target] = _Item(target, True)
            self.items[column].append(self.lanes[column, target])
        return self.lanes[column, target]

    def _join(self, source: _Node, target: _Node) -> None:
        way = self.way(source, target)
        for before, after in pairwise(way):
            before.neighbours.append(after)
            after.neighbours.append(before)

    def _order(self) -> None:
        """Brings what is joined to about the same height: each column by the mean place of its neighbours, in turns."""
        self._stack()
        for sweep in range(SWEEPS):
            for items in self.items if sweep % 2 == 0 else self.items[::-1]:
                wanted = {id(item): self._mean(item) for item in items}
                items.sort(key=lambda item: wanted[id(item)])
                self._stack()

    def _mean(self, item: _Item) -> float:
        places = [neighbour.middle for neighbour in item.neighbours]
        return sum(places) / len(places) if places else item.middle

    def _stack(self) -> int:
        """Gives each item its y, columns in the middle of the tallest; returns the height of it all."""
        heights = [sum(item.height for item in items) + ROW_GAP * (len(items) - 1) for items in self.items]
        for items, height in zip(self.items, heights, strict=True):
            y = MARGIN + (max(heights) - height) // 2
            for item in items:
                item.y = y
                y += item.height + ROW_GAP
        return max(heights) + 2 * MARGIN

    def x(self, column: int) -> int:
        return MARGIN + column * (BOX_WIDTH + COLUMN_GAP)

    def boxes(self) -> Iterable[Box]:
        for node, item in self.box.items():
            words = ", ".join(filter(None, (node.type_words, node.words)))
            yield Box(
                x=self.x(self.column[node]),
                y=item.y,
                width=BOX_WIDTH,
                height=BOX_HEIGHT,
                name=fitted(node.name or "without a name", NAME_ROOM),
                words=fitted(words, WORDS_ROOM),
                title=node.title,
                group=node.group,
                is_declared=node.is_declared,
            )

    def arrows(self) -> Iterable[Arrow]:
        leaving: dict[_Node, list[_Edge]] = defaultdict(list)
        for edge in self.edges:
            leaving[edge[0]].append(edge)
        for source, edges in leaving.items():
            edges.sort(key=lambda edge: self.way(*edge)[1].middle)
            for number, (_, target) in enumerate(edges):
                start = self.box[source].middle + _port(number, len(edges))
                yield self._arrow(source, target, start)

    def _arrow(self, source: _Node, target: _Node, start: float) -> Arrow:
        first, last = self.column[source], self.column[target]
        title, end = f"{source.name} reads of {target.name}", self.box[target].middle
        if first == last:
            return _loop(self.x(first) + BOX_WIDTH, start, end, title)
        step = 1 if last > first else -1
        near, far = (BOX_WIDTH, 0) if step > 0 else (0, BOX_WIDTH)
        x, y, path = self.x(first) + near, start, ""
        for column, item in zip(range(first + step, last + step, step), self.way(source, target)[1:], strict=True):
            path += _curve(x, y, self.x(column) + far, item.middle) + (
                f"H{self.x(column) + near}" if item.is_lane else ""
            )
            x, y = self.x(column) + near, item.middle
        return Arrow(f"M{x0(self.x(first) + near)} {x0(start)}{path}", _head(self.x(last) + far, end, step), title)


def _port(number: int, count: int) -> float:
    """How far from the middle of a box's side an arrow leaves it."""
    step = min(PORT_STEP, (BOX_HEIGHT - 16) / max(count - 1, 1))
    return (number - (count - 1) / 2) * step


def _curve(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (x + to_x) / 2
    return f"C{x0(middle)} {x0(y)} {x0(middle)} {x0(to_y)} {x0(to_x)} {x0(to_y)}"


def _loop(x: float, start: float, end: float, title: str) -> Arrow:
    """Within a column the arrow goes round at the right; the further, the wider."""
    out = x + min(COLUMN_GAP / 2 - 4, 20 + abs(end - start) / 12)
    path = f"M{x0(x)} {x0(start)}C{x0(out)} {x0(start)} {x0(out)} {x0(end)} {x0(x)} {x0(end)}"
    return Arrow(path, _head(x, end, -1), title)


def _head(x: float, y: float, step: int) -> str:
    """A small triangle whose point is at x, y; `step` is 1 where it points to the right."""
    back = x - 7 * step
    return f"M{x0(x)} {x0(y)}L{x0(back)} {x0(y - 4)}V{x0(y + 4)}Z"


def x0(value: float) -> str:
    """A coordinate with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")


def fitted(text: str, room: int) -> str:
    """The text cut to `room` columns of a terminal, in which wide signs take two and combining ones none."""
    used = 0
    for position, sign in enumerate(text):
        used += _columns_of(sign)
        if used > room:
            return f"{_start(text[:position], room - 1)}…"
    return text


def _start(text: str, room: int) -> str:
    while sum(map(_columns_of, text)) > room:
        text = text[:-1]
    return text.rstrip()


def _columns_of(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _talks(edges: list[_Edge]) -> tuple[Talk, ...]:
    targets: dict[_Node, list[tuple[str, str]]] = {}
    for source, target in edges:
        targets.setdefault(source, []).append((target.name, target.type_words))
    return tuple(Talk(source.name, tuple(found)) for source, found in targets.items())


def _in_words(nodes: list[_Node], edges: list[_Edge]) -> str:
    """ "Architecture: 2 web services, 1 Postgres; 3 connections" and nothing that the file's author wrote."""
    counts: dict[str, int] = defaultdict(int)
    for node in nodes:
        counts[TYPE_WORDS.get(node.type, "other service") if node.is_declared else "undeclared target"] += 1
    listed = ", ".join(
        f"{count} {words}{'' if count == 1 or words in _PLURAL else 's'}" for words, count in counts.items()
    )
    return f"Architecture: {listed}; {len(edges)} connection{'' if len(edges) == 1 else 's'}"


_PLURAL = frozenset({"Postgres", "Key Value"})
