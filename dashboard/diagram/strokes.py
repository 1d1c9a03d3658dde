"""Lines and points of arrows, as d attributes of SVG paths."""

from dashboard.diagram.shapes import BOX_HEIGHT, COLUMN_GAP, Arrow

PORT_STEP = 6


def port(number: int, count: int) -> float:
    """How far from the middle of a box's side an arrow leaves it."""
    step = min(PORT_STEP, (BOX_HEIGHT - 16) / max(count - 1, 1))
    return (number - (count - 1) / 2) * step


def curve(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (x + to_x) / 2
    return f"C{x0(middle)} {x0(y)} {x0(middle)} {x0(to_y)} {x0(to_x)} {x0(to_y)}"


def loop(x: float, start: float, end: float, title: str) -> Arrow:
    """Within a column the arrow goes round at the right; the further, the wider."""
    out = x + min(COLUMN_GAP / 2 - 4, 20 + abs(end - start) / 12)
    path = f"M{x0(x)} {x0(start)}C{x0(out)} {x0(start)} {x0(out)} {x0(end)} {x0(x)} {x0(end)}"
    return Arrow(path, head(x, end, -1), title)


def head(x: float, y: float, step: int) -> str:
    """A small triangle whose point is at x, y; `step` is 1 where it points to the right."""
    back = x - 7 * step
    return f"M{x0(x)} {x0(y)}L{x0(back)} {x0(y - 4)}V{x0(y + 4)}Z"


def x0(value: float) -> str:
    """A coordinate with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")
