"""A workbook with a sheet of rows and a sheet that says what they are, in a temporary file.

openpyxl makes the workbook around the rows. The rows themselves are written into its sheet as they are read: the same
cells through openpyxl's row-by-row mode take six times as long, minutes for a hundred thousand rows.
"""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import IO, Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from marketing.resources import Row, Table
from trender.spreadsheets import sheet_value

BOLD = Font(bold=True)
NARROWEST, WIDEST = 10, 40  # characters
DAY_FORMAT, MOMENT_FORMAT = "yyyy-mm-dd", 'yyyy-mm-dd"T"hh:mm:ss"Z"'
SHEET, END = "xl/worksheets/sheet1.xml", b"</sheetData>"
CHUNK = 200  # rows put together before they are compressed
ABOUT = {
    "title": "What this is",
    "row": "Rows",
    "filters": "Filters",
    "run": "Run",
    "run_page": "Page of the run",
    "published_at": "Published (UTC)",
    "date": "Day",
    "is_demo": "Made up",
    "source": "Source",
}


@dataclass(frozen=True, slots=True)
class Styles:
    """The numbers of the styles that days and moments are written with."""

    day: int
    moment: int


def workbook(resource: Table, facts: dict[str, Any], rows: Iterable[Row]) -> IO[bytes]:
    """The open file at its beginning; it is gone from the disk when it is closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    with tempfile.TemporaryFile() as around:
        styles = write_around(around, resource, facts)
        with ZipFile(around) as source, ZipFile(file, "w", ZIP_DEFLATED, compresslevel=3) as target:
            for name in source.namelist():
                if name == SHEET:
                    copy_with_rows(source.read(name), target, (resource.values(row) for row in rows), styles)
                else:
                    target.writestr(name, source.read(name))
    file.seek(0)
    return file


# -- Around the rows -------------------------------------------------------------------------------------------


def write_around(file: IO[bytes], resource: Table, facts: dict[str, Any]) -> Styles:
    """The workbook with the headings and no row below them."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Rows")
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(resource.headings, 1):
        width = min(max(len(heading) + 2, NARROWEST), WIDEST)
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([bold(sheet, heading) for heading in resource.headings])
    write_about(book.create_sheet("About"), facts)
    styles = Styles(style_of(sheet, DAY_FORMAT), style_of(sheet, MOMENT_FORMAT))
    book.save(file)
    return styles


def write_about(sheet: Any, facts: dict[str, Any]) -> None:
    sheet.column_dimensions["A"].width = 20
    sheet.column_dimensions["B"].width = 80
    for name, heading in ABOUT.items():
        sheet.append([bold(sheet, heading), sheet_value(facts[name])])


def bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font = BOLD
    return cell


def style_of(sheet: Any, number_format: str) -> int:
    cell = WriteOnlyCell(sheet, 0)
    cell.number_format = number_format
    return int(cell.style_id)


# -- The rows --------------------------------------------------------------------------------------------------


def copy_with_rows(sheet: bytes, target: ZipFile, lines: Iterable[list[Any]], styles: Styles) -> None:
    before, _, after = sheet.partition(END)
    written = (row_xml(number, line, styles) for number, line in enumerate(lines, 2))
    with target.open(SHEET, "w", force_zip64=True) as out:
        out.write(before)
        while chunk := "".join(islice(written, CHUNK)):
            out.write(chunk.encode())
        out.write(END + after)


def row_xml(number: int, line: Iterable[Any], styles: Styles) -> str:
    return f'<row r="{number}">{"".join(cells_xml(number, line, styles))}</row>'


def cells_xml(number: int, line: Iterable[Any], styles: Styles) -> Iterator[str]:
    """The cells that hold something; `line` are values as sheet_value makes them."""
    for column, value in enumerate(line, 1):
        if value is None or value == "":
            continue
        place = f"{get_column_letter(column)}{number}"
        if isinstance(value, str):
            yield f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        elif isinstance(value, bool):
            yield f'<c r="{place}" t="b"><v>{value:d}</v></c>'
        elif isinstance(value, date):
            style = styles.moment if isinstance(value, datetime) else styles.day
            yield f'<c r="{place}" s="{style}"><v>{to_excel(value)}</v></c>'
        elif isinstance(value, Decimal):
            yield f'<c r="{place}"><v>{value:f}</v></c>'
        else:
            yield f'<c r="{place}"><v>{value}</v></c>'
