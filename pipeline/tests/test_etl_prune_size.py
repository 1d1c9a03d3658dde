"""Payloads beyond the room they may take go, the oldest first, and a rebuild still finds what it needs."""

from datetime import timedelta

import pytest

from pipeline.etl import prune_size
from pipeline.etl.prune_size import PAYLOADS, payload_bytes, prune_raw_to
from pipeline.models import RawGithubRepo, RawRepoMetric, RepoSnapshot
from pipeline.tests.builders import NOW, Warehouse, commits, rest_item

pytestmark = pytest.mark.usefixtures("warehouse_holds")


def a_few_days(days: int = 5) -> None:
    """One repository that changes every day, and one that was met on the first day only."""
    warehouse = Warehouse()
    for day in range(days, 0, -1):
        now = NOW - timedelta(days=day)
        items = [rest_item(1, stars=1000 + day), *([rest_item(2, "a/gone")] if day == days else [])]
        warehouse.publish(items, {1: {"commits": commits(day, now=now)}}, now=now)


def total() -> int:
    return sum(payload_bytes(model) for model in PAYLOADS)


def ages(model: type) -> list[int]:
    return sorted((NOW - moment).days for moment in model.objects.values_list("last_seen_at", flat=True))


def test_nothing_goes_while_there_is_room():
    a_few_days()
    assert prune_raw_to(total()) == {"raw_github_repos": 0, "raw_repo_metrics": 0}
    assert ages(RawGithubRepo) == [1, 2, 3, 4, 5, 5]


def test_an_empty_table_takes_no_room():
    assert total() == 0
    assert prune_raw_to(0) == {"raw_github_repos": 0, "raw_repo_metrics": 0}


def test_the_oldest_of_both_tables_go_until_the_rest_has_room():
    a_few_days()
    limit = total() // 2
    deleted = prune_raw_to(limit)
    assert total() <= limit
    assert all(rows > 0 for rows in deleted.values())
    for model in PAYLOADS:
        kept = [age for age in ages(model) if age < 5]
        assert kept == list(range(1, len(kept) + 1)), "what is left is the newest"


def test_the_newest_of_a_repository_stays_whatever_room_there_is():
    a_few_days()
    snapshots = RepoSnapshot.objects.count()
    prune_raw_to(0)
    assert sorted(RawGithubRepo.objects.values_list("github_id", flat=True)) == [1, 2]
    assert ages(RawRepoMetric) == [1]
    assert RepoSnapshot.objects.count() == snapshots


def test_many_rows_go_in_batches(monkeypatch):
    monkeypatch.setattr(prune_size, "BATCH", 3)
    a_few_days(8)
    assert prune_raw_to(0) == {"raw_github_repos": 7, "raw_repo_metrics": 7}
