"""The sandbox's own routes under /_sandbox: they look behind the scenes and move them.

| route | body | does | |---|---|---| | GET audit | | answers the audit as JSON | | GET orders | |
lists all orders that exist: id, backend, reference, status, content hash ... | | POST advance |
`{"seconds": 60}` | steps the life-cycle clock | | POST orders/{id}/status | `{"fulfillmentStatus":
"on_hold"}` | fixes a status; null hands it back to the life cycle | | GET webhooks | | lists all
webhooks so far: event, statuses of the tries | | POST webhooks | an event | delivers it as it is |
| POST reset | | forgets everything |

They need no key, are not counted and not limited.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from gelato_async.sandbox.answers import Answer, RefusedError, answer
from gelato_async.sandbox.clock import Moment, stamp
from gelato_async.sandbox.life_cycle import STATUSES
from gelato_async.sandbox.orders import Body, Commit, Order
from gelato_async.sandbox.world import World

PREFIX = "/_sandbox/"


def audit(world: World, _: Body) -> Answer:
    """Answer the audit."""
    return answer(world.ledger.audit().to_json())


def orders(world: World, _: Body) -> Answer:
    """Answer the essentials of all orders that exist."""
    now = world.now()
    listed = [
        _essentials(order, commit, now)
        for commit in world.ledger.commits
        for order in commit.orders
        if order.id in world.stores[order.backend].orders
    ]
    return answer({"orders": listed})


def advance(world: World, body: Body) -> Answer:
    """Step the life-cycle clock."""
    seconds = body.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise RefusedError(400, "seconds: must be a number of at least 0")
    world.advance(seconds)
    return answer({"life": world.now().life})


def force_status(world: World, order_id: str, body: Body) -> Answer:
    """Fix the status of an order; null hands it back to the life cycle."""
    status = body.get("fulfillmentStatus", "")
    if status is not None and status not in STATUSES:
        raise RefusedError(
            400, f"fulfillmentStatus: must be null or one of {', '.join(sorted(STATUSES))}"
        )
    found = world.find(order_id)
    if found is None:
        raise RefusedError(404, "Order not found")
    now = world.now()
    found.force(status, now)
    return answer({"id": found.id, "fulfillmentStatus": found.status(now)})


def webhooks(world: World, _: Body) -> Answer:
    """Answer all webhooks so far."""
    found = [
        {"event": delivery.event, "answers": delivery.answers}
        for delivery in world.outbox.deliveries
    ]
    return answer({"webhooks": found})


def send_webhook(world: World, body: Body) -> Answer:
    """Deliver an event."""
    if world.watch is None:
        raise RefusedError(409, "There is nobody to deliver to: give the sandbox a webhook_url")
    world.outbox.add(body, world.now())
    return answer({})


ROUTES: Mapping[tuple[str, str], Callable[[World, Body], Answer]] = {
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
