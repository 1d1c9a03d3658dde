import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone
from django_q.models import Schedule

from dashboard.filters import Filters
from dashboard.queries import ranking
from dashboard.queries.languages import coverage
from dashboard.queries.moment import one_moment
from dashboard.queries.publication import HOURLY_RUN, next_run_at, publication
from dashboard.ranking import YOUNG
from dashboard.tests.builders import a_published_run, a_repo, a_run, many_repos, publish, the_day_before
from pipeline.models import LanguageDayFact, LanguageDim, RepoSnapshot, StarDay

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def names(filters: Filters | None = None, *, is_of_one_day: bool = False, language: str | None = None) -> list[str]:
    chosen = filters or Filters()
    rows = ranking.ordered(ranking.narrowed(chosen, language), chosen, is_of_one_day=is_of_one_day)
    return [row.repo_full_name for row in rows]


def test_the_highest_momentum_comes_first_then_stars_then_the_name():
    run = a_published_run()
    a_repo(run, "b/same", momentum_score=Decimal(5), stars=9)
    a_repo(run, "B/same", momentum_score=Decimal(5), stars=9)
    a_repo(run, "a/same", momentum_score=Decimal(5), stars=9)
    a_repo(run, "z/more-stars", momentum_score=Decimal(5), stars=10)
    a_repo(run, "z/more-momentum", momentum_score=Decimal("5.000001"), stars=0)
    assert names() == ["z/more-momentum", "z/more-stars", "B/same", "a/same", "b/same"]


def test_rows_of_one_day_come_by_their_stored_rank():
    run = a_published_run()
    a_repo(run, "octo/second", rank_overall=2)
    a_repo(run, "octo/first", rank_overall=1)
    assert names(is_of_one_day=True) == ["octo/first", "octo/second"]


@pytest.mark.parametrize("sort", [*ranking.SORT_NAMES, *(f"-{name}" for name in ranking.SORT_NAMES)])
def test_what_is_unknown_comes_last_whichever_way_it_is_sorted(sort):
    run = a_published_run()
    known = {"star_velocity": 1, "activity_score": 1, "commits_last_7_days": 1, "issues_closed_last_7_days": 1}
    a_repo(run, "octo/known", active_contributors=1, **known)
    a_repo(run, "octo/mystery", momentum_score=None, forks=None, stars_gained_7d=None, created_at=None, stars=0)
    found = names(Filters(sort=sort))
    if sort in ("stars", "name"):
        assert found == ["octo/known", "octo/mystery"]
    elif sort not in ("-stars", "-name"):
        assert found[-1] == "octo/mystery"


def test_a_reversed_order_is_the_other_way_round():
    run = a_published_run()
    a_repo(run, "octo/few", stars=1)
    a_repo(run, "octo/many", stars=2)
    assert names(Filters(sort="stars")) == ["octo/many", "octo/few"]
    assert names(Filters(sort="-stars")) == ["octo/few", "octo/many"]


@pytest.mark.parametrize(("window", "first"), [("24h", "day"), ("7d", "week"), ("30d", "month")])
def test_the_gain_is_that_of_the_window(window, first):
    run = a_published_run()
    a_repo(run, "octo/day", stars_gained_24h=9, stars_gained_7d=1, stars_gained_30d=1)
    a_repo(run, "octo/week", stars_gained_24h=1, stars_gained_7d=9, stars_gained_30d=1)
    a_repo(run, "octo/month", stars_gained_24h=1, stars_gained_7d=1, stars_gained_30d=9)
    assert names(Filters(sort="gain", window=window))[0] == f"octo/{first}"


def test_filters_leave_out_what_does_not_match():
    run = a_published_run()
    a_repo(run, "octo/snake", uses_render=True, description="Hunts")
    a_repo(run, "octo/gopher", language="Go", uses_render=None, description="Digs for snakes")
    a_repo(run, "octo/other", description=None)
    assert names(language="Go") == ["octo/gopher"]
    assert names(Filters(render=True)) == ["octo/snake"]
    assert sorted(names(Filters(q="SNAKE"))) == ["octo/gopher", "octo/snake"]
    assert names(Filters(q="100%_")) == []


def test_a_day_of_the_past_shows_its_own_rows():
    run = a_published_run()
    now = a_repo(run, "octo/widget")
    yesterday = the_day_before(now.snapshot_date)
    a_day_of(now, yesterday, stars=7)
    (row,) = ranking.narrowed(Filters(at=yesterday), None)
    assert (row.stars, row.snapshot_date) == (7, yesterday)


def test_the_previous_rank_is_that_of_the_day_before():
    run = a_published_run()
    now = a_repo(run, "octo/widget", rank_overall=1)
    a_day_of(now, now.snapshot_date - timedelta(days=2), rank_overall=9)
    a_day_of(now, the_day_before(now.snapshot_date), rank_overall=4)
    (row,) = ranking.with_previous_rank(ranking.ranked_repos(), now.snapshot_date - timedelta(days=7))
    assert row.previous_rank == 4


def test_a_rank_of_long_ago_is_no_previous_one():
    run = a_published_run()
    now = a_repo(run, "octo/widget", rank_overall=1)
    a_day_of(now, now.snapshot_date - timedelta(days=8), rank_overall=9)
    (row,) = ranking.with_previous_rank(ranking.ranked_repos(), now.snapshot_date - timedelta(days=7))
    assert row.previous_rank is None


