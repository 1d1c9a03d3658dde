"""How one made-up repository is worked on: commits to its default branch and issues closed, day by day."""

import hashlib
from dataclasses import dataclass, field

from pipeline.demo.clock import DAY_SECONDS, Moment, weekday
from pipeline.demo.mix import mix, unit
from pipeline.demo.people import Author

PATTERN = (1.15, 1.2, 1.25, 1.2, 1.05, 0.55, 0.6)  # Monday to Sunday, of the average day
LOOK_BACK = 400  # days; work that is older is not told
LATEST_UPDATE = 20  # days after its closing that an issue may be commented on

Commit = tuple[Moment, dict[str, object]]  # committed at; GitHub's Commit: oid, committedDate, author


@dataclass(frozen=True)
class Issue:
    """A closed issue; `updated` may be days later than `closed`."""

    number: int
    closed: Moment
    updated: Moment


@dataclass
class Work:
    """The commits and closed issues of one repository.

    `commits_a_week` and `issues_a_week` are averages; from the day `quiet_from` on there is nothing any more.
    """

    salt: int
    born: int
    commits_a_week: float
    issues_a_week: float
    team: tuple[Author, ...]
    quiet_from: int | None = None
    _commits: dict[int, list[Commit]] = field(default_factory=dict)

    def commits(self, since: Moment | None, until: Moment) -> list[Commit]:
        """The commits of a period, both ends included, newest first."""
        first = max(self.born, until.day - LOOK_BACK, since.day if since else 0)
        days = (self._commits_on(day) for day in range(until.day, first - 1, -1))
        return [
            commit for day in days for commit in day if commit[0] <= until and (since is None or commit[0] >= since)
        ]

    def newest_commit(self, moment: Moment) -> Moment | None:
        """When the newest commit up to the moment was made; None if there is none within the look-back."""
        for day in range(moment.day, max(self.born, moment.day - LOOK_BACK) - 1, -1):
            made = [commit[0] for commit in self._commits_on(day) if commit[0] <= moment]
            if made:
                return made[0]
        return None

    def closed_issues(self, since: Moment | None, until: Moment) -> list[Issue]:
        """Closed issues that were updated in the period, newest closing first.

        GitHub's `since` looks at the update, so some of them were closed before it.
        """
        first = max(self.born, until.day - LOOK_BACK, since.day - LATEST_UPDATE if since else 0)
        issues = [
            self._issue(day, n, until) for day in range(until.day, first - 1, -1) for n in range(self._closed(day))
        ]
        return [issue for issue in issues if issue.closed <= until and (since is None or issue.updated >= since)]

    def open_issues(self, moment: Moment) -> int:
        """Open issues, a number that drifts a little from week to week."""
        base = int(self.issues_a_week * 6) + mix(self.salt, 30) % 12
        return base + mix(self.salt, 31, moment.day // 7) % (3 + base // 10)

    def _commits_on(self, day: int) -> list[Commit]:
        known = self._commits.get(day)
        if known is None:
            if len(self._commits) > 2 * LOOK_BACK:  # a clock that runs for months must not fill the memory
                self._commits.clear()
            known = self._commits[day] = self._make_commits(day)
        return known

    def _make_commits(self, day: int) -> list[Commit]:
        """The day's commits, newest first."""
        count = self._count(day, self.commits_a_week, 20)
        seconds = sorted((mix(self.salt, 21, day, n) % DAY_SECONDS for n in range(count)), reverse=True)
        return [self._commit(Moment(day, second), n) for n, second in enumerate(seconds)]

    def _commit(self, made: Moment, n: int) -> Commit:
        oid = hashlib.sha1(f"{self.salt}:{made.day}:{n}".encode(), usedforsecurity=False).hexdigest()
        # Squared, so that the first of the team makes most of the commits.
        author = self.team[int(unit(self.salt, 22, made.day, n) ** 2 * len(self.team))]
        return made, {"__typename": "Commit", "oid": oid, "committedDate": made.iso, "author": author}

    def _issue(self, day: int, n: int, until: Moment) -> Issue:
        stride = int(self.issues_a_week) + 4  # more than a day can close, so that numbers never meet
        closed = Moment(day, mix(self.salt, 26, day, n) % DAY_SECONDS)
        late = mix(self.salt, 27, day, n)
        updated = Moment(day + late % LATEST_UPDATE, closed.second) if late % 9 == 0 else closed
        return Issue((day - self.born) * stride + n + 1, closed, updated if updated <= until else closed)

    def _closed(self, day: int) -> int:
        return self._count(day, self.issues_a_week, 25)

    def _count(self, day: int, a_week: float, kind: int) -> int:
        """How many things of a kind happen on the day."""
        if day < self.born or (self.quiet_from is not None and day >= self.quiet_from):
            return 0
        average = a_week / 7 * PATTERN[weekday(day)]
        return int(average * (0.4 + 1.2 * unit(self.salt, kind, 1, day)) + unit(self.salt, kind, 2, day))
