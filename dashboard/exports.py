"""Tables as files, all of their rows: /export/<table>.csv and .json, under the filters of the page that shows them.

CSV is plain: UTF-8 without a byte order mark, one line of names, unknown empty, texts made safe for spreadsheets.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from dashboard.api import parts
from dashboard.api.answers import for_machines, not_found
from dashboard.api.items import COUNTED, MEASURES, WORDS
from dashboard.api.schemas import Snapshot
from dashboard.ecosystem import deploy_href
from dashboard.queries import machine, ranking
from dashboard.queries.moment import one_moment
from dashboard.ranking import web_link
from dashboard.runs.figures import MEASURED
from trender.spreadsheets import row

FILTERS = ("language", "window", "render", "q", "sort", "at")
# An address of a page may be handed on as it is; a file always holds all rows.
IGNORED = ("view", "page", "page_size")
CHUNK = 500
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}

TRENDING = ("rank_overall", "previous_rank", *(name for name in (*WORDS, *MEASURES) if name != "rank_overall"))
HISTORY = ("snapshot_date", "repo_full_name", *(name for name in MEASURES if name != "snapshot_date"))
RENDER = (
    *("rank_overall", "github_id", "repo_full_name", "repo_url", "description", "language", "created_at", "is_demo"),
    *("snapshot_date", "render_category", "uses_render", "stars", "stars_gained_24h", "stars_gained_7d"),
    *("stars_gained_30d", "momentum_score", "service_counts", "service_count", "render_complexity_score"),
    *("has_blueprint_button", "deploy_button_url", "blueprint_quality", "documentation_score", "has_docker"),
    *("has_previews", "problem"),
)
LANGUAGES = (
    *("rank_overall", "language", "language_category", "repositories", "render_repositories", "stars"),
    *("stars_gained_7d", "momentum_total", "momentum_average", "oldest_snapshot_date", "newest_snapshot_date"),
)
RUNS = (
    *("execution_id", "execution_date", "finished_at", "status", "trigger", "is_demo", "snapshot_date"),
    *("total_duration_seconds", "parallel_speedup_factor", "success_rate", *COUNTED, "languages_processed"),
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be written. `columns` are columns of `rows`, in the order of the file."""

    name: str
    snapshot: Snapshot
    rows: QuerySet[Any]
    columns: tuple[str, ...]


def trending(request: HttpRequest) -> Table:
    asked = parts.question(request, FILTERS, ranking.SORT_NAMES, IGNORED)
    language = asked.choice.filters.language
    name = f"trending-{language}" if language else "trending"
    return Table(name, asked.snapshot, parts.trending_rows(asked.page), TRENDING)


def render(request: HttpRequest) -> Table:
    asked = parts.question(request, ("category", "language"), ignored=IGNORED)
    return Table("render", asked.snapshot, machine.render_projects(asked.choice.category, asked.page.language), RENDER)


def languages(request: HttpRequest) -> Table:
    _, snapshot = parts.plain_question(request, (), IGNORED)
    return Table("languages", snapshot, machine.ranked_languages(), LANGUAGES)


def runs(request: HttpRequest) -> Table:
    _, snapshot = parts.plain_question(request, (), IGNORED)
    return Table("runs", snapshot, machine.runs(), RUNS)


TABLES: dict[str, Callable[[HttpRequest], Table]] = {
    "trending": trending,
    "render": render,
    "languages": languages,
    "runs": runs,
}


@for_machines
def table(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    """The whole table under the request's filters."""
    if name not in TABLES:
        raise not_found(f"There is no table “{name}”. There are: {', '.join(TABLES)} and history/<owner>/<name>.")
    with one_moment():
        asked = TABLES[name](request)
    return file_of(asked, form)


@for_machines
def history(request: HttpRequest, owner: str, name: str, form: str) -> HttpResponseBase:
    """One repository's days under every name it has had, the newest first."""
    try:
        with one_moment():
            _, snapshot = parts.plain_question(request, (), IGNORED)
            known = parts.known_repository(owner, name)
    except parts.Moved as moved:
        owner, _, name = moved.full_name.partition("/")
        address = reverse("dashboard:export-history", kwargs={"owner": owner, "name": name, "form": form})
        return HttpResponseRedirect(address, status=301)
    found = machine.repo_days(known.github_id)
    return file_of(Table(f"history-{slugify(f'{owner}-{name}')}", snapshot, found, HISTORY), form)


def file_of(asked: Table, form: str) -> StreamingHttpResponse:
    """The table as it is read, a chunk of rows at a time."""
    lines = {"csv": csv_lines, "json": json_lines}[form](asked.columns, read(asked))
    response = StreamingHttpResponse(lines, content_type=CONTENT_TYPES[form])
    response.headers["Content-Disposition"] = content_disposition_header(True, file_name(asked, form)) or "attachment"
    return response


def file_name(asked: Table, form: str) -> str:
    """ "trender-trending-python-2026-11-21.csv"; made-up repositories say so in the name too."""
    day: date | None = asked.snapshot.snapshot_date
    parts_of_it = ("trender", "demo" if asked.snapshot.is_demo else "", asked.name, day.isoformat() if day else "")
    return f"{'-'.join(filter(None, parts_of_it))}.{form}"


def read(asked: Table) -> Iterator[dict[str, Any]]:
    """The rows as {column: value}; one query, a chunk of rows in memory at a time."""
    for found in asked.rows.values(*asked.columns).iterator(chunk_size=CHUNK):
        yield cleared(found)


def cleared(found: dict[str, Any]) -> dict[str, Any]:
    """The row without what looks like a value and is none: addresses not of the web, counts of unfinished runs."""
    if "deploy_button_url" in found:
        found["deploy_button_url"] = deploy_href(found["deploy_button_url"], found["repo_url"])
    if "repo_url" in found:
        found["repo_url"] = web_link(found["repo_url"])
    if found.get("status", MEASURED[0]) not in MEASURED:
        found |= dict.fromkeys(COUNTED)
    return found


class Line:
    """What csv.writer writes to: hands each line back."""

    def write(self, text: str) -> str:
        return text


def csv_lines(columns: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    writer = csv.writer(Line())
    yield writer.writerow(columns)
    for found in rows:
        yield writer.writerow(row(found[name] for name in columns))


def json_lines(columns: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """An array of objects, one a line."""
    start = "[\n"
    for found in rows:
        yield start + json.dumps({name: number(found[name]) for name in columns}, cls=DjangoJSONEncoder)
        start = ",\n"
    yield "[]\n" if start == "[\n" else "\n]\n"


def number(value: object) -> object:
    """Decimals as JSON numbers, as in the API."""
    return float(value) if isinstance(value, Decimal) else value
