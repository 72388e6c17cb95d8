"""Listings: all rows of a search, page after page, without a row twice."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

from attrs import evolve

from gelato_async.client.engine import Engine
from gelato_async.core.backend import PAGE
from gelato_async.core.operations import SearchOrders
from gelato_async.core.store_operations import ListStoreProducts
from gelato_async.models.search import OrderQuery, OrderSummary
from gelato_async.models.store_product import StoreProduct

# a page of rows that are all known: so many were added meanwhile, or the server ignores its offset
_KNOWN_PAGES = 3


class _Row(Protocol):
    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=_Row)
# from an offset to the rows of its page, and how many the answer had
ReadPage = Callable[[int], Awaitable[tuple[Sequence[R], int]]]


class OrderSearch:
    """The orders that a query finds: `async for row in search` reads page after page, as often as you iterate.

    Rows are told apart by id, so none comes twice. Orders that are made meanwhile move the others down and may or may not
    appear; orders that vanish meanwhile (deleted drafts, statuses that no longer match) move others up, over the edge of a
    page already read: such rows can be missed.
    """

    def __init__(self, engine: Engine, query: OrderQuery) -> None:
        self._engine = engine
        self._query = query

    def __repr__(self) -> str:
        return f"OrderSearch({self._query!r})"

    def __aiter__(self) -> AsyncIterator[OrderSummary]:
        return Rows(self._read, offset=self._query.offset or 0, limit=self._query.limit or PAGE)

    async def _read(self, offset: int) -> tuple[Sequence[OrderSummary], int]:
        query = evolve(self._query, limit=self._query.limit or PAGE, offset=offset)
        page = await self._engine.send(SearchOrders(query))
        return page.orders, page.length


class StoreProductListing:
    """The products of a store: `async for product in listing` reads page after page, as often as you iterate.

    Rows are told apart by id, so none comes twice. In ascending order products that are made meanwhile come at the end;
    in descending order they may or may not appear. Products that are deleted meanwhile, or with `updatedAt` changed, move
    others over the edge of a page already read: such rows can be missed.
    """

    def __init__(self, engine: Engine, operation: ListStoreProducts) -> None:
        self._engine = engine
        self._operation = operation

    def __repr__(self) -> str:
        return f"StoreProductListing({self._operation!r})"

    def __aiter__(self) -> AsyncIterator[StoreProduct]:
        return Rows(self._read, offset=0, limit=PAGE)

    async def _read(self, offset: int) -> tuple[Sequence[StoreProduct], int]:
        page = await self._engine.send(evolve(self._operation, limit=PAGE, offset=offset))
        return page.products, page.length


class Rows(Generic[R]):
    """One pass over a listing. It ends with a page shorter than its limit, or when pages bring nothing new."""

    # a class, not an async generator: leaving the loop early leaves nothing suspended behind

    def __init__(self, read: ReadPage[R], *, offset: int, limit: int) -> None:
        self._read = read
        self._offset = offset
        self._limit = limit
        self._seen: set[str] = set()
        self._rows: list[R] = []
        self._last = False
        self._known_pages = 0

    def __aiter__(self) -> AsyncIterator[R]:
        return self

    async def __anext__(self) -> R:
        while not self._rows:
            if self._last:
                raise StopAsyncIteration
            self._keep(*await self._read(self._offset))
        return self._rows.pop()

    def _keep(self, rows: Sequence[R], length: int) -> None:
        fresh = {row.id: row for row in rows if row.id not in self._seen}
        self._known_pages = 0 if fresh else self._known_pages + 1
        self._last = length < self._limit or self._known_pages == _KNOWN_PAGES
        self._offset += length
        self._seen.update(fresh)
        self._rows = list(fresh.values())[::-1]
