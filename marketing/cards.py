"""The pictures of social cards: facts in, PNG out. No database, no clock, nothing from the network."""

from functools import lru_cache
from typing import Literal, TypeAlias, get_args

from dashboard.templatetags.figures import gain
from marketing.card_facts import CHART_DAYS, WEEK, CardFacts
from trender.pictures.card import DARK, LIGHT, WIDE, Card
from trender.pictures.text import cut, drawable

Shape: TypeAlias = Literal["wide", "square"]
Theme: TypeAlias = Literal["light", "dark"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
THEMES: tuple[Theme, ...] = get_args(Theme)
SIZES: dict[Shape, tuple[int, int]] = {"wide": WIDE, "square": (1080, 1080)}
PALETTES = {"light": LIGHT, "dark": DARK}
MARGIN = 72
# One repository's four are asked for together; what is kept costs about 30 KB each.
KEPT = 64
# A change of what is drawn has to change this, so that nobody goes on with a picture of before.
VERSION = 1


@lru_cache(maxsize=KEPT)
def draw(facts: CardFacts, shape: Shape, theme: Theme) -> bytes:
    """The PNG: 1200 x 630 pixels wide, 1080 x 1080 square."""
    card = Card(PALETTES[theme], SIZES[shape])
    if shape == "wide":
        _draw_wide(card, facts)
    else:
        _draw_square(card, facts)
    return card.png()


def _draw_wide(card: Card, facts: CardFacts) -> None:
    """Who it is above, the week below on the left, its course and its standing on the right."""
    colours, right = card.palette, SIZES["wide"][0] - MARGIN
    inner, middle = right - MARGIN, right - 520
    _draw_chips(card, facts, 84, 22)
    card.text(MARGIN, 146, f"{facts.drawn_owner}/", 30, colours.muted, most=inner)
    card.fitted(MARGIN, 206, facts.drawn_name, (60, 52, 44, 38), colours.ink, most=inner)
    card.paragraph(MARGIN, 258, facts.description, 28, colours.muted, 2, most=inner)
    y = 444 if facts.place_words else 462
    _draw_gain(card, facts, y, (120, 96, 76, 60), 496)
    card.text(MARGIN, y + 46, facts.gained_words, 24, colours.muted, most=500)
    card.text(MARGIN, y + 82, facts.place_words, 22, colours.ink, "bold", most=524)
    card.bars(middle, 344, (520, 80), facts.days, WEEK, CHART_DAYS)
    card.text(middle, 454, facts.course_words, 20, colours.muted, most=520)
    for number, (what, value) in enumerate(facts.figures):
        card.fitted(middle + number * 176, 500, value, (32, 28, 24), colours.ink, most=164)
        card.text(middle + number * 176, 528, what, 20, colours.muted, most=164)
    _draw_foot(card, facts, 594, right)


def _draw_square(card: Card, facts: CardFacts) -> None:
    """Top down, each part in the full width, the week's number larger than all."""
    colours, right = card.palette, SIZES["square"][0] - MARGIN
    inner = right - MARGIN
    _draw_chips(card, facts, 104, 26)
    card.text(MARGIN, 178, f"{facts.drawn_owner}/", 38, colours.muted, most=inner)
    y = card.headline(MARGIN, 254, facts.drawn_name, (76, 64, 54), 2, inner)
    card.paragraph(MARGIN, y + 58, facts.description, 34, colours.muted, 3 if y == 254 else 2, most=inner)
    _draw_gain(card, facts, 584, (160, 132, 108), inner)
    card.text(MARGIN, 638, facts.gained_words, 32, colours.muted, most=inner)
    card.text(MARGIN, 684, facts.place_words, 32, colours.ink, "bold", most=inner)
    card.bars(MARGIN, 712, (inner, 108), facts.days, WEEK, CHART_DAYS)
    card.text(MARGIN, 856, facts.course_words, 26, colours.muted, most=inner)
    for number, (what, value) in enumerate(facts.figures):
        card.fitted(MARGIN + number * 320, 920, value, (44, 38, 32), colours.ink, most=296)
        card.text(MARGIN + number * 320, 956, what, 26, colours.muted, most=296)
    _draw_foot(card, facts, 1034, right)


def _draw_gain(card: Card, facts: CardFacts, y: int, sizes: tuple[int, ...], most: int) -> None:
    """The number of the week; the word for an unknown one is no number and does not look like one."""
    unknown = facts.gained is None
    shown, fill = (sizes[2:], card.palette.muted) if unknown else (sizes, card.palette.accent)
    card.fitted(MARGIN - shown[0] // 24, y, gain(facts.gained), shown, fill, most=most)


def _draw_chips(card: Card, facts: CardFacts, y: int, size: int) -> None:
    """What kind of repository it is, and first of all that it is none where it is made up."""
    colours = card.palette
    x = float(MARGIN)
    if facts.is_demo:
        x = card.chip(x, y, "Demo data", size, colours.caution, colours.caution_wash) + 12
    for word in ("Render" if facts.uses_render else "", facts.language):
        clean = cut(drawable(word), size, 220, "bold")
        if clean:
            x = card.chip(x, y, clean, size, colours.accent, colours.accent_wash) + 12


def _draw_foot(card: Card, facts: CardFacts, y: int, right: int) -> None:
    card.rule(y - 42, MARGIN, right)
    card.sign(MARGIN, y + 6, 32)
    card.text(MARGIN + 44, y, "Trender", 28, card.palette.ink, "bold")
    card.text_right(right, y, facts.source_words, 24, card.palette.muted, most=right - MARGIN - 200)
