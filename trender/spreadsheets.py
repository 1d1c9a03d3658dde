"""Cells for spreadsheets: a text that a repository wrote must stay a text. No Django, no database."""

import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

# What Excel, LibreOffice and Google Sheets take for the beginning of a formula; full-width and small forms of these
# signs become them by compatibility normalisation, as some programs do on import.
FORMULA_SIGNS = frozenset("=+-@\u2212")
FORMULA_CONTROLS = ("\t", "\r", "\n")
SPACE_LIKE = dict.fromkeys((0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029), " ")
# XML knows neither of them, so a workbook with one of them could not be opened.
NO_CHARACTERS = frozenset("\ufffe\uffff")

# What a worksheet holds: characters in a cell, counted in UTF-16, and rows below the line of names.
LONGEST_CELL = 32_767
MOST_ROWS = 1_000_000
CUT = " [cut]"
# A workbook's texts may write a character as _x0041_; the same signs in a text have to be told from that.
ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def cell(value: object) -> str:
    """A value as a cell's text: unknown is empty, numbers stay exact, moments are ISO 8601, lists joined by "; "."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, date):
        return value.isoformat()
    return text_cell(_as_text(value))


def sheet_value(value: object) -> object:
    """A value as a workbook's cell: numbers, yes or no, and days stay what they are, moments lose their zone in UTC.

    Unknown is None. Texts are as in `cell`, cut where a cell of a worksheet ends.
    """
    if value is None or isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        return value
    return sheet_text(_as_text(value))


def sheet_text(text: str) -> str:
    """A text as a worksheet holds it, with a mark where it was cut."""
    return fitted(ESCAPE.sub("_x005F_", text_cell(text)))


def fitted(text: str) -> str:
    """The text in at most LONGEST_CELL units of UTF-16, of which characters like emoji take two."""
    if len(text) * 2 <= LONGEST_CELL or len(units := text.encode("utf-16-le")) <= LONGEST_CELL * 2:
        return text
    # Half a character at the end is left out.
    return units[: (LONGEST_CELL - len(CUT)) * 2].decode("utf-16-le", "ignore") + CUT


def _as_text(value: object) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(_part(part) for part in value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_part(part)}" for name, part in value.items())
    return str(value)


def _part(value: object) -> str:
    """What is nested deeper is written as JSON."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def text_cell(text: str) -> str:
    """A text on one line, without control characters, and with an apostrophe before it if it could be a formula."""
    cleaned = without_controls(text)
    return f"'{cleaned}" if could_be_formula(text) else cleaned


def without_controls(text: str) -> str:
    """Line ends and tabs become spaces; other control characters, and what is no character at all, are left out."""
    if text.isascii() and text.isprintable():
        return text
    spaced = text.translate(SPACE_LIKE)
    return "".join(
        sign for sign in spaced if unicodedata.category(sign) not in ("Cc", "Cs") and sign not in NO_CHARACTERS
    )


def could_be_formula(text: str) -> bool:
    """Whether a spreadsheet may compute it, whatever blank or invisible characters stand before its first sign."""
    if text.startswith(FORMULA_CONTROLS):
        return True
    first = next((sign for sign in text if not _is_invisible(sign)), "")
    return bool(first) and unicodedata.normalize("NFKC", first)[0] in FORMULA_SIGNS


def _is_invisible(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zs")


def row(values: Iterable[object]) -> list[str]:
    return [cell(value) for value in values]
