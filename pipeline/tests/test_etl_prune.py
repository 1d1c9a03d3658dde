"""Pruning keeps what a rebuild needs."""

from datetime import timedelta

import pytest

from pipeline.etl.prune import prune_raw
from pipeline.models import RawGithubRepo, RawRepoMetric, RepoSnapshot
from pipeline.tests.builders import NOW, Warehouse, commits, rest_item

pytestmark = pytest.mark.usefixtures("warehouse_holds")


def test_old_payloads_go_and_the_newest_of_each_repository_stays() -> None:
    warehouse = Warehouse()
    for day in (30, 20, 0):
        now = NOW - timedelta(days=day)
        items = [rest_item(1, stars=1000 - day), *([rest_item(2, "a/gone")] if day == 30 else [])]
        warehouse.publish(items, {1: {"commits": commits(day + 1, now=now)}}, now=now)

    assert prune_raw(NOW - timedelta(days=14)) == {
        "raw_github_repos": 2,
        "raw_repo_metrics": 2,
        "raw_stream_memberships": 0,
    }
    assert {row.github_id for row in RawGithubRepo.objects.all()} == {1, 2}
    assert RawRepoMetric.objects.get().metric_data["total"] == 1
    assert RepoSnapshot.objects.count() == 4


def test_a_payload_that_github_still_sends_unchanged_is_not_old() -> None:
    warehouse = Warehouse()
    for day in (30, 0):
        warehouse.publish([rest_item()], now=NOW - timedelta(days=day))
    prune_raw(NOW - timedelta(days=14))
    assert RawGithubRepo.objects.get().fetch_timestamp == NOW - timedelta(days=30)
