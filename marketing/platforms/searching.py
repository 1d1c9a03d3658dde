"""Asks GitHub's two searches for one platform; what cannot be read is unknown and says why."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from marketing.platforms.catalog import Platform
from pipeline.detection.untrusted import clean_text
from pipeline.github.errors import GitHubError

CODE, REPOSITORIES = "/search/code", "/search/repositories"
HITS_SUMMED = 100  # one page, the longest there is
# A search waits for its turn; a report that took as long as a task of the queue may take would be lost as a whole.
READING_SECONDS = 150.0
# More is no count of repositories, and PostgreSQL's integers end a little above.
MOST_COUNTED = 2_000_000_000

NEEDS_TOKEN = "GitHub answers code search only with a token; set GITHUB_ACCESS_TOKEN."  # noqa: S105 - a sentence
INCOMPLETE = "GitHub ended the search before it had looked at everything (incomplete_results)."
UNREADABLE = "GitHub's answer was not that of a search."
OUT_OF_TIME = "The searches before took too long; nothing was sent."


@dataclass(frozen=True, slots=True)
class Search:
    """One search as it was sent. `total` is GitHub's total_count, None where `problem` says why there is none.

    `stars` adds up the `summed` most starred hits; both are None where the search does not give them.
    """

    path: str
    query: str
    asked_at: str
    total: int | None = None
    is_incomplete: bool = False
    stars: int | None = None
    summed: int | None = None
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Client(Protocol):
    """What is needed of the client that pipeline.door opens."""

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Any: ...


class Reader:
    """Reads one platform after the other with one client, inside one time limit for all of them."""

    def __init__(self, client: Client, *, has_token: bool, now: datetime) -> None:
        self._client, self._has_token = client, has_token
        self._asked_at = now.isoformat(timespec="seconds")
        self._until = time.monotonic() + READING_SECONDS

    def read(self, platform: Platform) -> dict[str, Search]:
        """{"config_files": the search for its file, "readme_mentions": that for its name}; at most two requests."""
        return {
            "config_files": self._search(CODE, platform.file_query, {"per_page": 1}),
            "readme_mentions": self._search(
                REPOSITORIES, platform.readme_query, {"sort": "stars", "order": "desc", "per_page": HITS_SUMMED}
            ),
        }

    def _search(self, path: str, query: str, params: Mapping[str, str | int]) -> Search:
        if path == CODE and not self._has_token:
            return self._unknown(path, query, NEEDS_TOKEN)
        if time.monotonic() > self._until:
            return self._unknown(path, query, OUT_OF_TIME)
        try:
            answer = self._client.get(path, {"q": query, **params}).data
        except GitHubError as error:
            return self._unknown(path, query, f"{clean_text(str(error)).rstrip('.')}. {error.remedy}")
        return self._counted(path, query, answer)

    def _counted(self, path: str, query: str, answer: object) -> Search:
        total = whole(answer.get("total_count")) if isinstance(answer, dict) else None
        if not isinstance(answer, dict) or total is None:
            return self._unknown(path, query, UNREADABLE)
        # Anything but a plain no: an answer that does not say that it is whole is not taken for it.
        if answer.get("incomplete_results") is not False:
            return Search(path, query, self._asked_at, is_incomplete=True, problem=INCOMPLETE)
        stars, summed = summed_stars(answer.get("items")) if path == REPOSITORIES else (None, None)
        return Search(path, query, self._asked_at, total, stars=stars, summed=summed)

    def _unknown(self, path: str, query: str, problem: str) -> Search:
        return Search(path, query, self._asked_at, problem=problem)


def summed_stars(items: object) -> tuple[int | None, int | None]:
    """(stars of a search's hits together, how many hits); unknown if one of them does not say."""
    if not isinstance(items, list):
        return None, None
    stars = [whole(item.get("stargazers_count")) if isinstance(item, dict) else None for item in items]
    known = [number for number in stars if number is not None]
    return (sum(known), len(known)) if len(known) == len(stars) else (None, None)


def whole(value: object) -> int | None:
    """A count as GitHub writes it, from 0 to two thousand millions; None for anything else."""
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_COUNTED
    return value if is_count and isinstance(value, int) else None
