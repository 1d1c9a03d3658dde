"""Boxes and who reads of whom, before anything has its place."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dashboard.diagram.shapes import MOST_BOXES, Connection, Group, Service, Talk

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


@dataclass(eq=False, slots=True)
class Node:
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


Edge: TypeAlias = tuple[Node, Node]


def nodes_of(services: Sequence[Service], env_groups: Sequence[str]) -> list[Node]:
    declared = [
        Node(service.name, service.type, service.words, "postgres" if service.type == "postgres" else "service")
        for service in services
    ]
    return declared + [Node(name, "env_group", "", "env_group") for name in env_groups]


def edges_of(nodes: list[Node], connections: Sequence[Connection]) -> tuple[list[Edge], list[Node]]:
    """The connections between boxes, each once, and the boxes with those that are read of but not declared."""
    known: dict[tuple[str, str], Node] = {}
    sources: dict[str, Node] = {}
    for node in nodes:
        known.setdefault((node.kind, node.name), node)
        if node.kind != "env_group":
            sources.setdefault(node.name, node)
    all_nodes, edges = list(nodes), dict[Edge, None]()
    for connection in connections:
        source = sources.get(connection.source)
        if source is None:
            continue
        kind = TARGET_TYPES.get(connection.kind, "service")
        target = known.get((kind, connection.target)) or _same_name(nodes, connection)
        if target is None:
            target = Node(connection.target, kind, "", kind, is_declared=False)
            known[kind, connection.target] = target
            all_nodes.append(target)
        if target is not source:
            edges[source, target] = None
    return list(edges), all_nodes


def _same_name(nodes: Iterable[Node], connection: Connection) -> Node | None:
    """A Key Value store is read by either kind of reference; a group's name is only a group's."""
    if connection.kind == "env_group":
        return None
    return next((node for node in nodes if node.name == connection.target and node.kind != "env_group"), None)


def most_connected(nodes: list[Node], edges: list[Edge]) -> set[Node]:
    """The boxes that are drawn: where there are too many, those with the most arrows, then in the file's order."""
    if len(nodes) <= MOST_BOXES:
        return set(nodes)
    degree: dict[Node, int] = defaultdict(int)
    for source, target in edges:
        degree[source] += 1
        degree[target] += 1
    order = {node: position for position, node in enumerate(nodes)}
    return set(sorted(nodes, key=lambda node: (-degree[node], order[node]))[:MOST_BOXES])


def columns_of(nodes: list[Node], edges: list[Edge]) -> list[list[Node]]:
    """Boxes by column, from left to right, no column empty. Static sites come before web services if they call them."""
    calls = any(source.type == "static" and target.type == "web" for source, target in edges)
    columns: dict[int, list[Node]] = {}
    for node in nodes:
        columns.setdefault(_column(node, static_first=calls), []).append(node)
    return [columns[number] for number in sorted(columns)]


def _column(node: Node, *, static_first: bool) -> int:
    if node.type == "static" and static_first:
        return 0
    return {"entry": 1, "middle": 2, "store": 3, "settings": 3}[node.group]


def talks_of(edges: list[Edge]) -> tuple[Talk, ...]:
    targets: dict[Node, list[tuple[str, str]]] = {}
    for source, target in edges:
        targets.setdefault(source, []).append((target.name, target.type_words))
    return tuple(Talk(source.name, tuple(found)) for source, found in targets.items())


def in_words(nodes: list[Node], edges: list[Edge]) -> str:
    """ "Architecture: 2 web services, 1 Postgres; 3 connections" and nothing that the file's author wrote."""
    counts: dict[str, int] = defaultdict(int)
    for node in nodes:
        counts[TYPE_WORDS.get(node.type, "other service") if node.is_declared else "undeclared target"] += 1
    listed = ", ".join(
        f"{count} {words}{'' if count == 1 or words in _PLURAL else 's'}" for words, count in counts.items()
    )
    return f"Architecture: {listed}; {len(edges)} connection{'' if len(edges) == 1 else 's'}"


_PLURAL = frozenset({"Postgres", "Key Value"})
