"""GraphQL batches that find their own size: halved when GitHub runs out of time, grown slowly when it has plenty."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.github.client import GitHubClient, GraphQLAnswer
from pipeline.github.errors import BadToken, GitHubError, NotFound, QueryTooHeavy, error_type, is_heavy
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
            weight = 0.3 * min(asked / self.size, 1.0)  # a small batch says little of what one repository costs
            self.seconds_each += weight * (measured - self.seconds_each)
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
        return _ask_in_halves(client, size, wanted, variables)
    except GitHubError as error:
        return [NodeAnswer(repo, None, error=error) for repo in wanted]
    missing = [n for n in range(len(wanted)) if any(map(is_heavy, _errors_of(n, answer)))]
    found = {n: _node_answer(n, repo, answer) for n, repo in enumerate(wanted)}
    if missing and len(wanted) > 1:
        size.too_heavy(len(wanted))
        again = _ask_in_halves(client, size, [wanted[n] for n in missing], variables)
        found |= dict(zip(missing, again, strict=True))
    else:
        size.worked(len(wanted), answer.seconds)
    return list(found.values())


def _ask_in_halves(
    client: GitHubClient, size: BatchSize, wanted: Sequence[Wanted], variables: Mapping[str, str]
) -> list[NodeAnswer]:
    middle = -(-len(wanted) // 2)
    parts = [part for part in (wanted[:middle], wanted[middle:]) if part]
    return [answer for part in parts for answer in ask(client, size, part, variables)]


def _node_answer(number: int, wanted: Wanted, answer: GraphQLAnswer) -> NodeAnswer:
    data = answer.data.get(f"repo{number}")
    errors = _errors_of(number, answer)
    if not isinstance(data, dict) or not data.get("databaseId"):
        message = "; ".join(str(e.get("message", ""))[:200] for e in errors) or "GitHub left it out without a word"
        gone = any(error_type(e) == "NOT_FOUND" for e in errors)
        return NodeAnswer(wanted, None, error=NotFound(message) if gone else GitHubError(message))
    holes = {str(e["path"][1]) for e in errors if len(e["path"]) > 1}
    if not all(map(_has_path, answer.errors)):  # an error that says not where may have left any of the holes
        holes |= {key for key, value in data.items() if value is None}
    return NodeAnswer(wanted, data, frozenset(holes))


def _errors_of(number: int, answer: GraphQLAnswer) -> list[dict[str, Any]]:
    return [e for e in answer.errors if _has_path(e) and e["path"][0] == f"repo{number}"]


def _has_path(error: Mapping[str, Any]) -> bool:
    return isinstance(error.get("path"), list) and bool(error["path"])
