"""What answers have in common: the run they come from, a part of a list, a repository by any name it has had."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from dashboard.api.answers import not_found
from dashboard.api.links import steps
from dashboard.api.parameters import LOOKS, Asked, asked
from dashboard.api.schemas import PageInfo, Snapshot
from dashboard.filters import Choices
from dashboard.frame import Frame
from dashboard.page import Page
from dashboard.paging import Paging
from dashboard.queries import ranking
from dashboard.queries.languages import Coverage, coverage
from dashboard.queries.publication import last_published_run, publication_without_next_run
from dashboard.queries.repository import Known, known_as
from pipeline.models.runs import PublishedRun

Item = TypeVar("Item")
NO_CHOICES = Choices()


class Moved(Exception):
    """The repository has this name now, or is written like this."""

    def __init__(self, full_name: str) -> None:
        super().__init__(full_name)
        self.full_name = full_name


@dataclass(frozen=True, slots=True)
class Question:
    """A request as the pages' queries need it, and how much of the list is asked for."""

    choice: Asked
    page: Page

    @property
    def snapshot(self) -> Snapshot:
        return snapshot_of(self.page.frame.publication.published, self.choice)


def question(
    request: HttpRequest,
    names: tuple[str, ...],
    sorts: tuple[str, ...] = ("momentum",),
    ignored: tuple[str, ...] = LOOKS,
) -> Question:
    """The request read against what there is to choose from; three queries. Raises Problem."""
    seen, covered = publication_without_next_run(), coverage()
    choice = asked(request, choices_of(covered, sorts), names, ignored)
    frame = Frame(timezone.now(), seen, covered, [], choice.filters.at)
    return Question(choice, Page(choice.filters, frame, covered.languages.get(choice.filters.language)))


def plain_question(
    request: HttpRequest,
    names: tuple[str, ...] = ("page", "page_size"),
    ignored: tuple[str, ...] = LOOKS,
    known: Choices = NO_CHOICES,
) -> tuple[Asked, Snapshot]:
    """The same for what is not narrowed by language; one query."""
    choice = asked(request, known, names, ignored)
    return choice, snapshot_of(last_published_run(), choice)


def trending_rows(page: Page) -> QuerySet[Any]:
    """The home page's rows, in its order, whole and to the last."""
    rows = ranking.narrowed(page.filters, page.language)
    rows = ranking.ordered(rows, page.filters, is_of_one_day=page.is_of_one_day)
    return ranking.with_previous_rank(rows, page.earliest_previous_day.date())


def trending_page(page: Page, number: int, size: int, ids: list[int] | None = None) -> list[Any]:
    """Those of one page; `ids` are its snapshots where they are known already."""
    return ranking.page_of(
        *(page.filters, page.language, page.earliest_previous_day.date(), number),
        is_of_one_day=page.is_of_one_day,
        ids=ids,
        size=size,
        columns=ranking.WHOLE,
    )


def trending_part(
    request: HttpRequest, page: Page, choice: Asked, make: Callable[[Any], Item]
) -> tuple[PageInfo, list[Item]]:
    """The rows of the page asked for, none beyond the last one; two queries."""
    found = ranking.found(page.filters, page.language, is_of_one_day=page.is_of_one_day)
    paging = Paging(choice.filters.page, found.total, choice.page_size)
    rows = trending_page(page, paging.asked, paging.size, found.ids_of(paging.asked, paging.size))
    return page_info(request, paging), [make(row) for row in rows]


def choices_of(covered: Coverage, sorts: tuple[str, ...]) -> Choices:
    return Choices(covered.languages, sorts, covered.first_day, covered.last_day)


def snapshot_of(published: PublishedRun | None, choice: Asked) -> Snapshot:
    day = choice.filters.at
    if published is None:
        return Snapshot(run_id=None, published_at=None, snapshot_date=day, is_demo=False)
    return Snapshot(
        run_id=published.execution_id,
        published_at=published.published_at,
        snapshot_date=day or published.snapshot_date,
        is_demo=published.execution.is_demo,
    )


def part_of(
    request: HttpRequest, rows: QuerySet[Any], choice: Asked, make: Callable[[Any], Item]
) -> tuple[PageInfo, list[Item]]:
    """The rows of the page asked for, none beyond the last one; two queries."""
    number, size = choice.filters.page, choice.page_size
    paging = Paging(number, rows.count(), size)
    return page_info(request, paging), [make(row) for row in rows[(number - 1) * size : number * size]]


def page_info(request: HttpRequest, paging: Paging) -> PageInfo:
    links = steps(request, paging)
    counted = {"page": paging.asked, "page_size": paging.size, "pages": paging.pages, "total": paging.total}
    return PageInfo(**counted, next=links.next, previous=links.previous)


def known_repository(owner: str, name: str) -> Known:
    """The repository of this name; raises Moved where it has another one now."""
    asked_for = f"{owner}/{name}"
    known = known_as(asked_for)
    if known is None:
        raise not_found(f"No repository of the name “{asked_for}” has been read.")
    if known.name != asked_for:
        raise Moved(known.name)
    return known
