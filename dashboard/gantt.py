"""A Gantt chart as data and as SVG: when each task of a run began and ended, those in parallel below each other.

Pure: no Django, no database, no clock. Everything across is in percent of the run's time, so that the drawing is as
wide as its place; everything down is in pixels. Colours and line widths are in static/css/gantt.css.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate

# Pixels: how far rows are apart, and how much of that a bar fills. Rows with words in them are higher.
PLAIN_ROW, PLAIN_BAR = 8, 6
WORDED_ROW, WORDED_BAR = 16, 8
WHOLE_ROW, WHOLE_BAR = 8, 2
MARGIN = 4
AXIS_HEIGHT, AXIS_BASELINE = 20, 15
# Percent: what is shorter than this is still to be seen.
SHORTEST = 0.3
# Words beside a bar need this much room in percent where the drawing is narrowest (560 px).
LETTER, GAP = 1.25, 1.2
MOST_TICKS = 8
FAILED, RUNNING, CUT_SHORT = "failed", "running", "cut short"
KINDS = {FAILED: "failed", RUNNING: "open", CUT_SHORT: "open"}


@dataclass(frozen=True, slots=True)
class Span:
    """One task: `start` and `seconds` count from the run's first task. `is_whole` is of a task that others are part of.

    `lane` is the row of the chart it belongs to, `is_inner` whether that is part of the row above.
    """

    lane: str
    name: str
    start: float
    seconds: float
    status: str = "success"
    attempts: int = 1
    is_whole: bool = False
    is_inner: bool = False

    @property
    def end(self) -> float:
        return self.start + self.seconds

    @property
    def words(self) -> str:
        """What stands beside the bar, beside its shape: "failed", "3 tries", nothing for what simply worked."""
        tries = f"{self.attempts} tries" if self.attempts > 1 else ""
        return ", ".join(filter(None, [FAILED if self.status == FAILED else "", tries]))

    @property
    def kind(self) -> str:
        if self.is_whole:
            return "whole"
        return KINDS.get(self.status, "retried" if self.attempts > 1 else "plain")


@dataclass(frozen=True, slots=True)
class Bar:
    """`x` and `width` in percent, `y` and `height` in pixels. `words` begin at `text_x`, or end there if `is_left`."""

    kind: str
    x: float
    width: float
    y: int
    height: int
    title: str
    words: str = ""
    text_x: float = 0.0
    is_left: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of the chart: tasks in parallel are below each other. `text` says the same in words."""

    name: str
    is_inner: bool
    bars: list[Bar]
    height: int
    text: str


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Gantt:
    """`seconds` is the whole width; `text` is one sentence for the whole chart."""

    lanes: list[Lane]
    ticks: list[Tick]
    seconds: float
    text: str


def gantt(spans: Sequence[Span]) -> Gantt | None:
    """The chart of a run's tasks, lanes by their first task; None without any."""
    if not spans:
        return None
    total = max(*(span.end for span in spans), 0.001)
    by_lane: dict[str, list[Span]] = {}
    for span in sorted(spans, key=lambda each: (each.start, not each.is_whole, each.end)):
        by_lane.setdefault(span.lane, []).append(span)
    lanes = [_lane(name, rows, total) for name, rows in by_lane.items()]
    return Gantt(lanes, ticks(total), total, _in_words("", spans))


def ticks(total: float) -> list[Tick]:
    """At most eight round moments from zero on, the last not beyond `total` seconds."""
    step = nice_step(total / MOST_TICKS)
    places = max(-math.floor(math.log10(step)), 0)
    count = math.floor(total / step + 1e-9)
    return [Tick(round(100 * n * step / total, 2), f"{n * step:,.{places}f} s") for n in range(count + 1)]


def nice_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))


# -- One lane --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """A span across, with the room that it and its words take."""

    span: Span
    x: float
    width: float
    left: float
    right: float


def _lane(name: str, spans: Sequence[Span], total: float) -> Lane:
    whole = _packed([_place(span, total) for span in spans if span.is_whole])
    parts = _packed([_place(span, total) for span in spans if not span.is_whole])
    rows = [*whole, *parts]
    heights = [WHOLE_ROW] * len(whole) + [_height(row) for row in parts]
    tops = list(accumulate(heights[:-1], initial=MARGIN))
    bars = [_bar(place, top, height) for row, top, height in zip(rows, tops, heights, strict=True) for place in row]
    return Lane(name, spans[0].is_inner, bars, sum(heights) + 2 * MARGIN, _in_words(name, spans))


def _place(span: Span, total: float) -> _Place:
    x = min(100 * span.start / total, 100 - SHORTEST)
    width = min(max(100 * span.seconds / total, SHORTEST), 100 - x)
    words = 0.0 if span.is_whole or not span.words else len(span.words) * LETTER + GAP
    is_left = x + width + words > 100
    return _Place(span, x, width, x - words if is_left else x, x + width + (0 if is_left else words))


