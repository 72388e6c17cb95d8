"""Create-once: sends a create, and settles its fate before it could ever be sent a second time."""

import json
import logging
import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from gelato_async.client.attempts import Attempts, Reply
from gelato_async.core import wire
from gelato_async.core.errors import GelatoError, NotSentError, scrub
from gelato_async.core.messages import Request, Response
from gelato_async.core.operations import CreateOperation
from gelato_async.core.retry import Fate, fate_of
from gelato_async.core.settling import Creation, Found, find_ours
from gelato_async.models.order import Order
from gelato_async.models.search import OrderSummary

T = TypeVar("T")

_logger = logging.getLogger("gelato_async")


def _nothing() -> None:
    pass


async def create(attempts: Attempts, operation: CreateOperation[T], request: Request) -> Reply[T]:
    """Make an order once, whatever happens on the way.

    Raises:
        OutcomeUnknownError: it was sent, and its fate could not be settled.
        GelatoError: it was refused or never left.
    """
    creation, deadline = Creation(operation=operation, request=request), attempts.deadline()
    while True:
        reply = await _attempt(attempts, creation, deadline)
        if reply is not None:
            return reply
        if (
            creation.order_id is not None
            and (reply := await _get(attempts, operation, creation, deadline)) is not None
        ):
            return reply
        found = await _settle(attempts, creation, deadline)
        if found is not None:
            return await _adopt(attempts, operation, found.row, deadline)
        check_resend(attempts, creation)
        if not pay_for_resend(attempts, creation):
            raise creation.unknown(
                "it was not found, and too many requests fail at the moment to send it again"
            )


async def _attempt(attempts: Attempts, creation: Creation[T], deadline: float) -> Reply[T] | None:
    try:
        return await attempt(attempts, creation, deadline)
    except GelatoError as error:
        refused = fate_of(error) is Fate.REFUSED and not isinstance(error, NotSentError)
        if creation.unclear_since is None or refused:
            raise
        raise creation.unknown("it could not be sent again") from error


async def attempt(
    attempts: Attempts,
    creation: Creation[T],
    deadline: float = math.inf,
    on_sending: Callable[[], None] = _nothing,
    on_pausing: Callable[[], None] = _nothing,
) -> Reply[T] | None:
    """Send a create until it is answered or its fate is unclear: None means that it has to be looked for.

    `on_sending` is called at the moment of sending and may raise to prevent it, `on_pausing` when a
    refused or failed attempt is about to wait for the next one.

    Raises:
        GelatoError: it was refused, or never left and the policy gives up.
    """
    operation, request, resent = (
        creation.operation,
        creation.request,
        creation.unclear_since is not None,
    )
    if operation is None or request is None:
        raise creation.unknown("its contents are not known")

    def sending() -> None:
        on_sending()
        creation.leave(attempts.clock.now(), attempts.clock.wall())

    while True:
        creation.begin_attempt(attempts.clock.now())
        try:
            reply = await attempts.once(operation, request, deadline, sending)
        except GelatoError as error:
            fate = fate_of(error)
            if fate in {Fate.UNKNOWN, Fate.DONE} or (
                resent and getattr(error, "status", None) == 409
            ):
                creation.note_unclear(error, attempts.clock.now())
                return None
            on_pausing()
            creation.paid = await attempts.pause(error, creation.attempts, deadline)
        else:
            attempts.quota.succeeded(creation.paid)
            return reply


async def look(
    attempts: Attempts, creations: Sequence[Creation[Any]], deadline: float = math.inf
) -> tuple[OrderSummary, ...]:
    """Look once for several creates: all orders with their references, for `judge`.

    Raises:
        GelatoError: the look failed, which is noted with every create.
    """
    began = attempts.clock.now()
    try:
        return await attempts.find([creation.reference for creation in creations], deadline)
    except GelatoError as error:
        for creation in creations:
            creation.failed_look = error
            _mask(attempts, creation, error)
        raise
    finally:
        # a look tells of the moment it began, not of the one its answer came: the last one must
        # begin after the window
        for creation in creations:
            creation.last_look = began


def judge(
    attempts: Attempts, creation: Creation[Any], rows: Sequence[OrderSummary]
) -> Found | None:
    """Which of these orders the create made, if any.

    Raises:
        OutcomeUnknownError: it cannot be told.
    """
    now, wall = attempts.clock.now(), attempts.clock.wall()
    first = now - creation.seconds_since_first(now, wall)
    found = find_ours(creation, rows, attempts.server_clock.at(first, now, wall))
    if found is not None and found.others:
        _logger.warning(
            "order %r: took %s for the order that was sent, but %s have the same reference and may"
            " be duplicates",
            creation.reference,
            found.row.id,
            ", ".join(found.others),
        )
    return found


def check_resend(attempts: Attempts, creation: Creation[Any]) -> None:
    """See that a create which was not found may be sent once more.

    Raises:
        OutcomeUnknownError: it may not.
    """
    if creation.request is None:
        raise creation.unknown("it was not found, and it is not in the input any more")
    if creation.accepted:
        ids = [] if creation.order_id is None else [creation.order_id]
        raise creation.unknown(
            "Gelato accepted it, but its answer was lost and no search shows it", ids
        )
    if creation.failed_look is not None:
        raise creation.unknown("looking for it failed")
    if not creation.may_resend(attempts.retry):
        raise creation.unknown(
            "it was not found, and may not be sent again under this retry policy"
        )


def pay_for_resend(attempts: Attempts, creation: Creation[Any]) -> bool:
    """Pay for sending it again; False when too many requests fail at the moment."""
    paid = attempts.quota.pay(creation.last_error or creation.unknown("it was in flight"))
    creation.paid = paid or 0
    return paid is not None


async def _settle(attempts: Attempts, creation: Creation[Any], deadline: float) -> Found | None:
    while (due := creation.next_look(attempts.retry.settle)) is not None:
        if due >= deadline:
            raise creation.unknown("the time for the whole call does not suffice to find out")
        await attempts.clock.sleep(max(0.0, due - attempts.clock.now()))
        try:
            rows = await look(attempts, [creation], deadline)
        except GelatoError as error:
            if fate_of(error) is Fate.REFUSED:
                raise creation.unknown("looking for it was refused") from error
        else:
            found = judge(attempts, creation, rows)
            if found is not None:
                return found
    return None


async def _get(
    attempts: Attempts, operation: CreateOperation[T], creation: Creation[T], deadline: float
) -> Reply[T] | None:
    try:
        order, response = await attempts.get(creation.order_id or "", deadline)
    except GelatoError as error:
        _mask(attempts, creation, error)
        creation.last_error = error
        return None
    return Reply(operation.answer_from(order), response)


async def _adopt(
    attempts: Attempts, operation: CreateOperation[T], row: OrderSummary, deadline: float
) -> Reply[T]:
    try:
        order, response = await attempts.get(row.id, deadline)
    except GelatoError:
        order = wire.load(Order, row.raw)
        response = Response(status=200, body=json.dumps(row.raw).encode())
    return Reply(operation.answer_from(order), response)


def _mask(attempts: Attempts, creation: Creation[Any], error: GelatoError) -> None:
    # the error of a look or a GET was masked for its own request, which does not know the recipient
    if creation.operation is not None:
        scrub(error, attempts.backend.scrubber(creation.operation).text)
