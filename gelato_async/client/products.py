"""The methods users call on products. Each is one line on the engine."""

from collections.abc import Iterable, Mapping

from gelato_async.client.engine import Engine
from gelato_async.client.product_search import ProductSearch, all_availability, all_catalogs
from gelato_async.core.backend import PAGE
from gelato_async.core.operations.products import (
    GetCatalog,
    GetCoverDimensions,
    GetPrices,
    GetProduct,
    SearchProducts,
)
from gelato_async.models.catalog import Catalog
from gelato_async.models.product import CoverDimensions, Price, Product, ProductPage
from gelato_async.models.stock import ProductAvailability
from gelato_async.models.tracebacks import hides_arguments_of_methods


@hides_arguments_of_methods
class Products:
    """Catalogs and their products: what there is, what it costs and whether it is in stock."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def catalogs(self) -> tuple[Catalog, ...]:
        """List all catalogs, without their attributes (*List catalogs*), on however many pages.

        Raises:
            DecodeError: the pages hold fewer than the total that they state.
        """
        return await all_catalogs(self._engine)

    async def catalog(self, catalog_uid: str) -> Catalog:
        """Get one catalog with its attributes, which are what a search filters by (*Get catalog*).

        Raises:
            NotFoundError: there is none.
        """
        return await self._engine.send(GetCatalog(catalog_uid))

    def search(
        self, catalog_uid: str, attribute_filters: Mapping[str, Iterable[str]] | None = None
    ) -> ProductSearch:
        """Search for the products of a catalog that pass the filters (*Search products*).

        `async for product in products.search(...)`. `attribute_filters` maps uids of attributes to
        the uids of the values wanted: `{"Orientation": ["hor", "ver"]}`. A filter that Gelato does
        not know is not an error: it finds nothing.

        Raises:
            TypeError: a filter is a single text instead of a list.
        """
        return ProductSearch(self._engine, catalog_uid, attribute_filters)

    async def search_page(
        self,
        catalog_uid: str,
        attribute_filters: Mapping[str, Iterable[str]] | None = None,
        *,
        limit: int = PAGE,
        offset: int | None = None,
    ) -> ProductPage:
        """Read one page of a search, with its `hits` (*Search products*).

        `limit` is 100 at most. A page shorter than its limit is the last one.

        Raises:
            ValidationError: `limit` or `offset` is out of range.
            NotFoundError: there is no such catalog.
        """
        return await self._engine.send(
            SearchProducts(
                catalog_uid, attribute_filters=attribute_filters, limit=limit, offset=offset
            )
        )

    async def get(self, product_uid: str) -> Product:
        """Get one product (*Get product*).

        Raises:
            NotFoundError: there is none.
        """
        return await self._engine.send(GetProduct(product_uid))

    async def cover_dimensions(
        self, product_uid: str, *, page_count: int | None = None
    ) -> CoverDimensions:
        """Get the measures of the cover of a multi-page product (*Cover dimensions*).

        `page_count` counts all pages, those of the cover too, and is needed for multi-page
        products.

        Raises:
            ValidationError: `page_count` is less than 1.
        """
        return await self._engine.send(GetCoverDimensions(product_uid, page_count=page_count))

    async def prices(
        self,
        product_uid: str,
        *,
        country: str | None = None,
        currency: str | None = None,
        page_count: int | None = None,
    ) -> tuple[Price, ...]:
        """Get the prices of a product, by quantity (*Price*).

        Without `country` (ISO 3166-1) and `currency` (ISO 4217) there are rows of several.
        `page_count` is mandatory for multi-page products.

        Raises:
            ValidationError: `country` is not a code, or `page_count` less than 1.
            NotFoundError: there is no such product.
        """
        operation = GetPrices(
            product_uid, country=country, currency=currency, page_count=page_count
        )
        return (await self._engine.send(operation)).prices

    async def availability(self, product_uids: Iterable[str]) -> tuple[ProductAvailability, ...]:
        """Get the stock of products, by region (*Stock availability*), in Gelato's order.

        Pass any number of uids: each is asked for once, 250 in a request, one request after
        another. A product that Gelato does not know has the status `not-supported` everywhere. The
        client's `total_timeout` holds for all requests together. If one of them fails, its error
        is raised and the rows of those before it are lost: to keep what has come and to go on from
        there, ask for 250 products at a time.

        Raises:
            ValidationError: there is no uid, or an empty one; nothing was sent.
            TypeError: a single text instead of a list, or a uid that is not text (`products[i]`).
        """
        return await all_availability(self._engine, product_uids)
