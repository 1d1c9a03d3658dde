"""GitHub's limits as the budget keeps them, on a clock that only moves when somebody waits."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import pytest

from pipeline.github import budget as budget_module
from pipeline.github.budget import GRAPHQL_SECONDS_A_MINUTE, REST_POINTS_A_MINUTE, Budget
from pipeline.github.errors import BadToken, BudgetExhausted

START = 1_800_000_000.0


@dataclass
class Clock:
    """Stands in for the time module and for the condition that threads wait on."""

    now: float = 0.0
    waits: list[float] = field(default_factory=list)
    while_waiting: Callable[[float], float] = lambda seconds: seconds

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return START + self.now

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...

    def wait(self, seconds: float) -> None:
        assert 0 < seconds < 10_000
        assert len(self.waits) < 5000, "waits without end"
        self.waits.append(seconds)
        passed = self.while_waiting(seconds)  # which may move the clock itself
        self.now += passed

    def notify_all(self) -> None: ...


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(budget_module, "time", clock)
    return clock


def kept_by(clock: Clock, *tokens: str) -> Budget:
    budget = Budget(tokens)
    budget._changed = clock  # type: ignore[assignment]
    return budget


def headers(limit: int, remaining: int, reset: float, resource: str = "core") -> dict[str, str]:
    names = ("Limit", "Remaining", "Reset", "Resource")
    numbers = (limit, remaining, int(START + reset), resource)
    return {f"X-RateLimit-{name}": str(number) for name, number in zip(names, numbers, strict=True)}


def send(budget: Budget, resource: str = "core", answered: dict[str, str] | None = None) -> str:
    """One request; the token it was sent with."""
    with budget.spend(resource) as grant:
        budget.learn(grant, answered or {})
    return grant.token


# Tokens


def test_the_token_with_most_left_is_used(clock: Clock) -> None:
    budget = kept_by(clock, "a", "b")

    assert send(budget, answered=headers(5000, 300, 600)) == "a"
    assert send(budget, answered=headers(5000, 200, 600)) == "b"
    assert [send(budget) for _ in range(4)] == ["a", "a", "a", "a"]


def test_tokens_take_turns_when_all_are_fresh(clock: Clock) -> None:
    budget = kept_by(clock, "a", "b", "c")

    assert {send(budget) for _ in range(3)} == {"a", "b", "c"}


def test_a_hundred_requests_stay_in_hand(clock: Clock) -> None:
    budget = kept_by(clock, "a")
    send(budget, answered=headers(5000, 102, 3000))

    assert budget.free("core") == 2
    send(budget)
    send(budget)
    with pytest.raises(BudgetExhausted, match="core: the next request would have to wait 3001 seconds"):
        send(budget)
    assert budget.free("core") == 0


def test_a_near_reset_is_waited_for(clock: Clock) -> None:
    budget = kept_by(clock, "a")
    send(budget, answered=headers(5000, 90, 40))

    send(budget)

    assert clock.waits == [41]
    assert budget.free("core") == 4899


def test_when_no_token_has_any_left_the_first_reset_counts(clock: Clock) -> None:
    budget = kept_by(clock, "a", "b")
    send(budget, answered=headers(5000, 100, 3000))
    send(budget, answered=headers(5000, 90, 20))

    assert send(budget) == "b"
    assert clock.waits == [21]


def test_what_github_says_is_used_up_is_used_up(clock: Clock) -> None:
    budget = kept_by(clock, "a")
    with budget.spend("graphql") as grant:
        budget.use_up(grant, 600)

    with pytest.raises(BudgetExhausted, match="600 seconds"):
        send(budget, "graphql")
    send(budget, "core")


# Learning


def test_overtaken_answers_do_not_give_requests_back(clock: Clock) -> None:
    budget = kept_by(clock, "a")
    for remaining in (4000, 3998, 3999):
        send(budget, answered=headers(5000, remaining, 600))

    assert budget.free("core") == 3898


def test_a_new_window_starts_anew(clock: Clock) -> None:
    budget = kept_by(clock, "a")
    send(budget, answered=headers(5000, 200, 10))
    clock.now = 11
    send(budget, answered=headers(5000, 4999, 3611))

    assert budget.free("core") == 4899


def test_a_straggler_from_the_window_before_counts_as_one_request(clock: Clock) -> None:
    budget = kept_by(clock, "a")
    send(budget, answered=headers(5000, 4999, 3611))
    send(budget, answered=headers(5000, 3, 11))

    assert budget.free("core") == 4898


def test_another_resource_than_expected_is_learned_where_it_belongs(clock: Clock) -> None:
    budget = kept_by(clock, "a")
    send(budget, "code_search", headers(30, 5, 30, "search"))

    assert (budget.free("search"), budget.free("code_search")) == (5, 8)


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"X-RateLimit-Limit": "5000"},
        headers(5000, 10, 100) | {"X-RateLimit-Remaining": "-1"},
        headers(5000, 10, 100) | {"X-RateLimit-Reset": "nan"},
        headers(5000, 10, 100) | {"X-RateLimit-Reset": "inf"},
        headers(5000, 10, 100) | {"X-RateLimit-Reset": "9" * 5000},
        headers(5000, 10, 100) | {"X-RateLimit-Limit": "²"},
    ],
)
def test_odd_headers_teach_nothing(clock: Clock, odd: dict[str, str]) -> None:
    budget = kept_by(clock, "a")
    send(budget, answered=odd)

    assert budget.free("core") == 4899  # the request itself is counted


# Without a token


def test_without_a_token_sixty_requests_are_sent_in_all(clock: Clock) -> None:
    budget = kept_by(clock)
    assert not budget.has_token
    for _ in range(10):
        send(budget, "search")
    assert budget.free("core") == 50
    for _ in range(50):
        send(budget, "core")

    for resource in ("core", "search"):
        with pytest.raises(BudgetExhausted):
            send(budget, resource)
    assert (budget.sent, budget.free("core")) == (60, 0)


# Pauses and the end


def test_a_pause_holds_back_every_resource(clock: Clock) -> None:
    budget = kept_by(clock, "a")
    budget.pause(30)
    budget.pause(10)

    send(budget, "search")

    assert (clock.waits, clock.now) == ([30], 30)


def test_a_long_pause_is_not_waited_for(clock: Clock) -> None:
    budget = kept_by(clock, "a")
    budget.pause(76)

    with pytest.raises(BudgetExhausted, match="76 seconds"):
        send(budget)


def test_waits_for_limits_add_up_to_the_longest_wait(clock: Clock) -> None:
    budget = kept_by(clock, "a")
    budget.pause(50)
    pauses = iter([50])

    def paused_again(seconds: float) -> float:
        clock.now += seconds
        for pause in pauses:
            budget.pause(pause)
        return 0

    clock.while_waiting = paused_again
    with pytest.raises(BudgetExhausted):
        send(budget)
    assert clock.now == 50


def test_a_closed_budget_refuses_everything() -> None:
    budget = Budget(("a",))
    budget.close(BadToken("no"))
    budget.close(ValueError("later"))

    for _ in range(3):
        with pytest.raises(BadToken, match="no"), budget.spend("core"):
            pass
    assert budget.sent == 0


@contextmanager
def waiting(budget: Budget, threads: int) -> Iterator[list[BaseException | None]]:
    """Threads that wait in the budget; what became of each, once the block is over."""
    ends: list[BaseException | None] = []

    def one() -> None:
        try:
            with budget.spend("core"):
                ends.append(None)
        except Exception as error:
            ends.append(error)

    with ThreadPoolExecutor(threads) as pool:
        for _ in range(threads):
            pool.submit(one)
        time.sleep(0.03)
        assert ends == []
        yield ends


def test_closing_wakes_all_that_wait() -> None:
    budget = Budget(("a",))
    budget.pause(70)
    started = time.monotonic()

    with waiting(budget, 5) as ends:
        budget.close(BadToken("no"))

    assert [type(end) for end in ends] == [BadToken] * 5
    assert time.monotonic() - started < 1


def test_a_longer_pause_is_told_at_once_to_those_that_wait() -> None:
    budget = Budget(("a",))
    budget.pause(70)
    started = time.monotonic()

    with waiting(budget, 5) as ends:
        budget.pause(700)

    assert [type(end) for end in ends] == [BudgetExhausted] * 5
    assert time.monotonic() - started < 1


def test_requests_under_way_are_counted() -> None:
    budget = Budget(("a",))
    all_in, done = threading.Barrier(8), threading.Barrier(8)

    def one() -> None:
        with budget.spend("core"):
            all_in.wait(2)
            assert budget.in_flight == 8
            done.wait(2)

    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(one) for _ in range(8)]:
            future.result()

    assert (budget.in_flight, budget.most_in_flight, budget.sent) == (0, 8, 8)


def test_a_failed_request_is_given_back_as_spent(clock: Clock) -> None:
    budget = kept_by(clock, "a")
    with pytest.raises(OSError, match="cut"), budget.spend("core"):
        raise OSError("cut")

    assert (budget.in_flight, budget.free("core")) == (0, 4899)


# The last minute


def test_rest_stays_below_its_points_a_minute(clock: Clock) -> None:
    budget = kept_by(clock, "a")
    for _ in range(REST_POINTS_A_MINUTE):
        send(budget)
    assert clock.now == 0

    send(budget)

    assert clock.now == 60


@dataclass
class Traffic:
    """GraphQL requests as many threads send them, played on one: while one waits, those under way end in turn."""

    clock: Clock
    budget: Budget
    under_way: list[tuple[float, ExitStack]] = field(default_factory=list)
    spent: list[tuple[float, float]] = field(default_factory=list)  # (end, seconds)
    busiest: float = 0.0

    def send(self, estimate: float, seconds: float) -> None:
        stack = ExitStack()
        stack.enter_context(self.budget.spend("graphql", estimate=estimate))
        started = self.clock.now
        stack.callback(lambda: self.spent.append((self.clock.now, self.clock.now - started)))
        self.under_way.append((started + seconds, stack))

    def pass_time(self, seconds: float) -> float:
        until = self.clock.now + seconds
        self.under_way.sort(key=lambda row: row[0])
        if self.under_way and self.under_way[0][0] <= until:
            end, stack = self.under_way.pop(0)
            self.clock.now = max(end, self.clock.now)
            stack.close()
        else:
            self.clock.now = until
        self.busiest = max(self.busiest, sum(s for end, s in self.spent if end > self.clock.now - 60))
        return 0


@pytest.fixture
def traffic(clock: Clock) -> Traffic:
    traffic = Traffic(clock, kept_by(clock, "a"))
    clock.while_waiting = traffic.pass_time
    return traffic


@pytest.mark.parametrize("estimate", [2.0, 3.0, 10.0])
def test_graphql_never_passes_fifty_seconds_a_minute(traffic: Traffic, estimate: float) -> None:
    for _ in range(80):
        traffic.send(estimate, 2.0)

    assert traffic.busiest <= GRAPHQL_SECONDS_A_MINUTE
    assert 120 <= traffic.clock.now < 260


def test_requests_that_take_longer_than_thought_hold_back_the_others(traffic: Traffic) -> None:
    for _ in range(30):
        traffic.send(1.0, 8.0)
        traffic.pass_time(1.0)

    assert traffic.busiest <= 90  # 240 if only the estimates counted


def test_waiting_for_ones_turn_is_not_a_reason_to_give_up(traffic: Traffic) -> None:
    for _ in range(5):
        traffic.send(10.0, 10.0)

    def late(seconds: float) -> float:
        return seconds if traffic.clock.now < 200 else traffic.pass_time(seconds)  # at first nobody ends

    traffic.clock.while_waiting = late
    traffic.send(10.0, 10.0)

    assert traffic.clock.now > 200


def test_one_large_request_is_let_through_alone(traffic: Traffic) -> None:
    traffic.send(55.0, 1.0)

    assert traffic.clock.waits == []


def test_what_an_earlier_run_spent_within_the_minute_counts(clock: Clock) -> None:
    budget = kept_by(clock, "a")
    budget.remember(45.0, seconds_ago=20)
    budget.remember(45.0, seconds_ago=60)

    assert budget.graphql_seconds_left() == GRAPHQL_SECONDS_A_MINUTE - 45
    with budget.spend("graphql", estimate=GRAPHQL_SECONDS_A_MINUTE - 40):
        assert clock.now == 40


def test_the_way_there_and_back_is_not_githubs_time(clock: Clock) -> None:
    budget = kept_by(clock, "a")
    with budget.spend("core"):
        clock.now += 0.2
    with budget.spend("graphql", estimate=1):
        clock.now += 1.2

    assert budget.graphql_seconds == pytest.approx(1.0)
    assert (budget.graphql_requests, budget.sent) == (1, 2)
