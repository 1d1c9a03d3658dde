"""The data quality score of a staged repository: how much of it is known, and how fresh that is."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

FRESH = timedelta(hours=2)
STALE = timedelta(days=7)
CENT = Decimal("0.01")


def freshness(age: timedelta) -> Decimal:
    """1 up to two hours, then falling in a straight line to 0 at seven days."""
    if age <= FRESH:
        return Decimal(1)
    if age >= STALE:
        return Decimal(0)
    return Decimal((STALE - age) / (STALE - FRESH))


def data_quality_score(known: int, expected: int, last_seen_at: datetime, now: datetime) -> Decimal:
    """0.00 to 1.00: 0.7 x the share of expected fields that are known + 0.3 x freshness."""
    completeness = Decimal(known) / Decimal(expected)
    score = Decimal("0.7") * completeness + Decimal("0.3") * freshness(now - last_seen_at)
    return score.quantize(CENT, ROUND_HALF_UP)
