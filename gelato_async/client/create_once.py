"""Create-once: sends a create, and reconciles its outcome before it could ever be sent a second time."""

import json
import logging
import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from gelato_async.client.sender import Reply, Sender
from gelato_async.core import wire
from gelato_async.core.errors import GelatoError, NotSentError
from gelato_async.core.messages import Request, Response
from gelato_async.core.operations.orders import CreateOperation
from gelato_async.core.reconciliation import Found, PendingCreate, match_created
from gelato_async.core.redaction import redact
from gelato_async.core.retry import Delivery, delivery_of
from gelato_async.models.order import Order
from gelato_async.models.search import OrderSummary

T = TypeVar("T")

_logger = logging.getLogger("gelato_async")


def _nothing() -> None:
    pass


async def create(sender: Sender, operation: CreateOperation[T], request: Request) -> Reply[T]:
    """Make an order once, whatever happens on the way.

    Raises:
        OutcomeUnknownError: it was sent, and its outcome could not be reconciled.
        GelatoError: it was refused or never left.
    """
    pending, deadline = PendingCreate(operation=operation, request=request), sender.deadline()
    while True:
        reply = await _attempt(sender, pending, deadline)
        if reply is not None:
            return reply
        if (
            pending.order_id is not None
            and (reply := await _get(sender, operation, pending, deadline)) is not None
        ):
            return reply
        found = await _reconcile(sender, pending, deadline)
        if found is not None:
            return await _adopt(sender, operation, found.row, deadline)
        check_resend(sender, pending)
        if not pay_for_resend(sender, pending):
            raise pending.unknown(
                "it was not found, and too many requests fail at the moment to send it again"
            )


async def _attempt(sender: Sender, pending: PendingCreate[T], deadline: float) -> Reply[T] | None:
    try:
        return await attempt(sender, pending, deadline)
    except GelatoError as error:
        refused = delivery_of(error) is Delivery.REFUSED and not isinstance(error, NotSentError)
        if pending.unclear_since is None or refused:
            raise
        raise pending.unknown("it could not be sent again") from error


async def attempt(
    sender: Sender,
    pending: PendingCreate[T],
    deadline: float = math.inf,
    on_sending: Callable[[], None] = _nothing,
    on_pausing: Callable[[], None] = _nothing,
) -> Reply[T] | None:
    """Send a create until it is answered or its outcome is unclear: None means that it has to be looked for.

    `on_sending` is called at the moment of sending and may raise to prevent it, `on_pausing` when a
    refused or failed attempt is about to wait for the next one.

    Raises:
        GelatoError: it was refused, or never left and the policy gives up.
    """
    operation, request, resent = (
        pending.operation,
        pending.request,
        pending.unclear_since is not None,
    )
    if operation is None or request is None:
        raise pending.unknown("its contents are not known")

    def sending() -> None:
        on_sending()
        pending.mark_sent(sender.clock.now(), sender.clock.wall())

    while True:
        pending.attempt_started(sender.clock.now())
        try:
            reply = await sender.once(operation, request, deadline, sending)
        except GelatoError as error:
            delivery = delivery_of(error)
            if delivery in {Delivery.UNKNOWN, Delivery.ACCEPTED} or (
                resent and getattr(error, "status", None) == 409
            ):
                pending.mark_unclear(error, sender.clock.now())
                return None
            on_pausing()
            pending.retry_cost = await sender.pause(error, pending.attempts, deadline)
        else:
            sender.quota.succeeded(pending.retry_cost)
            return reply


async def look(
    sender: Sender, creates: Sequence[PendingCreate[Any]], deadline: float = math.inf
) -> tuple[OrderSummary, ...]:
    """Look once for several creates: all orders with their references, for `judge`.

    Raises:
        GelatoError: the look failed, which is noted with every create.
    """
    began = sender.clock.now()
    try:
        return await sender.find([pending.reference for pending in creates], deadline)
    except GelatoError as error:
        for pending in creates:
            pending.failed_look = error
            _mask(sender, pending, error)
        raise
    finally:
        # a look tells of the moment it began, not of the one its answer came: the last one must
        # begin after the window
        for pending in creates:
            pending.last_look = began


def judge(
    sender: Sender, pending: PendingCreate[Any], rows: Sequence[OrderSummary]
) -> Found | None:
    """Which of these orders the create made, if any.

    Raises:
        OutcomeUnknownError: it cannot be told.
    """
    now, wall = sender.clock.now(), sender.clock.wall()
    first = now - pending.seconds_since_first(now, wall)
    found = match_created(pending, rows, sender.server_clock.at(first, now, wall))
    if found is not None and found.others:
        _logger.warning(
            "order %r: took %s for the order that was sent, but %s have the same reference and may"
            " be duplicates",
            pending.reference,
            found.row.id,
            ", ".join(found.others),
        )
    return found


def check_resend(sender: Sender, pending: PendingCreate[Any]) -> None:
    """See that a create which was not found may be sent once more.

    Raises:
        OutcomeUnknownError: it may not.
    """
    if pending.request is None:
        raise pending.unknown("it was not found, and it is not in the input any more")
    if pending.accepted:
        ids = [] if pending.order_id is None else [pending.order_id]
        raise pending.unknown(
            "Gelato accepted it, but its answer was lost and no search shows it", ids
        )
    if pending.failed_look is not None:
        raise pending.unknown("looking for it failed")
    if not pending.may_resend(sender.retry):
        raise pending.unknown("it was not found, and may not be sent again under this retry policy")


def pay_for_resend(sender: Sender, pending: PendingCreate[Any]) -> bool:
    """Pay for sending it again; False when too many requests fail at the moment."""
    paid = sender.quota.pay(pending.last_error or pending.unknown("it was in flight"))
    pending.retry_cost = paid or 0
    return paid is not None


async def _reconcile(sender: Sender, pending: PendingCreate[Any], deadline: float) -> Found | None:
    while (due := pending.next_look(sender.retry.reconcile)) is not None:
        if due >= deadline:
            raise pending.unknown("the time for the whole call does not suffice to find out")
        await sender.clock.sleep(max(0.0, due - sender.clock.now()))
        try:
            rows = await look(sender, [pending], deadline)
        except GelatoError as error:
            if delivery_of(error) is Delivery.REFUSED:
                raise pending.unknown("looking for it was refused") from error
        else:
            found = judge(sender, pending, rows)
            if found is not None:
                return found
    return None


async def _get(
    sender: Sender, operation: CreateOperation[T], pending: PendingCreate[T], deadline: float
) -> Reply[T] | None:
    try:
        order, response = await sender.get(pending.order_id or "", deadline)
    except GelatoError as error:
        _mask(sender, pending, error)
        pending.last_error = error
        return None
    return Reply(operation.answer_from(order), response)


async def _adopt(
    sender: Sender, operation: CreateOperation[T], row: OrderSummary, deadline: float
) -> Reply[T]:
    try:
        order, response = await sender.get(row.id, deadline)
    except GelatoError:
        order = wire.load(Order, row.raw)
        response = Response(status=200, body=json.dumps(row.raw).encode())
    return Reply(operation.answer_from(order), response)


def _mask(sender: Sender, pending: PendingCreate[Any], error: GelatoError) -> None:
    # the error of a look or a GET was masked for its own request, which does not know the recipient
    if pending.operation is not None:
        redact(error, sender.backend.redactor(pending.operation).text)
