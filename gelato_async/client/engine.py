"""Engine: runs operations. It reads the retry table after each failed attempt."""

import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from attrs import define, evolve, field

from gelato_async.client.pages import Pages
from gelato_async.client.sender import Reply, Sender, ambient_limit
from gelato_async.core.backend import PAGE, Backend
from gelato_async.core.errors import (
    DecodeError,
    GelatoError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
)
from gelato_async.core.events import (
    Call,
    LimiterClosed,
    OperationBegan,
    OperationEnded,
    OutcomeStaysUnknown,
    RetryBudgetSpent,
    RetryScheduled,
)
from gelato_async.core.evidence import Evidence, may_be_reference
from gelato_async.core.messages import Request, Response
from gelato_async.core.operations.base import (
    Answer,
    CheckedOperation,
    Kind,
    OnceOperation,
    Operation,
)
from gelato_async.core.operations.orders import GetOrder, SearchOrders
from gelato_async.core.retry import (
    Delivery,
    RetryPolicy,
    RetryQuota,
    Step,
    delivery_of,
    next_step,
)
from gelato_async.limiters.base import Clock, RateLimiter
from gelato_async.models.order import Order
from gelato_async.models.search import OrderSummary

T = TypeVar("T")

# rows that one search for references may answer, on all its pages: it asks for fifty at most
MOST_ROWS = 10_000

# clients that share a limiter share its budget: an outage is the same for all of them
_quotas: "WeakKeyDictionary[RateLimiter, RetryQuota]" = WeakKeyDictionary()


def _quota_of(limiter: RateLimiter) -> RetryQuota:
    try:
        return _quotas.setdefault(limiter, RetryQuota())
    except TypeError:  # a limiter of the caller's that cannot be hashed or weakly referenced
        return RetryQuota()


