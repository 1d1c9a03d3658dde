"""Charts and sparklines as data. Pure: no Django, no database, no clock.

A chart carries its own text alternative and its own data table, so that a page says the same with a canvas and without.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice, pairwise
from typing import Literal, TypeAlias

Value: TypeAlias = int | float | Decimal | None
Kind: TypeAlias = Literal["line", "bar", "stacked"]
Role: TypeAlias = Literal["accent", "muted", "third"]
Axis: TypeAlias = Literal["left", "right"]
Size: TypeAlias = Literal["time", "s", "m", "l", "xl", "xxl"]

UNKNOWN = "unknown"
DATE = re.compile(r"\d{4}-\d\d-\d\d")
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
MOST_SERIES = 3
# The heights that static/css/chart.css has for bars that stand for names: up to so many bars each.
SIZES: tuple[tuple[int, Size], ...] = ((3, "s"), (6, "m"), (10, "l"), (16, "xl"))
# Circles of radius 2 mark the last points, so nothing is drawn nearer to an edge.
SPARK_MARGIN = 2


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or one colour of bars: a value for each label of its chart, None where unknown.

    `role` is the colour; the same subject has the same role on every page. Values that are not whole are shown with
    `decimals` digits after the point.
    """

    name: str
    values: Sequence[Value]
    role: Role = "accent"
    axis: Axis = "left"
    decimals: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(self.values))  # what a chart looks like is kept by what it is

    @property
    def places(self) -> int:
        """Digits after the point that all values of the series are shown with."""
        are_whole = all(value is None or isinstance(value, int) or value == int(value) for value in self.values)
        return 0 if are_whole else self.decimals


@dataclass(frozen=True, slots=True)
class Table:
    """`head` has one heading a column; a row is its label and one text for each series."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """At most three series over the same labels.

    With `is_time` the labels are ISO dates ("2026-11-21"), or ISO date-times in UTC ("2026-11-21T07:03"), oldest first,
    and run along the bottom; else they are names, and bars lie beside them. `summary` is one sentence that says what
    there is to see. `unit` follows a number of the left axis ("stars"), `right_unit` one of the right. `heading` is
    over the labels in the table. `empty` and `single` are said where no value, or only one, is known.

    Raises ValueError for what cannot be drawn, naming the chart.
    """

    id: str
    kind: Kind
    title: str
    summary: str
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    right_unit: str = ""
    is_time: bool = True
    heading: str = ""
    empty: str = "Nothing is known yet. The chart fills with the runs to come."
    single: str = "One day so far."

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))
        object.__setattr__(self, "series", tuple(self.series))
        for is_wrong, reason in self._objections():
            if is_wrong:
                raise ValueError(f"Chart {self.id!r}: {reason}.")

    def _objections(self) -> list[tuple[bool, str]]:
        known = [value for each in self.series for value in each.values if value is not None]
        return [
            (not re.fullmatch(r"[a-z][a-z0-9-]*", self.id), "its id must be lower-case letters, digits and hyphens"),
            (not 1 <= len(self.series) <= MOST_SERIES, f"it has {len(self.series)} series, not 1 to {MOST_SERIES}"),
            (len({each.role for each in self.series}) < len(self.series), "two series have the same colour"),
            ({len(self.labels)} != {len(each.values) for each in self.series}, "not every label has its values"),
            (not all(map(math.isfinite, known)), "a value is not a number; unknown is None"),
            (self.kind == "line" and not self.is_time, "a line joins moments, not names"),
            (self.kind != "line" and self.has_right_axis, "bars share one axis"),
            (self.is_time and not _are_ascending(self.labels), "its labels are not ascending ISO dates"),
        ]

    @property
    def data_id(self) -> str:
        """The id of the element that holds the data."""
        return f"{self.id}-data"

    @property
    def has_right_axis(self) -> bool:
        return any(each.axis == "right" for each in self.series)

    @property
    def is_empty(self) -> bool:
        return self._known(at_most=1) == 0

    @property
    def is_single(self) -> bool:
        """One point in time, which makes no line yet. One name is a whole chart."""
        return self.is_time and self._known(at_most=2) == 1

    def _known(self, at_most: int) -> int:
        """How many labels have a known value, without looking for more than so many."""
        known = (values for values in zip(*(each.values for each in self.series), strict=True) if set(values) != {None})
        return sum(1 for _ in islice(known, at_most))

    @property
    def needs_key(self) -> bool:
        """Lines are named at their ends; bars in several colours have no such place."""
        return self.kind != "line" and len(self.series) > 1

    @property
    def size(self) -> Size:
        """Which of the heights in chart.css: "time", or one by the number of bars that lie below each other."""
        if self.is_time:
            return "time"
        bars = len(self.labels) * (len(self.series) if self.kind == "bar" else 1)
        return next((size for most, size in SIZES if bars <= most), "xxl")

    @property
    def caption(self) -> str:
        """Of the table, with the unit unless that stands over the columns."""
        unit = f" ({self.unit})" if self.unit and not self.has_right_axis else ""
        return f"{self.title}{unit}{', newest first' if self.is_time else ''}"

    def as_json(self) -> dict[str, object]:
        """What static/js/charts.js draws. Days that are missing between the labels are there, as unknown ones: an axis
        on which a week is as wide as a day would bend every line."""
        labels = _without_gaps(self.labels) if self.is_time else list(self.labels)
        position = {label: index for index, label in enumerate(self.labels)}
        return {
            "kind": self.kind,
            "isTime": self.is_time,
            "isSingle": self.is_single,
            "unit": self.unit,
            "rightUnit": self.right_unit,
            "labels": labels,
            "series": [
                {
                    "name": each.name,
                    "role": each.role,
                    "axis": each.axis,
                    "places": each.places,
                    "values": [_plain(each.values[position[label]]) if label in position else None for label in labels],
                }
                for each in self.series
            ],
        }

    def table(self) -> Table:
        """The same values as texts, the newest first where the labels are times."""
        places = [each.places for each in self.series]
        rows = [
            (_readable(label) if self.is_time else label, tuple(map(number, values, places)))
            for label, values in zip(self.labels, self._columns(), strict=True)
        ]
        return Table(
            head=(self.heading or self._default_heading(), *map(self._column_heading, self.series)),
            rows=tuple(reversed(rows) if self.is_time else rows),
        )

    def _columns(self) -> list[tuple[Value, ...]]:
        return list(zip(*(each.values for each in self.series), strict=True))

    def _default_heading(self) -> str:
        if not self.is_time:
            return "Name"
        return "Time (UTC)" if any("T" in label for label in self.labels) else "Day"

    def _column_heading(self, series: Series) -> str:
        unit = self.right_unit if series.axis == "right" else self.unit
        return f"{series.name} ({unit})" if unit and self.has_right_axis else series.name


def number(value: Value, places: int = 0) -> str:
    """1234.56 with one place is "1,234.6", halves are rounded away from zero; None is "unknown"."""
    if value is None:
        return UNKNOWN
    if isinstance(value, int) and not places:  # most are, and a decimal takes ten times as long
        return f"{value:,}"
    return f"{Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"


def _plain(value: Value) -> int | float | None:
    """JSON would make a string of a Decimal."""
    return float(value) if isinstance(value, Decimal) else value


def _readable(label: str) -> str:
    """An ISO moment without its T and its seconds."""
    return label[:16].replace("T", " ")


def _are_ascending(labels: Sequence[str]) -> bool:
    """Whether all are dates, or all date-times, in ISO's long form and in their order."""
    if not (all(map(DATE.fullmatch, labels)) or all(map(DATE_TIME.fullmatch, labels))):
        return False
    try:
        moments = [datetime.fromisoformat(label) for label in labels]
        return all(before < after for before, after in pairwise(moments))
    except (ValueError, TypeError):  # no such day; some with an offset from UTC and some without
        return False


