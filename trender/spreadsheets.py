"""Cells for spreadsheets: a text that a repository wrote must stay a text. No Django, no database."""

import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

# What Excel, LibreOffice and Google Sheets take for the beginning of a formula; full-width and small forms of these
# signs become them by compatibility normalisation, as some programs do on import.
FORMULA_SIGNS = frozenset("=+-@\u2212")
FORMULA_CONTROLS = ("\t", "\r", "\n")
SPACE_LIKE = dict.fromkeys((0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029), " ")


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
    if isinstance(value, list | tuple):
        return text_cell("; ".join(str(part) for part in value))
    if isinstance(value, dict):
        return text_cell("; ".join(f"{name}: {part}" for name, part in value.items()))
    return text_cell(str(value))


def text_cell(text: str) -> str:
    """A text on one line, without control characters, and with an apostrophe before it if it could be a formula."""
    cleaned = without_controls(text)
    return f"'{cleaned}" if could_be_formula(text) else cleaned


def without_controls(text: str) -> str:
    """Line ends and tabs become spaces; other control characters, and what is no character at all, are left out."""
    return "".join(sign for sign in text.translate(SPACE_LIKE) if unicodedata.category(sign) not in ("Cc", "Cs"))


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
