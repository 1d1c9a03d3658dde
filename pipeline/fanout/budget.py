"""The budget of a shared run: the account stands in the database, and every worker reads it before it sends.

One row is the lock; under it the account is read, the decision made as in a process of its own, and written back.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction

from pipeline.github.budget import Allowance, Budget, Grant
from pipeline.github.errors import BudgetExhausted
from pipeline.models import GitHubAllowance, GitHubPause, GitHubRequest

KEPT_SECONDS = 120.0
LONGEST_SLEEP = 1.0


class SharedBudget(Budget):
    """For one thread that may use the database. `tick` is called before each request and about every second of a wait.

    `most_in_flight` counts the requests of all workers, the other figures those of this one.
    """

    def __init__(self, tokens: tuple[str, ...] = (), *, tick: Callable[[], None] = lambda: None) -> None:
        super().__init__(tokens)
        self.tick = tick
        self._digests = {token: digest(token) for token in self.tokens}
        self._rows: dict[Grant, int] = {}  # requests of this process that are under way

    def learn(self, grant: Grant, headers: Mapping[str, str]) -> None:
        with self._account():
            super().learn(grant, headers)

    def use_up(self, grant: Grant, seconds: float) -> None:
        with self._account():
            super().use_up(grant, seconds)

    def pause(self, seconds: float) -> None:
        with self._account():
            super().pause(seconds)

    def graphql_seconds_left(self) -> float:
        with self._account():
            return super().graphql_seconds_left()

    def free(self, resource: str) -> int:
        with self._account():
            return super().free(resource)

    def _acquire(self, resource: str, estimate: float) -> Grant:
        deadline = time.monotonic() + self.longest_wait
        while True:
            self.tick()
            with self._account():
                self._check_open()
                token, wait = self._soonest(resource)
                turn = self._until_turn(resource, estimate)
                if wait <= 0 and turn <= 0:
                    grant = self._take(token, resource, estimate)
                    self._rows[grant] = self._write_request(grant)
                    return grant
            if time.monotonic() + wait > deadline:
                raise BudgetExhausted(f"{resource}: the next request would have to wait {wait:.0f} seconds")
            pause = min(wait or turn, LONGEST_SLEEP)
            time.sleep(pause)
            if wait <= 0:
                deadline += pause  # a turn within the last minute's limits comes as others end

    def _release(self, grant: Grant) -> None:
        with self._account():
            self._asking.add(grant)
            super()._release(grant)
            seconds = self._graphql_minute[-1][1] if grant.resource == "graphql" else 0.0
            row = GitHubRequest.objects.filter(pk=self._rows.pop(grant))
            row.update(ended_at=time.time(), seconds=seconds)

    def _write_request(self, grant: Grant) -> int:
        now = time.time()
        GitHubRequest.objects.filter(sent_at__lt=now - KEPT_SECONDS).delete()
        values = {"resource": grant.resource, "sent_at": now, "seconds": grant.estimate}
        return GitHubRequest.objects.create(token_digest=self._digests[grant.token], **values).pk

    @contextmanager
    def _account(self) -> Iterator[None]:
        """Inside, this object holds what the database says, and what it changes is written in the end."""
        with transaction.atomic():
            GitHubPause.objects.get_or_create(pk=1)
            pause = GitHubPause.objects.select_for_update().get(pk=1)
            rows = self._read(pause)
            yield
            self._write(pause, rows)

    def _read(self, pause: GitHubPause) -> dict[tuple[str, str], GitHubAllowance]:
        """Take over the account. The clock of the account is the machine's, this object's is a monotonic one."""
        offset = time.monotonic() - time.time()
        self._paused_until = pause.until + offset
        recent = list(GitHubRequest.objects.filter(sent_at__gte=time.time() - KEPT_SECONDS / 2).order_by("ended_at"))
        others = [row for row in recent if row.ended_at is None and row.pk not in self._rows.values()]
        self._graphql_minute.clear()
        self._graphql_minute.extend(
            (row.ended_at + offset, row.seconds)
            for row in recent
            if row.resource == "graphql" and row.ended_at is not None
        )
        self._rest_minute.clear()
        self._rest_minute.extend(sorted(row.sent_at + offset for row in recent if row.resource != "graphql"))
        self._asking = {
            Grant("", "graphql", row.seconds, row.sent_at + offset) for row in others if row.resource == "graphql"
        }
        self.in_flight = len(others) + len(self._rows)
        rows = {(row.token_digest, row.resource): row for row in GitHubAllowance.objects.all()}
        self._allowances = {}
        for token, known in self._digests.items():
            for (of, resource), row in rows.items():
                if of == known:
                    under_way = [
                        r for r in recent if r.ended_at is None and (r.token_digest, r.resource) == (of, resource)
                    ]
                    self._allowances[(token, resource)] = Allowance(
                        row.limit, row.remaining, row.reset_at, len(under_way), row.is_guess
                    )
        return rows

    def _write(self, pause: GitHubPause, rows: Mapping[tuple[str, str], GitHubAllowance]) -> None:
        until = self._paused_until - time.monotonic() + time.time()
        if until > time.time() and until > pause.until + 0.001:
            GitHubPause.objects.filter(pk=1).update(until=until)
        for (token, resource), known in self._allowances.items():
            key = self._digests[token], resource
            values = {
                "limit": known.limit, "remaining": known.remaining, "reset_at": known.reset, "is_guess": known.is_guess,
            }  # fmt: skip
            before = rows.get(key)
            if before is None or any(getattr(before, name) != value for name, value in values.items()):
                GitHubAllowance.objects.update_or_create(token_digest=key[0], resource=resource, defaults=values)


def digest(token: str) -> str:
    """What stands in the tables for a token, which itself never does."""
    return hashlib.sha256(token.encode()).hexdigest()[:32] if token else ""
