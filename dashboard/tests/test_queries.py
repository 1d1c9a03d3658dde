from decimal import Decimal

import pytest

from dashboard import queries
from dashboard.tests.builders import a_published_run, a_repo, a_run, many_repos, publish
from pipeline.models.runs import WorkflowExecution

pytestmark = pytest.mark.django_db


def names(limit: int = 100) -> list[str]:
    return [row.repo_full_name for row in queries.trending(limit)]


def test_the_highest_momentum_comes_first_then_stars_then_the_name():
    run = a_published_run()
    a_repo(run, "b/same", momentum_score=Decimal(5), stars=9)
    a_repo(run, "B/same", momentum_score=Decimal(5), stars=9)
    a_repo(run, "a/same", momentum_score=Decimal(5), stars=9)
    a_repo(run, "z/more-stars", momentum_score=Decimal(5), stars=10)
    a_repo(run, "z/more-momentum", momentum_score=Decimal("5.000001"), stars=0)
    assert names() == ["z/more-momentum", "z/more-stars", "B/same", "a/same", "b/same"]


def test_an_unknown_momentum_comes_last_even_behind_zero():
    run = a_published_run()
    a_repo(run, "octo/unknown", momentum_score=None, stars=1_000_000)
    a_repo(run, "octo/zero", momentum_score=Decimal(0), stars=1)
    assert names() == ["octo/zero", "octo/unknown"]


def test_no_more_rows_than_asked_for():
    many_repos(a_published_run(), 5)
    assert names(limit=3) == ["octo/widget-001", "octo/widget-002", "octo/widget-003"]
    assert queries.trending_count() == 5


def test_rows_that_are_not_current_are_not_shown():
    run = a_published_run()
    a_repo(run, "octo/now")
    old = a_repo(run, "octo/then")
    type(old).objects.filter(pk=old.pk).update(is_current=False)
    assert names() == ["octo/now"]


def test_before_any_run_there_is_nothing():
    publication = queries.current_publication(limit=100)
    assert (publication.published, publication.rows, publication.total) == (None, [], 0)
    assert queries.last_run() is None


def test_a_run_that_publishes_in_between_makes_the_page_read_again(monkeypatch):
    first = a_published_run()
    a_repo(first, "octo/first")
    count = queries.trending_count

    def publishes_once() -> int:
        if WorkflowExecution.objects.count() == 1:
            second = a_run()
            a_repo(second, "octo/second")
            publish(second)
        return count()

    monkeypatch.setattr(queries, "trending_count", publishes_once)
    publication = queries.current_publication(limit=100)
    assert publication.published.execution_id != first.execution_id
    assert [row.repo_full_name for row in publication.rows] == ["octo/first", "octo/second"]


def test_the_last_run_is_the_newest_that_did_something():
    a_run(status="success")
    failed = a_run(status="failed")
    a_run(status="skipped")
    assert queries.last_run() == failed
