"""A ranking's rows as cells, kept by each process: a snapshot never changes, so its row is made once for all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from dashboard.cells import Cells, cells, momentum_cell
from dashboard.queries.ranking import star_days
from dashboard.ranking import entries, newest_day, share
from pipeline.models.analytics import RankedRepo

# By all that a row's look depends on. A repository's next snapshot has another id, on the same day as well.
_kept: dict[tuple[Any, ...], Cells] = {}


def listed(rows: Sequence[RankedRepo], now: datetime, gain_column: str, highest: Decimal | None) -> list[Cells]:
    """The rows in their order; bars compare with the score `highest`.

    One query for the star days of the rows that this process has not made yet, else none.
    """
    newest = newest_day(rows, now)
    keys = [_key(row, now.date(), newest, gain_column) for row in rows]
    found = {key: _kept.get(key) for key in keys}
    missing = {key: row for key, row in zip(keys, rows, strict=True) if found[key] is None}
    made = dict(zip(missing, _make(list(missing.values()), now, newest, gain_column), strict=True))
    _keep(made)
    return [_with_bar(found[key] or made[key], row, highest) for key, row in zip(keys, rows, strict=True)]


def _with_bar(piece: Cells, row: RankedRepo, highest: Decimal | None) -> Cells:
    return replace(piece, momentum=momentum_cell(row.momentum_score, share(row.momentum_score, highest)))


def _key(row: RankedRepo, today: date, newest: date, gain_column: str) -> tuple[Any, ...]:
    before = getattr(row, "previous_rank", None)
    return row.snapshot_id, row.execution_id, before, today, row.snapshot_date < newest, gain_column


def _make(rows: Sequence[RankedRepo], now: datetime, newest: date, gain_column: str) -> list[Cells]:
    if not rows:
        return []
    gains = star_days([row.github_id for row in rows], now.date())
    return cells(entries(rows, now, gains, gain_column, newest))


def _keep(made: dict[tuple[Any, ...], Cells]) -> None:
    """Begin anew when there is no room: what is asked for is soon there again."""
    if len(_kept) + len(made) > settings.TRENDER_ROWS_KEPT:
        _kept.clear()
    if len(made) <= settings.TRENDER_ROWS_KEPT:
        _kept.update(made)