@define(eq=False, kw_only=True)
class Engine:
    """Runs operations, and repeats what the retry table lets it repeat.

    `CreateOnce` runs the creates: it uses the same sender, pauses and budget.
    """

    sender: Sender
    retry: RetryPolicy
    total_timeout: float | None
    validate: bool
    jitter: Callable[[], float] = random.random
    quota: RetryQuota = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.quota = _quota_of(self.sender.limiter)

    @property
    def backend(self) -> Backend:
        """The API that the operations are for."""
        return self.sender.backend

    @property
    def clock(self) -> Clock:
        """The source of time."""
        return self.sender.clock

    @property
    def evidence(self) -> Evidence:
        """What the answers so far taught about clocks and ids."""
        return self.sender.evidence

    def deadline(self) -> float:
        """When a call that starts now is over: by its total timeout or the caller's deadline."""
        left = ambient_limit()
        if self.total_timeout is not None:
            left = min(left, self.total_timeout)
        return self.clock.now() + left

    def new_call(self, deadline: float | None = None) -> Call:
        """Begin a call, which ends at the deadline, by default at that of the client and its caller."""
        if deadline is None:
            deadline = self.deadline()
        return Call(reporter=self.sender.reporter, deadline=deadline)

    def without_retries(self) -> "Engine":
        """Return an engine that makes one attempt, on the same sender."""
        return evolve(self, retry=evolve(self.retry, attempts=1))

    async def send(self, operation: Operation[T]) -> T:
        """Run an operation that makes no order, and return its answer."""
        return (await self.send_raw(operation)).answer

    async def send_raw(self, operation: Operation[T]) -> Reply[T]:
        """Run an operation that makes no order, and return its answer with the response.

        Raises:
            GelatoError: see its tree.
        """
        if not isinstance(operation, Operation):
            raise TypeError(
                f"an operation is sent, like GetOrder('...'), not a {type(operation).__name__}"
            )
        if operation.kind is Kind.CREATE:
            raise TypeError(f"{type(operation).__name__} is run by CreateOnce, never by the engine")
        request = self.backend.prepare(operation, validate=self.validate)
        return await self._run(operation, request, self.new_call())

    async def send_within(self, operation: Operation[T], call: Call) -> T:
        """Run an operation that makes no order as one of several of a call."""
        request = self.backend.prepare(operation, validate=self.validate)
        return (await self._run(operation, request, call)).answer

    async def find(
        self, references: Sequence[str], call: Call, *, similar: bool = False
    ) -> tuple[OrderSummary, ...]:
        """Find all orders with these references, on as many pages as there are.

        `similar`: also those whose references a server may have made of these.
        """
        wanted = frozenset(references)
        is_wanted: Callable[[str], bool] = wanted.__contains__
        if similar:
            is_wanted = partial(_is_similar, wanted)
        rows: dict[str, OrderSummary] = {}

        async def read(offset: int) -> tuple[Sequence[OrderSummary], int]:
            operation = self.backend.find_operation(references, offset)
            page = (await self._run(operation, self.backend.build(operation), call)).answer
            if page.length != len(page.orders):
                # a row that cannot be read would count as absent, and be ordered again
                raise _undecodable("the search answers a row that is no object")
            if offset + page.length > MOST_ROWS:
                raise _undecodable(f"the search answers more than {MOST_ROWS:,} orders")
            return page.orders, page.length

        pages = Pages(read, _order_id, limit=PAGE)
        while True:
            page = await pages.next()
            rows |= {row.id: row for row in page.rows}
            if page.is_last:
                return tuple(row for row in rows.values() if is_wanted(row.order_reference_id))
            # so would what is on pages that cannot be had
            if not any(is_wanted(row.order_reference_id) for row in page.rows):
                raise _undecodable("the search answers other orders than it was asked for")
            if not page.fresh:
                raise _undecodable("the search answers the same page again: it ignores its offset")

    async def get(self, order_id: str, call: Call) -> Reply[Order]:
        """Get one order."""
        operation = GetOrder(order_id)
        return await self._run(operation, self.backend.build(operation), call)

    async def pause(self, error: GelatoError, attempt: int, call: Call, operation: str) -> int:
        """Charge a failed attempt to the retry budget, and wait before the next one.

        Raises:
            GelatoError: the error itself, where the policy, the deadline or the budget allows no
                other attempt.
        """
        kind = type(error).__name__
        wait = self.retry.delay(error, attempt, self.jitter())
        if isinstance(error, RateLimitError):
            self._close_limiter(error, wait, call, operation)
        # Charged though it may not be repeated: otherwise calls that time out at the end of an
        # outage would all be repeated at once.
        paid = self.quota.pay(error)
        if paid is None:
            call.emit(RetryBudgetSpent, operation, error=kind)
            raise error
        if wait is None or self.clock.now() + wait >= min(call.deadline, call.retry_until):
            raise error
        call.emit(RetryScheduled, operation, seconds=wait, error=kind)
        await self.clock.sleep(wait)
        return paid

    def _close_limiter(
        self, error: RateLimitError, wait: float | None, call: Call, operation: str
    ) -> None:
        if wait is None:
            # this call gives up; the others are held back nevertheless
            wait = error.retry_after or self.retry.initial_rate_limited
        self.sender.limiter.pause(wait)
        call.emit(LimiterClosed, operation, seconds=wait)

    async def _run(self, operation: Operation[T], request: Request, call: Call) -> Reply[T]:
        began = self.clock.now()
        call.emit(OperationBegan, operation.name)
        try:
            reply = await self._repeat(operation, request, call)
        except BaseException as error:
            seconds, kind = self.clock.now() - began, type(error).__name__
            call.emit(OperationEnded, operation.name, seconds=seconds, error=kind)
            raise
        call.emit(OperationEnded, operation.name, seconds=self.clock.now() - began)
        return reply

    async def _repeat(self, operation: Operation[T], request: Request, call: Call) -> Reply[T]:
        attempt, sends, paid, unclear = 1, 0, 0, False
        while True:
            try:
                reply = await self.sender.attempt(call, operation, request)
            except GelatoError as error:
                delivery = delivery_of(error)
                sends += delivery is not Delivery.NOT_SENT
                match next_step(operation.kind, delivery, sent_before=unclear):
                    case Step.CHECK if isinstance(operation, CheckedOperation):
                        return await self._answer_from_state(operation, error, call)
                    case Step.GIVE_UP if isinstance(operation, OnceOperation):
                        call.emit(OutcomeStaysUnknown, operation.name)
                        raise _unknown(operation, error, sends) from error
                    case Step.REPEAT:
                        paid = await self.pause(error, attempt, call, operation.name)
                    case _:
                        # the table says RAISE; RECONCILE is for creates, which are not run here
                        raise
                # a refusal of the next attempt may be the doing of this one
                unclear = unclear or delivery is Delivery.UNKNOWN
                attempt += 1
            else:
                self.quota.succeeded(paid)
                return reply

    async def _answer_from_state(
        self, operation: CheckedOperation[T], error: GelatoError, call: Call
    ) -> Reply[T]:
        answer: Answer[T] | None = None
        response = Response(status=404)
        try:
            order, response = await self.get(operation.order_id, call)
            # a cache may answer with another order
            if operation.order_id in {order.id, order.order_reference_id}:
                answer = operation.answer_from(order)
        except NotFoundError:
            answer = operation.answer_from(None)
        except GelatoError:
            # Raised from here, the error of the call would have this one as its context, which was
            # not masked for the operation. So the state counts as unknown.
            answer = None
        if answer is None:
            raise error
        return Reply(answer.value, response)


def _is_similar(wanted: frozenset[str], reference: str) -> bool:
    return reference in wanted or any(may_be_reference(reference, one) for one in wanted)


def _order_id(row: OrderSummary) -> str:
    return row.id


def _undecodable(why: str) -> DecodeError:
    return DecodeError(why, operation=SearchOrders.name)


def _unknown(operation: OnceOperation[Any], error: GelatoError, sends: int) -> OutcomeUnknownError:
    known = "nobody knows whether it took effect"
    if delivery_of(error) is Delivery.ACCEPTED:
        known = "it took effect, and its answer is lost"
    product_id = None
    if isinstance(error, DecodeError) and error.product_id:
        product_id = error.product_id
        known += f" (it made {product_id!r})"
    return OutcomeUnknownError(
        f"{known}. Do not send it again: {operation.advice}",
        sends=sends,
        product_id=product_id,
        operation=operation.name,
        reason=str(error),
    )
