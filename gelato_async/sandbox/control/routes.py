"""The sandbox's own routes under /_sandbox/: the table of them, and how a request is served.

`ROUTES` is the table; `docs/sandbox-controls.md` has it in words. Each route is a method of
`Sandbox` too. They are neither counted nor limited.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

import attrs

from gelato_async.sandbox.answers import Answer, Body, RefusedError, Rows, answer, long_answer
from gelato_async.sandbox.control.controls import Controls, essentials, every_order
from gelato_async.sandbox.errors import ControlError
from gelato_async.sandbox.http.asgi import json_object
from gelato_async.sandbox.webhooks.outbox import WebhookDelivery

PREFIX = "/_sandbox/"
_MOST_DIGITS = 18


@attrs.frozen
class Route:
    """One route: method, path below the prefix, the method of `Sandbox`, and what answers it.

    `serve` takes the controls, the id in the path and the body, and returns the answer's JSON.
    """

    method: str
    path: str
    name: str
    serve: Callable[[Controls, str, Body], Any]

    def matches(self, path: str) -> re.Match[str] | None:
        """Return the match of a path, whose group is the id."""
        return re.fullmatch(self.path.replace("{id}", "([^/]+)"), path)


def serve(controls: Controls, method: str, path: str, body: bytes) -> Answer:
    """Answer a request to one of the routes, or refuse it with 400, 404, 405 or 409."""
    try:
        route, subject = _find(method, path.removeprefix(PREFIX))
        # Whoever has nothing to say may send no body, as `curl -X POST` does.
        content: Body = {}
        if body and method == "POST":
            content = json_object(body)
        return long_answer(route.serve(controls, subject, content))
    except ControlError as refused:
        return answer({"message": str(refused)}, refused.status)
    except RefusedError as refused:
        return answer({"message": refused.message}, refused.status, refused.headers)


def _find(method: str, path: str) -> tuple[Route, str]:
    allowed = []
    for route in ROUTES:
        found = route.matches(path)
        if found is not None and route.method == method:
            return route, unquote("".join(found.groups()))
        if found is not None:
            allowed.append(route.method)
    if not allowed:
        raise RefusedError(404, "No such control")
    methods = ", ".join(allowed)
    allow = (b"allow", methods.encode())
    raise RefusedError(405, f"Method not allowed here; allowed: {methods}", headers=[allow])


def _audit(controls: Controls, _: str, __: Body) -> Any:
    return controls.audit().to_json()


def _reset(controls: Controls, _: str, __: Body) -> Any:
    controls.reset()
    return {}


def _advance(controls: Controls, _: str, body: Body) -> Any:
    seconds = body.get("seconds")
    # To Python `true` is an int.
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise ControlError("seconds: must be a number of at least 0")
    controls.advance(seconds)
    with controls.locked() as state:
        return {"life": state.clock.moment().life}


def _orders(controls: Controls, _: str, __: Body) -> Any:
    found, now = every_order(controls)
    return {"orders": Rows(found, lambda order: essentials(order, now))}


def _advance_to(controls: Controls, order_id: str, body: Body) -> Any:
    status = controls.advance_to(order_id, body.get("fulfillmentStatus"))
    return {"id": order_id, "fulfillmentStatus": status}


def _force_status(controls: Controls, order_id: str, body: Body) -> Any:
    _expect(body, "fulfillmentStatus")
    reason, code = _text(body, "refusalReason"), _text(body, "refusalReasonCode")
    status = controls.force_status(order_id, body["fulfillmentStatus"], reason, code)
    return {"id": order_id, "fulfillmentStatus": status}


def _webhooks(controls: Controls, _: str, __: Body) -> Any:
    with controls.locked() as state:
        deliveries = list(state.outbox.deliveries)
    return {"webhooks": Rows(deliveries, webhook_document)}


def webhook_document(delivery: WebhookDelivery) -> Body:
    """Return a delivery as JSON."""
    return {
        "number": delivery.number,
        "event": delivery.event,
        "answers": list(delivery.answers),
        "reason": delivery.reason,
    }


def _send_webhook(controls: Controls, _: str, body: Body) -> Any:
    controls.send_webhook(body)
    return {}


def _resend_webhook(controls: Controls, number: str, _: Body) -> Any:
    if not number.isdecimal() or len(number) > _MOST_DIGITS:
        raise ControlError("No such webhook", 404)
    controls.resend_webhook(int(number))
    return {}


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise ControlError(f"{name}: must be a string")
    return value


def _expect(body: Mapping[str, Any], name: str) -> None:
    if name not in body:
        raise ControlError(f"{name}: is missing")


ROUTES: tuple[Route, ...] = (
    Route("GET", "audit", "audit", _audit),
    Route("POST", "reset", "reset", _reset),
    Route("POST", "advance", "advance", _advance),
    Route("GET", "orders", "orders", _orders),
    Route("POST", "orders/{id}/advance", "advance_to", _advance_to),
    Route("POST", "orders/{id}/status", "force_status", _force_status),
    Route("GET", "webhooks", "webhooks", _webhooks),
    Route("POST", "webhooks", "send_webhook", _send_webhook),
    Route("POST", "webhooks/{id}/resend", "resend_webhook", _resend_webhook),
)
