"""Listings: all rows of a search, page after page, without a row twice."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from attrs import evolve

from gelato_async.client.engine import Engine
from gelato_async.client.pages import Page, Pages, ReadPage
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
from gelato_async.models.catalog import Catalog, CatalogPage
from gelato_async.models.product import Product
from gelato_async.models.search import OrderQuery, OrderSummary
from gelato_async.models.stock import ProductAvailability, as_uids
from gelato_async.models.store_product import StoreProduct

# So many full pages in a row that equal the one before them are suspicious. Fewer may come of orders
# that are made as fast as pages are read.
_SAME_PAGES = 3

R = TypeVar("R")


class _Listing(Generic[R]):
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


class OrderSearch(_Listing[OrderSummary]):
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


class StoreProductListing(_Listing[StoreProduct]):
    """The products of a store: `async for product in listing` reads page after page.

    It may be iterated as often as you like. Rows are told apart by id, so no row comes twice. In
    ascending order products that are made meanwhile come at the end; in descending order they may
    or may not appear, and the end is not reached while they are made faster than pages are read.
    Products that are deleted meanwhile, or with `updatedAt` changed, move others over the edge of a
    page already read: such rows can be missed. DecodeError is raised where the server ignores its
    offset.
    """

    def __init__(self, engine: Engine, operation: ListStoreProducts) -> None:
        async def read(offset: int) -> tuple[Sequence[StoreProduct], int]:
            page = await engine.send(evolve(operation, limit=PAGE, offset=offset))
            return page.products, page.length

        super().__init__(read, _store_product_id, name=ListStoreProducts.name)
        self._operation = operation

    def __repr__(self) -> str:
        return f"StoreProductListing({self._operation!r})"


class ProductSearch(_Listing[Product]):
    """The products that pass the filters: `async for product in search` reads page after page.

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
        first = SearchProducts(catalog_uid, attribute_filters=attribute_filters, offset=0)

        async def read(offset: int) -> tuple[Sequence[Product], int]:
            page = await engine.send(evolve(first, offset=offset))
            return page.products, page.length

        super().__init__(read, _product_uid, name=SearchProducts.name, limit=first.limit)
        self._first = first

    def __repr__(self) -> str:
        return f"ProductSearch({self._first.catalog_uid!r}, {self._first.attribute_filters!r})"


def _order_id(row: OrderSummary) -> str:
    return row.id


def _store_product_id(row: StoreProduct) -> str:
    return row.id


def _product_uid(product: Product) -> str:
    return product.product_uid


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


async def all_catalogs(engine: Engine) -> tuple[Catalog, ...]:
    """Read all catalogs, whether they come at once or in pages.

    Raises:
        DecodeError: the pages hold fewer than the total that they state.
    """
    call = engine.new_call()
    answers: list[CatalogPage] = []

    async def read(offset: int) -> tuple[Sequence[Catalog], int]:
        # the first request as it is documented, which knows no pages
        operation = ListCatalogs(limit=PAGE, offset=offset) if answers else ListCatalogs()
        answers.append(await engine.send_within(operation, call))
        return answers[-1].catalogs, answers[-1].length

    pages, found = Pages(read, _catalog_uid, limit=PAGE), list[Catalog]()
    while True:
        page = await pages.next()
        found += page.fresh
        if not page.fresh or answers[-1].ends_at(pages.offset):
            _check_total(len(found), answers)
            return tuple(found)


def _catalog_uid(catalog: Catalog) -> str:
    return catalog.catalog_uid


def _check_total(found: int, answers: Sequence[CatalogPage]) -> None:
    pagination = answers[-1].pagination
    if pagination is None or pagination.total is None:
        return
    # rows that cannot be read are counted in the total too
    unreadable = sum(page.length - len(page.catalogs) for page in answers)
    count = found + unreadable
    if count < pagination.total:
        raise DecodeError(
            f"the pages hold {count} of {pagination.total} catalogs", operation=ListCatalogs.name
        )


async def all_availability(engine: Engine, uids: Iterable[str]) -> tuple[ProductAvailability, ...]:
    """Read the stock of any number of products, in as few requests as the limit allows.

    All are checked before the first is sent.
    """
    call, asked = engine.new_call(), tuple(dict.fromkeys(as_uids(uids)))
    chunks = [
        GetAvailability(asked[start : start + PRODUCTS])
        for start in range(0, len(asked) or 1, PRODUCTS)
    ]
    # a uid that is wrong in the last chunk is reported before the first request
    for chunk in chunks:
        engine.backend.check(chunk, validate=engine.validate)
    rows: list[ProductAvailability] = []
    for chunk in chunks:
        rows += (await engine.send_within(chunk, call)).products_availability
    return tuple(rows)
