"""Prepared queries say what their query sets say, with the values of each call, and write their SQL once."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.sql.compiler import SQLCompiler

from dashboard.filters import Filters
from dashboard.queries import prepared as module
from dashboard.queries import ranking
from dashboard.queries.prepared import DAY, ID, IDS, TEXT, Given, prepared
from dashboard.tests.builders import a_published_run, a_repo, many_repos
from pipeline.models import PublishedRun, RepoDay, TrendingRepo, WorkflowExecution

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def ranks(given: dict[str, Any] | None = None) -> QuerySet[Any]:
    return TrendingRepo.objects.filter(**given or {}).order_by("rank_overall")


@pytest.fixture
def compiled(monkeypatch):
    """Grows by one for each query that Django writes."""
    written = []
    write = SQLCompiler.as_sql
    monkeypatch.setattr(
        SQLCompiler, "as_sql", lambda self, *args, **more: written.append(self.query) or write(self, *args, **more)
    )
    return written


def test_instances_are_those_of_the_query_set():
    run = a_published_run(error_details=[{"stream": "go"}], success_rate=Decimal("98.5"))
    published = PublishedRun.objects.filter(execution_id=OuterRef("pk")).values("published_at")

    def build() -> QuerySet[Any]:
        return WorkflowExecution.objects.defer("notes").annotate(at=Subquery(published))

    (found,) = prepared()(build)()
    (same,) = build()
    assert found == same == run
    assert (found.error_details, found.success_rate, found.execution_date) == (
        same.error_details,
        same.success_rate,
        same.execution_date,
    )
    assert found.at == same.at
    assert found.get_deferred_fields() == {"notes"}


def test_plain_rows_named_rows_and_single_values_are_those_of_the_query_set():
    many_repos(a_published_run(), 3)
    for change in (
        lambda rows: rows.values_list("momentum_score", "snapshot_date", "unknown_parts"),
        lambda rows: rows.annotate(twice=F("stars") * 2).values_list("repo_full_name", "twice", "stars", named=True),
        lambda rows: rows.values_list("momentum_score", flat=True),
    ):
        found, same = prepared()(lambda change=change: change(ranks()))(), list(change(ranks()))
        assert found == same
        assert [getattr(row, "_fields", ()) for row in found] == [getattr(row, "_fields", ()) for row in same]


def test_each_call_asks_with_its_own_values_and_the_text_is_written_once(compiled):
    many_repos(a_published_run(), 3)

    @prepared(first=ID, name=TEXT)
    def after(first: Given, name: Given, number: int) -> QuerySet[Any]:
        rows = ranks().filter(rank_overall__gt=first, repo_full_name__contains=name)
        return rows.values_list("rank_overall", flat=True)[:number]

    assert after(first=0, name="widget", number=2) == [1, 2]
    compiled.clear()
    assert after(first=1, name="widget", number=2) == [2, 3]
    assert after(first=0, name="%", number=2) == []
    assert not compiled
    assert after(first=0, name="widget", number=1) == [1]
    assert len(compiled) == 1


def test_none_shapes_the_query():
    run = a_published_run()
    a_repo(run, "octo/one", language="Go")
    a_repo(run, "octo/two", language=None)

    @prepared(language=TEXT)
    def of_language(language: Given) -> QuerySet[Any]:
        rows = TrendingRepo.objects.all()
        return (rows.filter(language=language) if language else rows).values_list("repo_full_name", flat=True)

    assert of_language(language="Go") == ["octo/one"]
    assert sorted(of_language(language=None)) == ["octo/one", "octo/two"]


@pytest.mark.parametrize("wanted", [[], [2], [1, 3], [3, 1, 3, 99, -1], list(range(5000))])
def test_any_number_of_ids_is_one_value(wanted, compiled):
    many_repos(a_published_run(), 3)
    ids = list(TrendingRepo.objects.order_by("rank_overall").values_list("github_id", flat=True))
    wanted = [ids[number - 1] if 1 <= number <= 3 else number for number in wanted]

    @prepared(ids=IDS)
    def among(ids: Given) -> QuerySet[Any]:
        return TrendingRepo.objects.filter(github_id__among=ids).values_list("github_id", flat=True)

    assert sorted(among(ids=[])) == []
    compiled.clear()
    assert sorted(among(ids=wanted)) == sorted({*wanted} & {*ids})
    assert not compiled


def test_a_day_is_found_as_a_day():
    run = a_published_run()
    a_repo(run)

    @prepared(day=DAY)
    def of_day(day: Given) -> QuerySet[Any]:
        return RepoDay.objects.filter(snapshot_date=day).values_list("snapshot_date", flat=True)

    assert of_day(day=run.snapshot_date) == [run.snapshot_date]
    assert of_day(day=date(2020, 1, 1)) == []


def test_no_more_texts_are_kept_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(module, "MOST_KEPT", 2)
    many_repos(a_published_run(), 3)

    @prepared()
    def first(number: int) -> QuerySet[Any]:
        return ranks().values_list("rank_overall", flat=True)[:number]

    assert [len(first(number=number)) for number in (1, 2, 3, 1)] == [1, 2, 3, 1]
    assert len(module._kept[connections["default"]]) <= 2


@pytest.mark.parametrize("sort", [*ranking.SORT_NAMES, *(f"-{name}" for name in ranking.SORT_NAMES)])
def test_a_page_holds_the_rows_that_the_whole_list_has_there(sort):
    run = a_published_run()
    for number in range(1, 8):
        a_repo(run, f"octo/w-{number % 4}{number}", rank_overall=number, stars=number % 3, stars_gained_7d=number % 2)
    filters, since = Filters(sort=sort), run.snapshot_date - WEEK
    for is_of_one_day in (True, False):
        rows = ranking.ordered(ranking.narrowed(filters, None), filters, is_of_one_day=is_of_one_day)
        whole = [row.snapshot_id for row in rows]
        pages = [
            ranking.page_of(filters, None, since, page, is_of_one_day=is_of_one_day, size=3) for page in (1, 2, 3, 4)
        ]
        assert [row.snapshot_id for page in pages for row in page] == whole


@pytest.mark.parametrize(
    "q", ["%", "_", "\\", "W-", "things%", "'; --", "BACK\\SL", "Größe", "größe", "größe s", "small s"]
)
def test_what_is_searched_for_stands_for_itself(q):
    run = a_published_run()
    a_repo(run, "octo/w-1")
    a_repo(run, "octo/50%_off", description="back\\slash")
    a_repo(run, "octo/w-2", description="Größe SMALL ſ")
    filters = Filters(q=q)
    wanted = {row.repo_full_name for row in ranking.narrowed(filters, None)}
    rows = ranking.page_of(filters, None, run.snapshot_date - WEEK, 1, is_of_one_day=True)
    assert {row.repo_full_name for row in rows} == wanted
    assert ranking.found(filters, None, is_of_one_day=True).total == len(wanted)
