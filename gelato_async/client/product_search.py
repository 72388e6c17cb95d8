"""What takes several requests: pages of products and of catalogs, read to the end, and the stock of many products."""

from collections.abc import AsyncIterator, Iterable, Mapping

from attrs import evolve

from gelato_async.client.engine import Engine
from gelato_async.core.product_operations import PRODUCTS, ROWS, GetAvailability, ListCatalogs, SearchProducts
from gelato_async.models.catalog import Catalog
from gelato_async.models.product import Product, ProductPage
from gelato_async.models.stock import ProductAvailability, as_uids

# pages of rows that are all known: so many were added meanwhile, or the server ignores its offset
_KNOWN_PAGES = 3


class ProductSearch:
    """The products of a catalog that pass the filters: `async for product in search` reads page after page.

    It may be iterated as often as you like. Products are told apart by their uid, so none comes twice. The pages are cut by
    offset: what is added to or taken from the catalog meanwhile moves the others, over the edges of pages too, so that
    products can be missed then.
    """

    def __init__(
        self, engine: Engine, catalog_uid: str, attribute_filters: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        self._engine = engine
        self._first = SearchProducts(catalog_uid, attribute_filters=attribute_filters, offset=0)

    def __repr__(self) -> str:
        return f"ProductSearch({self._first.catalog_uid!r}, {self._first.attribute_filters!r})"

    def __aiter__(self) -> AsyncIterator[Product]:
        return _Rows(self._engine, self._first)


class _Rows:
    # a class, not an async generator: leaving the loop early leaves nothing suspended behind

    def __init__(self, engine: Engine, operation: SearchProducts) -> None:
        self._engine = engine
        self._next = operation
        self._seen: set[str] = set()
        self._rows: list[Product] = []
        self._last = False
        self._known_pages = 0

    def __aiter__(self) -> AsyncIterator[Product]:
        return self

    async def __anext__(self) -> Product:
        while not self._rows:
            if self._last:
                raise StopAsyncIteration
            self._keep(await self._engine.send(self._next))
        return self._rows.pop()

    def _keep(self, page: ProductPage) -> None:
        fresh = {row.product_uid: row for row in page.products if row.product_uid not in self._seen}
        self._known_pages = 0 if fresh else self._known_pages + 1
        self._last = page.length < self._next.limit or self._known_pages == _KNOWN_PAGES
        self._next = evolve(self._next, offset=(self._next.offset or 0) + page.length)
        self._seen |= fresh.keys()
        self._rows = list(fresh.values())[::-1]


async def all_catalogs(engine: Engine) -> tuple[Catalog, ...]:
    """All catalogs, whether they come at once or in pages."""
    deadline, operation = engine.deadline(), ListCatalogs()
    found: dict[str, Catalog] = {}
    while True:
        page = (await engine.repeat(operation, engine.backend.prepare(operation), deadline)).answer
        met = len(found)
        found |= {catalog.catalog_uid: catalog for catalog in page.catalogs}
        operation = ListCatalogs(limit=ROWS, offset=(operation.offset or 0) + page.length)
        if page.ends_at(operation.offset or 0) or len(found) == met:
            return tuple(found.values())


async def all_availability(engine: Engine, uids: Iterable[str]) -> tuple[ProductAvailability, ...]:
    """The stock of any number of products, in as few requests as the limit allows, all checked before the first is sent."""
    deadline, asked = engine.deadline(), tuple(dict.fromkeys(as_uids(uids)))
    chunks = [GetAvailability(asked[start : start + PRODUCTS]) for start in range(0, len(asked) or 1, PRODUCTS)]
    requests = [engine.backend.prepare(chunk, validate=engine.validate) for chunk in chunks]
    pages = [
        (await engine.repeat(chunk, request, deadline)).answer for chunk, request in zip(chunks, requests, strict=True)
    ]
    return tuple(row for page in pages for row in page.products_availability)
