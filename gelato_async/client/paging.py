"""Listings: all rows of a search, page after page, without a row twice."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from attrs import evolve

from gelato_async.client.engine import Engine
from gelato_async.core.backend import PAGE
from gelato_async.core.errors import DecodeError
from gelato_async.core.operations import SearchOrders
from gelato_async.core.store_operations import ListStoreProducts
from gelato_async.models.search import OrderQuery, OrderSummary
from gelato_async.models.store_product import StoreProduct

# so many full pages in a row that are the same as the one before them
_SAME_PAGES = 3

R = TypeVar("R")
# from an offset to the rows of its page, and how many the answer had
ReadPage = Callable[[int], Awaitable[tuple[Sequence[R], int]]]


class OrderSearch:
    """The orders that a query finds: `async for row in search` reads page after page, as often as you iterate.

    Rows are told apart by id, so none comes twice. Pages are cut by offset, which cannot promise
    more than this: no order that was there at the start and stays is missed because others are made
    meanwhile; those may or may not appear, and a reader slower than their makers does not reach the
    end until they stop. Orders that vanish meanwhile (deleted drafts, statuses that no longer
    match) move others up, over the edge of a page already read: such rows can be missed.

    Iterating raises ValidationError where the query's `limit` or `offset` is out of range, and
    DecodeError where the server ignores its offset, so that the rows on further pages cannot be
    had.
    """

    def __init__(self, engine: Engine, query: OrderQuery) -> None:
        self._engine = engine
        self._query = query

    def __repr__(self) -> str:
        return f"OrderSearch({self._query!r})"

    def __aiter__(self) -> AsyncIterator[OrderSummary]:
        return Rows(
            self._read,
            _order_id,
            offset=self._query.offset or 0,
            limit=self._limit,
            name=SearchOrders.name,
        )

    @property
    def _limit(self) -> int:
        return PAGE if self._query.limit is None else self._query.limit

    async def _read(self, offset: int) -> tuple[Sequence[OrderSummary], int]:
        query = evolve(self._query, limit=self._limit, offset=offset)
        page = await self._engine.send(SearchOrders(query))
        return page.orders, page.length


class StoreProductListing:
    """The products of a store: `async for product in listing` reads page after page, as often as you iterate.

    Rows are told apart by id, so none comes twice. In ascending order products that are made
    meanwhile come at the end; in descending order they may or may not appear, and the end is not
    reached while they are made faster than pages are read. Products that are deleted meanwhile, or
    with `updatedAt` changed, move others over the edge of a page already read: such rows can be
    missed. DecodeError is raised where the server ignores its offset.
    """

    def __init__(self, engine: Engine, operation: ListStoreProducts) -> None:
        self._engine = engine
        self._operation = operation

    def __repr__(self) -> str:
        return f"StoreProductListing({self._operation!r})"

    def __aiter__(self) -> AsyncIterator[StoreProduct]:
        return Rows(
            self._read, _store_product_id, offset=0, limit=PAGE, name=ListStoreProducts.name
        )

    async def _read(self, offset: int) -> tuple[Sequence[StoreProduct], int]:
        page = await self._engine.send(evolve(self._operation, limit=PAGE, offset=offset))
        return page.products, page.length


class Rows(Generic[R]):
    """One pass over a listing, whose rows are told apart by a key. Only a page shorter than its limit ends it.

    A page of rows that are all known does not: others may be made meanwhile. Where full pages stay
    the same although the offset moves, the first page is read again: if that is as it was, nothing
    was made, and the server ignores its offset.

    Raises:
        DecodeError: it does.
        GelatoError: a page could not be read.
    """

    # a class, not an async generator: leaving the loop early leaves nothing suspended behind

    def __init__(
        self, read: ReadPage[R], key: Callable[[R], str], *, offset: int, limit: int, name: str
    ) -> None:
        self._read = read
        self._key = key
        self._start = self._offset = offset
        # without validation a limit may be 0, and no page is shorter than that
        self._limit = max(limit, 1)
        self._name = name
        self._seen: set[str] = set()
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
            await self._turn()
        return self._rows.pop()

    async def _turn(self) -> None:
        rows, length = await self._read(self._offset)
        fresh = {self._key(row): row for row in rows if self._key(row) not in self._seen}
        self._offset += length
        self._ended = length < self._limit
        self._seen.update(fresh)
        self._rows = list(fresh.values())[::-1]
        if not self._ended:
            await self._compare(self._keys(rows))

    async def _compare(self, page: frozenset[str]) -> None:
        self._same_pages = self._same_pages + 1 if page == self._last else 0
        self._last = page
        if self._first is None:
            self._first = page
        elif self._same_pages >= _SAME_PAGES:
            await self._compare_first(self._first)

    async def _compare_first(self, before: frozenset[str]) -> None:
        rows, _ = await self._read(self._start)
        self._first, self._same_pages = self._keys(rows), 0
        if self._first == before:
            raise DecodeError(
                "the search answers the same page again: it ignores its offset",
                operation=self._name,
            )

    def _keys(self, rows: Sequence[R]) -> frozenset[str]:
        return frozenset(map(self._key, rows))


def _order_id(row: OrderSummary) -> str:
    return row.id


def _store_product_id(row: StoreProduct) -> str:
    return row.id
