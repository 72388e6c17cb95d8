"""What takes several requests.

Pages of products and of catalogs, read to the end, and the stock of many products.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

from attrs import evolve

from gelato_async.client.engine import Engine
from gelato_async.client.paging import Rows
from gelato_async.core.backend import PAGE
from gelato_async.core.errors import DecodeError
from gelato_async.core.product_operations import (
    PRODUCTS,
    GetAvailability,
    ListCatalogs,
    SearchProducts,
)
from gelato_async.models.catalog import Catalog
from gelato_async.models.product import Product
from gelato_async.models.stock import ProductAvailability, as_uids


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
