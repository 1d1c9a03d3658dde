"""Places for boxes in columns, and ways for the arrows between them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from dashboard.diagram.graph import Edge, Node
from dashboard.diagram.shapes import BOX_HEIGHT, BOX_WIDTH, COLUMN_GAP, LANE_HEIGHT, MARGIN, ROW_GAP, Arrow, Box
from dashboard.diagram.strokes import curve, head, loop, port, x0
from dashboard.diagram.texts import fitted

# Room for a name and for what stands below it, in columns of a fixed-width terminal.
NAME_ROOM, WORDS_ROOM = 23, 30
SWEEPS = 4


@dataclass(eq=False, slots=True)
class Item:
    """What takes room in a column: a box, or the lane of the arrows that pass on their way to `node`."""

    node: Node
    is_lane: bool
    y: int = 0
    neighbours: list["Item"] = field(default_factory=list)

    @property
    def height(self) -> int:
        return LANE_HEIGHT if self.is_lane else BOX_HEIGHT

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


class Layout:
    """Places for the boxes of some columns and ways for the arrows between them."""

    def __init__(self, columns: list[list[Node]], edges: list[Edge]) -> None:
        self.column = {node: number for number, nodes in enumerate(columns) for node in nodes}
        self.items = [[Item(node, False) for node in nodes] for nodes in columns]
        self.box = {item.node: item for items in self.items for item in items}
        self.lanes: dict[tuple[int, Node], Item] = {}
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

    def way(self, source: Node, target: Node) -> list[Item]:
        """The box the arrow leaves, the lanes it takes, and the box it comes to."""
        first, last = self.column[source], self.column[target]
        step = 1 if last > first else -1
        return [
            self.box[source],
            *(self._lane(number, target) for number in range(first + step, last, step) if first != last),
            self.box[target],
        ]

    def _lane(self, column: int, target: Node) -> Item:
        if (column, target) not in self.lanes:
            self.lanes[column, target] = Item(target, True)
            self.items[column].append(self.lanes[column, target])
        return self.lanes[column, target]

    def _join(self, source: Node, target: Node) -> None:
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

    def _mean(self, item: Item) -> float:
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
        leaving: dict[Node, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            leaving[edge[0]].append(edge)
        for source, edges in leaving.items():
            edges.sort(key=lambda edge: self.way(*edge)[1].middle)
            for number, (_, target) in enumerate(edges):
                start = self.box[source].middle + port(number, len(edges))
                yield self._arrow(source, target, start)

    def _arrow(self, source: Node, target: Node, start: float) -> Arrow:
        first, last = self.column[source], self.column[target]
        title, end = f"{source.name} reads of {target.name}", self.box[target].middle
        if first == last:
            return loop(self.x(first) + BOX_WIDTH, start, end, title)
        step = 1 if last > first else -1
        near, far = (BOX_WIDTH, 0) if step > 0 else (0, BOX_WIDTH)
        x, y, path = self.x(first) + near, start, ""
        for column, item in zip(range(first + step, last + step, step), self.way(source, target)[1:], strict=True):
            path += curve(x, y, self.x(column) + far, item.middle) + (
                f"H{self.x(column) + near}" if item.is_lane else ""
            )
            x, y = self.x(column) + near, item.middle
        return Arrow(f"M{x0(self.x(first) + near)} {x0(start)}{path}", head(self.x(last) + far, end, step), title)
