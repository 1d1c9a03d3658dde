"""Pages of a list. No database."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paging:
    """Page `asked` of `total` rows, `size` a page; beyond the last page it is the last one."""

    asked: int
    total: int
    size: int

    @property
    def pages(self) -> int:
        return max(-(-self.total // self.size), 1)

    @property
    def number(self) -> int:
        return min(max(self.asked, 1), self.pages)

    @property
    def first(self) -> int:
        """Position of the page's first row, from 1; 0 where there is none."""
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None
