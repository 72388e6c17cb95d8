"""Waiting: looks at something at growing intervals, until it is over or time is up."""

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Generic, TypeVar

from attrs import define, frozen

from gelato_async.client.engine import Engine
from gelato_async.core.errors import (
    GelatoError,
    NotFoundError,
    NotSentError,
    OrderEndedError,
    OrderRefusedError,
    ResponseError,
    WaitTimeoutError,
)
from gelato_async.core.operations.base import Operation
from gelato_async.core.operations.orders import GetOrder
from gelato_async.core.retry import Delivery, delivery_of
from gelato_async.models.enums import FulfillmentStatus
from gelato_async.models.order import Order

if TYPE_CHECKING:
    from gelato_async.models.store_product import StoreProduct

T = TypeVar("T", Order, "StoreProduct")

# a look changes nothing: one whose answer was lost is a passing failure too
_PASSING = frozenset(
    {Delivery.NOT_SENT, Delivery.RATE_LIMITED, Delivery.UNKNOWN, Delivery.ACCEPTED}
)
# what was just made may not be found at once
_NOT_FOUND_YET = 10.0


@frozen(kw_only=True)
class Pace:
    """Seconds between the looks: the first, the factor to the next, the longest."""

    first: float
    growth: float
    longest: float

    def next(self, interval: float) -> float:
        """The interval after this one."""
        return min(interval * self.growth, self.longest)


async def wait(
    engine: Engine,
    operation: Operation[T],
    *,
    is_over: Callable[[T], bool],
    status_of: Callable[[T], str | None],
    seconds: float,
    pace: Pace,
) -> T:
    """Look until `is_over`, a last time when the seconds are over.

    Looks that fail for a passing reason are repeated.

    Raises:
        TypeError, ValueError: `seconds`, which callers know as `timeout`, is not a number, NaN or
            negative; nothing was sent.
        WaitTimeoutError: it is not over in time, or Gelato asks for a longer pause.
        GelatoError: a look was refused, or whatever `is_over` raises.
    """
    looks = _Looks(engine, operation, engine.clock.now(), _validated_timeout(seconds))
    interval = pace.first
    while True:
        found = await looks.look()
        if found is not None and is_over(found):
            return found
        left = looks.end - engine.clock.now()
        if left <= 0 or looks.retry_after > left:
            raise looks.out_of_time(left, status_of) from looks.failed
        await engine.clock.sleep(min(max(interval, looks.retry_after), left))
        interval = pace.next(interval)


@define
class _Looks(Generic[T]):
    engine: Engine
    operation: Operation[T]
    began: float
    seconds: float
    last: T | None = None
    failed: GelatoError | None = None

    @property
    def end(self) -> float:
        return self.began + self.seconds

    @property
    def retry_after(self) -> float:
        if not isinstance(self.failed, ResponseError):
            return 0.0
        return self.failed.retry_after or 0.0

    async def look(self) -> T | None:
        try:
            self.last, self.failed = await self._send(), None
        except GelatoError as error:
            if not self._passes(error):
                raise
            self.failed = error
            return None
        return self.last

    async def _send(self) -> T:
        # Retries end with the wait. Only an attempt that is under way then may take its usual time,
        # so that the last look has its chance.
        latest = max(self.end, self.engine.clock.now()) + self.engine.sender.timeout
        call = self.engine.new_call(min(self.engine.deadline(), latest))
        call.retry_until = self.end
        return await self.engine.send_within(self.operation, call)

    def _passes(self, error: GelatoError) -> bool:
        # what was seen once and is gone now does not come back
        if isinstance(error, NotFoundError):
            return self.last is None and self.engine.clock.now() < self.began + min(
                _NOT_FOUND_YET, self.seconds
            )
        return delivery_of(error) in _PASSING or type(error) is NotSentError

    def out_of_time(self, left: float, status_of: Callable[[T], str | None]) -> WaitTimeoutError:
        seen = "no look succeeded"
        if self.last is not None:
            seen = f"it was {status_of(self.last)} when last seen"
        why = f"{self.seconds:g} seconds are over"
        if left > 0:
            why = (
                f"Gelato asks for {self.retry_after:g} seconds without a request, more than are"
                f" left of {self.seconds:g}"
            )
        return WaitTimeoutError(
            f"{seen}, and {why}: wait again, or look later",
            last=self.last,
            operation=self.operation.name,
            reason=str(self.failed) if self.failed else None,
        )


def _validated_timeout(timeout: object) -> float:
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError(f"timeout must be a number of seconds, not {type(timeout).__name__}")
    if math.isnan(timeout) or timeout < 0:
        raise ValueError(f"timeout must be 0 or more seconds, not {timeout!r}")
    return float(timeout)


# an order takes days, and a key has 100 requests a second for all its calls
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
    if isinstance(statuses, str):
        statuses = [statuses]
    wanted = frozenset(statuses)
    if not wanted:
        raise ValueError("statuses: name at least one to wait for, like FulfillmentStatus.SHIPPED")

    # an order may reach a final status that is not wanted: waiting on would only end at the timeout
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
