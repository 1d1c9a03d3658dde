"""Rows as a process has made them before: a snapshot never changes, so what it looks like is made once for all."""

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from django.conf import settings

Row = TypeVar("Row")
Made = TypeVar("Made")


class KeptRows(Generic[Row, Made]):
    """What was made of rows, by all that its look depends on; at most TRENDER_ROWS_KEPT of them."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Made] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def made(
        self, rows: Sequence[Row], keys: Sequence[Hashable], make: Callable[[list[Row]], list[Made]]
    ) -> list[Made]:
        """One for each row in their order; `make` is called once, with the rows that are not kept, unless all are."""
        kept = self._kept  # as it is now: another thread may begin anew in the middle
        missing = {key: row for key, row in zip(keys, rows, strict=True) if key not in kept}
        new = dict(zip(missing, make(list(missing.values())), strict=True)) if missing else {}
        found = [new[key] if key in new else kept[key] for key in keys]
        self._keep(new)
        return found

    def _keep(self, new: dict[Hashable, Made]) -> None:
        """Begin anew when there is no room: what is asked for is soon there again."""
        if len(self._kept) + len(new) > settings.TRENDER_ROWS_KEPT:
            self._kept = {}
        if len(new) <= settings.TRENDER_ROWS_KEPT:
            self._kept.update(new)

    def clear(self) -> None:
        self._kept = {}
