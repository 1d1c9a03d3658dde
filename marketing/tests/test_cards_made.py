"""The week's cards: whose they are, that they are kept with their run, and that making them again replaces them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from dashboard.tests.builders import a_past_repo, a_project, a_published_run, a_run, publish, star_days_of
from marketing.assets import NOBODY, make_weekly_cards, weekly_facts
from marketing.models import MarketingAsset

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def the_clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def run():
    return a_published_run(("python", "render"), execution_date=NOW)


def names() -> list[str]:
    return [facts.name for facts in weekly_facts()]


# -- Whose cards -----------------------------------------------------------------------------------------------


def test_the_five_that_gained_the_most_stars_are_chosen(run):
    for number in range(1, 8):
        a_project(run, f"octo/shop-{number}", stars_gained_7d=number * 10)
    assert names() == ["shop-7", "shop-6", "shop-5", "shop-4", "shop-3"]
    assert [facts.place for facts in weekly_facts()] == [1, 2, 3, 4, 5]


def test_blueprints_are_of_the_community_official_and_employee_repositories_are_not(run):
    for category in ("community", "blueprint", "official", "employee"):
        a_project(run, f"octo/{category}", category)
    assert sorted(names()) == ["blueprint", "community"]


def test_who_gained_nothing_or_nobody_knows_how_much_is_not_chosen(run):
    a_project(run, "octo/still", stars_gained_7d=0)
    a_project(run, "octo/unknown", stars_gained_7d=None)
    assert names() == []


def test_it_is_said_of_how_many_they_are_the_first(run):
    for number in range(7):
        a_project(run, f"octo/shop-{number}", stars_gained_7d=number)
    a_project(run, "octo/unknown", stars_gained_7d=None)
    assert {facts.among for facts in weekly_facts()} == {7}
    assert weekly_facts()[0].place_words == "Most of 7 community projects on Render"


def test_the_only_one_is_not_called_the_first(run):
    a_project(run)
    assert [facts.place_words for facts in weekly_facts()] == [""]


def test_a_render_yaml_is_needed(run):
    a_project(run, "octo/without", uses_render=False)
    a_project(run, "octo/perhaps", uses_render=None)
    assert names() == []


def test_the_same_gain_goes_by_momentum_then_stars_then_name(run):
    a_project(run, "octo/b", momentum_score=Decimal(1), stars=5)
    a_project(run, "octo/a", momentum_score=Decimal(1), stars=5)
    a_project(run, "octo/more-stars", momentum_score=Decimal(1), stars=9)
    a_project(run, "octo/more-momentum", momentum_score=Decimal(2), stars=1)
    a_project(run, "octo/unknown", momentum_score=None, stars=99)
    assert names() == ["more-momentum", "more-stars", "a", "b", "unknown"]


def test_where_the_ecosystem_was_not_read_its_last_day_counts():
    yesterday = a_run(execution_date=NOW - timedelta(days=1))
    a_past_repo(yesterday, "octo/shop", uses_render=True, render_category="community", stars_gained_7d=50)
    publish(yesterday, ("python", "render"))
    today = a_published_run(("python",), execution_date=NOW)
    a_project(today, "octo/of-another-stream", stream="python")
    assert names() == ["shop"]
    assert weekly_facts()[0].day == date(2026, 11, 20)


# -- What is kept ----------------------------------------------------------------------------------------------


def test_each_has_a_picture_of_each_shape_and_theme_with_the_run_it_came_from(run):
    for number in range(6):
        star_days_of(a_project(run, f"octo/shop-{number}", stars_gained_7d=number + 1), [1, 2, 3])
    said = make_weekly_cards(NOW)
    assert said == f"20 cards of 5 community projects were made from run {run.execution_id} of 2026-11-21."
    kept = MarketingAsset.objects.all()
    assert len({(each.github_id, each.asset_type, each.theme) for each in kept}) == 20
    assert {(each.execution_id, each.snapshot_date, each.created_at) for each in kept} == {
        (run.execution_id, TODAY, NOW)
    }
    assert all(bytes(each.image).startswith(b"\x89PNG") for each in kept)
    assert kept.get(repo_full_name="octo/shop-5", asset_type="card_wide", theme="dark").alt_text.startswith(
        "Card of the GitHub repository octo/shop-5. Turns things into other things. +6 stars gained in the 7 days to "
        "2026-11-21, most of 6 community projects on Render."
    )


def test_making_them_again_the_same_day_keeps_their_addresses_and_shows_the_newer_run(run):
    a_project(run)
    make_weekly_cards(NOW)
    before = set(MarketingAsset.objects.values_list("pk", flat=True))
    make_weekly_cards(LATER)
    assert set(MarketingAsset.objects.values_list("pk", flat=True)) == before
    assert set(MarketingAsset.objects.values_list("created_at", flat=True)) == {LATER}


def test_who_is_no_longer_among_the_five_of_the_day_has_no_card_of_it(run):
    a_project(run, "octo/first", stars_gained_7d=5)
    make_weekly_cards(NOW)
    for number in range(5):
        a_project(run, f"octo/later-{number}", stars_gained_7d=10)
    make_weekly_cards(LATER)
    assert MarketingAsset.objects.count() == 20
    assert not MarketingAsset.objects.filter(repo_full_name="octo/first").exists()


def test_the_cards_of_earlier_days_stay(run):
    a_project(run)
    make_weekly_cards(NOW)
    MarketingAsset.objects.update(snapshot_date=TODAY - timedelta(days=7))
    make_weekly_cards(NOW)
    assert MarketingAsset.objects.count() == 8


def test_without_anybody_to_show_nothing_is_made_and_nothing_lost(run):
    shop = a_project(run)
    make_weekly_cards(NOW)
    shop.stars_gained_7d = None
    shop.save()
    assert make_weekly_cards(LATER) == NOBODY
    assert MarketingAsset.objects.count() == 4


def test_before_the_first_run_nothing_is_made():
    assert make_weekly_cards(NOW) == NOBODY
