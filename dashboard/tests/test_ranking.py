from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from dashboard.ranking import badges, entries, share, unknown_words, web_link
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


def test_rows_of_one_day_show_their_stored_rank():
    assert [entry.rank for entry in entries([row(rank_overall=4), row(rank_overall=9)], NOW)] == [4, 9]


def test_rows_of_different_days_show_their_position():
    rows = [row(rank_overall=1), row(rank_overall=1, snapshot_date=TODAY - timedelta(days=1))]
    assert [entry.rank for entry in entries(rows, NOW)] == [1, 2]


def test_where_one_row_has_no_stored_rank_all_show_their_position():
    assert [entry.rank for entry in entries([row(rank_overall=7), row(rank_overall=None)], NOW)] == [1, 2]


def test_the_name_is_split_at_the_last_slash():
    (entry,) = entries([row(repo_full_name="octo/widget")], NOW)
    assert (entry.owner, entry.name) == ("octo", "widget")
    (entry,) = entries([row(repo_full_name="widget")], NOW)
    assert (entry.owner, entry.name) == ("", "widget")


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
