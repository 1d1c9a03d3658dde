"""PostgreSQL keeps a page's queries for as long as the connection lives, and answers them as if it did not."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DataError, connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from dashboard.queries import prepared as module
from dashboard.queries import server_side
from dashboard.queries.prepared import DAY, ID, TEXT, Given, prepared
from dashboard.tests.builders import a_published_run, a_repo, many_repos
from pipeline.models import RepoDay, TrendingRepo

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL keeps them"),
]


@pytest.fixture
def ranks():
    @prepared(first=ID)
    def after(first: Given, number: int = 10) -> QuerySet[Any]:
        rows = TrendingRepo.objects.filter(rank_overall__gt=first, language="Python")
        return rows.order_by("rank_overall").values_list("rank_overall", flat=True)[:number]

    many_repos(a_published_run(), 3)
    server_side.forget_all(connection)  # what other tests have asked for
    return after


def kept_by_the_server() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_prepared_statements WHERE name LIKE 'trender%%'", [])
        return int(cursor.fetchone()[0])


def verbs(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"].split()[0] for query in queries]


def test_a_query_is_kept_once_it_was_asked_often_enough(ranks, settings):
    settings.TRENDER_PREPARE_AFTER = 2
    with CaptureQueriesContext(connection) as queries:
        answers = [ranks(first=first) for first in (0, 1, 2, 0)]
    assert answers == [[1, 2, 3], [2, 3], [3], [1, 2, 3]]
    assert verbs(queries) == ["SELECT", "SELECT", "EXECUTE", "EXECUTE"]
    assert kept_by_the_server() == 1


def test_nothing_is_kept_where_a_pooler_stands_between(ranks, settings):
    settings.TRENDER_PREPARED_STATEMENTS = False
    with CaptureQueriesContext(connection) as queries:
        assert [ranks(first=first) for first in (0, 2)] == [[1, 2, 3], [3]]
    assert verbs(queries) == ["SELECT", "SELECT"]


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_is_told_anew(ranks):
    assert ranks(first=1) == [2, 3]
    connection.close()
    assert ranks(first=1) == [2, 3]
    assert kept_by_the_server() == 1


def test_the_server_forgets_with_us(ranks, monkeypatch):
    monkeypatch.setattr(module, "MOST_KEPT", 2)
    for number in (1, 2, 3, 4, 5):
        assert len(ranks(first=0, number=number)) == min(number, 3)
    assert kept_by_the_server() <= 2


def test_the_oldest_makes_room_on_the_server_and_is_told_anew(ranks, monkeypatch):
    monkeypatch.setattr(server_side, "MOST_PREPARED", 2)
    for number in (1, 2, 3, 1, 3, 2):
        assert len(ranks(first=0, number=number)) == number
    assert kept_by_the_server() == 2


@pytest.mark.parametrize("name", ["100%", "%s", "$1", "it's", "back\\slash", 'a "b"', "größer", "-- x", "{}"])
def test_texts_and_days_stand_for_themselves(name):
    run = a_published_run()
    a_repo(run, "octo/widget", description=name)

    @prepared(day=DAY, name=TEXT)
    def called(day: Given, name: Given, constant: str) -> QuerySet[Any]:
        rows = RepoDay.objects.filter(snapshot_date=day, description=name).filter(description=constant)
        return rows.values_list("description", flat=True)

    for _ in range(2):
        assert called(day=run.snapshot_date, name=name, constant=name) == [name]
        assert called(day=run.snapshot_date - timedelta(days=1), name=name, constant=name) == []
        assert called(day=run.snapshot_date, name="other", constant=name) == []


def test_a_value_the_server_refuses_is_an_error_of_djangos(ranks):
    with pytest.raises(DataError):
        ranks(first=2**63)
