"""The data quality score: completeness and freshness."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.etl.quality import data_quality_score, freshness

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(hours=-3), "1"),
        (timedelta(0), "1"),
        (timedelta(hours=1), "1"),
        (timedelta(hours=2), "1"),
        (timedelta(hours=85), "0.5"),
        (timedelta(hours=126.5), "0.25"),
        (timedelta(days=7), "0"),
        (timedelta(days=3000), "0"),
    ],
)
def test_freshness_falls_in_a_straight_line_from_two_hours_to_seven_days(age, expected):
    assert freshness(age) == Decimal(expected)


@pytest.mark.parametrize(
    ("known", "expected", "hours", "score"),
    [
        (17, 17, 0, "1.00"),
        (17, 17, 2, "1.00"),
        (17, 17, 24, "0.96"),  # 0.7 + 0.3 * 144/166
        (17, 17, 85, "0.85"),
        (17, 17, 168, "0.70"),
        (8, 17, 0, "0.63"),  # 0.7 * 8/17 + 0.3
        (1, 2, 0, "0.65"),
        (3, 4, 168, "0.53"),  # 0.525, rounded half up
        (0, 17, 0, "0.30"),
        (0, 17, 168, "0.00"),
    ],
)
def test_the_score_weighs_completeness_with_seven_tenths(known, expected, hours, score):
    found = data_quality_score(known, expected, NOW - timedelta(hours=hours), NOW)
    assert str(found) == score


@given(known=st.integers(0, 17), age=st.timedeltas(timedelta(days=-400), timedelta(days=4000)))
def test_the_score_lies_between_zero_and_one_with_two_decimals(known, age):
    found = data_quality_score(known, 17, NOW - age, NOW)
    assert 0 <= found <= 1
    assert found.as_tuple().exponent == -2


@given(ages=st.lists(st.timedeltas(timedelta(0), timedelta(days=10)), min_size=2, max_size=2).map(sorted))
def test_the_older_is_never_the_fresher(ages):
    assert freshness(ages[0]) >= freshness(ages[1])
