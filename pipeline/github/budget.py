"""GitHub's limits as one shared account: what is left of each resource, and what the last minute has cost."""

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from pipeline.github.errors import BudgetExhausted, whole

WITH_TOKEN = {"core": 5000, "search": 30, "code_search": 9, "graphql": 5000}
WITHOUT_TOKEN = {"core": 60, "search": 10, "code_search": 0, "graphql": 0}
WINDOW_SECONDS = {"core": 3600.0, "search": 60.0, "code_search": 60.0, "graphql": 3600.0}

KEEP_IN_HAND = 100
REST_POINTS_A_MINUTE = 850
GRAPHQL_SECONDS_A_MINUTE = 55.0  # of 60; the time of an answer, which is what is measured, is rather more
LONGEST_WAIT = 75.0
ANONYMOUS_REQUESTS = 60
RESET_MARGIN = 1.0  # a reset is told in whole seconds, by another clock


@dataclass(slots=True)
class Allowance:
    """What one token has left of one resource until `reset` (seconds of the epoch)."""

    limit: int
    remaining: int
    reset: float
    in_flight: int = 0
    is_guess: bool = True

    def free(self) -> int:
        """Requests that may still be sent; a tenth, at most 100, stays in hand for people sharing the token."""
        return self.remaining - self.in_flight - (min(KEEP_IN_HAND, self.limit // 10) if self.limit > 100 else 0)


@dataclass(slots=True, eq=False)
class Grant:
    """Leave to send one request, with the token to send it with (empty for none)."""

    token: str
    resource: str
    estimate: float = 0.0
    started: float = field(default_factory=lambda: time.monotonic())
    learned: bool = False


class Budget:
    """Shared by all threads of a run: `spend` blocks until a request may be sent and counts what it cost.

    GraphQL time is reserved before sending, by the caller's estimate (or the time it already takes, if that is more),
    and replaced by the measured time after, so that the requests under way can't together pass GitHub's sixty seconds
    a minute. What GitHub counts is its own time: the way there and back, as REST requests show it at the moment, is
    taken off.
    """

    def __init__(self, tokens: tuple[str, ...] = (), *, longest_wait: float = LONGEST_WAIT) -> None:
        self.tokens = tokens or ("",)
        self.longest_wait = longest_wait
        self.sent = self.points = self.graphql_requests = self.most_in_flight = self.in_flight = 0
        self.graphql_seconds = 0.0
        self._changed = threading.Condition()
        self._allowances: dict[tuple[str, str], Allowance] = {}
        self._paused_until = 0.0
        self._closed: Exception | None = None
        self._rest_minute: deque[float] = deque()
        self._graphql_minute: deque[tuple[float, float]] = deque()
        self._rest_times: deque[float] = deque(maxlen=21)
        self._asking: set[Grant] = set()  # GraphQL requests under way

    @property
    def has_token(self) -> bool:
        return self.tokens != ("",)

    @contextmanager
    def spend(self, resource: str, *, estimate: float = 0.0) -> Iterator[Grant]:
        """Leave for one request of `resource`; `estimate` is the GraphQL time it will take, in seconds.

        Raises BudgetExhausted when a limit's reset or a pause would take longer than `longest_wait` seconds. Waiting
        for one's turn within the last minute's limits is not counted: that goes on as others finish.
        """
        grant = self._acquire(resource, estimate)
        try:
            yield grant
        finally:
            self._release(grant)

    def learn(self, grant: Grant, headers: Mapping[str, str]) -> None:
        """Take over what an answer's X-RateLimit headers say of the token's resource."""
        limit, remaining, reset = (whole(headers.get(f"X-RateLimit-{n}")) for n in ("Limit", "Remaining", "Reset"))
        if limit is None or remaining is None or reset is None:
            return
        resource = headers.get("X-RateLimit-Resource", grant.resource)
        with self._changed:
            allowance = self._allowance(grant.token, resource)
            if allowance.is_guess or reset > allowance.reset + 1:
                allowance.remaining, allowance.reset, allowance.is_guess = remaining, float(reset), False
            elif reset >= allowance.reset - 1:  # answers overtake each other; a window's lowest number is its newest
                allowance.remaining = min(allowance.remaining, remaining)
            else:
                return  # a straggler from the window before
            allowance.limit = limit
            grant.learned = grant.resource == resource

    def use_up(self, grant: Grant, seconds: float) -> None:
        """GitHub says that the token has nothing left of the resource for so long; others may still have."""
        with self._changed:
            allowance = self._allowance(grant.token, grant.resource)
            reset = time.time() + seconds - RESET_MARGIN
            allowance.remaining, allowance.reset, allowance.is_guess = 0, reset, False
            self._changed.notify_all()

    def pause(self, seconds: float) -> None:
        """Hold back every thread for so long: a limit that one met is a limit for all."""
        with self._changed:
            self._paused_until = max(self._paused_until, time.monotonic() + seconds)
            self._changed.notify_all()

    def close(self, error: Exception) -> None:
        """Refuse every further request with `error` (a bad token stops the run at once)."""
        with self._changed:
            self._closed = self._closed or error
            self._changed.notify_all()

    def remember(self, spent_seconds: float, seconds_ago: float) -> None:
        """Count GraphQL time that an earlier run spent within the last minute."""
        if seconds_ago < 60:
            with self._changed:
                self._graphql_minute.appendleft((time.monotonic() - seconds_ago, spent_seconds))

    def graphql_seconds_left(self) -> float:
        """Seconds of GraphQL time that may be asked for now without waiting."""
        with self._changed:
            return GRAPHQL_SECONDS_A_MINUTE - self._graphql_used(time.monotonic())

    def free(self, resource: str) -> int:
        """Requests of a resource that all tokens together may still send in its window."""
        with self._changed:
            left = sum(max(self._allowance(token, resource).free(), 0) for token in self.tokens)
            return left if self.has_token else max(min(left, ANONYMOUS_REQUESTS - self.sent - self.in_flight), 0)

    def _acquire(self, resource: str, estimate: float) -> Grant:
        deadline = time.monotonic() + self.longest_wait
        with self._changed:
            while True:
                self._check_open()
                token, wait = self._soonest(resource)
                if time.monotonic() + wait > deadline:
                    raise BudgetExhausted(f"{resource}: the next request would have to wait {wait:.0f} seconds")
                turn = self._until_turn(resource, estimate)
                if wait <= 0 and turn <= 0:
                    return self._take(token, resource, estimate)
                started = time.monotonic()
                self._changed.wait(wait or turn)
                if wait <= 0:
                    deadline += time.monotonic() - started

    def _check_open(self) -> None:
        if self._closed is not None:
            raise self._closed.with_traceback(None)  # each raise would lengthen the one that all threads share
        if not self.has_token and self.sent >= ANONYMOUS_REQUESTS:
            raise BudgetExhausted(f"{self.sent} requests sent, which is what GitHub allows without a token")

    def _soonest(self, resource: str) -> tuple[str, float]:
        """The token to send with, that which has most left, and the seconds until it may be used; 0 for now."""
        paused = max(self._paused_until - time.monotonic(), 0.0)
        free = {token: self._allowance(token, resource).free() for token in self.tokens}
        token = max(free, key=free.__getitem__)
        if free[token] > 0:
            return token, paused
        token = min(free, key=lambda t: self._allowance(t, resource).reset)
        return token, max(self._allowance(token, resource).reset - time.time() + RESET_MARGIN, paused, RESET_MARGIN)

    def _until_turn(self, resource: str, estimate: float) -> float:
        """Seconds until the last minute's limits have room, as things stand; 0 for now."""
        now = time.monotonic()
        if resource != "graphql":
            return _until(self._rest_minute[0] + 60, now) if self._rest_used(now) >= REST_POINTS_A_MINUTE else 0.0
        busy = self._graphql_used(now)
        if busy <= 0 or busy + estimate <= GRAPHQL_SECONDS_A_MINUTE:
            return 0.0
        # While some are under way their true cost may make room at any moment; they wake the waiting as they end.
        return _until(self._graphql_minute[0][0] + 60, now) if self._graphql_minute and not self._asking else 0.25

    def _take(self, token: str, resource: str, estimate: float) -> Grant:
        grant = Grant(token, resource, estimate)
        self._allowance(token, resource).in_flight += 1
        self.sent += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        if resource == "graphql":
            self.graphql_requests += 1
            self._asking.add(grant)
        else:
            self._rest_minute.append(time.monotonic())
        return grant

    def _release(self, grant: Grant) -> None:
        with self._changed:
            allowance = self._allowance(grant.token, grant.resource)
            allowance.in_flight -= 1
            allowance.remaining -= 0 if grant.learned else 1
            self.in_flight -= 1
            seconds = time.monotonic() - grant.started
            if grant.resource == "graphql":
                self._asking.discard(grant)
                seconds -= min(self._round_trip(), seconds / 2)
                self.graphql_seconds += seconds
                self._graphql_minute.append((time.monotonic(), seconds))
            else:
                self._rest_times.append(seconds)
            self._changed.notify_all()

    def _round_trip(self) -> float:
        """What a request takes that has next to nothing to do: the median of the latest REST requests, in seconds."""
        return sorted(self._rest_times)[len(self._rest_times) // 2] if self._rest_times else 0.0

    def _allowance(self, token: str, resource: str) -> Allowance:
        key = (token, resource)
        found = self._allowances.get(key)
        if found is None or found.reset <= time.time():
            limit = found.limit if found else (WITH_TOKEN if token else WITHOUT_TOKEN).get(resource, 60)
            window = WINDOW_SECONDS.get(resource, 3600.0)
            in_flight = found.in_flight if found else 0
            found = self._allowances[key] = Allowance(limit, limit, time.time() + window, in_flight)
        return found

    def _graphql_used(self, now: float) -> float:
        """GraphQL seconds of the last minute, with those that the requests under way will cost or already do."""
        while self._graphql_minute and self._graphql_minute[0][0] <= now - 60:
            self._graphql_minute.popleft()
        under_way = sum(max(grant.estimate, now - grant.started) for grant in self._asking)
        return sum(seconds for _, seconds in self._graphql_minute) + under_way

    def _rest_used(self, now: float) -> int:
        while self._rest_minute and self._rest_minute[0] <= now - 60:
            self._rest_minute.popleft()
        return len(self._rest_minute)


def _until(moment: float, now: float) -> float:
    """Seconds to wait, never so few that rounding leaves the clock where it is."""
    return max(moment - now, 0.01)
