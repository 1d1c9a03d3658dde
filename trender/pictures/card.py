"""A card, of 1200 x 630 pixels unless asked for another size, the one social networks show links with: paper, text,
lines, bars, and a PNG in the end."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw

from trender.pictures.fonts import Weight
from trender.pictures.text import cut, draw_text, drawable, fitted, width, wrapped

WIDTH, HEIGHT = 1200, 630
WIDE = (WIDTH, HEIGHT)
MARGIN = 72
INNER = WIDTH - 2 * MARGIN
# A day with few stars is seen beside one with many.
LEAST_BAR = 3
# Lines and corners are drawn so much larger and scaled down, which makes their edges smooth.
FINER = 3
COLOURS = 64


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as in static/css/tokens.css."""

    page: str = "#fbfaf8"
    hairline: str = "#e5e1da"
    ink: str = "#1d2022"
    muted: str = "#62676a"
    accent: str = "#0c6a75"
    accent_wash: str = "#e4f1f1"
    good: str = "#3d7a2a"
    bad: str = "#b3352b"
    caution: str = "#8a5a00"
    caution_wash: str = "#fbf1dc"
    quiet: str = "#868b8d"
    """Bars and lines that are not the subject, as --chart-muted."""


LIGHT = Palette()
DARK = Palette(
    *("#17191a", "#313637", "#e3e5e3", "#9aa3a3", "#62c1c8", "#1b3235", "#8cc474", "#ec8b80"),
    *("#e0b45c", "#352c18", "#737c7d"),
)