def test_rising_is_young_and_faster_than_its_month():
    run = a_published_run()
    young = {"created_at": NOW - timedelta(days=100)}
    a_repo(run, "octo/rises", stars_gained_7d=80, stars_gained_30d=300, **young)
    a_repo(run, "octo/keeps-pace", stars_gained_7d=70, stars_gained_30d=300, **young)
    a_repo(run, "octo/hardly", stars_gained_7d=9, stars_gained_30d=9, **young)
    a_repo(run, "octo/old", stars_gained_7d=80, stars_gained_30d=300, created_at=NOW - timedelta(days=200))
    a_repo(run, "octo/unknown", stars_gained_7d=80, stars_gained_30d=None, **young)
    assert [row.repo_full_name for row in ranking.rising(ranking.ranked_repos(), NOW - YOUNG)] == ["octo/rises"]


def test_steady_is_a_gain_in_each_of_eight_weeks():
    run = a_published_run()
    a_repo(run, "octo/steady", weeks_gaining=8)
    a_repo(run, "octo/nearly", weeks_gaining=7)
    a_repo(run, "octo/unknown", weeks_gaining=None)
    assert [row.repo_full_name for row in ranking.steady(ranking.ranked_repos())] == ["octo/steady"]


def test_several_cuts_of_a_list_are_read_at_once():
    many_repos(a_published_run(), 6)
    rows = ranking.ordered(ranking.ranked_repos(), Filters(), is_of_one_day=True)
    found = ranking.any_of(rows, [rows.filter(rank_overall__gt=4)[:1], rows[:2]])
    assert [row.rank_overall for row in found] == [1, 2, 5]


def test_star_days_reach_back_as_many_days_as_asked_for():
    today = NOW.date()
    for back in range(4):
        StarDay.objects.create(github_id=1, day=today - timedelta(days=back), stars_gained=back)
    days = ranking.star_days([1], today - timedelta(days=1), days=2)
    assert days == {1: {str(today - timedelta(days=1)): 1, str(today - timedelta(days=2)): 2}}


def test_rows_that_are_not_current_are_not_shown():
    run = a_published_run()
    a_repo(run, "octo/now")
    old = a_repo(run, "octo/then")
    type(old).objects.filter(pk=old.pk).update(is_current=False)
    assert names() == ["octo/now"]


def test_before_any_run_there_is_nothing():
    seen = publication()
    assert (seen.published, seen.last_run, seen.streams, seen.next_run_at) == (None, None, [], None)
    assert coverage().languages == {}


def test_the_last_run_is_the_newest_that_did_something():
    a_run(status="success")
    failed = a_run(status="failed")
    a_run(status="skipped")
    assert publication().last_run == failed


def test_the_published_run_is_known_beside_a_later_one():
    first = a_published_run()
    later = a_run(status="running")
    seen = publication()
    assert seen.published.execution == first
    assert seen.published.published_at == first.execution_date
    assert seen.last_run == later


def test_the_languages_are_those_ever_ranked_the_largest_first():
    LanguageDim.objects.all().delete()
    for name, repositories in (("Go", 5), ("C++", 1), ("Python", 9)):
        language = LanguageDim.objects.create(language_name=name, language_category="x", ecosystem_size="x")
        LanguageDayFact.objects.create(
            language=language, snapshot_date=NOW.date(), repositories=repositories, render_repositories=0, stars=1
        )
    assert coverage().languages == {"python": "Python", "go": "Go", "c-plus-plus": "C++"}
    assert coverage().first_day == coverage().last_day == NOW.date()


def test_the_next_run_is_that_of_the_schedule():
    assert next_run_at() is None
    Schedule.objects.create(func=HOURLY_RUN, schedule_type=Schedule.HOURLY, next_run=NOW, repeats=-1)
    Schedule.objects.create(func="pipeline.tasks.other", schedule_type=Schedule.HOURLY, next_run=NOW)
    assert next_run_at() == NOW


@pytest.mark.skipif(connection.vendor == "sqlite", reason="a database in memory locks its tables for readers too")
@pytest.mark.django_db(transaction=True)
def test_a_run_that_publishes_in_between_is_not_seen_by_a_page_that_has_begun():
    a_repo(a_published_run(), "octo/first")

    def publishes() -> None:
        run = a_run()
        a_repo(run, "octo/second", github_id=99)
        publish(run)
        connection.close()

    with one_moment():
        before = publication().published.execution_id
        thread = threading.Thread(target=publishes)
        thread.start()
        thread.join()
        assert publication().published.execution_id == before
        assert names() == ["octo/first"]
    assert sorted(names()) == ["octo/first", "octo/second"]


def a_day_of(now: RepoSnapshot, day, **given) -> RepoSnapshot:
    """An earlier day of a repository that has a current row."""
    earlier = RepoSnapshot.objects.get(pk=now.pk)
    earlier.pk, earlier.snapshot_date, earlier.is_current = None, day, False
    for name, value in given.items():
        setattr(earlier, name, value)
    earlier.save(force_insert=True)
    return earlier
