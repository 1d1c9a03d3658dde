"""GraphQL batches that find their own size: halved when GitHub runs out of time, grown slowly when it has plenty."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.github.client import GitHubClient, GraphQLAnswer
from pipeline.github.errors import BadToken, GitHubError, NotFound, QueryTooHeavy
from pipeline.github.queries import Wanted, repositories_query, used_variables

COMFORTABLE_SECONDS = 4.0
LARGEST = 60
FIRST_GUESS_SECONDS_EACH = 0.05
FIXED_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class NodeAnswer:
    """What one repository answered. `holes` are the keys that GitHub left out with an error: unknown, not absent."""

    wanted: Wanted
    data: dict[str, Any] | None
    holes: frozenset[str] = frozenset()
    error: GitHubError | None = None

    def known(self, key: str) -> bool:
        """Whether `key` was answered, if only with null."""
        return self.data is not None and key in self.data and key not in self.holes


@dataclass(slots=True)
class BatchSize:
    """The number of repositories to ask for at once, shared by all threads, and what one of them costs in seconds."""

    size: int
    seconds_each: float = FIRST_GUESS_SECONDS_EACH
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def too_heavy(self, asked: int) -> None:
        with self._lock:
            self.size = max(1, min(self.size, asked // 2))
            self.seconds_each *= 2

    def worked(self, asked: int, seconds: float) -> None:
        with self._lock:
            measured = max(seconds - FIXED_SECONDS, 0.0) / asked
            self.seconds_each = 0.7 * self.seconds_each + 0.3 * measured
            if asked >= self.size and seconds < COMFORTABLE_SECONDS:
                self.size = min(LARGEST, self.size + max(1, self.size // 10))

    def estimate(self, asked: int) -> float:
        return min(FIXED_SECONDS + self.seconds_each * asked, 10.0)


def ask(
    client: GitHubClient, size: BatchSize, wanted: Sequence[Wanted], variables: Mapping[str, str]
) -> list[NodeAnswer]:
    """Ask for one batch; every repository comes back, with data or with the error that it cost.

    Raises BadToken alone: everything else is the batch's own trouble.
    """
    started = time.monotonic()
    try:
        answer = client.graphql(
            repositories_query(wanted), used_variables(wanted, variables), estimate=size.estimate(len(wanted))
        )
    except BadToken:
        raise
    except QueryTooHeavy as error:
        size.too_heavy(len(wanted))
        if len(wanted) == 1:
            return [NodeAnswer(wanted[0], None, error=error)]
        middle = len(wanted) // 2
        return ask(client, size, wanted[:middle], variables) + ask(client, size, wanted[middle:], variables)
    except GitHubError as error:
        return [NodeAnswer(repo, None, error=error) for repo in wanted]
    size.worked(len(wanted), time.monotonic() - started)
    return [_node_answer(n, repo, answer) for n, repo in enumerate(wanted)]


def _node_answer(number: int, wanted: Wanted, answer: GraphQLAnswer) -> NodeAnswer:
    alias = f"repo{number}"
    data = answer.data.get(alias)
    errors = [e for e in answer.errors if isinstance(e.get("path"), list) and e["path"][:1] == [alias]]
    if not isinstance(data, dict) or not data.get("databaseId"):
        message = "; ".join(str(e.get("message", ""))[:200] for e in errors) or "GitHub left it out without a word"
        gone = not errors or any(e.get("type") == "NOT_FOUND" for e in errors)
        return NodeAnswer(wanted, None, error=NotFound(message) if gone else GitHubError(message))
    return NodeAnswer(wanted, data, frozenset(str(e["path"][1]) for e in errors if len(e["path"]) > 1))
