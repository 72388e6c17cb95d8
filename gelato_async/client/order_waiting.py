"""Waiting for the status of an order."""

from collections.abc import Iterable

from gelato_async.client.engine import Engine
from gelato_async.client.waiting import Pace, wait
from gelato_async.core.errors import OrderEndedError, OrderRefusedError
from gelato_async.core.operations import GetOrder
from gelato_async.models.enums import FulfillmentStatus
from gelato_async.models.order import Order

# an order takes days, and a key has 100 requests a second for everything
_PACE = Pace(first=1.0, growth=2.0, longest=60.0)


async def wait_for_order(
    engine: Engine, order_id: str, statuses: str | Iterable[str], seconds: float
) -> Order:
    """Look at an order until it has one of the statuses.

    Raises:
        ValueError: no status is given.
        OrderEndedError: it is in another status, and that one is final.
        WaitTimeoutError: time is up.
    """
    wanted = frozenset([statuses] if isinstance(statuses, str) else statuses)
    if not wanted:
        raise ValueError("statuses: name at least one to wait for, like FulfillmentStatus.SHIPPED")

    def has_come(order: Order) -> bool:
        if order.fulfillment_status in wanted:
            return True
        if order.fulfillment_status.is_final:
            raise _ended(order, wanted)
        return False

    return await wait(
        engine, GetOrder(order_id), is_over=has_come, status_of=_status, seconds=seconds, pace=_PACE
    )


def _status(order: Order) -> FulfillmentStatus:
    return order.fulfillment_status


def _ended(order: Order, wanted: frozenset[str]) -> OrderEndedError:
    text = (
        f"order {order.id} is {order.fulfillment_status} and cannot become"
        f" {' or '.join(sorted(wanted))} any more"
    )
    if order.is_refused:
        return OrderRefusedError(
            f"{text}: {order.refusal_reason_code}", order=order, operation=GetOrder.name
        )
    return OrderEndedError(text, order=order, operation=GetOrder.name)
