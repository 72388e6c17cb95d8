"""Reads the body of a webhook into an event.

An event that this release does not know is no error: it becomes an `UnknownEvent`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from gelato_async.core import wire
from gelato_async.core.errors import Problem, WebhookError
from gelato_async.core.json_text import Loads, NotJsonError, parse, parse_unchecked
from gelato_async.core.json_values import as_identifier
from gelato_async.models.tracebacks import hides_arguments
from gelato_async.webhooks.events.base import Event, UnknownEvent
from gelato_async.webhooks.events.orders import (
    OrderDeliveryEstimateUpdated,
    OrderItemStatusUpdated,
    OrderItemTrackingCodeUpdated,
    OrderStatusUpdated,
)
from gelato_async.webhooks.events.stock import CatalogProductStockAvailabilityUpdated
from gelato_async.webhooks.events.stores import (
    StoreProductCreated,
    StoreProductDeleted,
    StoreProductTemplateCreated,
    StoreProductTemplateDeleted,
    StoreProductTemplateUpdated,
    StoreProductUpdated,
)

EVENTS: Mapping[str, type[Event]] = {
    "order_status_updated": OrderStatusUpdated,
    "order_item_status_updated": OrderItemStatusUpdated,
    "order_item_tracking_code_updated": OrderItemTrackingCodeUpdated,
    "order_delivery_estimate_updated": OrderDeliveryEstimateUpdated,
    "catalog_product_stock_availability_updated": CatalogProductStockAvailabilityUpdated,
    "store_product_created": StoreProductCreated,
    "store_product_updated": StoreProductUpdated,
    "store_product_deleted": StoreProductDeleted,
    "store_product_template_created": StoreProductTemplateCreated,
    "store_product_template_updated": StoreProductTemplateUpdated,
    "store_product_template_deleted": StoreProductTemplateDeleted,
}


@hides_arguments
def parse_event(body: bytes | str) -> Event:
    """Read the body of a webhook.

    Reading does not authenticate the body: anybody can write one; see `WebhookReceiver`.
    Unknown keys, statuses and events, nulls, missing keys and the dashboard's `{{placeholders}}`
    are all read.

    Raises:
        WebhookError: The body is not JSON, is not an object, or does not name its event.
    """
    return parse_event_with(body, None)


def parse_event_with(body: bytes | str, loads: Loads | None) -> Event:
    """Read the body of a webhook with another function than the fastest that is installed."""
    text = body
    if isinstance(text, str):
        # Half a surrogate pair must not raise: the event can be read all the same.
        text = text.encode("utf-8", "surrogatepass")
    event = _documented(text, loads)
    if event is None:
        event = _any(body)
    # The event is new, and nobody has seen it: to copy it would take longer than to read it.
    object.__setattr__(event, "digest", hashlib.sha256(text).hexdigest())
    return event


def _documented(text: bytes, loads: Loads | None) -> Event | None:
    """Read an event that is as documented, and return None for any other."""
    try:
        content = parse_unchecked(text, loads)
        return wire.read(EVENTS[content["event"]], content)
    except Exception:  # noqa: BLE001  whatever it is, reading again says what is wrong
        return None


def _any(body: bytes | str) -> Event:
    content = _object(body)
    name = content.get("event")
    if not isinstance(name, str) or not name:
        raise WebhookError("Not an event: the body has no `event`")
    return _event(name, content)


def _object(body: bytes | str) -> dict[str, Any]:
    try:
        content, reason = parse(body), ""
    except NotJsonError as error:
        content, reason = None, str(error)
    if reason:
        # Not raised above: the other error, which holds the body, would become its context.
        raise WebhookError(f"Not an event: the body cannot be read: {reason}")
    if not isinstance(content, dict):
        raise WebhookError("Not an event: the body is not a JSON object")
    return content


def _event(name: str, content: dict[str, Any]) -> Event:
    if name not in EVENTS:
        return _unknown(name, content)
    try:
        return wire.load(EVENTS[name], content)
    except wire.MalformedError as malformed:
        return _unknown(name, content, malformed.problems)


def _unknown(name: str, content: dict[str, Any], problems: Sequence[Problem] = ()) -> UnknownEvent:
    return UnknownEvent(
        event=name,
        id=as_identifier(content.get("id")),
        order_id=as_identifier(content.get("orderId")),
        item_reference_id=as_identifier(content.get("itemReferenceId")),
        problems=tuple(problems),
        raw=content,
    )