def _packed(places: Sequence[_Place]) -> list[list[_Place]]:
    """Rows as few as it takes for none to touch another; places come by their start."""
    rows: list[list[_Place]] = []
    for place in places:
        free = next((row for row in rows if row[-1].right <= place.left), None)
        if free is None:
            rows.append([place])
        else:
            free.append(place)
    return rows


def _height(row: Sequence[_Place]) -> int:
    return WORDED_ROW if any(place.span.words for place in row) else PLAIN_ROW


def _bar(place: _Place, top: int, row_height: int) -> Bar:
    span = place.span
    thickness = WHOLE_BAR if span.is_whole else WORDED_BAR if row_height == WORDED_ROW else PLAIN_BAR
    is_left = place.left < place.x
    return Bar(
        kind=span.kind,
        x=round(place.x, 2),
        width=round(place.width, 2),
        y=top + (row_height - thickness) // 2,
        height=thickness,
        title=_title(span),
        words="" if span.is_whole else span.words,
        text_x=round(place.x - GAP / 2 if is_left else place.x + place.width + GAP / 2, 2),
        is_left=is_left,
    )


def _title(span: Span) -> str:
    tries = f", {span.attempts} tries" if span.attempts > 1 else ""
    return f"{span.name}: {span.status}, {span.seconds:,.2f} s from {span.start:,.2f} s on{tries}"


def _in_words(name: str, spans: Sequence[Span]) -> str:
    """ "Go: 15 tasks from 0.1 to 3.5 s, at most 9 at once, 1 failed, 2 tried again"."""
    leaves = [span for span in spans if not span.is_whole] or spans
    first, last = min(span.start for span in leaves), max(span.end for span in leaves)
    facts = [f"{len(leaves):,} task{'s' if len(leaves) > 1 else ''} from {first:,.1f} to {last:,.1f} s"]
    most = most_at_once(leaves)
    facts += [f"at most {most} at once"] if most > 1 else []
    for word, number in (
        ("failed", sum(span.status == FAILED for span in leaves)),
        ("tried again", sum(span.attempts > 1 for span in leaves)),
        ("not ended", sum(span.status in (RUNNING, CUT_SHORT) for span in leaves)),
    ):
        facts += [f"{number:,} {word}"] if number else []
    return (f"{name}: " if name else "") + ", ".join(facts)


def most_at_once(spans: Sequence[Span]) -> int:
    """The largest number of spans at any moment; one that ends as another begins is not at once with it."""
    steps = sorted([(span.start, 1) for span in spans] + [(span.end, -1) for span in spans])
    return max(accumulate(step for _, step in steps), default=0)


# -- SVG -------------------------------------------------------------------------------------------------------


def draw_lane(lane: Lane, lines: Sequence[Tick]) -> str:
    """The lane as an SVG image over the lines of the axis. Every text in it is escaped."""
    inside = "".join([*map(_line, lines), *map(_draw_bar, lane.bars)])
    box = f'width="100%" height="{lane.height}" role="img" aria-label="{escape(lane.text)}"'
    return f'<svg class="gantt__bars" {box}>{inside}</svg>'


def draw_axis(lines: Sequence[Tick]) -> str:
    """The seconds below the lanes; those who don't see it have them in the lanes' texts."""
    texts = "".join(map(_draw_tick, lines))
    return f'<svg class="gantt__axis" width="100%" height="{AXIS_HEIGHT}" aria-hidden="true">{texts}</svg>'


def _draw_tick(tick: Tick) -> str:
    place = f'x="{tick.x}%" y="{AXIS_BASELINE}" text-anchor="{_anchor(tick.x)}"'
    return f'<text class="gantt__tick" {place}>{tick.text}</text>'


def _anchor(x: float) -> str:
    """Words at the edges stay inside."""
    return "start" if x < 3 else "end" if x > 97 else "middle"


def _line(tick: Tick) -> str:
    return f'<line class="gantt__line" x1="{tick.x}%" x2="{tick.x}%" y1="0" y2="100%"/>'


def _draw_bar(bar: Bar) -> str:
    drawn = (
        f'<rect class="gantt__bar gantt__bar--{bar.kind}" x="{bar.x}%" y="{bar.y}" width="{bar.width}%" '
        f'height="{bar.height}" rx="1"><title>{escape(bar.title)}</title></rect>'
    )
    if not bar.words:
        return drawn
    place = f'x="{bar.text_x}%" y="{bar.y + bar.height}"' + (' text-anchor="end"' if bar.is_left else "")
    return f'{drawn}<text class="gantt__word" {place}>{escape(bar.words)}</text>'
