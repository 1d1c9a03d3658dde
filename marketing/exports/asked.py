"""What a request asks for: an export, its rows in order, and the facts that stand beside them in the file."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from dashboard.api import parts
from dashboard.api.answers import Problem
from dashboard.api.parameters import Asked
from dashboard.api.schemas import Snapshot
from dashboard.filters import DEFAULTS
from dashboard.page import PREVIOUS_DAY, Page
from dashboard.queries.moment import one_moment
from dashboard.queries.publication import last_published_run
from marketing.exports.days import NAMES, Days, read_days
from marketing.exports.kinds import Export
from marketing.queries import exports as queries
from marketing.queries.exports import Choice, Rows
from marketing.resources import Table, run_page

# An address of a page may be handed on as it is; a file always holds all rows.
LOOKS = ("view", "page", "page_size")


@dataclass(frozen=True, slots=True)
class File:
    """A file to be written. `given` are the parameters that were asked with, as they were understood."""

    export: Export
    resource: Table
    rows: Rows
    asked: Asked
    given: dict[str, str]

    def snapshot(self) -> Snapshot:
        """The run that readers see at this moment; one query."""
        return parts.snapshot_of(last_published_run(), self.asked)

    def about(self, snapshot: Snapshot) -> dict[str, Any]:
        """What stands beside the rows."""
        return {
            "export": self.export.name,
            "title": self.export.title,
            "row": self.export.row,
            "filters": self.given,
            "run": snapshot.run_id,
            "run_page": run_page(snapshot.run_id),
            "published_at": snapshot.published_at,
            "date": snapshot.snapshot_date,
            "is_demo": snapshot.is_demo,
            "source": settings.TRENDER_BASE_URL,
        }


def public_file(request: HttpRequest, export: Export) -> File:
    """The file under the page's filters. Raises Problem for what is no choice; three queries."""
    days = asked_days(request, export)
    with one_moment():
        question = parts.question(request, export.filters, export.sorts, (*LOOKS, *(NAMES if export.has_days else ())))
    choice = choice_of(question.page, days)
    rows = export.ordered(export.rows(choice), choice)
    given = given_of(question.choice, export.filters) | days.parameters()
    return File(export, export.resource(), rows, question.choice, given)


def staff_file(export: Export, rows: Rows, given: dict[str, str]) -> File:
    """The file of a list in the admin, with its rows in its order and all columns."""
    resource = (export.staff_resource or export.resource)()
    if "previous_rank" in resource.read:
        rows = queries.with_any_rank_before(rows)
    return File(export, resource, rows, Asked(DEFAULTS), given)


def asked_days(request: HttpRequest, export: Export) -> Days:
    if not export.has_days:
        return Days()
    days, problems = read_days(request.GET)
    if problems:
        raise Problem(400, "bad_parameter", problems[0])
    return days


def choice_of(page: Page, days: Days) -> Choice:
    return Choice(
        filters=page.filters,
        language=page.language,
        first=days.first,
        last=days.last,
        is_demo=page.frame.publication.is_demo,
        is_of_one_day=page.is_of_one_day,
        previous_since=page.now.date() - PREVIOUS_DAY,
    )


def given_of(asked: Asked, names: tuple[str, ...]) -> dict[str, str]:
    """The choices that differ from none, as an address spells them."""
    values = {name: getattr(asked.filters, name) for name in names}
    return {
        name: "1" if value is True else str(value)
        for name, value in values.items()
        if value != getattr(DEFAULTS, name) and value not in ("", None)
    }
