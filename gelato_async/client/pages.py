"""Pages: reads a search page after page, by offset. All paging of the package is built on it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from attrs import define, field, frozen

R = TypeVar("R")
# from an offset to the rows of its page, and how many the answer had, unreadable ones included
ReadPage = Callable[[int], Awaitable[tuple[Sequence[R], int]]]


@frozen
class Page(Generic[R]):
    """The rows of a page, and those of them that were on no page before.

    `is_last`: the page is shorter than its limit. A page of rows that are all known is not the last
    for that: others may have been made meanwhile.
    """

    rows: Sequence[R]
    fresh: Sequence[R]
    is_last: bool


@define(eq=False)
class Pages(Generic[R]):
    """One pass over the pages of a search, whose rows are told apart by a key."""

    read: ReadPage[R]
    key: Callable[[R], str]
    limit: int
    offset: int = 0
    _seen: set[str] = field(factory=set)

    async def next(self) -> Page[R]:
        """Read the next page."""
        rows, length = await self.read(self.offset)
        fresh = {key: row for row in rows if (key := self.key(row)) not in self._seen}
        self._seen.update(fresh)
        self.offset += length
        return Page(rows, tuple(fresh.values()), is_last=length < self.limit)
