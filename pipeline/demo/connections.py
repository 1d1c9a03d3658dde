"""Relay connections: pages of at most 100 with cursors."""

import base64
import binascii
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

from graphql import GraphQLError

from pipeline.demo.mix import text_salt

T = TypeVar("T")
Json = dict[str, object]

LONGEST = 100


def refused(kind: str, message: str) -> GraphQLError:
    """An error with GitHub's `type`."""
    return GraphQLError(message, extensions={"type": kind})


def connection(
    field: str, rows: Sequence[T], make: Callable[[T], object], first: int | None, after: str | None
) -> Json:
    """The page of `first` rows behind the cursor `after`; without `first` only the count can be asked."""
    if first is None:
        return {"totalCount": len(rows), "nodes": _unbounded(field), "pageInfo": _unbounded(field)}
    if not 0 <= first <= LONGEST:
        message = (
            f"Requesting {first} records on the `{field}` connection exceeds the `first` limit of {LONGEST} records."
        )
        raise refused("EXCESSIVE_PAGINATION", message)
    start = position(after) if after else 0
    end = min(start + first, len(rows))
    shown = rows[start:end]
    info: Json = {"hasNextPage": end < len(rows), "hasPreviousPage": start > 0, "startCursor": None, "endCursor": None}
    if shown:
        info |= {"startCursor": cursor(start + 1), "endCursor": cursor(end)}
    return {"totalCount": len(rows), "nodes": [make(row) for row in shown], "pageInfo": info}


def cursor(end: int) -> str:
    """The opaque mark behind the first `end` rows."""
    return base64.b64encode(f"cursor:{end}".encode()).decode()


def position(mark: str) -> int:
    """The number of rows before the mark; an error that names it if it is none."""
    try:
        word, number = base64.b64decode(mark, validate=True).decode().split(":")
        if word == "cursor":
            return int(number)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        pass
    raise refused("INVALID_CURSOR_ARGUMENTS", f"`{mark}` does not appear to be a valid cursor.")


def _unbounded(field: str) -> Callable[..., object]:
    def refuse(*_: object) -> object:
        message = f"You must provide a `first` or `last` value to properly paginate the `{field}` connection."
        raise refused("MISSING_PAGINATION_BOUNDARIES", message)

    return refuse


@lru_cache(maxsize=8192)
def opaque_id(kind: str, text: str) -> str:
    """A global id for things that no query looks up again."""
    return f"{kind}_kwDO{text_salt(text):016x}"
