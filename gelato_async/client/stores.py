"""The methods users call on stores and templates."""

from gelato_async.client.engine import Engine
from gelato_async.client.paging import StoreProductListing
from gelato_async.client.waiting import Pace, wait
from gelato_async.core.operations.stores import (
    CreateProductFromTemplate,
    Direction,
    GetStoreProduct,
    GetTemplate,
    ListStoreProducts,
    SortField,
)
from gelato_async.models.enums import StoreProductStatus
from gelato_async.models.store_product import NewStoreProduct, StoreProduct, StoreProductPage
from gelato_async.models.template import Template

# ready some 10 to 20 seconds after a create
_PACE = Pace(first=1.0, growth=1.5, longest=10.0)


class Stores:
    """The products of your connected stores, and the templates they are made from (ecommerce v1)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def create_product_from_template(
        self, store_id: str, product: NewStoreProduct
    ) -> StoreProduct:
        """Make a product in a store (*Create product (from template)*).

        The answer has status `created` and few fields filled; `wait_until_ready` gives the
        published product. It is sent again only where it certainly did not take effect.

        Raises:
            ValidationError: it breaks documented rules; nothing was sent.
            OutcomeUnknownError: the answer is lost, and the product may have been made. Don't call
                again before you have looked for its title among `products(store_id)`, newest first,
                half a minute later. Where the answer told its `product_id`, ask `product` instead;
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
        timeout: float = 120.0,  # noqa: ASYNC109  a wait that ends with the product as last seen, not a cancellation
    ) -> StoreProduct:
        """Look at a new product until its publishing has ended: `status` is `active`, or `publishing_error`.

        That takes some 10 to 20 seconds. It is looked at after 0, 1, 1.5, 2.25 ... at most 10
        seconds, through the limiter; a look that fails for a passing reason is repeated with the
        next one, after a `Retry-After` where the answer has one. A product that is not found counts
        as not there yet for 10 seconds. After `timeout` seconds it is looked at once more, and a
        look that is under way then may add up to the client's own `timeout`. The client's
        `total_timeout` holds for each look. `publishing_error_code` says what went wrong.

        Raises:
            TypeError, ValueError: `timeout` is no number, NaN or negative; nothing was sent.
            WaitTimeoutError: it is not ready in time (a `TimeoutError` too), or Gelato asks to be
                left alone for longer; `last` is the product as last seen.
            NotFoundError: there is no such product.
        """
        return await wait(
            self._engine,
            GetStoreProduct(store_id, product_id),
            is_over=lambda product: product.status is not None and product.status.is_ready,
            status_of=_status,
            seconds=timeout,
            pace=_PACE,
        )

    async def product(self, store_id: str, product_id: str) -> StoreProduct:
        """One product of a store (*Get product*).

        Raises:
            NotFoundError: there is none.
        """
        return await self._engine.send(GetStoreProduct(store_id, product_id))

    def products(
        self, store_id: str, *, order: Direction | None = None, order_by: SortField | None = None
    ) -> StoreProductListing:
        """All products of a store: `async for product in stores.products(...)` (*List products*).

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
        """One page of a store's products (*List products*).

        A page shorter than its limit (default 100) is the last one.
        """
        return await self._engine.send(
            ListStoreProducts(
                store_id=store_id, order=order, order_by=order_by, offset=offset, limit=limit
            )
        )

    async def template(self, template_id: str) -> Template:
        """One template, with the variants and placeholders that a new product may name (*Get template*).

        Raises:
            NotFoundError: there is none.
        """
        return await self._engine.send(GetTemplate(template_id))


def _status(product: StoreProduct) -> StoreProductStatus | None:
    return product.status
