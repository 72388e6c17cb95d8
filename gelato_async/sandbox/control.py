"""The sandbox's own routes under /_sandbox, which inspect its state and change it.

| route | body | does |
|---|---|---|
| GET audit | | answers the audit as JSON |
| GET orders | | lists all orders that exist: id, backend, reference, status, content hash ... |
| POST advance | `{"seconds": 60}` | advances the life-cycle clock |
| POST orders/{id}/status | `{"fulfillmentStatus": "on_hold"}` | fixes a status; null frees it |
| GET webhooks | | lists all webhooks so far: event, statuses of the tries |
| POST webhooks | an event | delivers it unchanged |
| POST reset | | forgets everything |

They need no key, and are neither counted nor limited. The application itself serves `reset`,
because that replaces the state.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from gelato_async.sandbox.answers import Answer, RefusedError, answer
from gelato_async.sandbox.asgi import json_object
from gelato_async.sandbox.clock import Moment, stamp
from gelato_async.sandbox.orders.life_cycle import STATUSES
from gelato_async.sandbox.orders.order import Body, Commit, Order
from gelato_async.sandbox.state import State

PREFIX = "/_sandbox/"


def dispatch(state: State, method: str, path: str, body: bytes) -> Answer:
    """Serve a request to one of these routes, or refuse it with 404."""
    name = path.removeprefix(PREFIX)
    if (method, name) in ROUTES:
        content = {} if method == "GET" else json_object(body)
        return ROUTES[method, name](state, content)
    match method, name.split("/"):
        case "POST", ["orders", order_id, "status"]:
            return force_status(state, unquote(order_id), json_object(body))
    raise RefusedError(404, "No such control")


def audit(state: State, _: Body) -> Answer:
    """Answer the audit."""
    return answer(state.audit_log.audit().to_json())


def orders(state: State, _: Body) -> Answer:
    """Answer the essentials of all orders that exist."""
    now = state.now()
    listed = []
    for commit in state.audit_log.commits:
        existing = [order for order in commit.orders if state.find(order.id) is not None]
        listed += [_essentials(order, commit, now) for order in existing]
    return answer({"orders": listed})


def advance(state: State, body: Body) -> Answer:
    """Advance the life-cycle clock."""
    seconds = body.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise RefusedError(400, "seconds: must be a number of at least 0")
    state.advance(seconds)
    return answer({"life": state.now().life})


def force_status(state: State, order_id: str, body: Body) -> Answer:
    """Fix the status of an order; null returns it to the life cycle."""
    status = body.get("fulfillmentStatus", "")
    if status is not None and status not in STATUSES:
        known = ", ".join(sorted(STATUSES))
        raise RefusedError(400, f"fulfillmentStatus: must be null or one of {known}")
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
    """Queue an event for delivery."""
    if state.changes is None:
        raise RefusedError(409, "There is no URL to deliver to: give the sandbox a webhook_url")
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
    content = json.dumps(commit.body, sort_keys=True).encode()
    return {
        "id": order.id,
        "backend": order.backend,
        "reference": order.reference,
        "orderType": order.order_type,
        "status": order.status(now),
        "createdAt": stamp(order.created.wall),
        "connectedOrderIds": list(order.connected),
        "contentHash": hashlib.sha256(content).hexdigest(),
    }
