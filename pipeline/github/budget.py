"""GitHub's limits as one shared account: what is left of each resource, and what the last minute has cost."""

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from pipeline.github.errors import BudgetExhausted

WITH_TOKEN = {"core": 5000, "search": 30, "code_search": 9, "graphql": 5000}
WITHOUT_TOKEN = {"core": 60, "search": 10, "code_search": 0, "graphql": 0}
WINDOW_SECONDS = {"core": 3600.0, "search": 60.0, "code_search": 60.0, "graphql": 3600.0}

KEEP_IN_HAND = 100
REST_POINTS_A_MINUTE = 850
GRAPHQL_SECONDS_A_MINUTE = 50.0
LONGEST_WAIT = 75.0
ANONYMOUS_REQUESTS = 60


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


@dataclass(slots=True)
class Grant:
    """Leave to send one request, with the token to send it with (empty for none)."""

    token: str
    resource: str
    started: float = field(default_factory=time.monotonic)
    learned: bool = False


class Budget:
    """Shared by all threads of a run: `spend` blocks until a request may be sent and counts what it cost.

    GraphQL time is reserved before sending, by the caller's estimate, and replaced by the measured time after, so
    that the requests under way can't together pass GitHub's sixty seconds a minute. What GitHub counts is its own
    time: the way there and back, as REST requests show it at the moment, is taken off.
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
        self._reserved = 0.0

    @property
    def has_token(self) -> bool:
        return self.tokens != ("",)

    @contextmanager
    def spend(self, resource: str, *, estimate: float = 0.0) -> Iterator[Grant]:
        """Leave for one request of `resource`; `estimate` is the GraphQL time it will take, in seconds.

        Raises BudgetExhausted when the wait would be longer than `longest_wait` seconds.
        """
        grant = self._acquire(resource, estimate)
        try:
            yield grant
        finally:
            self._release(grant, estimate)

    def learn(self, grant: Grant, headers: Mapping[str, str]) -> None:
        """Take over what an answer's X-RateLimit headers say of the token's resource."""
        try:
            limit, remaining = int(headers["X-RateLimit-Limit"]), int(headers["X-RateLimit-Remaining"])
            reset = float(headers["X-RateLimit-Reset"])
        except (KeyError, ValueError):
            return
        with self._changed:
            allowance = self._allowance(grant.token, headers.get("X-RateLimit-Resource", grant.resource))
            if allowance.is_guess or reset > allowance.reset + 1:
                allowance.remaining, allowance.reset, allowance.is_guess = remaining, reset, False
            else:  # answers overtake each other; the lowest number seen in a window is the newest
                allowance.remaining = min(allowance.remaining, remaining)
            allowance.limit = limit
            grant.learned = grant.resource == headers.get("X-RateLimit-Resource", grant.resource)

    def pause(self, seconds: float) -> None:
        """Hold back every thread for so long: a limit that one met is a limit for all."""
        with self._changed:
            self._paused_until = max(self._paused_until, time.monotonic() + seconds)

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
            return GRAPHQL_SECONDS_A_MINUTE - self._graphql_used(time.monotonic()) - self._reserved

    def free(self, resource: str) -> int:
        """Requests of a resource that all tokens together may still send in its window."""
        with self._changed:
            left = sum(max(self._allowance(token, resource).free(), 0) for token in self.tokens)
            return left if self.has_token else max(min(left, ANONYMOUS_REQUESTS - self.sent - self.in_flight), 0)

    def _acquire(self, resource: str, estimate: float) -> Grant:
        deadline = time.monotonic() + self.longest_wait
        with self._changed:
            while True:
                if self._closed is not None:
                    raise self._closed
                if not self.has_token and self.sent >= ANONYMOUS_REQUESTS:
                    raise BudgetExhausted(f"{self.sent} requests sent, which is what GitHub allows without a token")
                token = max(self.tokens, key=lambda t: self._allowance(t, resource).free())
                wait = self._wait(token, resource, estimate)
                if wait <= 0:
                    return self._take(token, resource, estimate)
                if time.monotonic() + wait > deadline:
                    raise BudgetExhausted(f"{resource}: the next request would have to wait {wait:.0f} seconds")
                self._changed.wait(wait)

    def _wait(self, token: str, resource: str, estimate: float) -> float:
        """Seconds until this request may be sent, as things stand; 0 for now."""
        now = time.monotonic()
        if self._paused_until > now:
            return self._paused_until - now
        allowance = self._allowance(token, resource)
        if allowance.free() <= 0:
            return max(allowance.reset - time.time(), 0.0) + 1
        if resource == "graphql":
            used = self._graphql_used(now)
            busy = used + self._reserved
            if busy > 0 and busy + estimate > GRAPHQL_SECONDS_A_MINUTE:
                return self._graphql_minute[0][0] + 60 - now if self._graphql_minute and not self._reserved else 0.25
        elif self._rest_used(now) >= REST_POINTS_A_MINUTE:
            return self._rest_minute[0] + 60 - now
        return 0.0

    def _take(self, token: str, resource: str, estimate: float) -> Grant:
        self._allowance(token, resource).in_flight += 1
        self._reserved += estimate
        self.sent += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        if resource == "graphql":
            self.graphql_requests += 1
        else:
            self._rest_minute.append(time.monotonic())
        return Grant(token, resource)

    def _release(self, grant: Grant, estimate: float) -> None:
        with self._changed:
            allowance = self._allowance(grant.token, grant.resource)
            allowance.in_flight -= 1
            allowance.remaining -= 0 if grant.learned else 1
            self.in_flight -= 1
            self._reserved = max(self._reserved - estimate, 0.0)
            seconds = time.monotonic() - grant.started
            if grant.resource == "graphql":
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
        while self._graphql_minute and self._graphql_minute[0][0] <= now - 60:
            self._graphql_minute.popleft()
        return sum(seconds for _, seconds in self._graphql_minute)

    def _rest_used(self, now: float) -> int:
        while self._rest_minute and self._rest_minute[0] <= now - 60:
            self._rest_minute.popleft()
        return len(self._rest_minute)
