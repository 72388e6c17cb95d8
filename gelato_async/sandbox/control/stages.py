"""How far an order is in its life cycle, and how long until a later stage."""

from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.errors import ControlError
from gelato_async.sandbox.orders.life_cycle import AGES, STAGES
from gelato_async.sandbox.orders.order import Order

# Ages are differences of floats: the clock is advanced a little beyond the beginning of a stage.
_ROUNDING_SECONDS = 1e-6


def seconds_until(order: Order, wanted: str | None, now: Moment) -> float:
    """Return the life-cycle seconds until an order reaches a status; None is the next one.

    Raises:
        ControlError: The order will not reach the status by ageing.
    """
    if wanted is not None and wanted not in STAGES:
        raise ControlError(f"fulfillmentStatus: must be null or one of {', '.join(STAGES)}")
    status = order.status(now)
    if order.forced is not None:
        raise ControlError(f"The order does not age, its status is fixed: {status}", 409)
    if status not in STAGES:
        raise ControlError(f"The order does not age, it is {status}", 409)
    reached = STAGES.index(status)
    aim = reached + 1
    if wanted is not None:
        aim = STAGES.index(wanted)
    if aim <= reached or aim == len(STAGES):
        raise ControlError(f"The order is {status} already", 409)
    return order.began + AGES[aim] - now.life + _ROUNDING_SECONDS
