"""Who is a lead, and what is said of one: facts only, and what is unknown is left out or said."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing import stories
from marketing.stories import FAST, STEADY, Facts, Limits, facts_of, many, one_line, rules, story

DAY = date(2026, 11, 21)
PAGE = "https://trender.example/repo/octo/shop/?at=2026-11-21"
BARE = Facts("octo/shop", DAY, 12, PAGE, 1328)
FULL = Facts(
    "octo/shop",
    DAY,
    12,
    PAGE,
    stars=1328,
    language="Go",
    created_on=date(2025, 9, 27),
    gained_7d=396,
    velocity=Decimal("29.819277"),
    gained_30d=500,
    weeks_gaining=9,
    commits=12,
    issues_closed=1,
    contributors=3,
    rank=7,
    services={"web": 2, "postgres": 1},
    has_button=True,
)


def a_row(**given):
    """A row of the ranking that meets both rules."""
    row = {
        "repo_full_name": "octo/shop",
        "uses_render": True,
        "render_category": "community",
        "stars": 500,
        "star_velocity": Decimal(50),
        "weeks_gaining": 8,
        "stars_gained_30d": 50,
    }
    return SimpleNamespace(**row | given)


# -- Rules -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "fast", "steady"),
    [
        ({}, True, True),
        ({"uses_render": False}, False, False),
        ({"uses_render": None}, None, None),
        ({"stars": 499}, False, True),
        ({"star_velocity": Decimal("49.999999")}, False, True),
        ({"star_velocity": None}, None, True),
        ({"star_velocity": None, "stars": 99, "stars_gained_30d": 99}, False, False),
        ({"weeks_gaining": 7}, True, False),
        ({"weeks_gaining": None}, True, None),
        ({"stars_gained_30d": 49}, True, False),
        ({"stars_gained_30d": None}, True, None),
        ({"stars": 0, "stars_gained_30d": 0, "star_velocity": Decimal(0)}, False, False),
        ({"render_category": "official"}, True, False),
        ({"render_category": "employee"}, True, False),
        ({"render_category": "blueprint"}, True, True),
        ({"render_category": None}, True, True),
    ],
)
def test_a_rule_holds_where_every_condition_does_and_is_unknown_where_the_unknown_decides(given, fast, steady):
    found = {rule.name: rule.holds(a_row(**given)) for rule in rules(Limits())}
    assert found == {FAST: fast, STEADY: steady}


def test_other_thresholds_make_other_rules_and_other_words():
    fast, steady = rules(Limits(fast_stars=1000, fast_velocity=5, steady_stars=7, steady_weeks=1, steady_growth=2))
    assert [fast.holds(a_row(stars=999)), fast.holds(a_row(stars=1000, star_velocity=Decimal(5)))] == [False, True]
    assert steady.holds(a_row(stars=7, weeks_gaining=1, stars_gained_30d=1)) is True
    words = " ".join(condition.words for rule in (fast, steady) for condition in rule.conditions)
    for part in ("1,000 stars or more", "5 % of its stars", "7 stars or more", "in the last week", "2 % of its stars"):
        assert part in words


# -- Words -----------------------------------------------------------------------------------------------------


def test_a_story_tells_every_known_fact_in_plain_sentences():
    assert story(FULL) == (
        "octo/shop is a repository on GitHub, written mainly in Go and created on 2025-09-27. "
        "A render.yaml lies in the root of its default branch and declares 3 services: web 2, postgres 1. "
        "Its README has a Deploy to Render button. "
        "On 2026-11-21 it had 1,328 stars. "
        "In the 7 days up to then it gained 396 stars that it still holds, 29.8 % of its stars. "
        "In the 30 days up to then it gained 500 stars that it still holds, 37.7 % of its stars. "
        "It gained stars in each of the 9 weeks up to then. "
        "The 7 days up to then had 12 commits, 1 closed issue and 3 authors of commits. "
        "By momentum it was number 7 of all repositories ranked that day. "
        f"Source: Trender, run 12, {PAGE}"
    )


def test_a_story_of_which_nothing_is_known_says_so():
    assert story(BARE) == (
        "octo/shop is a repository on GitHub. A render.yaml lies in the root of its default branch. "
        "On 2026-11-21 it had 1,328 stars. "
        "Not known: the main language, the date of creation, the services of its render.yaml, whether its README has a "
        "deploy button, the stars gained in 7 days, the stars gained in 30 days, the weeks in a row with stars gained, "
        "the commits of 7 days, the issues closed in 7 days and the authors of commits in 7 days. "
        f"Source: Trender, run 12, {PAGE}"
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"language": None}, "octo/shop is a repository on GitHub, created on 2025-09-27."),
        ({"created_on": None}, "octo/shop is a repository on GitHub, written mainly in Go."),
        ({"stars": 1}, "On 2026-11-21 it had 1 star."),
        ({"gained_7d": 0, "velocity": Decimal(0)}, "In the 7 days up to then it gained 0 stars that it still holds."),
        ({"velocity": None}, "In the 7 days up to then it gained 396 stars that it still holds."),
        ({"gained_30d": 1}, "In the 30 days up to then it gained 1 star that it still holds, 0.1 % of its stars."),
        ({"services": {}}, "A render.yaml lies in the root of its default branch and declares no service."),
        ({"services": {"web": 1}}, "and declares 1 service: web 1."),
        ({"services": dict.fromkeys("abcdefghi", 1)}, "c 1, d 1, e 1, f 1, g 1, h 1, 1 more type."),
        ({"issues_closed": None}, "The 7 days up to then had 12 commits and 3 authors of commits."),
        ({"commits": 1, "issues_closed": None, "contributors": 1}, "had 1 commit and 1 author of commits."),
        ({"is_demo": True}, "Demo data: this repository is made up. octo/shop is a repository"),
        ({"commits": None}, "Not known: the commits of 7 days."),
        ({"has_button": None}, "Not known: whether its README has a deploy button."),
    ],
)  # fmt: skip
def test_each_fact_has_its_sentence(given, sentence):
    assert sentence in story(replace(FULL, **given))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"has_button": False}, "button"),
        ({"weeks_gaining": 1}, "weeks up to then"),
        ({"weeks_gaining": 0}, "weeks up to then"),
        ({"rank": None}, "By momentum"),
        ({"commits": None, "issues_closed": None, "contributors": None}, "up to then had"),
        ({"gained_7d": None, "velocity": None}, "In the 7 days up to then it gained"),
    ],
)
def test_what_is_unknown_or_says_nothing_has_no_sentence(given, words):
    assert words not in story(replace(FULL, **given)).replace("whether its README has a deploy button", "")


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("octo/a\nb\tc", "octo/a b c is a"),
        ("octo/\u202egnp.exe\u200b", "octo/gnp.exe is a"),
        ("octo/nul\0\ud800", "octo/nul is a"),
        ("octo/" + "x" * 400, "x… is a"),
        ("octo/مرحبا", "octo/مرحبا is a"),
        ("octo/工具😀", "octo/工具😀 is a"),
    ],
)
def test_a_hostile_name_stays_one_line_of_bounded_length(hostile, shown):
    told = story(replace(FULL, full_name=hostile))
    assert shown in told
    assert "\n" not in told
    assert len(told) < 1200


def test_a_files_own_service_types_are_cut_and_cleaned():
    counts = {"web\n\nBuy": 1, "x" * 100: 2, "odd": "3"}
    assert stories.service_numbers(counts) == {"web Buy": 1, "x" * 39 + "…": 2}
    assert stories.service_numbers(None) == {}


@given(st.text(), st.integers(1, 50))
def test_one_line_is_one_line_and_no_longer_than_asked(text, longest):
    line = one_line(text, longest)
    assert len(line) <= longest
    assert line.splitlines() in ([line], [])


@pytest.mark.parametrize(("number", "text"), [(0, "0 stars"), (1, "1 star"), (1500, "1,500 stars")])
def test_a_number_stands_with_its_word(number, text):
    assert many(number, "star") == text


# -- From rows -------------------------------------------------------------------------------------------------


def a_whole_row(**given):
    row = {
        "repo_full_name": "octo/shop",
        "snapshot_date": DAY,
        "execution_id": 12,
        "stars": 1328,
        "language": "Go",
        "created_at": datetime(2025, 9, 27, 23, 59, tzinfo=UTC),
        "stars_gained_7d": 396,
        "star_velocity": Decimal("29.819277"),
        "stars_gained_30d": 500,
        "weeks_gaining": 9,
        "commits_last_7_days": 12,
        "issues_closed_last_7_days": 1,
        "active_contributors": 3,
        "rank_overall": 7,
        "is_demo": False,
    }
    return SimpleNamespace(**row | given)


def a_whole_project(**given):
    facts = {"service_counts": {"web": 2, "postgres": 1}, "service_count": 3, "has_blueprint_button": True}
    return SimpleNamespace(**facts | given)


def test_facts_come_from_the_row_and_the_project():
    assert facts_of(a_whole_row(), a_whole_project(), PAGE) == FULL


def test_services_that_could_not_be_read_are_unknown_and_not_none():
    unread = a_whole_project(service_counts=None, service_count=None, has_blueprint_button=None)
    found = facts_of(a_whole_row(), unread, PAGE)
    assert (found.services, found.has_button) == (None, None)
    assert facts_of(a_whole_row(created_at=None), None, PAGE).created_on is None
