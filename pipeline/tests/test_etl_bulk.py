"""Rows written in one go: what each database stores of every kind of field, and what happens to a row that is there."""

import gc
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from pipeline.etl import bulk
from pipeline.etl.batches import without_cycle_search
from pipeline.models import RenderEnrichment, StagedRepo, StarDay
from pipeline.tests.builders import NOW, Warehouse

TODAY = date(2026, 11, 21)


def row(github_id: int = 1, **changes: Any) -> dict[str, Any]:
    """A staging row of the newest execution, which is made for it."""
    values = {
        "github_id": github_id,
        "repo_full_name": f"acme/tool-{github_id}",
        "repo_url": "https://github.com/acme/tool",
        "description": "tab\tline\nback\\slash \\N 'quote' 漢 \U0001f600",
        "stars": 2**31 - 1,
        "forks": None,
        "created_at": datetime(2025, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
        "uses_render": True,
        "topics": ["a", 'b"c', None, {"d": 1.5}],
        "star_days": None,
        "unknown_fields": [],
        "data_quality_score": Decimal("0.90"),
        "stream": "go",
        "loaded_at": NOW,
        "execution_id": Warehouse().execution(NOW).pk,
    }
    return values | changes


@pytest.mark.django_db
def test_every_value_comes_back_as_it_was() -> None:
    wanted = row()
    bulk.upsert(StagedRepo, "github_id", [wanted])
    found = StagedRepo.objects.get()
    assert {name: getattr(found, name) for name in wanted} == wanted


@pytest.mark.django_db
def test_a_missing_json_value_is_null_and_no_json_null() -> None:
    bulk.upsert(StagedRepo, "github_id", [row()])
    assert StagedRepo.objects.filter(star_days__isnull=True).count() == 1


@pytest.mark.django_db
def test_a_row_that_is_there_keeps_its_place_and_takes_on_the_new_values() -> None:
    bulk.upsert(StagedRepo, "github_id", [row(1), row(2)])
    before = StagedRepo.objects.get(github_id=1)
    bulk.upsert(StagedRepo, "github_id", [row(1, stars=7, description=None), row(3)])
    after = StagedRepo.objects.get(github_id=1)
    assert (after.pk, after.stars, after.description) == (before.pk, 7, None)
    assert set(StagedRepo.objects.values_list("github_id", flat=True)) == {1, 2, 3}


@pytest.mark.django_db
def test_a_key_may_have_another_name_in_the_database_than_in_python() -> None:
    bulk.upsert(StagedRepo, "github_id", [row()])
    values = {
        "repo_id": 1, "repo_full_name": "acme/tool", "render_category": "community", "render_services": [],
        "service_counts": {"web": 1}, "connections": [], "env_groups": [], "loaded_at": NOW,
    }  # fmt: skip
    for count in (1, 2):
        bulk.upsert(RenderEnrichment, "repo_id", [values | {"service_count": count}])
    assert list(RenderEnrichment.objects.values_list("repo_id", "service_count")) == [(1, 2)]


@pytest.mark.django_db
@pytest.mark.parametrize("write", [bulk.insert, lambda model, rows: bulk.upsert(model, "github_id", rows)])
def test_no_rows_need_no_statement(write: Any) -> None:
    with CaptureQueriesContext(connection) as queries:
        write(StagedRepo, [])
    assert len(queries) == 0


@pytest.mark.django_db
def test_an_insert_of_what_is_there_is_an_error_as_from_any_model() -> None:
    day = {"github_id": 1, "day": TODAY, "stars_gained": 3}
    bulk.insert(StarDay, [day])
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(StarDay, [day])
    assert StarDay.objects.get().stars_gained == 3


@pytest.mark.django_db
def test_several_upserts_in_one_transaction_do_not_mix_their_rows() -> None:
    bulk.upsert(StagedRepo, "github_id", [row(1, stars=1), row(2, stars=2)])
    StagedRepo.objects.filter(github_id=1).delete()
    bulk.upsert(StagedRepo, "github_id", [row(3, stars=3)])
    assert dict(StagedRepo.objects.values_list("github_id", "stars")) == {2: 2, 3: 3}


@pytest.mark.django_db(transaction=True)
def test_quick_compression_ends_with_the_transaction() -> None:
    def method() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT setting, enumvals FROM pg_settings WHERE name = 'default_toast_compression'")
            setting, known = cursor.fetchone() or ("", [])
        return setting if "lz4" in known else "lz4 is not known"

    if connection.vendor != "postgresql":
        with CaptureQueriesContext(connection) as queries:
            bulk.compress_quickly()
        assert not len(queries)
        return
    before = method()
    with transaction.atomic():
        bulk.compress_quickly()
        assert method() in ("lz4", "lz4 is not known")
    assert method() == before


@pytest.mark.django_db
def test_many_rows_need_as_many_statements_as_few() -> None:
    counts = []
    for last in (10, 1000):
        rows = [{"github_id": last, "day": date.fromordinal(700_000 + n), "stars_gained": n} for n in range(last)]
        with CaptureQueriesContext(connection) as queries:
            bulk.insert(StarDay, rows)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 1
    assert StarDay.objects.count() == 1010


def test_cycles_are_searched_for_again_afterwards_whatever_happens() -> None:
    found = []

    @without_cycle_search()
    def fail() -> None:
        found.append(gc.isenabled())
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        fail()
    assert [*found, gc.isenabled()] == [False, True]


def test_who_had_turned_the_search_off_finds_it_off() -> None:
    gc.disable()
    try:
        with without_cycle_search():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