def _without_gaps(labels: Sequence[str]) -> list[str]:
    """Dates in even steps, the largest that meet all the labels. Moments of a day stay as they came, one a run."""
    if len(labels) < 2 or not DATE.fullmatch(labels[0]):
        return list(labels)
    first, *others = map(date.fromisoformat, labels)
    step = math.gcd(*((day - first).days for day in others))
    return [(first + timedelta(days=days)).isoformat() for days in range(0, (others[-1] - first).days + 1, step)]


# -- Sparklines ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A line in `width` x `height` units, the origin at the top left.

    `path` is the d attribute of an SVG path, with a gap where values are unknown. `last_x`, `last_y` is the last known
    point, None if none is known. `text` says the same in words.
    """

    path: str
    last_x: int | None
    last_y: int | None
    text: str
    width: int
    height: int


def sparkline(
    values: Sequence[int | None], width: int = 96, height: int = 24, maximum: int | None = None, per: str = "day"
) -> Sparkline:
    """One value for each `per`, oldest first, None where unknown.

    The scale runs from zero to the highest value of the row, so a row shows its own course and heights of different
    rows do not compare. A list in which they should gives every row the same `maximum`. Never mix both in one list.
    """
    known = [value for value in values if value is not None]
    low, high = min(0, 0, *known), max(1, *known, maximum or 0)
    scale = (height - 2 * SPARK_MARGIN) / (high - low)
    step = (width - 2 * SPARK_MARGIN) / max(len(values) - 1, 1)
    # The newest value is at the right edge even when it is the only one.
    first = width - SPARK_MARGIN - step * (len(values) - 1)
    points = [
        (round(first + step * index), round(SPARK_MARGIN + scale * (high - min(value, high))))
        if value is not None
        else None
        for index, value in enumerate(values)
    ]
    last_x, last_y = next((point for point in reversed(points) if point), (None, None))
    return Sparkline(_path(points), last_x, last_y, _in_words(values, known, per), width, height)


def _path(points: Sequence[tuple[int, int] | None]) -> str:
    """A subpath for each stretch of points; one that stands alone is a line to itself, which round ends make a dot.

    Whole units, and each point as its distance from the one before: a page has a hundred of these.
    """
    parts: list[str] = []
    before: tuple[int, int] | None = None
    for point, after in pairwise((*points, None)):
        if point and before is None:
            parts.append(f"M{point[0]} {point[1]}{'l' if after else 'h0'}")
        elif point and before:
            down = point[1] - before[1]
            parts.append(f"{point[0] - before[0]}{'' if down < 0 else ' '}{down}{' ' if after else ''}")
        before = point
    return "".join(parts)


def _in_words(values: Sequence[int | None], known: Sequence[int], per: str) -> str:
    """ "30 days: from 12 to 40 a day, 410 in all", the lowest and the highest; how many are known if not all are."""
    if not known:
        return UNKNOWN
    count = f"{len(values):,} {per}{'s' if len(values) > 1 else ''}"
    if len(known) < len(values):
        count = f"{len(known):,} of {count} known"
    if len(known) == 1:
        return f"{count}: {known[0]:,}"
    return f"{count}: from {min(known):,} to {max(known):,} a {per}, {sum(known):,} in all"
