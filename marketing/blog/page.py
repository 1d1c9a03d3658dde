"""The pages of drafts: each with its state, and a month's days as a table. Asks no database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dashboard.ranking import repo_href
from marketing.blog.facts import MonthFacts
from marketing.blog.month import name_of, path_of
from marketing.blog.text import as_file, ranking_path
from marketing.models import BlogDraft
from marketing.queries.month import PublishedDay


@dataclass(frozen=True, slots=True)
class DraftItem:
    """A draft as the pages show it. `newer_run` published a day of the month since; None if none did."""

    month: date
    name: str
    title: str
    path: str
    file_path: str
    text: str
    run_id: int
    created_at: datetime
    edited_at: datetime | None
    newer_run: int | None


def draft_item(draft: BlogDraft, newest_run: int | None) -> DraftItem:
    newer = newest_run if newest_run is not None and newest_run > draft.execution_id else None
    return DraftItem(
        month=draft.month,
        name=name_of(draft.month),
        title=draft.title,
        path=path_of(draft.month),
        file_path=f"{path_of(draft.month).rstrip('/')}.md",
        text=as_file(draft.title, draft.body),
        run_id=draft.execution_id,
        created_at=draft.created_at,
        edited_at=draft.edited_at,
        newer_run=newer,
    )


def draft_items(drafts: Sequence[BlogDraft], newest_runs: Mapping[date, int]) -> list[DraftItem]:
    return [draft_item(draft, newest_runs.get(draft.month)) for draft in drafts]


# -- A month's days --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day of the month; everything but the stars is None where nothing was published."""

    day: date
    path: str
    stars: int | None
    published: PublishedDay | None
    projects: int | None
    project_stars: int | None
    services: int | None


@dataclass(frozen=True, slots=True)
class NewLine:
    """A repository that was ranked for the first time."""

    name: str
    path: str
    day: date


@dataclass(frozen=True, slots=True)
class MonthTable:
    """The month day by day, the oldest first, with the sum of the stars, and who came."""

    name: str
    facts: MonthFacts
    days: list[DayLine]
    newcomers: list[NewLine]


def month_table(facts: MonthFacts) -> MonthTable:
    published = {day.day: day for day in facts.days}
    count = (facts.until - facts.month).days + 1
    days = [facts.month + timedelta(days=number) for number in range(count)]
    lines = [_line(facts, day, published.get(day)) for day in days]
    new = [NewLine(each.full_name, repo_href(each.full_name), each.day) for each in facts.newcomers]
    return MonthTable(name_of(facts.month), facts, lines, new)


def _line(facts: MonthFacts, day: date, published: PublishedDay | None) -> DayLine:
    ecosystem = facts.ecosystem.get(day)
    return DayLine(
        day=day,
        path=ranking_path(day),
        stars=facts.stars.get(day),
        published=published,
        projects=ecosystem.projects if ecosystem else None,
        project_stars=ecosystem.stars if ecosystem else None,
        services=facts.services_on(day),
    )
