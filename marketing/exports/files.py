"""A file as it is sent: CSV and JSON while the rows are read, XLSX as a temporary file that is made first.

However many rows there are, a chunk of them is in memory. All of a file is of one moment: its facts and its rows are
read in one snapshot of the database, which lasts as long as the reading.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from dashboard import exports as tables
from dashboard.api.answers import Problem
from dashboard.exports import CHUNK, CONTENT_TYPES, Line
from dashboard.queries.moment import one_moment
from marketing.exports.asked import File
from marketing.exports.workbook import workbook
from marketing.queries.exports import has_more_than
from marketing.resources import Row, Table
from trender.spreadsheets import MOST_ROWS

TYPES = CONTENT_TYPES | {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
TOO_MANY = f"These are more than {MOST_ROWS:,} rows, which no worksheet holds: choose fewer days, or CSV or JSON."


def file_response(file: File, form: str, *, is_head: bool = False) -> HttpResponseBase:
    """The file as an answer. Raises Problem if a worksheet would not hold its rows."""
    response: HttpResponseBase
    if is_head:
        response = HttpResponse(content_type=TYPES[form])
    elif form == "xlsx":
        response = FileResponse(made_workbook(file), content_type=TYPES[form])
    else:
        response = StreamingHttpResponse({"csv": csv_file, "json": json_file}[form](file), content_type=TYPES[form])
    response.headers["Content-Disposition"] = content_disposition_header(True, file_name(file, form)) or "attachment"
    # Search engines have nothing to find in a file, and reading all of them costs a lot.
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def file_name(file: File, form: str) -> str:
    """ "trender-demo-leads-2026-11-21.xlsx"."""
    return tables.file_name(tables.Table(file.export.name, file.snapshot(), file.rows, file.resource.read), form)


def read(file: File) -> Iterator[Row]:
    """The rows; one query, read a chunk at a time as they are asked for."""
    return file.resource.rows(file.rows.values(*file.resource.read).iterator(chunk_size=CHUNK))


def csv_file(file: File) -> Iterator[str]:
    with one_moment():
        yield from in_chunks(csv_lines(file.resource, read(file)))


def json_file(file: File) -> Iterator[str]:
    """An object: the facts, the columns' headings by name, and "rows"."""
    with one_moment():
        facts = file.about(file.snapshot())
        yield from in_chunks(json_lines(file.resource, facts, read(file)))


def made_workbook(file: File) -> Any:
    with one_moment():
        if has_more_than(file.rows, MOST_ROWS):
            raise Problem(400, "too_many_rows", TOO_MANY)
        return workbook(file.resource, file.about(file.snapshot()), read(file))


# -- Lines -----------------------------------------------------------------------------------------------------


def csv_lines(resource: Table, rows: Iterable[Row]) -> Iterator[str]:
    writer = csv.writer(Line())
    yield writer.writerow(resource.headings)
    for found in rows:
        yield writer.writerow(resource.texts(found))


def json_lines(resource: Table, facts: dict[str, Any], rows: Iterable[Row]) -> Iterator[str]:
    columns = dict(zip(resource.names, resource.headings, strict=True))
    head = json.dumps(facts | {"columns": columns}, cls=DjangoJSONEncoder)
    yield f'{head[:-1]}, "rows": '
    yield from tables.json_lines(resource.names, ({name: sound(row[name]) for name in resource.names} for row in rows))
    yield "}\n"


def sound(value: Any) -> Any:
    """The value without halves of characters in its texts, which readers of JSON stumble over."""
    if isinstance(value, str):
        return value.encode("utf-8", "ignore").decode()
    if isinstance(value, list):
        return [sound(part) for part in value]
    if isinstance(value, dict):
        return {sound(name): sound(part) for name, part in value.items()}
    return value


def in_chunks(lines: Iterable[str], size: int = CHUNK) -> Iterator[str]:
    """The lines put together, `size` at a time: each part of an answer is a call to the network."""
    waiting: list[str] = []
    for line in lines:
        waiting.append(line)
        if len(waiting) == size:
            yield "".join(waiting)
            waiting = []
    if waiting:
        yield "".join(waiting)