class Card:
    """Draws top down; `y` of a text is its baseline. Texts are made drawable and cut here, whatever they hold."""

    def __init__(self, palette: Palette = LIGHT, size: tuple[int, int] = WIDE) -> None:
        self.palette = palette
        self.image = Image.new("RGB", size, palette.page)
        self.draw = ImageDraw.Draw(self.image)

    def text(
        self, x: float, y: float, text: str, size: int, fill: str, weight: Weight = "regular", most: float = INNER
    ) -> float:
        """One line from x on, at most so wide; returns where it ends."""
        return draw_text(self.draw, (x, y), cut(drawable(text), size, most, weight), size, fill, weight)

    def text_right(
        self, x: float, y: float, text: str, size: int, fill: str, weight: Weight = "regular", most: float = INNER
    ) -> None:
        """One line that ends at x, at most so wide."""
        clean = cut(drawable(text), size, most, weight)
        draw_text(self.draw, (x - width(clean, size, weight), y), clean, size, fill, weight)

    def fitted(
        self,
        x: float,
        y: float,
        text: str,
        sizes: Sequence[int],
        fill: str,
        weight: Weight = "bold",
        most: float = INNER,
    ) -> float:
        """One bold line in the largest of the sizes that lets it fit; returns where it ends."""
        shown, size = fitted(drawable(text), sizes, most, "bold")
        return draw_text(self.draw, (x, y), shown, size, fill, "bold")

    def paragraph(self, x: float, y: float, text: str, size: int, fill: str, lines: int, most: float = INNER) -> float:
        """At most so many lines; returns the baseline of the next."""
        step = round(size * 1.4)
        shown = wrapped(drawable(text), size, most, lines)
        for number, line in enumerate(shown):
            draw_text(self.draw, (x, y + number * step), line, size, fill)
        return y + len(shown) * step

    def headline(self, x: float, y: float, text: str, sizes: Sequence[int], lines: int, most: float) -> float:
        """A bold line in the largest of the sizes that lets it fit, else so many lines in the last of them.

        `y` is the first baseline; returns the last one.
        """
        clean = drawable(text)
        size = next((size for size in sizes if width(clean, size, "bold") <= most), sizes[-1])
        shown = wrapped(clean, size, most, lines, "bold")
        step = round(size * 1.2)
        for number, line in enumerate(shown):
            draw_text(self.draw, (x, y + number * step), line, size, self.palette.ink, "bold")
        return y + max(len(shown) - 1, 0) * step

    def rule(self, y: int, x: int = MARGIN, right: int = WIDTH - MARGIN) -> None:
        self.draw.line([(x, y), (right, y)], fill=self.palette.hairline, width=2)

    def chip(self, x: float, y: float, text: str, size: int, fill: str, wash: str) -> float:
        """A word on a wash with round corners; returns where it ends."""
        pad = size // 2
        right = x + width(text, size, "bold") + 2 * pad
        box = (round(x), round(y - size * 1.1), round(right), round(y + size * 0.45))
        mask = self._fine(box[2] - box[0], box[3] - box[1])
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), radius=6 * FINER, fill=255)
        self._paste(mask, box[0], box[1], wash)
        draw_text(self.draw, (x + pad, y), text, size, fill, "bold")
        return right

    def sign(self, x: int, y: int, size: int) -> None:
        """Trender's three bars, in a square of `size` pixels with its lower left corner at x, y; as in the header."""
        unit = size / 20
        for left, top in ((1, 12), (8, 8), (15, 2)):
            box = (x + left * unit, y - (20 - top) * unit, x + (left + 4) * unit, y - 2 * unit)
            self.draw.rounded_rectangle(box, radius=unit, fill=self.palette.accent)

    def line(self, x: int, y: int, size: tuple[int, int], values: Sequence[int | None]) -> None:
        """A sparkline from zero to the highest value, a gap where one is unknown, the last known point marked."""
        mask = self._fine(*size)
        _draw_line(ImageDraw.Draw(mask), mask.size, values)
        self._paste(mask, x, y, self.palette.accent)

    def bars(
        self, x: int, y: int, size: tuple[int, int], values: Sequence[int | None], marked: int, places: int = 1
    ) -> None:
        """Bars from zero, the last `marked` of them in the accent; `x`, `y` is the box's upper left corner.

        Nothing stands where a value is unknown; the line below is the zero. Fewer values than `places` stand on the
        right as wide as if there were so many.
        """
        wide, high = size
        step = wide // max(len(values), places)
        top = max([value for value in values if value is not None], default=0) or 1
        bottom, left = y + high, x + wide - step * len(values)
        for at, value in enumerate(values):
            if value is not None and value > 0:
                tall = max(round((high - 2) * value / top), LEAST_BAR)
                fill = self.palette.accent if at >= len(values) - marked else self.palette.quiet
                box = (left + at * step + step // 4, bottom - tall, left + (at + 1) * step - 1, bottom - 1)
                self.draw.rectangle(box, fill=fill)
        self.rule(bottom, x, x + wide)

    def png(self) -> bytes:
        """The picture with a palette of few colours, which its flat areas need no more than."""
        kept = io.BytesIO()
        few = self.image.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(kept, "PNG", compress_level=6)
        return kept.getvalue()

    def _fine(self, wide: int, high: int) -> Image.Image:
        return Image.new("L", (wide * FINER, high * FINER), 0)

    def _paste(self, mask: Image.Image, x: int, y: int, colour: str) -> None:
        self.image.paste(colour, (x, y), mask.resize((mask.width // FINER, mask.height // FINER), Image.Resampling.BOX))


def _draw_line(draw: ImageDraw.ImageDraw, size: tuple[int, int], values: Sequence[int | None]) -> None:
    dot = 6 * FINER
    wide, high = size[0] - 2 * dot, size[1] - 2 * dot
    top = max([value for value in values if value is not None], default=0) or 1
    step = wide / max(len(values) - 1, 1)
    points = [
        None
        if value is None
        else (size[0] - dot - step * (len(values) - 1 - at), dot + high * (1 - max(value, 0) / top))
        for at, value in enumerate(values)
    ]
    for before, after in pairwise(points):
        if before and after:
            draw.line([before, after], fill=255, width=4 * FINER)
    for point in points:
        if point:  # round joints
            draw.ellipse(_around(point, 2 * FINER), fill=255)
    last = next((point for point in reversed(points) if point), None)
    if last:
        draw.ellipse(_around(last, dot), fill=255)


def _around(point: tuple[float, float], radius: float) -> tuple[float, float, float, float]:
    return point[0] - radius, point[1] - radius, point[0] + radius, point[1] + radius
