"""Architecture of a render.yaml as a drawing: boxes in columns, an arrow from each service to what it reads of.

Pure: no Django, no database. Takes names of anybody's making and gives positions; the page writes them as SVG.

Columns run from what the world talks to on the left (static sites, web services) over what works in the background to
where data and settings lie. An arrow that passes a column has a lane of its own in it, so that none runs through a box.
"""

from collections.abc import Sequence

from dashboard.diagram import graph
from dashboard.diagram.graph import TYPE_WORDS
from dashboard.diagram.layout import Layout
from dashboard.diagram.shapes import (
    BOX_HEIGHT,
    BOX_WIDTH,
    COLUMN_GAP,
    MARGIN,
    MOST_BOXES,
    Arrow,
    Box,
    Connection,
    Diagram,
    Group,
    Service,
    Talk,
)
from dashboard.diagram.texts import fitted

__all__ = [
    "BOX_HEIGHT",
    "BOX_WIDTH",
    "MOST_BOXES",
    "TYPE_WORDS",
    "Arrow",
    "Box",
    "Connection",
    "Diagram",
    "Group",
    "Service",
    "Talk",
    "diagram",
    "fitted",
]


def diagram(
    services: Sequence[Service], connections: Sequence[Connection], env_groups: Sequence[str] = ()
) -> Diagram | None:
    """The drawing of a file; None where it declares nothing."""
    nodes = graph.nodes_of(services, env_groups)
    if not nodes:
        return None
    edges, nodes = graph.edges_of(nodes, connections)
    kept = graph.most_connected(nodes, edges)
    drawn = [edge for edge in edges if edge[0] in kept and edge[1] in kept]
    columns = graph.columns_of([node for node in nodes if node in kept], drawn)
    placed = Layout(columns, drawn)
    return Diagram(
        width=2 * MARGIN + len(columns) * BOX_WIDTH + (len(columns) - 1) * COLUMN_GAP + placed.loop_room,
        height=placed.height,
        boxes=tuple(placed.boxes()),
        arrows=tuple(placed.arrows()),
        talks=graph.talks_of(edges),
        text=graph.in_words(nodes, edges),
        boxes_left_out=len(nodes) - len(kept),
    )
