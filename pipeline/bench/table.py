"""Tables of measured figures as aligned text, with each figure's target and whether it was met. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

MET, MISSED = "met", "missed"


@dataclass(frozen=True, slots=True)
class Target:
    """The most a figure may be, in the figure's own unit; an `exclusive` one has to stay below it.

    With `is_floor` it is the other way round: an exclusive one has to stay above it.
    """

    limit: float
    exclusive: bool = False
    is_floor: bool = False

    def text(self) -> str:
        words = ("at least", "over") if self.is_floor else ("at most", "under")
        return f"{words[self.exclusive]} {number(self.limit)}"

    def verdict(self, value: float) -> str:
        is_inside = value > self.limit if self.is_floor else value < self.limit
        return MET if is_inside or (value == self.limit and not self.exclusive) else MISSED


def under(most: float) -> Target:
    return Target(most, exclusive=True)


def over(least: float) -> Target:
    return Target(least, exclusive=True, is_floor=True)


def at_most(most: float) -> Target:
    return Target(most)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number or word. `name` says the unit; a value of None could not be had and is not shown."""

    name: str
    value: float | str | None
    target: Target | None = None

    def cells(self) -> list[str]:
        if self.value is None or isinstance(self.value, str):
            return [self.name, self.value or "", "", ""]
        target = self.target
        return [self.name, number(self.value), *((target.text(), target.verdict(self.value)) if target else ("", ""))]


def figures_table(figures: Sequence[Figure]) -> str:
    """One row a figure: its name, what was measured, the target and the verdict."""
    rows = [figure.cells() for figure in figures if figure.value is not None]
    return table(["figure", "measured", "target", ""], rows, left={0, 2, 3})


def table(header: Sequence[str], rows: Sequence[Sequence[str]], left: set[int]) -> str:
    """Columns as wide as their widest cell, two blanks between them; those not in `left` are aligned to the right."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    rule = ["-" * width for width in widths]
    return "\n".join(_line(row, widths, left) for row in (header, rule, *rows))


def number(value: float) -> str:
    """Whole numbers with thousands separators, others with two decimals."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _line(cells: Sequence[str], widths: Sequence[int], left: set[int]) -> str:
    aligned = (
        cell.ljust(width) if column in left else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(aligned).rstrip()
