"""The budget that workers share: what one spends is gone for all, and a pause holds back all."""

import time

import pytest

from pipeline.fanout.budget import SharedBudget, digest
from pipeline.github import budget as limits
from pipeline.github.errors import BudgetExhausted
from pipeline.models import GitHubAllowance, GitHubRequest

TOKEN = "ghp_shared_between_workers"
pytestmark = pytest.mark.django_db


def two() -> tuple[SharedBudget, SharedBudget]:
    return SharedBudget((TOKEN,)), SharedBudget((TOKEN,))


def headers(remaining: int, limit: int = 5000, resource: str = "core", reset: float = 3000) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": str(int(time.time() + reset)),
        "X-RateLimit-Resource": resource,
    }


def test_what_one_worker_learns_the_other_knows() -> None:
    one, other = two()
    with one.spend("core") as grant:
        one.learn(grant, headers(4000))
    assert other.free("core") == 4000 - limits.KEEP_IN_HAND


def test_requests_that_github_said_nothing_of_count_as_well() -> None:
    one, other = two()
    for _ in range(3):
        with one.spend("core"):
            pass
    assert other.free("core") == 5000 - 3 - limits.KEEP_IN_HAND


def test_requests_under_way_are_taken_off_for_all() -> None:
    one, other = two()
    with one.spend("core"), one.spend("core"):
        assert other.free("core") == 5000 - 2 - limits.KEEP_IN_HAND


def test_graphql_time_is_one_account() -> None:
    one, other = two()
    before = other.graphql_seconds_left()
    with one.spend("graphql", estimate=20.0):
        assert other.graphql_seconds_left() == pytest.approx(before - 20.0, abs=0.5)
    assert other.graphql_seconds_left() > before - 1


def test_a_request_waits_for_its_turn_in_the_common_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = two()
    now = time.time()
    almost = limits.GRAPHQL_SECONDS_A_MINUTE - 0.5
    GitHubRequest.objects.create(
        token_digest=digest(TOKEN), resource="graphql", sent_at=now - 59, ended_at=now - 58.5, seconds=almost
    )
    waited: list[float] = []
    monkeypatch.setattr(other, "tick", lambda: waited.append(time.time()))
    with other.spend("graphql", estimate=2.0):
        assert time.time() - now >= 1.0
    assert len(waited) >= 2
    assert one.graphql_seconds_left() > 40


def test_a_pause_holds_back_all() -> None:
    one, other = two()
    other.longest_wait = 5
    one.pause(60)
    with pytest.raises(BudgetExhausted), other.spend("core"):
        raise AssertionError("nothing may be sent")


def test_a_used_up_token_is_used_up_for_all() -> None:
    one, other = two()
    other.longest_wait = 5
    with one.spend("core") as grant:
        one.use_up(grant, 600)
    with pytest.raises(BudgetExhausted), other.spend("core"):
        raise AssertionError("nothing may be sent")


def test_a_worker_that_died_holds_nothing_back_after_a_minute() -> None:
    GitHubRequest.objects.create(token_digest=digest(TOKEN), resource="graphql", sent_at=time.time() - 61, seconds=49.0)
    assert SharedBudget((TOKEN,)).graphql_seconds_left() == limits.GRAPHQL_SECONDS_A_MINUTE


def test_most_in_flight_counts_all_workers() -> None:
    one, other = two()
    with one.spend("core"), other.spend("core"):
        pass
    assert other.most_in_flight == 2


def test_rows_of_requests_do_not_pile_up() -> None:
    GitHubRequest.objects.create(resource="core", sent_at=time.time() - 500, ended_at=time.time() - 500, seconds=0)
    one, _ = two()
    with one.spend("core"):
        pass
    assert GitHubRequest.objects.count() == 1


def test_no_token_stands_in_a_table() -> None:
    one, _ = two()
    with one.spend("core") as grant:
        one.learn(grant, headers(10))
    rows = [*GitHubAllowance.objects.values(), *GitHubRequest.objects.values()]
    assert TOKEN not in str(rows)
    assert digest(TOKEN) in str(rows)
