"""What the script of the page may ask for: a table of views, each a small answer."""

import math
from collections.abc import Awaitable, Callable, Mapping
from itertools import dropwhile, islice
from typing import Any
from urllib.parse import unquote

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.clock import Moment, stamp
from gelato_async.sandbox.control.controls import Controls
from gelato_async.sandbox.control.routes import webhook_document
from gelato_async.sandbox.orders.documents import order_document
from gelato_async.sandbox.orders.life_cycle import (
    AGES,
    DEAD,
    OTHER_STATUSES,
    PRINTED,
    SHIPPED,
    STAGES,
)
from gelato_async.sandbox.orders.order import Order
from gelato_async.sandbox.page.order_list import list_orders
from gelato_async.sandbox.page.query import number
from gelato_async.sandbox.page.slices import in_slices
from gelato_async.sandbox.page.traffic import traffic
from gelato_async.sandbox.state import State
from gelato_async.sandbox.webhooks.outbox import WebhookDelivery

# Deliveries on one page; the script knows the number too.
_MOST_WEBHOOKS = 20

Query = Mapping[str, str]
View = Callable[[Controls, str, Query], Awaitable[Any]]


async def find(path: str, controls: Controls, query: Query) -> Any:
    """Return the JSON of the view at a path below `/_sandbox/page/`, or None if there is none."""
    name, _, subject = path.partition("/")
    view = VIEWS.get((name, bool(subject)))
    if view is None:
        return None
    return await view(controls, unquote(subject), query)


async def _overview(controls: Controls, _: str, __: Query) -> Body:
    with controls.locked() as state:
        now = state.clock.moment()
        options = state.options
        return {
            # Another number after a reset or a restart.
            "started": state.clock.started,
            "now": now.real,
            "life": now.life,
            "speed": options.speed,
            "rateLimit": options.rate_limit,
            "refused": state.audit_log.rejected,
            "worstSecond": state.audit_log.worst_second,
            "traffic": traffic(state, now.real),
            "faults": dict(state.audit_log.faults),
            "accounts": len(state.accounts),
            "hasWebhookUrl": options.webhook_url is not None,
            "webhooks": len(state.outbox.deliveries),
            "openWebhooks": state.outbox.open_deliveries,
            "statuses": [*STAGES, *OTHER_STATUSES],
        }


async def _orders(controls: Controls, _: str, query: Query) -> Body:
    return await list_orders(controls, query)


async def _order(controls: Controls, order_id: str, _: Query) -> Body:
    with controls.locked() as state:
        now, order = state.clock.moment(), state.find(order_id)
        # Not a 404, which browsers report as an error: an order may go while it is looked at.
        if order is None:
            return {"order": None}
        assortment = state.accounts[order.account].assortment
        seen = {
            "account": order.account,
            "backend": order.backend,
            "order": order_document(order, assortment, now),
            "forced": order.forced is not None,
            "cancelable": _is_cancelable(order, now),
            "connected": _connected(state, order, now),
            **_stages(order, now),
        }
    return seen | {"webhooks": await _webhooks_of(controls, order)}


def _is_cancelable(order: Order, now: Moment) -> bool:
    """Return whether the order's API would cancel it now."""
    too_late = SHIPPED if order.backend == "connect" else PRINTED
    return order.status(now) not in too_late | DEAD


def _connected(state: State, order: Order, now: Moment) -> list[Body]:
    """Return the other parts of a split order that still exist."""
    parts = []
    for order_id in order.connected:
        part = state.find(order_id)
        if part is not None and part is not order:
            parts.append({"id": part.id, "status": part.status(now)})
    return parts


def _stages(order: Order, now: Moment) -> Body:
    """Return the stages of the life cycle, and the order's age; None if the order does not age."""
    # A draft, an order that has ended, and one whose status is fixed change no more with time.
    age = None
    if order.forced is None and order.status(now) in STAGES:
        age = now.life - order.began
    stages = [{"status": name, "age": begin} for name, begin in zip(STAGES, AGES, strict=True)]
    return {"age": age, "stages": stages}


async def _webhooks(controls: Controls, _: str, query: Query) -> Body:
    """List deliveries, newest first; `before` is the number of the last one of the page before."""
    before = number(query, "before", math.inf)
    with controls.locked() as state:
        deliveries = list(state.outbox.deliveries)
    earlier = dropwhile(lambda delivery: delivery.number >= before, reversed(deliveries))
    return {"webhooks": [_webhook(delivery) for delivery in islice(earlier, _MOST_WEBHOOKS)]}


async def _webhooks_of(controls: Controls, order: Order) -> list[Body]:
    with controls.locked() as state:
        deliveries = list(state.outbox.deliveries)
    # The id is looked for in the bytes: decoding ten thousand bodies would take 0.2 s.
    found, needle = list[Body](), order.id.encode()
    async for delivery in in_slices(reversed(deliveries)):
        if len(found) == _MOST_WEBHOOKS or delivery.created < order.created:
            break
        if needle in delivery.body:
            found.append(_webhook(delivery))
    return found


def _webhook(delivery: WebhookDelivery) -> Body:
    state = "waiting"
    if delivery.is_delivered:
        state = "delivered"
    elif delivery.is_lost:
        state = "lost"
    return {**webhook_document(delivery), "state": state, "at": stamp(delivery.created)}


# By the first part of the path, and whether an id follows.
VIEWS: Mapping[tuple[str, bool], View] = {
    ("overview", False): _overview,
    ("orders", False): _orders,
    ("orders", True): _order,
    ("webhooks", False): _webhooks,
}
