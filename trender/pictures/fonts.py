"""The shipped fonts, and which characters each of them can draw."""

import struct
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

from PIL import ImageFont

FOLDER = Path(__file__).resolve().parents[2] / "static" / "fonts"
INTER = {"regular": FOLDER / "inter" / "Inter-Regular.ttf", "bold": FOLDER / "inter" / "Inter-Bold.ttf"}
FALLBACK = FOLDER / "wqy-microhei" / "wqy-microhei.ttf"

Weight: TypeAlias = Literal["regular", "bold"]


@lru_cache(maxsize=64)
def font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """The file at `size` pixels. Basic layout: the other kind depends on libraries that a machine may not have."""
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def face(character: str, weight: Weight = "regular") -> Path | None:
    """The file that has a glyph for the character: Inter, else the fallback for Chinese, Japanese and Korean."""
    code = ord(character)
    if code in covered(INTER[weight]):
        return INTER[weight]
    return FALLBACK if code in covered(FALLBACK) else None


@lru_cache(maxsize=8)
def covered(path: Path) -> frozenset[int]:
    """The code points a TrueType file has glyphs for, by its `cmap` table (format 4, which all files here have)."""
    data = path.read_bytes()
    table = _table(data, b"cmap")
    count = struct.unpack_from(">H", data, table + 2)[0]
    offsets = [struct.unpack_from(">I", data, table + 4 + 8 * index + 4)[0] for index in range(count)]
    return frozenset().union(*(_characters(data, table + offset) for offset in offsets))


def _table(data: bytes, name: bytes) -> int:
    """Where the table begins in the file."""
    count = struct.unpack_from(">H", data, 4)[0]
    entries = [struct.unpack_from(">4sIII", data, 12 + 16 * index) for index in range(count)]
    offsets = [int(offset) for tag, _checksum, offset, _length in entries if tag == name]
    if not offsets:
        raise ValueError(f"This is no TrueType file with a table {name.decode()}.")
    return offsets[0]


def _characters(data: bytes, at: int) -> set[int]:
    """Code points of a subtable of format 4: segments of codes, each with a difference or with glyph numbers."""
    kind, _length, _language, doubled = struct.unpack_from(">HHHH", data, at)
    if kind != 4:
        return set()
    segments = doubled // 2
    ends, starts, deltas, ranges = (
        struct.unpack_from(f">{segments}H", data, at + start)
        for start in (14, 16 + doubled, 16 + 2 * doubled, 16 + 3 * doubled)
    )
    found: set[int] = set()
    for index in range(segments):
        first, last = starts[index], ends[index]
        if not ranges[index]:
            found.update(code for code in range(first, last + 1) if (code + deltas[index]) & 0xFFFF)
            continue
        numbers = at + 16 + 3 * doubled + 2 * index + ranges[index]
        glyphs = struct.unpack_from(f">{last - first + 1}H", data, numbers)
        found.update(first + place for place, glyph in enumerate(glyphs) if glyph)
    return found - {0xFFFF}
