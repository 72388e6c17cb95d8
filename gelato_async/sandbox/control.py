"""The sandbox's own routes under /_sandbox: they look behind the scenes and move them.

| route | body | does |
|---|---|---|
| GET audit | | answers the audit as JSON |
| GET orders | | lists all orders that exist: id, backend, reference, status, content hash ... |
| POST advance | `{"seconds": 60}` | steps the life-cycle clock |
| POST orders/{id}/status | `{"fulfillmentStatus": "on_hold"}` | fixes a status; null frees it |
| GET webhooks | | lists all webhooks so far: event, statuses of the tries |
| POST webhooks | an event | delivers it as it is |
| POST reset | | forgets everything |

They need no key, are not counted and not limited.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from gelato_async.sandbox.answers import Answer, RefusedError, answer
from gelato_async.sandbox.clock import Moment, stamp
from gelato_async.sandbox.orders.life_cycle import STATUSES
from gelato_async.sandbox.orders.order import Body, Commit, Order
from gelato_async.sandbox.state import State

PREFIX = "/_sandbox/"


def audit(state: State, _: Body) -> Answer:
    """Answer the audit."""
    return answer(state.ledger.audit().to_json())


def orders(state: State, _: Body) -> Answer:
    """Answer the essentials of all orders that exist."""
    now = state.now()
    listed = [
        _essentials(order, commit, now)
        for commit in state.ledger.commits
        for order in commit.orders
        if order.id in state.stores[order.backend].orders
    ]
    return answer({"orders": listed})


def advance(state: State, body: Body) -> Answer:
    """Step the life-cycle clock."""
    seconds = body.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise RefusedError(400, "seconds: must be a number of at least 0")
    state.advance(seconds)
    return answer({"life": state.now().life})


def force_status(state: State, order_id: str, body: Body) -> Answer:
    """Fix the status of an order; null hands it back to the life cycle."""
    status = body.get("fulfillmentStatus", "")
    if status is not None and status not in STATUSES:
        raise RefusedError(
            400, f"fulfillmentStatus: must be null or one of {', '.join(sorted(STATUSES))}"
        )
    found = state.find(order_id)
    if found is None:
        raise RefusedError(404, "Order not found")
    now = state.now()
    found.force(status, now)
    return answer({"id": found.id, "fulfillmentStatus": found.status(now)})


def webhooks(state: State, _: Body) -> Answer:
    """Answer all webhooks so far."""
    found = [
        {"event": delivery.event, "answers": delivery.answers}
        for delivery in state.outbox.deliveries
    ]
    return answer({"webhooks": found})


def send_webhook(state: State, body: Body) -> Answer:
    """Deliver an event."""
    if state.changes is None:
        raise RefusedError(409, "There is nobody to deliver to: give the sandbox a webhook_url")
    state.outbox.add(body, state.now())
    return answer({})


ROUTES: Mapping[tuple[str, str], Callable[[State, Body], Answer]] = {
    ("GET", "audit"): audit,
    ("GET", "orders"): orders,
    ("POST", "advance"): advance,
    ("GET", "webhooks"): webhooks,
    ("POST", "webhooks"): send_webhook,
}


def _essentials(order: Order, commit: Commit, now: Moment) -> dict[str, Any]:
    return {
        "id": order.id,
        "backend": order.backend,
        "reference": order.reference,
        "orderType": order.order_type,
        "status": order.status(now),
        "createdAt": stamp(order.created.wall),
        "connectedOrderIds": list(order.connected),
        "contentHash": hashlib.sha256(json.dumps(commit.body, sort_keys=True).encode()).hexdigest(),
    }
