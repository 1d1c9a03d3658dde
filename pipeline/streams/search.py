"""Repository searches as streams use them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipeline.github.errors import ServerTrouble
from pipeline.github.searches import SEARCH_PAGE
from pipeline.streams.context import Gathering
from pipeline.streams.harvest import RepoRef

Rows = dict[int, tuple[RepoRef, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of a search; `total` counts all hits, of which GitHub shows the first thousand."""

    total: int
    items: list[dict[str, Any]]

    def __len__(self) -> int:
        return len(self.items)


def search_page(g: Gathering, query: str, per_page: int = SEARCH_PAGE, page: int = 1) -> SearchPage:
    """One page of a repository search, most starred first."""
    if per_page <= 0:
        return SearchPage(0, [])
    params: dict[str, str | int] = {
        "q": query, "sort": "stars", "order": "desc", "per_page": min(per_page, SEARCH_PAGE), "page": page,
    }  # fmt: skip
    return page_of(g.client.get("/search/repositories", params).data)


def page_of(data: Any) -> SearchPage:
    """Raises ServerTrouble when the answer has no list of items: failed is not empty."""
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise ServerTrouble("GitHub's search answered without a list of items")
    if not items and data.get("incomplete_results") is True:
        raise ServerTrouble("GitHub's search ran out of time before it found anything")
    total = data.get("total_count")
    return SearchPage(total if isinstance(total, int) else len(items), [i for i in items if isinstance(i, dict)])


def refs_of(
    items: Iterable[dict[str, Any]], source_type: str, *, has_metadata: bool = True
) -> list[tuple[RepoRef, dict[str, Any]]]:
    """Repositories of search items; one without an id can't be kept apart from others and is left out."""
    found = []
    for item in items:
        try:
            found.append((RepoRef.from_search(item, source_type, has_metadata=has_metadata), item))
        except (KeyError, TypeError):
            continue
    return found
