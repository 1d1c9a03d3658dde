from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from dashboard.ranking import LONGEST_DESCRIPTION, badges, entries, movement, share, unknown_words, web_link
from pipeline.models.analytics import TrendingRepo

NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
TODAY = NOW.date()


def row(**given) -> TrendingRepo:
    facts = {
        "repo_full_name": "octo/widget",
        "repo_url": "https://github.com/octo/widget",
        "snapshot_date": TODAY,
        "momentum_score": Decimal(10),
        "unknown_parts": [],
    }
    return TrendingRepo(**facts | given)


def the_entry(**given):
    return entries([row(**given)], NOW, {})[0]


def test_a_row_shows_the_rank_of_its_day():
    assert the_entry(rank_overall=4).rank == 4
    assert the_entry(rank_overall=None).rank is None


def test_a_row_that_is_older_than_the_newest_says_of_which_day_it_is():
    rows = [row(rank_overall=1), row(rank_overall=1, snapshot_date=TODAY - timedelta(days=1))]
    today, yesterday = entries(rows, NOW, {})
    assert "old" not in [badge.kind for badge in today.badges]
    assert [badge.text for badge in yesterday.badges] == ["Of 2026-11-20"]


@pytest.mark.parametrize(
    ("before", "now", "text", "kind"),
    [(5, 2, "▲ 3", "up"), (2, 5, "▼ 3", "down"), (4, 4, "=", "same")],
)
def test_movement_is_told_by_sign_and_number(before, now, text, kind):
    moved = movement(before, now)
    assert (moved.text, moved.kind) == (text, kind)


def test_without_a_rank_of_the_day_before_there_is_no_movement():
    assert movement(None, 1) is None
    assert movement(1, None) is None


def test_the_name_is_split_at_the_last_slash():
    entry = the_entry(repo_full_name="octo/widget")
    assert (entry.owner, entry.name) == ("octo", "widget")


def test_the_link_is_safe_whatever_the_name_is():
    assert the_entry(repo_full_name='octo/a b"?#').href == "/repo/octo/a%20b%22%3F%23/"


def test_a_long_description_is_cut():
    assert len(the_entry(description="w" * 1000).description) == LONGEST_DESCRIPTION


def test_the_line_has_one_point_a_day_and_gaps_where_nothing_is_known():
    gains = {1: {str(TODAY): 5, str(TODAY - timedelta(days=1)): 7}}
    (entry,) = entries([row(github_id=1)], NOW, gains)
    assert "2 of 30 days known" in entry.sparkline.text


def test_without_any_star_day_there_is_no_line():
    assert the_entry(github_id=1).sparkline is None


@pytest.mark.parametrize("url", ["https://github.com/octo/widget", "http://ghe.example/octo/widget"])
def test_addresses_of_the_web_are_links(url):
    assert web_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript://github.com/%0aalert(1)",
        "java\nscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,hello",
        "//github.com/octo/widget",
        "https:",
        "http://[half-an-address",
        "github.com/octo/widget",
        "",
    ],
)
def test_everything_else_is_no_link(url):
    assert web_link(url) is None


@pytest.mark.parametrize(
    ("value", "highest", "expected"),
    [
        (Decimal(5), Decimal(10), 50.0),
        (Decimal(10), Decimal(10), 100.0),
        (Decimal(0), Decimal(10), 0.0),
        (Decimal(0), Decimal(0), 0.0),
        (None, Decimal(10), None),
        (None, None, None),
    ],
)
def test_the_bar_is_the_share_of_the_highest_score(value, highest, expected):
    assert share(value, highest) == expected


def test_new_is_for_sixty_days():
    at_the_edge, too_old = NOW - timedelta(days=60), NOW - timedelta(days=60, seconds=1)
    assert [badge.kind for badge in badges(row(created_at=at_the_edge), NOW)] == ["new"]
    assert badges(row(created_at=too_old), NOW) == []
    assert badges(row(created_at=None), NOW) == []


def test_rising_is_young_and_faster_than_its_month():
    young = {"created_at": NOW - timedelta(days=100), "stars_gained_30d": 300}
    assert [badge.kind for badge in badges(row(stars_gained_7d=80, **young), NOW)] == ["rising"]
    assert badges(row(stars_gained_7d=70, **young), NOW) == []
    assert badges(row(stars_gained_7d=None, **young), NOW) == []


def test_the_render_badge_needs_a_known_yes():
    assert [badge.text for badge in badges(row(uses_render=True), NOW)] == ["Render"]
    assert badges(row(uses_render=None), NOW) == []
    assert badges(row(uses_render=False), NOW) == []


def test_unknown_parts_are_named_in_words():
    (badge,) = badges(row(unknown_parts=["commits_last_7_days", "uses_render"]), NOW)
    assert badge.text == "Partial data: commits and use of Render unknown"


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (["stars_gained_7d"], "stars gained"),
        (["stars_gained_7d", "active_contributors", "created_at"], "stars gained, contributors and creation date"),
        (["something_else"], "something else"),
    ],
)
def test_lists_of_unknown_parts_read_as_sentences_do(parts, words):
    assert unknown_words(parts) == words
