"""The methods users call on orders. Each is one line on the engine."""

from collections.abc import Iterable

from gelato_async.client import split_orders as connected
from gelato_async.client.create_once import create
from gelato_async.client.engine import Engine
from gelato_async.client.paging import OrderSearch
from gelato_async.client.split_orders import ConnectedOrders
from gelato_async.client.waiting import wait_for_order
from gelato_async.core.operations.orders import (
    CancelOrder,
    ConfirmDraft,
    CreateOrder,
    DeleteDraft,
    GetOrder,
    QuoteOrder,
    SearchOrders,
    SubmitOrder,
    UpdateShipment,
)
from gelato_async.models.addresses import ShippingAddress
from gelato_async.models.fields import as_reference
from gelato_async.models.new_order import DraftItem, NewOrder
from gelato_async.models.order import Order, SubmittedOrder, UpdatedShipment
from gelato_async.models.quote import Quotation, QuoteRequest
from gelato_async.models.search import OrderPage, OrderQuery, OrderSummary
from gelato_async.models.tracebacks import hides_arguments_of_methods


@hides_arguments_of_methods
class _Orders:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def get(self, order_id: str) -> Order:
        """Get one order (*Get order*). GelatoConnect takes your own reference too.

        Raises:
            NotFoundError: there is none.
        """
        return await self._engine.send(GetOrder(order_id))

    def search(self, query: OrderQuery | None = None) -> OrderSearch:
        """Search for orders, newest first: `async for row in orders.search(...)` (*Search orders*)."""
        return OrderSearch(self._engine, SearchOrders(query or OrderQuery()).query)

    async def search_page(self, query: OrderQuery | None = None) -> OrderPage:
        """Read one page of a search (*Search orders*).

        A page shorter than its limit (default 50) is the last one.
        """
        return await self._engine.send(SearchOrders(query or OrderQuery()))

    async def find(self, reference: str) -> tuple[OrderSummary, ...]:
        """Find all orders with your reference.

        The parts of a split order, canceled orders and duplicates are among them.
        """
        wanted: object = as_reference(reference)
        if not isinstance(wanted, str):
            raise TypeError(f"reference must be a str, not a {type(wanted).__name__}")
        return await self._engine.find([wanted], self._engine.new_call())

    async def cancel(self, order_id: str) -> None:
        """Cancel an order (*Cancel order*). The server decides whether it is too late.

        A cancel whose answer was lost is repeated. If the repeat is refused, the status of the
        order decides: a canceled order proves success, whichever request canceled it.

        Raises:
            ConflictError: it is too late, or the order was canceled before.
            NotFoundError: there is none.
        """
        await self._engine.send(CancelOrder(order_id))

    async def wait_for(
        self,
        order_id: str,
        statuses: str | Iterable[str],
        *,
        timeout: float,  # noqa: ASYNC109  a wait that ends with the order as last seen, not a cancellation
    ) -> Order:
        """Look at an order until it has the status, or one of the statuses (*Get order*).

        Name every status that will do, like `("shipped", "in_transit", "delivered")`: an order may
        pass through one between two looks. Looks come after 0, 1, 2, 4 ... at most 60 seconds,
        through the limiter. A look that fails for a passing reason is repeated with the next one,
        after a `Retry-After` if the answer has one. An order that is not found may not be there
        yet: for 10 seconds that counts as a passing reason. The last look comes after `timeout`
        seconds; one that is under way then may add up to the client's own `timeout`. The client's
        `total_timeout` holds for each look. An order takes days: for many orders webhooks are the
        better way.

        Raises:
            TypeError, ValueError: `timeout` is not a number, NaN or negative, or no status is
                given; nothing was sent.
            OrderRefusedError: Gelato took the order and refused it later; `order` and
                `refusal_reason_code` say why.
            OrderEndedError: the order has another status, which is final; `order` is the order.
            WaitTimeoutError: time is up (a `TimeoutError` too), or Gelato asks for a longer pause;
                `last` is the order as last seen.
            NotFoundError: there is none.
        """
        return await wait_for_order(self._engine, order_id, statuses, timeout)

    async def connected(self, order: Order | OrderSummary | str) -> ConnectedOrders:
        """Get all parts of a split order, from any one of them or its id, one *Get order* each.

        The client's `total_timeout` holds for all of them together.

        Raises:
            NotFoundError: a part is gone, like a deleted draft.
            DecodeError: they name more than 100 parts.
        """
        return await connected.gather(self._engine, order)


@hides_arguments_of_methods
class GelatoOrders(_Orders):
    """Orders of Gelato's own API, v4."""

    async def create(self, order: NewOrder) -> Order:
        """Make an order exactly once (*Create order*).

        If the answer is lost, the order is looked for by its reference for `retry.reconcile` seconds
        before it is sent again. An answer is not yet acceptance: the order may still turn to
        `failed`.

        Raises:
            ValidationError: it breaks documented rules; nothing was sent.
            UnsupportedError: it uses what only GelatoConnect can carry; nothing was sent.
            OutcomeUnknownError: it may or may not have been made; ask `find` later, do not create
                it again.
            ResponseError: Gelato refused it.
        """
        return (await create(self._engine, CreateOrder(order))).answer

    async def quote(self, request: QuoteRequest) -> Quotation:
        """Ask what an order would cost and how it could be shipped (*Quote*); makes no order."""
        return await self._engine.send(QuoteOrder(request))

    async def confirm_draft(self, order_id: str, items: Iterable[DraftItem] | None = None) -> Order:
        """Turn a draft into an order (*Patch draft order*): from then on it is produced and charged.

        `items` None leaves the items as they are; a list keeps just those that it names, an empty
        one removes them all.

        Raises:
            ConflictError: it is not a draft.
        """
        return await self._engine.send(ConfirmDraft(order_id, items))

    async def delete_draft(self, order_id: str) -> None:
        """Delete a draft (*Delete draft order*).

        Raises:
            ConflictError: it is not a draft.
            NotFoundError: there is none.
        """
        await self._engine.send(DeleteDraft(order_id))


@hides_arguments_of_methods
class GelatoConnectOrders(_Orders):
    """Orders of GelatoConnect. Wherever an order id is taken, your own reference will do."""

    async def create(self, order: NewOrder) -> SubmittedOrder:
        """Make an order exactly once (*Submit Order*).

        If the answer is lost, the order is looked for by its reference for `retry.reconcile` seconds
        before it is sent again. An answer is not yet acceptance: the order may still turn to
        `failed`.

        Raises:
            ValidationError: it breaks documented rules; nothing was sent.
            UnsupportedError: it uses what only Gelato can carry; nothing was sent.
            OutcomeUnknownError: it may or may not have been made; ask `find` later, do not create
                it again.
            ResponseError: GelatoConnect refused it.
        """
        return (await create(self._engine, SubmitOrder(order))).answer

    async def update_shipment(
        self,
        order_id: str,
        *,
        shipment_method_uid: str | None = None,
        shipping_address: ShippingAddress | None = None,
    ) -> UpdatedShipment:
        """Change the shipment method, the address, or both (*Update Shipment*).

        Raises:
            ValidationError: neither is given, or the address breaks documented rules.
            ConflictError: it is too late: the order is shipped.
        """
        return await self._engine.send(
            UpdateShipment(
                order_id=order_id,
                shipment_method_uid=shipment_method_uid,
                shipping_address=shipping_address,
            )
        )
