"""Sender: sends requests, one token each, and repeats those that may be repeated."""

import contextlib
import logging
import math
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import anyio
from attrs import define, field

from gelato_async.core.backend import PAGE, Backend
from gelato_async.core.errors import (
    DecodeError,
    GelatoError,
    NoAnswerError,
    NotFoundError,
    NotSentError,
    OutcomeUnknownError,
    RateLimitError,
)
from gelato_async.core.evidence import Evidence, may_be_reference
from gelato_async.core.messages import Request, Response
from gelato_async.core.operations.base import CheckedOperation, OnceOperation, Operation
from gelato_async.core.operations.orders import GetOrder
from gelato_async.core.redaction import redact
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
from gelato_async.transports.base import Transport

T = TypeVar("T")

# rows that one search for references may answer, on all its pages: it asks for fifty at most
MOST_ROWS = 10_000

_logger = logging.getLogger("gelato_async")

_quotas: "WeakKeyDictionary[RateLimiter, RetryQuota]" = WeakKeyDictionary()


def _quota_of(limiter: RateLimiter) -> RetryQuota:
    try:
        return _quotas.setdefault(limiter, RetryQuota())
    except TypeError:  # a limiter of the caller's that cannot be hashed or weakly referenced
        return RetryQuota()


class Reply(NamedTuple, Generic[T]):
    """An answer, and the response that it was read from."""

    answer: T
    response: Response


