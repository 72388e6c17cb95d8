"""The parts of a split order, gathered, and the one status that they have together."""

from attrs import field, frozen
from attrs.validators import min_len

from gelato_async.client.engine import Engine
from gelato_async.core.operations import GetOrder
from gelato_async.models.enums import FulfillmentStatus
from gelato_async.models.order import Order
from gelato_async.models.search import OrderSummary

_DEAD = frozenset({FulfillmentStatus.FAILED, FulfillmentStatus.CANCELED})
# from what has come to nothing over what waits for somebody to what is on its way; a status that is new is put at the
# place of None, so that nothing is said to be shipped which may not be
_PROGRESS = (
    FulfillmentStatus.FAILED,
    FulfillmentStatus.CANCELED,
    None,
    FulfillmentStatus.DRAFT,
    FulfillmentStatus.NOT_CONNECTED,
    FulfillmentStatus.PENDING_PERSONALIZATION,
    FulfillmentStatus.PENDING_APPROVAL,
    FulfillmentStatus.ON_HOLD,
    FulfillmentStatus.CREATED,
    FulfillmentStatus.UPLOADING,
    FulfillmentStatus.DIGITIZING,
    FulfillmentStatus.PASSED,
    FulfillmentStatus.IN_PRODUCTION,
    FulfillmentStatus.PRINTED,
    FulfillmentStatus.SHIPPED,
    FulfillmentStatus.IN_TRANSIT,
    FulfillmentStatus.RETURNED,
    FulfillmentStatus.DELIVERED,
)


@frozen(kw_only=True)
class ConnectedOrders:
    """All parts of a split order, or the one part of an order that was not split (*Split orders*)."""

    orders: tuple[Order, ...] = field(validator=min_len(1))

    @property
    def is_split(self) -> bool:
        """Whether there is more than one part."""
        return len(self.orders) > 1

    @property
    def fulfillment_status(self) -> FulfillmentStatus:
        """The status of the least advanced part, so that it is `shipped` only when every part has been shipped.

        A failed part counts as the least advanced of all, a canceled one is next; then come statuses that this release does
        not know, those that wait for somebody (draft, not_connected, pending ..., on_hold), and the others in the order of
        an order's life. `returned` is before `delivered`. Where canceled or failed parts are settled, ask `live`.
        """
        return min((order.fulfillment_status for order in self.orders), key=_progress)

    @property
    def live(self) -> "ConnectedOrders | None":
        """The parts that are neither canceled nor failed; None where none is left."""
        parts = tuple(order for order in self.orders if order.fulfillment_status not in _DEAD)
        return ConnectedOrders(orders=parts) if parts else None


def _progress(status: FulfillmentStatus) -> int:
    return _PROGRESS.index(status if status in _PROGRESS else None)


async def gather(engine: Engine, order: Order | OrderSummary | str) -> ConnectedOrders:
    """Get an order and all that it is connected with, and what these name in turn."""
    first = await engine.send(GetOrder(order if isinstance(order, str) else order.id))
    found, open_ids = {first.id: first}, list(first.connected_order_ids)
    while open_ids:
        order_id = open_ids.pop(0)
        if order_id not in found:
            part = await engine.send(GetOrder(order_id))
            found |= {order_id: part}
            open_ids += part.connected_order_ids
    return ConnectedOrders(orders=tuple(found.values()))
