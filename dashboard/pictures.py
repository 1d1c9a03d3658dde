"""The pictures that links to pages show elsewhere: which facts, and where on the card. No database, no clock."""

from dataclasses import dataclass
from functools import lru_cache

from trender.pictures.card import MARGIN, WIDTH, Card
from trender.pictures.text import cut, drawable

RIGHT = WIDTH - MARGIN
BASE = 572
# The same picture is asked for by several readers at once; what is kept costs about 20 KB each.
KEPT = 64
# A change of what is drawn has to change this, so that nobody goes on with a picture of before.
VERSION = 1


@dataclass(frozen=True, slots=True)
class Source:
    """What stands at the foot of every card: where its numbers come from."""

    published: str
    """ "2026-11-21 07:03", empty where nothing is published"""
    is_demo: bool = False

    @property
    def words(self) -> str:
        if not self.published:
            return "Nothing has been published yet"
        kind = "Demo data, made-up repositories" if self.is_demo else "Counts of GitHub"
        return f"{kind}, {self.published} UTC"


@dataclass(frozen=True, slots=True)
class ListPicture:
    """A headline and the first repositories: (rank, full name, stars gained) as texts."""

    headline: str
    lead: str
    rows: tuple[tuple[str, str, str], ...]
    source: Source


@dataclass(frozen=True, slots=True)
class FactsPicture:
    """A headline and up to four facts: (what, value)."""

    headline: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    source: Source


@dataclass(frozen=True, slots=True)
class RepoPicture:
    """One repository. `rank` is empty where it is not in the ranking, `movement` where nothing is known before."""

    owner: str
    name: str
    description: str
    rank: str
    movement: str
    rises: bool
    facts: tuple[tuple[str, str], ...]
    chips: tuple[str, ...]
    days: tuple[int | None, ...]
    source: Source


Picture = ListPicture | FactsPicture | RepoPicture


@lru_cache(maxsize=KEPT)
def draw(picture: Picture) -> bytes:
    """The PNG."""
    card = Card()
    match picture:
        case ListPicture():
            _draw_list(card, picture)
        case FactsPicture():
            _draw_facts(card, picture)
        case RepoPicture():
            _draw_repo(card, picture)
    _draw_foot(card, picture.source)
    return card.png()


def _draw_list(card: Card, picture: ListPicture) -> None:
    colours = card.palette
    card.fitted(MARGIN, 122, picture.headline, (54, 48, 42, 36), colours.ink)
    card.text(MARGIN, 172, picture.lead, 26, colours.muted)
    for number, (rank, full_name, gained) in enumerate(picture.rows):
        y = 250 + number * 56
        owner, _, name = full_name.rpartition("/")
        owner, name = _name(owner), _name(name)
        card.text_right(MARGIN + 44, y, rank, 28, colours.muted)
        x = card.text(MARGIN + 68, y, f"{owner}/", 28, colours.muted, most=360)
        card.text(x, y, name, 28, colours.ink, "bold", most=RIGHT - 170 - x)
        card.text_right(RIGHT, y, gained, 28, colours.accent, "bold")
        if number:
            card.rule(y - 38)


def _draw_facts(card: Card, picture: FactsPicture) -> None:
    colours = card.palette
    card.fitted(MARGIN, 122, picture.headline, (54, 48, 42, 36), colours.ink)
    card.paragraph(MARGIN, 172, picture.lead, 26, colours.muted, 2)
    _draw_tiles(card, picture.facts, 372)


def _draw_repo(card: Card, picture: RepoPicture) -> None:
    colours = card.palette
    right = RIGHT
    if picture.rank:
        card.text_right(RIGHT, 92, "rank", 26, colours.muted)
        card.text_right(RIGHT, 156, picture.rank, 60, colours.accent, "bold")
        card.text_right(RIGHT, 202, picture.movement, 26, colours.good if picture.rises else colours.bad)
        right -= 220
    card.text(MARGIN, 92, f"{_name(picture.owner)}/", 30, colours.muted, most=right - MARGIN)
    card.fitted(MARGIN, 158, _name(picture.name), (60, 52, 44, 38), colours.ink, most=right - MARGIN)
    y = card.paragraph(MARGIN, 214, picture.description, 28, colours.muted, 2, most=right - MARGIN)
    x = float(MARGIN)
    for chip in picture.chips[:4]:
        x = card.chip(x, y + 24, cut(drawable(chip), 22, 200, "bold"), 22, colours.accent, colours.accent_wash) + 12
    _draw_tiles(card, picture.facts, 400)
    if any(day is not None for day in picture.days):
        card.line(RIGHT - 288, 360, (288, 96), picture.days)
        card.text_right(RIGHT, 490, f"stars a day, {len(picture.days)} days", 22, colours.muted)


def _name(text: str) -> str:
    """Names hold letters that can be drawn, on GitHub; one that does not is a dash rather than nothing."""
    return drawable(text) or "—"


def _draw_tiles(card: Card, facts: tuple[tuple[str, str], ...], y: int) -> None:
    for number, (what, value) in enumerate(facts[:4]):
        x = MARGIN + number * (256 if len(facts) > 3 else 240)
        card.fitted(x, y + 42, value, (46, 40, 34, 28), card.palette.ink, most=224)
        card.text(x, y + 90, what, 22, card.palette.muted, most=232)


def _draw_foot(card: Card, source: Source) -> None:
    card.rule(BASE - 44)
    card.sign(MARGIN, BASE + 6, 34)
    card.text(MARGIN + 48, BASE, "Trender", 30, card.palette.ink, "bold")
    card.text_right(RIGHT, BASE, source.words, 24, card.palette.muted)
