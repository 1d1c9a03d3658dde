"""What is published of a month, read once for the draft and for the month's page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from marketing.blog.month import counted_until, last_of, missing_days
from marketing.queries import month as queries
from marketing.queries.month import EcosystemDay, Newcomer, PublishedDay

LISTED = 10


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """A month of which at least one day was published, up to the day `until`.

    `stars` are those gained on each UTC day, by the repositories of the last published day's ranking.
    """

    month: date
    until: date
    days: list[PublishedDay]
    stars: dict[date, int]
    ecosystem: dict[date, EcosystemDay]
    services: dict[date, int]
    newcomers: list[Newcomer]

    @property
    def last(self) -> PublishedDay:
        return self.days[-1]

    @property
    def missing(self) -> list[date]:
        return missing_days(self.month, self.until, {day.day for day in self.days})

    @property
    def is_over(self) -> bool:
        return self.until == last_of(self.month)

    @property
    def run_id(self) -> int:
        """The newest run whose numbers are used."""
        return max(day.run_id for day in self.days)

    @property
    def stars_gained(self) -> int | None:
        return sum(self.stars.values()) if self.stars else None

    def services_on(self, day: date) -> int | None:
        """Of a day with projects and no declared service it is 0."""
        return self.services.get(day, 0 if day in self.ecosystem else None)


@dataclass(frozen=True, slots=True)
class Lists:
    """Rows of the last published day's ranking: the first ten, and the first ten of the month's newcomers."""

    top: list[Any]
    new: list[Any]


def month_facts(month: date, today: date) -> MonthFacts | None:
    """None where no day of the month was published; else five queries."""
    days = queries.published_days(month, min(last_of(month), today))
    if not days:
        return None
    until = counted_until(month, today, {day.day for day in days})
    return MonthFacts(
        month=month,
        until=until,
        days=days,
        stars=queries.stars_by_day(month, until, days[-1].day),
        ecosystem=queries.ecosystem_by_day(month, until),
        services=queries.services_by_day(month, until),
        newcomers=queries.newcomers(month, until),
    )


def lists_of(facts: MonthFacts) -> Lists:
    """Two queries."""
    return Lists(
        top=queries.ranked_first(facts.last.day, LISTED),
        new=queries.ranked_first(facts.last.day, LISTED, [new.github_id for new in facts.newcomers]),
    )
