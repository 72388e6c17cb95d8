"""Waiting: looks again at growing intervals, through the limiter, until it is over or time is up."""

from collections.abc import Callable
from typing import TypeVar

from attrs import frozen

from gelato_async.client.engine import Engine
from gelato_async.core.errors import GelatoError, NotSentError, WaitTimeoutError
from gelato_async.core.operations import Operation
from gelato_async.core.retry import Fate, fate_of
from gelato_async.models.order import Order
from gelato_async.models.store_product import StoreProduct

T = TypeVar("T", Order, StoreProduct)

_PASSING = frozenset({Fate.NOT_SENT, Fate.REFUSED_FOR_NOW, Fate.UNKNOWN})


@frozen(kw_only=True)
class Pace:
    """Seconds between the looks: the first, what each next one is multiplied by, and the longest."""

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
    """Look until `is_over`, a last time when the seconds are over. Looks that fail for a passing reason are repeated.

    Raises:
        WaitTimeoutError: it is not over in time.
        GelatoError: a look was refused, or whatever `is_over` raises.
    """
    clock, interval = engine.clock, pace.first
    end = clock.now() + seconds
    last: T | None = None
    failed: GelatoError | None = None
    while True:
        try:
            last, failed = await _look(engine, operation, end), None
        except GelatoError as error:
            if not _is_passing(error):
                raise
            failed = error
        else:
            if is_over(last):
                return last
        left = end - clock.now()
        if left <= 0:
            seen = "no look succeeded" if last is None else f"it was {status_of(last)} when last seen"
            raise _out_of_time(f"{seen}, and {seconds:g} seconds are over", operation.name, last, failed) from failed
        await clock.sleep(min(interval, left))
        interval = pace.next(interval)


async def _look(engine: Engine, operation: Operation[T], end: float) -> T:
    request = engine.backend.prepare(operation, validate=engine.validate)
    # retries end with the wait, only an attempt that is under way then may take its usual time
    longest = max(end, engine.clock.now()) + engine.timeout
    return (await engine.repeat(operation, request, min(engine.deadline(), longest))).answer


def _is_passing(error: GelatoError) -> bool:
    return fate_of(error) in _PASSING or type(error) is NotSentError


def _out_of_time(
    message: str, operation: str, last: Order | StoreProduct | None, failed: GelatoError | None
) -> WaitTimeoutError:
    reason = str(failed) if failed else None
    return WaitTimeoutError(f"{message}: wait again, or look later", last=last, operation=operation, reason=reason)
