"""Text of anybody, made drawable, measured and fitted. Sizes and widths are pixels."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from PIL import ImageDraw

from trender.pictures.fonts import Weight, face, font

ELLIPSIS = "…"
# Stands for what cannot be drawn while a text is cleaned; no text holds it then.
LOST = "\0"
# A text that loses more than this share of its letters says something else, so nothing of it is drawn.
MOST_LOST = 0.5
# Chinese and Japanese signs that end something, so that no line begins with them.
NEVER_FIRST = "、。，．：；！？）〕］｝〉》」』】・ー"
# More is never drawn on a card, and measuring is what takes time.
LONGEST = 400


def drawable(text: str) -> str:
    """What of the text can be drawn, in single spaces: without emoji, signs that steer, and scripts that run from
    right to left or join their letters, for which there are no glyphs. Empty where that leaves too little of it."""
    composed = unicodedata.normalize("NFC", text[:LONGEST])
    kept = "".join(map(_drawn, composed))
    if _letters(kept) < _letters(composed) * (1 - MOST_LOST):
        return ""
    return re.sub(r"\s+", " ", _closed(kept)).strip()


def _closed(text: str) -> str:
    """Without the gaps that lost characters leave in brackets and before a comma or a full stop."""
    text = re.sub(rf"[(\[{{]\s*{LOST}[\s{LOST}]*[)\]}}]", LOST, text)
    return re.sub(rf"\s*{LOST}[\s{LOST}]*(?=[,.;:!?)\]]|$)", "", text).replace(LOST, " ")


@lru_cache(maxsize=4096)
def _drawn(character: str) -> str:
    """The character; LOST where it has no glyph; nothing where it only changes others."""
    # Marks without a letter of their own and signs that steer have glyphs too, some of them boxes.
    if unicodedata.category(character) in ("Mn", "Me", "Mc", "Cf"):
        return ""
    if character.isspace():
        return " "
    return character if unicodedata.category(character)[0] != "C" and face(character) else LOST


def _letters(text: str) -> int:
    return sum(each.isalnum() for each in text)


def runs(text: str, weight: Weight = "regular") -> list[tuple[Path, str]]:
    """The text in pieces of one font each; what no font has is left out."""
    pieces = groupby(text, key=lambda each: face(each, weight))
    return [(path, "".join(part)) for path, part in pieces if path is not None]


def width(text: str, size: int, weight: Weight = "regular") -> float:
    return sum(_advance(each, size, weight) for each in text)


@lru_cache(maxsize=16_384)
def _advance(character: str, size: int, weight: Weight) -> float:
    """How far the character moves the pen. Basic layout brings no two closer together, so a text is as wide as the sum,
    and what was measured once need not be asked of the font again."""
    path = face(character, weight)
    return font(path, size).getlength(character) if path else 0.0


def cut(text: str, size: int, most: float, weight: Weight = "regular") -> str:
    """The text if it is at most so wide, else as much of its beginning as is, with an ellipsis."""
    room = most - _advance(ELLIPSIS, size, weight)
    reached, kept = 0.0, 0
    for at, each in enumerate(text, 1):
        reached += _advance(each, size, weight)
        if reached > most:
            return text[:kept].rstrip() + ELLIPSIS
        if reached <= room:
            kept = at
    return text


def fitted(text: str, sizes: Sequence[int], most: float, weight: Weight = "regular") -> tuple[str, int]:
    """The text in the first of the sizes that makes it fit, else cut in the last."""
    size = next((size for size in sizes if width(text, size, weight) <= most), sizes[-1])
    return cut(text, size, most, weight), size


def wrapped(text: str, size: int, most: float, lines: int, weight: Weight = "regular") -> list[str]:
    """At most so many lines; the last ends in an ellipsis where more would follow."""
    found: list[str] = []
    rest = text
    while rest and len(found) < lines - 1:
        line = _line(rest, size, most, weight)
        found.append(line.rstrip())
        rest = rest[len(line) :].lstrip()
    return [*found, cut(rest, size, most, weight)] if rest else found


def _line(text: str, size: int, most: float, weight: Weight) -> str:
    """As much as fits, to the end of a word if there is one; Chinese and Japanese break after any character."""
    if len(text) == 1 or width(text, size, weight) <= most:
        return text
    room = max(len(cut(text, size, most, weight)) - len(ELLIPSIS), 1)
    places = range(room, room // 2, -1)
    return text[: next((at for at in places if _may_break(text[at - 1], text[at])), room)]


def _may_break(before: str, after: str) -> bool:
    return after == " " or ((_is_ideograph(before) or _is_ideograph(after)) and after not in NEVER_FIRST)


def _is_ideograph(character: str) -> bool:
    """Chinese and Japanese; Korean has words."""
    return "\u3000" <= character <= "\u9fff" or "\uf900" <= character <= "\uffef"


def draw_text(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, fill: str, weight: Weight = "regular"
) -> float:
    """Draws one line from the left end of its baseline; returns how far it reaches to the right."""
    x, y = at
    for path, part in runs(text, weight):
        draw.text((x, y), part, font=font(path, size), fill=fill, anchor="ls")
        x += font(path, size).getlength(part)
    return x


def em_width(text: str, size: int, weight: Weight = "bold") -> float:
    """The width of text that others draw with their own fonts: what is not in ours counts as one em."""
    return sum(
        font(path, size).getlength(each) if (path := face(each, weight)) else (0 if _is_mark(each) else size)
        for each in text
    )


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Me")
