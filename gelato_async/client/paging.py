"""Listings: all rows of a search, page after page, without a row twice.

The listings of products are beside the methods that return them: `product_search`, `stores`.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Generic, TypeVar

from attrs import evolve

from gelato_async.client.engine import Engine
from gelato_async.client.pages import Page, Pages, ReadPage
from gelato_async.core.backend import PAGE
from gelato_async.core.errors import DecodeError
from gelato_async.core.operations.orders import SearchOrders
from gelato_async.models.search import OrderQuery, OrderSummary

# So many full pages in a row that equal the one before them are suspicious. Fewer may come of orders
# that are made as fast as pages are read.
_SAME_PAGES = 3

R = TypeVar("R")


class Listing(Generic[R]):
    """Reads page after page, as often as it is iterated."""

    def __init__(
        self,
        read: ReadPage[R],
        key: Callable[[R], str],
        *,
        name: str,
        offset: int = 0,
        limit: int = PAGE,
    ) -> None:
        self._read = read
        self._key = key
        self._name = name
        self._offset = offset
        # without validation a limit may be 0, and no page is shorter than that
        self._limit = max(limit, 1)

    def __aiter__(self) -> AsyncIterator[R]:
        pages = Pages(self._read, self._key, self._limit, self._offset)
        return Rows(pages, name=self._name)


class OrderSearch(Listing[OrderSummary]):
    """The orders that a query finds: `async for row in search` reads page after page.

    It may be iterated as often as you like. Rows are told apart by id, so no row comes twice. Pages
    are cut by offset, which cannot promise more than this: no order that was there at the start and
    stays is missed because others are made meanwhile; those may or may not appear, and a reader
    slower than their makers does not reach the end until they stop. Orders that vanish meanwhile
    (deleted drafts, statuses that no longer match) move others up, over the edge of a page already
    read: such rows can be missed.

    Iterating raises ValidationError where the query's `limit` or `offset` is out of range, and
    DecodeError where the server ignores its offset, so that the rows on further pages cannot be
    had.
    """

    def __init__(self, engine: Engine, query: OrderQuery) -> None:
        limit = PAGE
        if query.limit is not None:
            limit = query.limit

        async def read(offset: int) -> tuple[Sequence[OrderSummary], int]:
            page = await engine.send(SearchOrders(evolve(query, limit=limit, offset=offset)))
            return page.orders, page.length

        start = query.offset or 0
        super().__init__(read, _order_id, name=SearchOrders.name, offset=start, limit=limit)
        self._query = query

    def __repr__(self) -> str:
        return f"OrderSearch({self._query!r})"


def _order_id(row: OrderSummary) -> str:
    return row.id


class Rows(Generic[R]):
    """One pass over a listing. Only a page shorter than its limit ends it.

    Where full pages stay the same although the offset moves, the first page is read again: if that
    has not changed, nothing was made meanwhile, and the server ignores its offset.

    Raises:
        DecodeError: it does.
        GelatoError: a page could not be read.
    """

    # a class, not an async generator: leaving the loop early leaves nothing suspended behind

    def __init__(self, pages: Pages[R], *, name: str) -> None:
        self._pages = pages
        self._start = pages.offset
        self._name = name
        self._rows: list[R] = []
        self._ended = False
        self._first: frozenset[str] | None = None
        self._last: frozenset[str] | None = None
        self._same_pages = 0

    def __aiter__(self) -> AsyncIterator[R]:
        return self

    async def __anext__(self) -> R:
        while not self._rows:
            if self._ended:
                raise StopAsyncIteration
            page = await self._pages.next()
            self._rows = list(reversed(page.fresh))
            self._ended = page.is_last
            if not page.is_last:
                await self._compare(page)
        return self._rows.pop()

    async def _compare(self, page: Page[R]) -> None:
        keys = self._keys(page.rows)
        if keys == self._last:
            self._same_pages += 1
        else:
            self._same_pages = 0
        self._last = keys
        if self._first is None:
            self._first = keys
        elif self._same_pages >= _SAME_PAGES:
            await self._compare_first(self._first)

    async def _compare_first(self, before: frozenset[str]) -> None:
        rows, _ = await self._pages.read(self._start)
        self._first, self._same_pages = self._keys(rows), 0
        if self._first == before:
            raise DecodeError(
                "the search answers the same page again: it ignores its offset",
                operation=self._name,
            )

    def _keys(self, rows: Sequence[R]) -> frozenset[str]:
        return frozenset(map(self._pages.key, rows))
