"""A ranking's rows as cells."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dashboard.cells import Cells, cells
from dashboard.kept_rows import KeptRows
from dashboard.queries.ranking import star_days
from dashboard.ranking import entries, newest_day
from pipeline.models.analytics import RankedRepo

KEPT: KeptRows[RankedRepo, Cells] = KeptRows()


def listed(rows: Sequence[RankedRepo], now: datetime, gain_column: str, highest: Decimal | None) -> list[Cells]:
    """The rows in their order; bars compare with the score `highest`.

    One query for the star days of the rows that this process has not made yet, else none.
    """
    newest = newest_day(rows, now)

    def make(missing: list[RankedRepo]) -> list[Cells]:
        gains = star_days([row.github_id for row in missing], now.date())
        return cells(entries(missing, now, gains, gain_column, newest, highest))

    return KEPT.made(rows, [_key(row, now.date(), newest, gain_column, highest) for row in rows], make)


def _key(row: RankedRepo, today: date, newest: date, gain_column: str, highest: Decimal | None) -> tuple[Any, ...]:
    """All that a row's look depends on. A repository's next snapshot has another id, on the same day as well."""
    before = getattr(row, "previous_rank", None)
    return row.snapshot_id, row.execution_id, before, today, row.snapshot_date < newest, gain_column, highest
