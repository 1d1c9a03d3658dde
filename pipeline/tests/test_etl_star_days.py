"""Star histories as daily buckets: GitHub's weeks, and what is added between two readings."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.etl.star_days import StarDays, read_weeks, top_up

SUNDAY, WEDNESDAY = date(2026, 11, 15), date(2026, 11, 18)
NEWEST = 1_794_700_800  # 2026-11-15T00:00:00Z
WEEK = 7 * 86_400
FULL = [1, 2, 3, 4, 5, 6, 7]


def week(start, days):
    return {"week": start, "total": 0, "days": days}


def reading(*gained, first=date(2026, 11, 1)):
    return StarDays(first, gained)


def test_the_weeks_of_these_tests_start_where_they_say():
    assert datetime.fromtimestamp(NEWEST, UTC) == datetime(2026, 11, 15, tzinfo=UTC)


# --- last -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "total"), [(0, 0), (-1, 0), (1, 64), (2, 96), (7, 127), (30, 127)])
def test_the_last_days_include_the_running_one(days, total):
    assert reading(1, 2, 4, 8, 16, 32, 64).last(days) == total


def test_the_last_thirty_of_more_days_leave_the_older_ones_out():
    days = reading(*range(1, 41))
    assert (days.last(1), days.last(7), days.last(30)) == (40, 259, 765)


def test_json_names_the_first_day_and_the_counts():
    assert reading(3, 4).as_json() == {"first": "2026-11-01", "gained": [3, 4]}


# --- GitHub's weeks ---------------------------------------------------------------------------------------------------


def test_days_to_come_are_dropped():
    found = read_weeks([week(NEWEST, [1, 2, 3, 4, 0, 0, 0])], WEDNESDAY)
    assert found == StarDays(SUNDAY, (1, 2, 3, 4))


def test_even_days_to_come_that_hold_something_are_dropped():
    assert read_weeks([week(NEWEST, FULL)], WEDNESDAY) == StarDays(SUNDAY, (1, 2, 3, 4))


def test_the_running_day_is_the_last_bucket_on_the_first_and_on_the_last_day_of_a_week():
    assert read_weeks([week(NEWEST, FULL)], SUNDAY).last(1) == 1
    assert read_weeks([week(NEWEST, FULL)], date(2026, 11, 21)).last(1) == 7


def test_a_history_without_this_weeks_row_ends_in_days_without_stars():
    found = read_weeks([week(NEWEST - WEEK, FULL)], WEDNESDAY)
    assert found == StarDays(date(2026, 11, 8), (1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0))


def test_weeks_may_come_in_any_order():
    weeks = [week(NEWEST, [9, 8, 7, 6, 0, 0, 0]), week(NEWEST - WEEK, FULL), week(NEWEST - 2 * WEEK, [0] * 7)]
    found = {read_weeks(list(order), WEDNESDAY) for order in permutations(weeks)}
    assert found == {StarDays(date(2026, 11, 1), (0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 9, 8, 7, 6))}


def test_a_missing_week_gained_nothing():
    found = read_weeks([week(NEWEST, [5, 0, 0, 1, 0, 0, 0]), week(NEWEST - 2 * WEEK, FULL)], WEDNESDAY)
    assert found == StarDays(date(2026, 11, 1), (1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 1))


def test_a_young_repository_has_gained_the_same_in_seven_days_as_in_thirty():
    found = read_weeks([week(NEWEST, [0, 0, 40, 2, 0, 0, 0])], WEDNESDAY)
    assert (found.last(1), found.last(7), found.last(30)) == (2, 42, 42)


def test_a_repository_without_stars_gained_nothing_today():
    assert read_weeks([], WEDNESDAY) == StarDays(WEDNESDAY, (0,))


def test_the_same_week_twice_counts_once():
    assert read_weeks([week(NEWEST, FULL)] * 2, WEDNESDAY).last(7) == 10


@pytest.mark.parametrize("again", [[float(count) for count in FULL], [True, *FULL[1:]]], ids=["fractions", "a truth"])
def test_a_week_that_comes_again_must_hold_counts_too(again):
    assert read_weeks([week(NEWEST, FULL), week(NEWEST, again)], WEDNESDAY) is None


@pytest.mark.parametrize(
    "weeks",
    [
        None,
        {},
        "[]",
        7,
        ({"week": NEWEST, "days": FULL},),
        [None],
        ["week"],
        [[NEWEST, FULL]],
        [{}],
        [{"week": NEWEST}],
        [{"days": FULL}],
        [week(NEWEST, None)],
        [week(NEWEST, "1234567")],
        [week(NEWEST, tuple(FULL))],
        [week(NEWEST, [])],
        [week(NEWEST, FULL[:6])],
        [week(NEWEST, [*FULL, 8])],
        [week(NEWEST, [*FULL[:6], True])],
        [week(NEWEST, [*FULL[:6], 1.0])],
        [week(NEWEST, [*FULL[:6], "1"])],
        [week(NEWEST, [*FULL[:6], None])],
        [week(NEWEST, [*FULL[:6], -1])],
        [week(NEWEST, [*FULL[:6], 10_000_001])],
        [week(NEWEST, [*FULL[:6], 10**17])],
        [week(None, FULL)],
        [week(True, FULL)],
        [week(float(NEWEST), FULL)],
        [week(str(NEWEST), FULL)],
        [week(-WEEK, FULL)],
        [week(10**17, FULL)],
        [week(NEWEST * 1000, FULL)],
        [week(NEWEST + 1, FULL)],
        [week(NEWEST + 3600, FULL)],
        [week(NEWEST - 1, FULL)],
        [week(NEWEST, FULL), week(NEWEST - WEEK, [0, 0, 0, 0, 0, 0, "x"])],
        [week(NEWEST, FULL), None],
    ],
    ids=repr,
)
def test_one_wrong_value_makes_the_whole_history_unknown(weeks):
    assert read_weeks(weeks, WEDNESDAY) is None


@pytest.mark.parametrize("shift", [1, 3, 6])
def test_weeks_that_overlap_are_not_trusted(shift):
    weeks = [week(NEWEST, FULL), week(NEWEST - shift * 86_400, FULL)]
    assert read_weeks(weeks, WEDNESDAY) is None


def test_one_week_with_two_answers_is_not_trusted():
    assert read_weeks([week(NEWEST, FULL), week(NEWEST, [0] * 7)], WEDNESDAY) is None


def test_a_history_of_the_future_is_not_trusted():
    assert read_weeks([week(NEWEST + WEEK, FULL)], WEDNESDAY) is None


@given(
    rows=st.dictionaries(st.integers(0, 60), st.lists(st.integers(0, 10_000_000), min_size=7, max_size=7), max_size=30),
    today=st.dates(SUNDAY, SUNDAY + timedelta(days=6)),
)
def test_every_trusted_history_ends_today_and_never_sinks_below_zero(rows, today):
    found = read_weeks([week(NEWEST - back * WEEK, days) for back, days in rows.items()], today)
    assert found.first + timedelta(days=len(found.gained) - 1) == today
    assert 0 <= found.last(1) <= found.last(7) <= found.last(30)
    past = (today - SUNDAY).days + 1
    assert sum(found.gained) == sum(sum(days[:past] if back == 0 else days) for back, days in rows.items())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.sampled_from(["week", "days", "x"]), inner),
)


@given(weeks=json_values | st.lists(json_values))
def test_no_history_raises(weeks):
    found = read_weeks(weeks, WEDNESDAY)
    assert found is None or found.last(30) >= 0


# --- weeks in a row ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gained", "weeks"),
    [
        ((), 0),
        ((5,), 0),
        ((1, 0, 0, 0, 0, 0), 0),
        ((0,) * 7, 0),
        ((0, 0, 0, 0, 0, 0, 1), 1),
        ((1, 0, 0, 0, 0, 0, 0), 1),
        ((1,) * 13, 1),
        ((1,) * 14, 2),
        ((1, *(0,) * 6, 1, *(0,) * 6), 2),
        ((*(1,) * 7, *(0,) * 7), 0),
        ((*(1,) * 7, *(0,) * 7, *(1,) * 7), 1),
        ((9, *(0,) * 13, *(1,) * 7), 1),
        ((1,) * 210, 30),
    ],
    ids=str,
)
def test_weeks_are_counted_back_from_today_while_each_gained_a_star(gained, weeks):
    assert reading(*gained).weeks_gaining() == weeks


@given(gained=st.lists(st.integers(0, 2), max_size=60))
def test_more_weeks_in_a_row_than_whole_weeks_there_never_are(gained):
    days = reading(*gained)
    weeks = days.weeks_gaining()
    assert 7 * weeks <= len(gained)
    assert days.last(7 * weeks) >= weeks


# --- topping up -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "now", "gained"),
    [
        (100, 100, (1, 2, 3)),
        (100, 105, (1, 2, 8)),
        (100, 98, (1, 2, 1)),
        (100, 97, (1, 2, 0)),
        (100, 40, (1, 2, 0)),
        (None, 105, (1, 2, 3)),
    ],
)
def test_on_the_same_day_the_change_of_the_count_goes_into_the_running_bucket(then, now, gained):
    day = date(2026, 11, 3)
    assert top_up(reading(1, 2, 3), day, day, then, now) == reading(*gained)


@pytest.mark.parametrize(
    ("then", "now", "gained"),
    [(100, 104, (1, 2, 3, 4)), (100, 100, (1, 2, 3, 0)), (100, 90, (1, 2, 3, 0))],
)
def test_on_the_next_day_the_change_is_a_bucket_of_its_own(then, now, gained):
    assert top_up(reading(1, 2, 3), date(2026, 11, 3), date(2026, 11, 4), then, now) == reading(*gained)


def test_days_between_the_reading_and_today_are_empty():
    found = top_up(reading(1, 2, 3), date(2026, 11, 3), date(2026, 11, 6), 100, 109)
    assert found == reading(1, 2, 3, 0, 0, 9)


def test_the_window_moves_on_with_the_days():
    days = reading(10, 0, 0, 0, 0, 0, 1)
    found = top_up(days, date(2026, 11, 7), date(2026, 11, 8), 50, 52)
    assert (days.last(7), found.last(7)) == (11, 3)


@pytest.mark.parametrize(("age", "is_known"), [(0, True), (1, True), (7, True), (8, False), (400, False), (-1, False)])
def test_a_reading_of_more_than_seven_days_ago_or_of_tomorrow_stands_for_nothing(age, is_known):
    read_on = date(2026, 11, 3)
    found = top_up(reading(1, 2, 3), read_on, read_on + timedelta(days=age), 100, 101)
    assert (found is not None) is is_known


def test_a_reading_of_a_day_before_the_history_begins_is_unknown_rather_than_an_error():
    assert top_up(reading(1), date(2026, 10, 20), date(2026, 10, 20), 100, 101) is None


def test_an_earlier_days_reading_without_its_count_can_not_be_carried_on():
    assert top_up(reading(1, 2, 3), date(2026, 11, 3), date(2026, 11, 4), None, 100) is None


def test_a_jump_that_no_day_can_hold_is_unknown():
    day = date(2026, 11, 3)
    assert top_up(reading(1, 2, 3), day, day, 0, 10_000_000) is None
    assert top_up(reading(1, 2, 3), day, day, 0, 2**31 - 1) is None
    assert top_up(reading(1, 2, 3), day, day, 0, 9_999_997).last(1) == 10_000_000


@given(
    gained=st.lists(st.integers(0, 1000), min_size=1, max_size=40),
    later=st.integers(0, 7),
    then=st.integers(0, 10_000),
    now=st.integers(0, 10_000),
)
def test_sums_are_never_negative_and_older_buckets_never_change(gained, later, then, now):
    days = reading(*gained)
    read_on = days.first + timedelta(days=len(gained) - 1)
    found = top_up(days, read_on, read_on + timedelta(days=later), then, now)
    assert min(found.gained) >= 0
    assert found.gained[: len(gained) - 1] == days.gained[:-1]
    assert len(found.gained) == len(gained) + later
    if now >= then:
        assert sum(found.gained) == sum(gained) + now - then