@define(eq=False, kw_only=True)
class Sender:
    """Everything that a client's calls share, and the sending itself."""

    backend: Backend
    transport: Transport
    limiter: RateLimiter
    clock: Clock
    retry: RetryPolicy
    timeout: float
    total_timeout: float | None
    validate: bool
    jitter: Callable[[], float] = random.random
    evidence: Evidence = field(factory=Evidence)
    quota: RetryQuota = field(init=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.retry, RetryPolicy):
            raise TypeError(f"retry must be a RetryPolicy, not a {type(self.retry).__name__}")
        if not hasattr(self.limiter, "acquire"):
            raise TypeError(
                "limiter must be a RateLimiter, like LocalLimiter(rate=50), not a"
                f" {type(self.limiter).__name__}"
            )
        self.quota = _quota_of(self.limiter)

    def deadline(self) -> float:
        """When a call that starts now must be over.

        Its total timeout, or the caller's own deadline if that is earlier.
        """
        left = math.inf if self.total_timeout is None else self.total_timeout
        return self.clock.now() + min(left, _ambient_limit())

    async def repeat(
        self,
        operation: Operation[T],
        request: Request,
        deadline: float,
        retry_until: float = math.inf,
    ) -> Reply[T]:
        """Run an operation that may be repeated, until it is answered or the policy gives up.

        Raises:
            OutcomeUnknownError: an `OnceOperation` was sent, and is not known to have failed.
            GelatoError: it was refused, or never left, or the policy gave up.
        """
        attempt, sends, paid, unclear = 1, 0, 0, False
        while True:
            try:
                reply = await self.once(operation, request, deadline)
            except GelatoError as error:
                delivery = delivery_of(error)
                sends += delivery is not Delivery.NOT_SENT
                match next_step(operation.kind, delivery, sent_before=unclear):
                    case Step.CHECK if isinstance(operation, CheckedOperation):
                        return await self._answer_from_state(operation, error, deadline)
                    case Step.UNKNOWN if isinstance(operation, OnceOperation):
                        raise _unknown(operation, error, sends) from error
                    case Step.REPEAT:
                        paid = await self.pause(error, attempt, min(deadline, retry_until))
                    case _:
                        raise
                unclear = unclear or delivery is Delivery.UNKNOWN
                attempt += 1
            else:
                self.quota.succeeded(paid)
                return reply

    async def once(
        self,
        operation: Operation[T],
        request: Request,
        deadline: float = math.inf,
        on_sending: Callable[[], None] | None = None,
    ) -> Reply[T]:
        """One attempt: one token, bytes out, bytes in, the answer."""
        sent: float | None = None

        async def before_send() -> None:
            nonlocal sent
            await self.limiter.before_send()
            if on_sending:
                on_sending()
            sent = self.clock.now()

        limit = self._own_limit(deadline)
        if limit is not None and limit <= 0:
            raise _out_of_time(operation, sent=False)
        try:
            with contextlib.nullcontext() if limit is None else anyio.fail_after(limit):
                response = await self._exchange(request, before_send, lambda: sent is not None)
        except TimeoutError:
            raise _out_of_time(operation, sent=sent is not None) from None
        except GelatoError as error:
            error.operation = operation.name
            redact(error, self.backend.redactor(operation).text)
            raise
        now, wall = self.clock.now(), self.clock.wall()
        self.evidence.note_response(
            response, sent=now if sent is None else sent, answered=now, wall=wall
        )
        _logger.debug("%s: %s", operation.name, response.status)
        answer = self.backend.parse(operation, response, datetime.fromtimestamp(wall, UTC))
        return Reply(answer, response)

    async def pause(self, error: GelatoError, attempt: int, deadline: float) -> int:
        """Charge a failed attempt to the retry budget, and wait before the next one.

        Raises:
            GelatoError: the error itself, where the policy, the deadline or the budget allows no
                other attempt.
        """
        wait = self.retry.delay(error, attempt, self.jitter())
        if isinstance(error, RateLimitError):
            self.limiter.pause(
                wait if wait is not None else error.retry_after or self.retry.initial_rate_limited
            )
        # charged though it may not be repeated: else calls that time out at the end of an outage
        # would all be repeated at once
        paid = self.quota.pay(error)
        if paid is None or wait is None or self.clock.now() + wait >= deadline:
            raise error
        await self.clock.sleep(wait)
        return paid

    async def find(
        self, references: Sequence[str], deadline: float = math.inf, *, similar: bool = False
    ) -> tuple[OrderSummary, ...]:
        """All orders with these references, from as many pages as there are.

        `similar`: also those whose references a server may have made of these.
        """
        rows: dict[str, OrderSummary] = {}
        wanted, offset = frozenset(references), 0
        is_wanted = partial(_is_similar, wanted) if similar else wanted.__contains__
        while True:
            operation = self.backend.find_operation(references, offset)
            page = (await self.repeat(operation, self.backend.build(operation), deadline)).answer
            if page.length != len(page.orders):
                # a row that cannot be read would count as absent, and be ordered again
                raise DecodeError(
                    "the search answers a row that is no object", operation=operation.name
                )
            if offset + page.length > MOST_ROWS:
                raise DecodeError(
                    f"the search answers more than {MOST_ROWS:,} orders", operation=operation.name
                )
            found = [row for row in page.orders if is_wanted(row.order_reference_id)]
            if page.length >= PAGE and not found:
                raise DecodeError(
                    "the search answers other orders than it was asked for",
                    operation=operation.name,
                )
            met = len(rows)
            rows |= {row.id: row for row in page.orders}
            offset += page.length
            if page.length >= PAGE and len(rows) == met:
                # so would what is on other pages
                raise DecodeError(
                    "the search answers the same page again: it ignores its offset",
                    operation=operation.name,
                )
            if page.length < PAGE:
                return tuple(row for row in rows.values() if is_wanted(row.order_reference_id))

    async def get(self, order_id: str, deadline: float = math.inf) -> Reply[Order]:
        """One order."""
        operation = GetOrder(order_id)
        return await self.repeat(operation, self.backend.build(operation), deadline)

    def _own_limit(self, deadline: float) -> float | None:
        # the caller's own deadline cuts an attempt off by itself, as a cancellation that the caller
        # catches
        if deadline == math.inf:
            return None
        left = deadline - self.clock.now()
        return left if left < _ambient_limit() - 0.05 else None

    async def _exchange(
        self, request: Request, before_send: Callable[[], Any], was_sent: Callable[[], bool]
    ) -> Response:
        await self.limiter.acquire()
        try:
            return await self.transport.send(request, timeout=self.timeout, before_send=before_send)
        finally:
            if not was_sent():
                self.limiter.give_back()

    async def _answer_from_state(
        self, operation: CheckedOperation[T], error: GelatoError, deadline: float
    ) -> Reply[T]:
        try:
            reply = await self.get(operation.order_id, deadline)
        except NotFoundError:
            answer, response = operation.answer_from(None), None
        except GelatoError:
            # raised from here, the error would carry this one, which was not masked for the operation
            answer, response = None, None
        else:
            found = reply.answer
            # a cache may answer with another order
            named = operation.order_id in {found.id, found.order_reference_id}
            answer = operation.answer_from(found) if named else None
            response = reply.response
        if answer is None:
            raise error
        return Reply(answer.value, response or Response(status=404))


def _is_similar(wanted: frozenset[str], reference: str) -> bool:
    return reference in wanted or any(may_be_reference(reference, one) for one in wanted)


def _ambient_limit() -> float:
    return anyio.current_effective_deadline() - anyio.current_time()


def _unknown(operation: OnceOperation[Any], error: GelatoError, sends: int) -> OutcomeUnknownError:
    product_id = error.product_id if isinstance(error, DecodeError) else None
    known = (
        "it took effect, and its answer is lost"
        if delivery_of(error) is Delivery.ACCEPTED
        else "nobody knows whether it took effect"
    )
    named = f" (it made {product_id!r})" if product_id else ""
    return OutcomeUnknownError(
        f"{known}{named}. Do not send it again: {operation.advice}",
        sends=sends,
        product_id=product_id,
        operation=operation.name,
        reason=str(error),
    )


def _out_of_time(operation: Operation[Any], *, sent: bool) -> GelatoError:
    if sent:
        return NoAnswerError(
            "it was sent, and the time for the whole call ran out", operation=operation.name
        )
    return NotSentError(
        "the time for the whole call ran out before it was sent", operation=operation.name
    )
