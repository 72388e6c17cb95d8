"""Split orders: gathers the parts of one, and gives them one status."""

from attrs import field, frozen
from attrs.validators import min_len

from gelato_async.client.engine import Engine
from gelato_async.core.errors import DecodeError
from gelato_async.core.operations.orders import GetOrder
from gelato_async.models.enums import FulfillmentStatus
from gelato_async.models.order import Order
from gelato_async.models.search import OrderSummary

_MOST_PARTS = 100
# the first may be asked for by the caller's own reference, which is counted beside its id
_MOST_IDS = _MOST_PARTS + 1
_DEAD = frozenset({FulfillmentStatus.FAILED, FulfillmentStatus.CANCELED})
# From dead parts over those that wait for somebody to those on their way. A status that this
# release does not know takes the place of None: no order is called shipped that may not be.
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
        """The status of the least advanced part: `shipped` only when every part has been shipped.

        A failed part counts as the least advanced of all, a canceled one is next; then come
        statuses that this release does not know, those that wait for somebody (draft,
        not_connected, pending ..., on_hold), and the others in the order of an order's life.
        `returned` is before `delivered`. For the parts that are neither canceled nor failed, ask
        `live`.
        """
        return min((order.fulfillment_status for order in self.orders), key=_progress)

    @property
    def live(self) -> "ConnectedOrders | None":
        """The parts that are neither canceled nor failed; None if no part is left."""
        parts = tuple(order for order in self.orders if order.fulfillment_status not in _DEAD)
        if not parts:
            return None
        return ConnectedOrders(orders=parts)


def _progress(status: FulfillmentStatus) -> int:
    if status not in _PROGRESS:
        return _PROGRESS.index(None)
    return _PROGRESS.index(status)


async def gather(engine: Engine, order: Order | OrderSummary | str) -> ConnectedOrders:
    """Get an order and all that it is connected with, and what these name in turn, in one call.

    Raises:
        DecodeError: they name more than 100 parts, which no order has.
    """
    first = order
    if not isinstance(first, str):
        first = first.id
    call, found = engine.new_call(), dict[str, Order]()
    open_ids, seen = [first], {first}
    while open_ids:
        part = await engine.send_within(GetOrder(open_ids.pop(0)), call)
        found[part.id] = part
        seen.add(part.id)
        for order_id in part.connected_order_ids:
            if order_id not in seen:
                open_ids.append(order_id)
                seen.add(order_id)
        if len(seen) > _MOST_IDS:
            raise DecodeError(
                f"the order is connected with more than {_MOST_PARTS} parts",
                operation=GetOrder.name,
            )
    return ConnectedOrders(orders=tuple(found.values()))
