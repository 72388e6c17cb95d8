"""The methods users call on stores and templates."""

from collections.abc import Callable, Sequence

from attrs import evolve

from gelato_async.client.engine import Engine
from gelato_async.client.paging import Listing
from gelato_async.client.waiting import Pace, wait
from gelato_async.core.backend import PAGE
from gelato_async.core.operations.stores import (
    CreateProductFromTemplate,
    DeleteStoreProduct,
    Direction,
    GetStoreProduct,
    GetTemplate,
    ListStoreProducts,
    SortField,
)
from gelato_async.models.enums import StoreProductStatus
from gelato_async.models.store_product import NewStoreProduct, StoreProduct, StoreProductPage
from gelato_async.models.template import Template
from gelato_async.models.tracebacks import hides_arguments_of_methods

# ready 9 to 20 seconds after a create; published much later, once after 48 minutes
_READY_PACE = Pace(first=1.0, growth=1.5, longest=10.0)
_PUBLISHED_PACE = Pace(first=1.0, growth=2.0, longest=60.0)


class StoreProductListing(Listing[StoreProduct]):
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


def _store_product_id(row: StoreProduct) -> str:
    return row.id


@hides_arguments_of_methods
class Stores:
    """The products of your connected stores, and the templates they are made from (ecommerce v1)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def create_product_from_template(
        self, store_id: str, product: NewStoreProduct
    ) -> StoreProduct:
        """Make a product in a store (*Create product (from template)*).

        The answer has status `created`, and neither variants nor images yet. `wait_until_ready`
        returns the product with them, `wait_until_published` the one that is in the shop. The
        request is sent again only if it certainly did not take effect.

        Raises:
            ValidationError: it breaks documented rules; nothing was sent.
            OutcomeUnknownError: the answer is lost, and the product may have been made. Don't call
                again before you have looked for its title among `products(store_id)`, newest first,
                half a minute later. If the answer named its `product_id`, ask `product` instead;
                `reason` and the cause say what went wrong.
            NotFoundError: there is no such store or template.
            ResponseError: Gelato refused it.
        """
        return await self._engine.send(CreateProductFromTemplate(store_id, product))

    async def wait_until_ready(
        self,
        store_id: str,
        product_id: str,
        *,
        timeout: float = 120.0,  # noqa: ASYNC109  its end raises with the product as last seen
    ) -> StoreProduct:
        """Look at a new product until it is ready to be published (`StoreProduct.is_ready`).

        That takes some 10 to 20 seconds. The product is looked at after 0, 1, 1.5, 2.25 ... at most
        10 seconds, through the limiter. A look that fails for a passing reason is repeated with the
        next one, after a `Retry-After` if the answer has one. A product that is not found may not
        be there yet: for 10 seconds that counts as a passing reason. After `timeout` seconds the
        product is looked at once more, and a look that is under way then may add up to the client's
        own `timeout`. The client's `total_timeout` holds for each look. A product whose publishing
        has ended counts as ready, in failure too: `publishing_error_code` says what went wrong.

        Raises:
            TypeError, ValueError: `timeout` is not a number, NaN or negative; nothing was sent.
            WaitTimeoutError: the product is not ready in time (a `TimeoutError` too), or Gelato
                asks for a longer pause; `last` is the product as last seen.
            NotFoundError: there is no such product.
        """
        look = GetStoreProduct(store_id, product_id)
        return await self._wait(look, _is_ready, timeout, _READY_PACE)

    async def wait_until_published(
        self,
        store_id: str,
        product_id: str,
        *,
        timeout: float = 7200.0,  # noqa: ASYNC109  its end raises with the product as last seen
    ) -> StoreProduct:
        """Look at a product until its publishing has ended: it is `active`, or `publishing_error`.

        That may take an hour: 48 minutes were seen. The product is looked at after 0, 1, 3, 7 ...
        seconds and then once a minute, otherwise as in `wait_until_ready`, with the same errors.
        `publishing_error_code` says what went wrong. A webhook (`StoreProductUpdated`) reports the
        same without a program that waits.
        """
        look = GetStoreProduct(store_id, product_id)
        return await self._wait(look, _is_publishing_over, timeout, _PUBLISHED_PACE)

    async def delete_product(self, store_id: str, product_id: str) -> None:
        """Delete a product of a store. *Undocumented*: Gelato may change this call unannounced.

        Raises:
            NotFoundError: there is no such product, or an attempt whose answer was lost has deleted
                it.
        """
        await self._engine.send(DeleteStoreProduct(store_id, product_id))

    async def product(self, store_id: str, product_id: str) -> StoreProduct:
        """Get one product of a store (*Get product*).

        Raises:
            NotFoundError: there is none.
        """
        return await self._engine.send(GetStoreProduct(store_id, product_id))

    def products(
        self, store_id: str, *, order: Direction | None = None, order_by: SortField | None = None
    ) -> StoreProductListing:
        """List the products of a store: `async for product in stores.products(...)` (*List products*).

        `order` is `desc` (the default) or `asc`, `order_by` is `createdAt` (the default) or
        `updatedAt`.
        """
        return StoreProductListing(
            self._engine, ListStoreProducts(store_id=store_id, order=order, order_by=order_by)
        )

    async def products_page(
        self,
        store_id: str,
        *,
        order: Direction | None = None,
        order_by: SortField | None = None,
        offset: int | None = None,
        limit: int | None = None,
    ) -> StoreProductPage:
        """Read one page of a store's products (*List products*).

        A page shorter than its limit (default 100) is the last one.
        """
        return await self._engine.send(
            ListStoreProducts(
                store_id=store_id, order=order, order_by=order_by, offset=offset, limit=limit
            )
        )

    async def template(self, template_id: str) -> Template:
        """Get one template, with the variants and placeholders that a new product may name (*Get template*).

        Raises:
            NotFoundError: there is none.
        """
        return await self._engine.send(GetTemplate(template_id))

    async def _wait(
        self,
        look: GetStoreProduct,
        is_over: Callable[[StoreProduct], bool],
        seconds: float,
        pace: Pace,
    ) -> StoreProduct:
        return await wait(
            self._engine,
            look,
            is_over=is_over,
            status_of=_status,
            seconds=seconds,
            pace=pace,
        )


def _is_ready(product: StoreProduct) -> bool:
    return product.is_ready


def _is_publishing_over(product: StoreProduct) -> bool:
    return product.is_publishing_over


def _status(product: StoreProduct) -> StoreProductStatus | None:
    return product.status
