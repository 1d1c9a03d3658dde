"""What every page says around its subject: whose data this is, how old, and what went wrong since."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dashboard.queries.languages import Coverage
from dashboard.queries.publication import Publication
from dashboard.run_truth import RunTruth, is_unpublished_end, run_truth


@dataclass(frozen=True, slots=True)
class Frame:
    """`day` is the one the page shows, None for now."""

    now: datetime
    publication: Publication
    coverage: Coverage
    notices: list[str]
    day: date | None = None

    def context(self) -> dict[str, Any]:
        """The names base.html and its parts use."""
        published, last_run = self.publication.published, self.publication.last_run
        return {
            "now": self.now,
            "run": self.truth,
            "last_run": last_run,
            "last_run_failed": is_unpublished_end(last_run, published),
            "next_run_at": self.publication.next_run_at,
            "is_demo": self.publication.is_demo,
            "notices": self.notices,
            "languages": self.coverage.languages,
            "first_day": self.coverage.first_day,
            "last_day": self.coverage.last_day,
            "day": self.day,
        }

    @property
    def truth(self) -> RunTruth | None:
        published = self.publication.published
        return run_truth(published, self.publication.streams, self.now) if published else None
