"""The momentum score: hand-calculated cases, and that its parts always add up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from pipeline.etl.momentum import Inputs, score

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
YOUNG, OLD = NOW - timedelta(days=30), NOW - timedelta(days=1000)
KNOWN = Inputs(
    stars=1000, stars_gained_7d=50, commits=10, issues_closed=5, contributors=4, uses_render=False, created_at=YOUNG
)
NOTHING = Inputs(
    stars=1000, stars_gained_7d=None, commits=None, issues_closed=None, contributors=None, uses_render=None,
    created_at=None,
)  # fmt: skip

counts = st.none() | st.integers(0, 2**31 - 1)
moments = st.none() | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
inputs = st.builds(
    Inputs,
    stars=st.integers(0, 2**31 - 1),
    stars_gained_7d=st.none() | st.integers(0, 70_000_000),
    commits=counts,
    issues_closed=counts,
    contributors=counts,
    uses_render=st.none() | st.booleans(),
    created_at=moments,
)
factor = st.decimals(0, 10, places=4)
weightings = st.fixed_dictionaries(
    {name: factor for name in settings.MOMENTUM if name != "age_days"} | {"age_days": st.integers(0, 10_000)}
)


def score_of(given_inputs=KNOWN, **changes):
    return score(replace(given_inputs, **changes), settings.MOMENTUM, NOW)


def parts(found):
    return found.velocity_part, found.activity_part, found.render_boost, found.age_penalty


@pytest.mark.parametrize(
    ("changes", "velocity", "activity", "momentum", "boost", "penalty"),
    [
        ({}, "5", "6.7", "6.02", "0", "0"),
        ({"uses_render": True}, "5", "6.7", "7.224", "1.204", "0"),
        ({"created_at": OLD}, "5", "6.7", "5.418", "0", "-0.602"),
        ({"uses_render": True, "created_at": OLD}, "5", "6.7", "6.5016", "1.204", "-0.7224"),
        ({"stars_gained_7d": 0}, "0", "6.7", "4.02", "0", "0"),
        ({"commits": 0, "issues_closed": 0, "contributors": 0}, "5", "0", "2", "0", "0"),
        ({"stars": 3, "stars_gained_7d": 1}, "33.333333", "6.7", "17.353333", "0", "0"),
        ({"stars": 0, "stars_gained_7d": 0}, "0", "6.7", "4.02", "0", "0"),
        ({"stars": 0, "stars_gained_7d": 3}, "300", "6.7", "124.02", "0", "0"),
        ({"stars": 40, "stars_gained_7d": 50}, "125", "6.7", "54.02", "0", "0"),
    ],
)
def test_a_score_is_what_the_formula_says(changes, velocity, activity, momentum, boost, penalty):
    found = score_of(**changes)
    assert found.star_velocity == Decimal(velocity)
    assert found.activity_score == Decimal(activity)
    assert found.momentum_score == Decimal(momentum)
    assert found.render_boost == Decimal(boost)
    assert found.age_penalty == Decimal(penalty)


@pytest.mark.parametrize(
    ("changes", "momentum", "unknown"),
    [
        ({"stars_gained_7d": None}, "4.02", ["stars_gained_7d"]),
        ({"commits": None}, "3.62", ["commits_last_7_days"]),
        ({"issues_closed": None}, "5.12", ["issues_closed_last_7_days"]),
        ({"contributors": None}, "5.3", ["active_contributors"]),
        ({"uses_render": None}, "6.02", ["uses_render"]),
        ({"created_at": None}, "6.02", ["created_at"]),
        ({"uses_render": None, "created_at": None}, "6.02", ["uses_render", "created_at"]),
        (
            {"commits": None, "issues_closed": None, "contributors": None},
            "2",
            ["commits_last_7_days", "issues_closed_last_7_days", "active_contributors"],
        ),
    ],
)
def test_an_unknown_input_counts_as_nothing_and_is_named(changes, momentum, unknown):
    found = score_of(**changes)
    assert found.momentum_score == Decimal(momentum)
    assert found.unknown_parts == unknown


def test_a_repository_of_which_everything_is_known_names_nothing():
    assert score_of().unknown_parts == []


def test_without_a_single_known_measure_there_is_no_score():
    found = score_of(NOTHING)
    assert (found.star_velocity, found.activity_score, found.momentum_score) == (None, None, None)
    assert parts(found) == (0, 0, 0, 0)
    assert len(found.unknown_parts) == 6


def test_render_and_age_alone_make_no_score():
    assert score_of(NOTHING, uses_render=True, created_at=OLD).momentum_score is None


def test_a_known_zero_is_a_score_of_zero():
    assert score_of(NOTHING, issues_closed=0).momentum_score == 0
    assert score_of(NOTHING, stars_gained_7d=0).momentum_score == 0


@pytest.mark.parametrize(
    ("age", "penalised"),
    [
        (timedelta(0), False),
        (timedelta(days=179, hours=23), False),
        (timedelta(days=180), False),
        (timedelta(days=180, seconds=1), True),
        (timedelta(days=181), True),
        (timedelta(days=-1), False),
    ],
)
def test_only_a_repository_older_than_180_days_is_penalised(age, penalised):
    assert (score_of(created_at=NOW - age).age_penalty < 0) is penalised


def test_a_part_of_nothing_has_no_sign():
    found = score_of(NOTHING, stars_gained_7d=0, uses_render=True, created_at=OLD)
    assert [str(part) for part in parts(found)] == ["0.000000"] * 4


def test_every_part_has_six_decimals():
    found = score_of(stars=7, stars_gained_7d=3, uses_render=True, created_at=OLD)
    shown = [*parts(found), found.momentum_score, found.star_velocity, found.activity_score]
    assert {number.as_tuple().exponent for number in shown} == {-6}


@given(given_inputs=inputs, weights=weightings)
def test_the_parts_add_up_exactly_whatever_the_inputs_and_weights(given_inputs, weights):
    found = score(given_inputs, weights, NOW)
    total = sum((Fraction(part) for part in parts(found)), Fraction(0))
    assert total == Fraction(found.momentum_score or 0)


@given(given_inputs=inputs)
def test_boost_comes_with_render_alone_and_penalty_with_age_alone(given_inputs):
    found = score(given_inputs, settings.MOMENTUM, NOW)
    created = given_inputs.created_at
    assert found.render_boost >= 0 >= found.age_penalty
    assert found.render_boost == 0 or given_inputs.uses_render is True
    assert found.age_penalty == 0 or NOW - created > timedelta(days=180)


@given(given_inputs=inputs)
def test_the_score_is_the_unrounded_formula_to_five_decimals(given_inputs):
    found = score(given_inputs, settings.MOMENTUM, NOW)
    velocity = Fraction((given_inputs.stars_gained_7d or 0) * 100, max(given_inputs.stars, 1))
    people, work, closed = given_inputs.contributors or 0, given_inputs.commits or 0, given_inputs.issues_closed or 0
    exact = Fraction(4, 10) * velocity + Fraction(6, 10) * Fraction(4 * work + 3 * closed + 3 * people, 10)
    exact *= Fraction(12, 10) if given_inputs.uses_render else 1
    created = given_inputs.created_at
    exact *= Fraction(9, 10) if created is not None and (NOW - created).total_seconds() > 180 * 86_400 else 1
    assert abs(Fraction(found.momentum_score or 0) - exact) < Fraction(1, 100_000)


@given(given_inputs=inputs)
def test_every_score_fits_its_column_of_sixteen_digits(given_inputs):
    found = score(given_inputs, settings.MOMENTUM, NOW)
    for number in (found.star_velocity, found.activity_score, found.momentum_score, *parts(found)):
        assert number is None or abs(number) < 10**10


@given(given_inputs=inputs)
def test_an_unknown_input_scores_as_a_zero_would(given_inputs):
    zeros = {
        name: 0
        for name in ("stars_gained_7d", "commits", "issues_closed", "contributors")
        if getattr(given_inputs, name) is None
    }
    found = score(given_inputs, settings.MOMENTUM, NOW)
    assert parts(found) == parts(score(replace(given_inputs, **zeros), settings.MOMENTUM, NOW))
