"""GitHub's rate limits: so many requests an hour or a minute, and the secondary ones against storms."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock

from pipeline.demo.messages import Answer, json_answer, problem

HOUR, MINUTE = 3600, 60
WINDOWS = {"core": HOUR, "search": MINUTE, "code_search": MINUTE, "graphql": HOUR}
WITH_TOKEN = {"core": 5000, "search": 30, "code_search": 9, "graphql": 5000}
WITHOUT_TOKEN = {"core": 60, "search": 10, "code_search": 0, "graphql": 0}
MOST_IN_FLIGHT = 100
REST_POINTS_A_MINUTE, GRAPHQL_POINTS_A_MINUTE, GRAPHQL_SECONDS_A_MINUTE = 900, 2000, 60.0
RETRY_AFTER = 60

SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
PRIMARY = {
    True: "API rate limit exceeded for user ID 1.",
    False: "API rate limit exceeded for 127.0.0.1. Authenticated requests get more.",
}


def resource_of(path: str) -> str:
    """Which of the limits a path counts against."""
    if path == "/graphql":
        return "graphql"
    if path == "/search/code":
        return "code_search"
    return "search" if path.startswith("/search/") else "core"


def _primary(token: str, resource: str) -> Answer:
    """GraphQL says it with status 200, REST with 403."""
    if resource == "graphql" and token:
        return json_answer(200, {"errors": [{"type": "RATE_LIMITED", "message": PRIMARY[True]}]})
    return problem(403, PRIMARY[bool(token)])


@dataclass
class Window:
    """One running window of a token: when it ends (Unix seconds) and what is used."""

    ends: int
    used: int = 0


@dataclass
class Limits:
    """What each token has used.

    Without `enforced` nothing is refused or counted, and the headers show a full budget.
    """

    enforced: bool = False
    clock: Callable[[], float] = time.time
    windows: dict[tuple[str, str], Window] = field(default_factory=dict)
    # (time, token, whether GraphQL, points, seconds) of the last minute
    minute: deque[tuple[float, str, bool, int, float]] = field(default_factory=deque)
    lock: Lock = field(default_factory=Lock)

    def state(self, token: str, resource: str) -> dict[str, int]:
        """{limit, remaining, used, reset} as `/rate_limit` shows them."""
        with self.lock:
            window = self._window(token, resource)
            limit = (WITH_TOKEN if token else WITHOUT_TOKEN)[resource]
            return {"limit": limit, "remaining": max(limit - window.used, 0), "used": window.used, "reset": window.ends}

    def headers(self, token: str, resource: str) -> dict[str, str]:
        """The X-RateLimit headers."""
        numbers = {f"X-RateLimit-{name.title()}": str(number) for name, number in self.state(token, resource).items()}
        return {**numbers, "X-RateLimit-Resource": resource}

    def graphql_state(self, token: str, points: int) -> dict[str, object]:
        """GraphQL's rateLimit with the running query's points already in it."""
        state = self.state(token, "graphql")
        reset = datetime.fromtimestamp(state["reset"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        counted = points if self.enforced else 0
        return {
            "limit": state["limit"],
            "remaining": max(state["remaining"] - counted, 0),
            "used": state["used"] + counted,
            "resetAt": reset,
        }

    def refusal(self, token: str, resource: str, in_flight: int) -> Answer | None:
        """The 403 for a token that has used too much; None if the request may go on."""
        if not self.enforced:
            return None
        if self.state(token, resource)["remaining"] <= 0:
            return _primary(token, resource)
        if in_flight > MOST_IN_FLIGHT or self._stormy(token, resource == "graphql"):
            return problem(403, SECONDARY, {"Retry-After": str(RETRY_AFTER)})
        return None

    def spend(self, token: str, resource: str, points: int, seconds: float = 0.0) -> None:
        """Counts a request that was answered; one of 0 points (a 304) counts against the storms only."""
        if not self.enforced:
            return
        with self.lock:
            self._window(token, resource).used += points
            self.minute.append((self.clock(), token, resource == "graphql", max(points, 1), seconds))

    def _window(self, token: str, resource: str) -> Window:
        """The running window, or a new one if it is over."""
        now = self.clock()
        window = self.windows.get((token, resource))
        if window is None or now >= window.ends:
            window = self.windows[(token, resource)] = Window(int(now) + WINDOWS[resource])
        return window

    def _stormy(self, token: str, graphql: bool) -> bool:
        """Whether the token's last minute is over a secondary limit."""
        with self.lock:
            while self.minute and self.minute[0][0] <= self.clock() - MINUTE:
                self.minute.popleft()
            mine = [entry for entry in self.minute if entry[1] == token and entry[2] is graphql]
        points, seconds = sum(entry[3] for entry in mine), sum(entry[4] for entry in mine)
        return (
            points >= (GRAPHQL_POINTS_A_MINUTE if graphql else REST_POINTS_A_MINUTE)
            or seconds >= GRAPHQL_SECONDS_A_MINUTE
        )
