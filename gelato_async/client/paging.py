"""Listings: all rows of a search, page after page, without a row twice."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from attrs import evolve

from gelato_async.client.engine import Engine
from gelato_async.core.backend import PAGE
from gelato_async.core.errors import DecodeError
from gelato_async.core.operations.orders import SearchOrders
from gelato_async.core.operations.products import (
    PRODUCTS,
    GetAvailability,
    ListCatalogs,
    SearchProducts,
)
from gelato_async.core.operations.stores import ListStoreProducts
from gelato_async.models.catalog import Catalog
from gelato_async.models.product import Product
from gelato_async.models.search import OrderQuery, OrderSummary
from gelato_async.models.stock import ProductAvailability, as_uids
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


class ProductSearch:
    """The products of a catalog that pass the filters: `async for product in search` reads page after page.

    It may be iterated as often as you like. Products are told apart by their uid, so none comes
    twice. Pages are cut by offset, which cannot promise more than this: no product is missed
    because others are added in front meanwhile; those may or may not appear, and the end is not
    reached while they are added faster than pages are read. Products that are taken away meanwhile
    move others over the edge of a page already read: such products can be missed. Iterating raises
    DecodeError where the server ignores its offset.
    """

    def __init__(
        self,
        engine: Engine,
        catalog_uid: str,
        attribute_filters: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self._engine = engine
        self._first = SearchProducts(catalog_uid, attribute_filters=attribute_filters, offset=0)

    def __repr__(self) -> str:
        return f"ProductSearch({self._first.catalog_uid!r}, {self._first.attribute_filters!r})"

    def __aiter__(self) -> AsyncIterator[Product]:
        return Rows(
            self._read, _product_uid, offset=0, limit=self._first.limit, name=SearchProducts.name
        )

    async def _read(self, offset: int) -> tuple[Sequence[Product], int]:
        page = await self._engine.send(evolve(self._first, offset=offset))
        return page.products, page.length


def _product_uid(product: Product) -> str:
    return product.product_uid


async def all_catalogs(engine: Engine) -> tuple[Catalog, ...]:
    """All catalogs, whether they come at once or in pages.

    Raises:
        DecodeError: the pages hold fewer than the total that they state.
    """
    deadline, operation = engine.deadline(), ListCatalogs()
    found: dict[str, Catalog] = {}
    unread = 0
    while True:
        page = await engine.send_within(operation, deadline)
        met = len(found)
        found |= {catalog.catalog_uid: catalog for catalog in page.catalogs}
        unread += page.length - len(page.catalogs)
        operation = ListCatalogs(limit=PAGE, offset=(operation.offset or 0) + page.length)
        if page.ends_at(operation.offset or 0) or len(found) == met:
            _check_total(len(found) + unread, page.pagination.total if page.pagination else None)
            return tuple(found.values())


def _check_total(count: int, total: int | None) -> None:
    if total is not None and count < total:
        raise DecodeError(
            f"the pages hold {count} of {total} catalogs", operation=ListCatalogs.name
        )


async def all_availability(engine: Engine, uids: Iterable[str]) -> tuple[ProductAvailability, ...]:
    """The stock of any number of products, in as few requests as the limit allows, all checked before the first is sent."""
    deadline, asked = engine.deadline(), tuple(dict.fromkeys(as_uids(uids)))
    chunks = [
        GetAvailability(asked[start : start + PRODUCTS])
        for start in range(0, len(asked) or 1, PRODUCTS)
    ]
    for chunk in chunks:
        engine.backend.check(chunk, validate=engine.validate)
    pages = [await engine.send_within(chunk, deadline) for chunk in chunks]
    return tuple(row for page in pages for row in page.products_availability)
