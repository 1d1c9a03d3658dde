"""What the views of pages have in common: the moment, the frame and the reader's choice, read in one go."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from dashboard.filters import FIELDS, Choices, Filters, read_filters
from dashboard.frame import Frame
from dashboard.queries.languages import Coverage, coverage
from dashboard.queries.publication import Publication, publication

PREVIOUS_DAY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Page:
    """A request as a page's queries need it."""

    filters: Filters
    frame: Frame
    language: str | None
    """The name that filters.language stands for."""

    @property
    def now(self) -> datetime:
        """The moment ages are counted from: the end of the day asked for, or the clock's."""
        at = self.filters.at
        return self.frame.now if at is None else datetime.combine(at, datetime.max.time(), self.frame.now.tzinfo)

    @property
    def is_of_one_day(self) -> bool:
        """Whether the rows to be shown are of one ranking."""
        return self.filters.at is not None or self.frame.publication.is_of_one_day

    @property
    def earliest_previous_day(self) -> datetime:
        """How far back "the day before" may lie where days were missed."""
        return self.now - PREVIOUS_DAY


def read_page(request: HttpRequest, sorts: tuple[str, ...] = ("momentum",), used: tuple[str, ...] = FIELDS) -> Page:
    """The page's frame and the choice its address makes; four queries. `used` are the parameters it knows."""
    now = timezone.now()
    return page_of_choice(request, now, publication(), coverage(), sorts, used)


def page_of_choice(
    request: HttpRequest,
    now: datetime,
    seen: Publication,
    covered: Coverage,
    sorts: tuple[str, ...],
    used: tuple[str, ...],
) -> Page:
    choices = Choices(covered.languages, sorts, covered.first_day, covered.last_day)
    filters, notices = read_filters(request.GET, choices, used)
    return Page(filters, Frame(now, seen, covered, notices, filters.at), covered.languages.get(filters.language))
