"""Calls on products that take several requests: a search, all catalogs, the stock of many products."""

from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve

from gelato_async.client.engine import Engine
from gelato_async.client.pages import Pages
from gelato_async.client.paging import Listing
from gelato_async.core.backend import PAGE
from gelato_async.core.errors import DecodeError
from gelato_async.core.operations.products import (
    PRODUCTS,
    GetAvailability,
    ListCatalogs,
    SearchProducts,
)
from gelato_async.models.catalog import Catalog, CatalogPage
from gelato_async.models.product import Product
from gelato_async.models.stock import ProductAvailability, as_uids


class ProductSearch(Listing[Product]):
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


def _product_uid(product: Product) -> str:
    return product.product_uid


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
