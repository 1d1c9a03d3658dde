from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from dashboard.waterfall import WIDTH, trimmed, waterfall, without_boost
from pipeline.etl import momentum

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
YOUNG, OLD = NOW - timedelta(days=10), NOW - timedelta(days=2000)
WEIGHTS = settings.MOMENTUM
counts = st.none() | st.integers(0, 5000)
scored = st.builds(
    momentum.Inputs,
    stars=st.integers(0, 300_000),
    stars_gained_7d=counts,
    commits=counts,
    issues_closed=counts,
    contributors=counts,
    uses_render=st.sampled_from([True, False, None]),
    created_at=st.sampled_from([YOUNG, OLD, None]),
)


def inputs(**given) -> momentum.Inputs:
    """An old project on Render of which everything is known."""
    facts = {
        "stars": 9372,
        "stars_gained_7d": 1157,
        "commits": 34,
        "issues_closed": 5,
        "contributors": 7,
        "uses_render": True,
        "created_at": OLD,
    }
    return momentum.Inputs(**facts | given)


def row(of: momentum.Inputs):
    """The day's row as the pipeline stores it."""
    score = momentum.score(of, WEIGHTS, NOW)
    names = ("star_velocity", "activity_score", "momentum_score", "velocity_part", "activity_part", "render_boost")
    return SimpleNamespace(
        **{name: getattr(score, name) for name in (*names, "age_penalty", "unknown_parts")},
        stars=of.stars,
        stars_gained_7d=of.stars_gained_7d,
        commits_last_7_days=of.commits,
        issues_closed_last_7_days=of.issues_closed,
        active_contributors=of.contributors,
        uses_render=of.uses_render,
        created_at=of.created_at,
    )


def fall(**given):
    return waterfall(row(inputs(**given)), WEIGHTS)


def as_number(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-"))


def step(found, label: str):
    return next(step for step in found.steps if step.label == label)


@given(scored)
def test_the_parts_shown_add_up_to_the_momentum_shown(of):
    found = waterfall(row(of), WEIGHTS)
    if found is not None:
        assert sum(as_number(step.points) for step in found.steps) == as_number(found.total)


@given(scored)
def test_all_stored_digits_add_up_to_the_stored_momentum(of):
    found = waterfall(row(of), WEIGHTS)
    if found is None:
        return
    parts, _, total = found.exact.partition(" = ")
    addends = parts.replace(" − ", " -").replace(" + ", " ").split()
    assert sum(map(as_number, addends)) == as_number(total) == momentum.score(of, WEIGHTS, NOW).momentum_score


@given(scored)
def test_without_the_bonus_it_is_exactly_what_the_pipeline_gives_the_same_project_without_render(of):
    same = momentum.Inputs(
        of.stars, of.stars_gained_7d, of.commits, of.issues_closed, of.contributors, False, of.created_at
    )
    expected = momentum.score(same, WEIGHTS, NOW).momentum_score
    if expected is not None:
        assert without_boost(row(of), WEIGHTS) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # 12.345284 % x 0.4 = 4.938114, 17.2 x 0.6 = 10.32; a tenth of the sum is 1.525811
        ({}, "13.732303"),
        ({"created_at": YOUNG}, "15.258114"),
        ({"stars_gained_7d": None}, "9.288000"),
        ({"commits": 0, "issues_closed": 0, "contributors": 0, "stars": 1, "stars_gained_7d": 0}, "0.000000"),
        ({"commits": None, "issues_closed": None, "contributors": None}, "4.444303"),
    ],
)
def test_cases_of_the_score_without_the_bonus(given, expected):
    assert without_boost(row(inputs(**given)), WEIGHTS) == Decimal(expected)


def test_without_a_bonus_nothing_is_said_of_its_absence():
    assert fall(uses_render=False).without_boost is None
    assert fall().without_boost is not None


def test_a_score_of_which_nothing_is_known_has_no_parts():
    assert fall(stars_gained_7d=None, commits=None, issues_closed=None, contributors=None) is None


def test_each_part_says_how_it_comes_about():
    found = fall()
    assert step(found, "Star velocity").how == "0.4 × 12.345284 %: 1,157 stars gained in 7 days, in percent of 9,372"
    assert step(found, "Activity").how == "0.6 × 17.2, the sum of"
    assert step(found, "Activity").details == (
        "0.4 × 34 commits = 13.6",
        "0.3 × 5 closed issues = 1.5",
        "0.3 × 7 active contributors = 2.1",
    )
    assert step(found, "Render bonus").how == "× 1.2: it has a render.yaml in its root"
    assert step(found, "Age discount").how == "× 0.9: it is older than 180 days"


def test_what_is_unknown_counts_as_nothing_and_says_so():
    found = fall(stars_gained_7d=None, issues_closed=None, uses_render=None, created_at=None)
    assert step(found, "Star velocity").how == "The stars gained in 7 days are unknown: counts as nothing"
    assert step(found, "Activity").details[1] == "0.3 × closed issues unknown: counts as nothing"
    assert step(found, "Render bonus").how == "Whether it uses Render is unknown: counts as nothing"
    assert step(found, "Age discount").how == "When it was created is unknown: counts as nothing"
    assert [each.points for each in found.steps if each.label != "Activity"] == ["0", "0", "0"]


def test_no_work_known_at_all_is_said_once():
    found = step(fall(commits=None, issues_closed=None, contributors=None), "Activity")
    assert (found.points, found.details) == ("0", ())
    assert "counts as nothing" in found.how


def test_a_young_project_without_render_has_neither_bonus_nor_discount():
    found = fall(uses_render=False, created_at=YOUNG)
    assert step(found, "Render bonus").how == "None: it has no render.yaml in its root"
    assert step(found, "Age discount").how == "None: it is not older than 180 days"


def test_each_bar_begins_where_the_one_before_ended():
    found = fall()
    first, second, bonus, discount = (each.bar for each in found.steps)
    assert first.x == 0
    assert second.x == pytest.approx(first.width, abs=0.2)
    assert bonus.x == pytest.approx(second.x + second.width, abs=0.2)
    assert bonus.x + bonus.width == pytest.approx(WIDTH, abs=0.2)
    assert discount.x + discount.width == pytest.approx(WIDTH, abs=0.2)
    assert (found.total_bar.x, found.total_bar.width) == (0, pytest.approx(discount.x, abs=0.2))


def test_signs_are_shown_and_a_loss_is_a_loss():
    found = fall()
    assert [each.kind for each in found.steps] == ["gain", "gain", "gain", "loss"]
    assert found.steps[0].points.startswith("+")
    assert found.steps[3].points.startswith("−")


@given(scored)
def test_no_bar_leaves_its_box(of):
    found = waterfall(row(of), WEIGHTS)
    bars = [each.bar for each in found.steps] if found else []
    assert all(bar.x >= 0 and bar.width > 0 and bar.x + bar.width <= WIDTH + 0.2 for bar in bars if bar)


@pytest.mark.parametrize(
    ("value", "text"), [("12.340000", "12.34"), ("100", "100"), ("0.000000", "0"), ("1234.500000", "1,234.5")]
)
def test_zeros_at_the_end_are_left_out(value, text):
    assert trimmed(Decimal(value)) == text
