"""Looks: searches for orders whose creates may be lost, for one or for many at once."""

import json
import math
from collections.abc import Sequence
from typing import Any, TypeVar

from attrs import fields

from gelato_async.client.engine import Engine
from gelato_async.client.sender import Reply
from gelato_async.core import wire
from gelato_async.core.errors import GelatoError
from gelato_async.core.events import Call
from gelato_async.core.evidence import is_same_reference, may_be_reference
from gelato_async.core.messages import Response
from gelato_async.core.operations.orders import CreateOperation
from gelato_async.core.pending_create import PendingCreate
from gelato_async.core.redaction import redact
from gelato_async.core.wire.names import wire_names
from gelato_async.models.order import Order
from gelato_async.models.search import OrderSummary

T = TypeVar("T")

_SUMMARY = [name for field in fields(OrderSummary) for name in wire_names(field) if name != "raw"]


async def look_before(
    creates: Sequence[PendingCreate[Any]], engine: Engine, call: Call | None = None
) -> None:
    """Look for orders of these references before they are sent, if no clock could tell them later.

    One attempt, the best that can be done: if it fails, an order that gets lost may stay unknown.
    """
    clock = engine.clock
    known = engine.evidence.is_clock_known(clock.now(), clock.wall())
    if known or not creates or not engine.retry.reconcile:
        return
    try:
        rows = await _search(engine.without_retries(), creates, call)
    except GelatoError:
        # the creates go out all the same: most are answered, and teach the clock to the others
        return
    for pending in creates:
        hits = [row for row in rows if may_be_reference(row.order_reference_id, pending.reference)]
        pending.mark_others([row.id for row in hits])


async def look(
    engine: Engine, creates: Sequence[PendingCreate[Any]], call: Call | None = None
) -> tuple[OrderSummary, ...]:
    """Look once for several creates: all orders with their references, for `CreateOnce.judge`.

    Raises:
        GelatoError: the look failed, which is noted with every create.
    """
    began = engine.clock.now()
    try:
        rows = await _search(engine, creates, call)
    except GelatoError as error:
        for pending in creates:
            mask(engine, pending, error)
            pending.look_failed(error, began)
        raise
    ended = engine.clock.now()
    for pending in creates:
        pending.look_showed(rows, began, ended)
    return rows


def mask(engine: Engine, pending: PendingCreate[Any], error: GelatoError) -> None:
    """Take the recipient out of the error of a search or a GET, which does not know the recipient."""
    if pending.operation is not None:
        redact(error, engine.backend.redactor(pending.operation).text)


async def _search(
    engine: Engine, creates: Sequence[PendingCreate[Any]], call: Call | None
) -> tuple[OrderSummary, ...]:
    references = [pending.reference for pending in creates]
    # a look for many orders ends with the run that makes it, not at the client's deadline
    return await engine.find(references, call or engine.new_call(math.inf), similar=True)


def is_of_row(order: Order, row: OrderSummary) -> bool:
    """Whether an order is the one of a row: a cache may answer a GET with another."""
    same = is_same_reference(order.order_reference_id, row.order_reference_id)
    return same and order.id == row.id


def reply_from_row(operation: CreateOperation[T], row: OrderSummary) -> Reply[T]:
    """Return the answer to a create from what a search shows: less than the order, but enough."""
    try:
        order = wire.load(Order, row.raw)
    except wire.MalformedError:
        # what a row has beyond a summary may be malformed, and what was read of it was not
        order = wire.load(Order, {name: row.raw.get(name) for name in _SUMMARY})
    response = Response(status=200, body=json.dumps(row.raw).encode())
    return Reply(operation.answer_from(order), response)
