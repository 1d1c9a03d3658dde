from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from dashboard.templatetags.figures import ago, ahead, count, countdown, duration, gain, one_decimal, time_ago


@pytest.mark.parametrize("figure", [count, gain, one_decimal, duration])
def test_unknown_is_a_word(figure):
    assert figure(None) == "unknown"


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (999, "999"), (1234567, "1,234,567")])
def test_counts_have_separators(value, text):
    assert count(value) == text


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (1157, "+1,157")])
def test_gains_have_a_sign(value, text):
    assert gain(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [("80.289545", "80.3"), ("0.05", "0.1"), ("0", "0.0"), ("1234.56", "1,234.6")]
)
def test_scores_have_one_decimal(value, text):
    assert one_decimal(Decimal(value)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [("4.126", "4.1 s"), ("0.04", "0.0 s"), ("59.94", "59.9 s"), ("59.96", "1 min 0 s"), ("134.9", "2 min 14 s")],
)
def test_durations_have_units(seconds, text):
    assert duration(Decimal(seconds)) == text


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(days=1, hours=23), "1 day ago"),
        (timedelta(days=400), "400 days ago"),
    ],
)
def test_ages_are_in_their_largest_unit(age, text):
    assert ago(age) == text


def test_the_exact_moment_is_in_utc():
    moment = datetime(2026, 11, 21, 9, 3, 8, 143293, tzinfo=timezone(timedelta(hours=2)))
    html = time_ago(moment, datetime(2026, 11, 21, 7, 9, 9, tzinfo=UTC))
    title = 'title="2026-11-21 07:03:08 UTC"'
    assert html == f'<time datetime="2026-11-21T07:03:08+00:00" {title} data-relative>6 minutes ago</time>'


@pytest.mark.parametrize(
    ("wait", "text"),
    [
        (timedelta(minutes=12, seconds=59), "in 12 minutes"),
        (timedelta(hours=1), "in 1 hour"),
        (timedelta(seconds=59), "in less than a minute"),
        (timedelta(seconds=-59), "due now"),
        (timedelta(seconds=-60), "overdue by 1 minute"),
        (timedelta(hours=-30), "overdue by 1 day"),
    ],
)
def test_a_countdown_never_goes_below_zero(wait, text):
    assert ahead(wait) == text


def test_a_countdown_has_the_exact_moment():
    moment = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    html = countdown(moment, datetime(2026, 11, 21, 7, 48, tzinfo=UTC))
    title = 'title="2026-11-21 08:00:00 UTC"'
    assert html == f'<time datetime="2026-11-21T08:00:00+00:00" {title} data-countdown>in 12 minutes</time>'
