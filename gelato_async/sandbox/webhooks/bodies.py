"""The bodies of webhooks, as Gelato's documents show them.

The first item's event and the order's share an id, as in the documents' example of a split order: a
receiver that de-duplicates by the id alone loses events. The event of a tracking code spells the
place of production `production...`, the others `fulfillment...`.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gelato_async.sandbox.clock import Moment, stamp
from gelato_async.sandbox.orders.documents import REFUSAL_REASON
from gelato_async.sandbox.orders.life_cycle import PRINTED, SHIPPED
from gelato_async.sandbox.orders.order import Body, Order
from gelato_async.sandbox.orders.shipments import (
    FACILITY_ID,
    chosen_method,
    estimate,
    fulfillment_country,
    tracking,
)
from gelato_async.sandbox.stores.product_documents import product_document
from gelato_async.sandbox.stores.store_products import StoreProduct

# The documented keys of a store product's events, which are fewer than those of its answers.
_PRODUCT_KEYS = (
    "storeId",
    "externalId",
    "title",
    "description",
    "previewUrl",
    "externalPreviewUrl",
    "externalThumbnailUrl",
    "publishingErrorCode",
    "status",
    "publishedAt",
    "createdAt",
    "updatedAt",
    "productVariantOptions",
)
_VARIANT_KEYS = ("id", "title", "externalId", "connectionStatus")


def order_changed(order: Order, before: str | None, status: str, now: Moment) -> Iterator[Body]:
    """Yield the events of an order whose status has become `status`."""
    order_event = _order_status(order, status)
    first, *others = order.items
    yield _item_status(order, first, status, now, order_event["id"])
    for item in others:
        yield _item_status(order, item, status, now, _new_id("is"))
    yield order_event
    if status in SHIPPED and before not in SHIPPED:
        for item in order.items:
            yield _tracking_code(order, item, now)
    if order.days_late and status in PRINTED and before not in PRINTED:
        yield _delivery_estimate(order, now)


def product_changed(product: StoreProduct, now: Moment, *, is_new: bool) -> Body:
    """Return the event of a store product that is new or whose status has changed.

    The event has the documented keys only: whether live events have those of live products is
    unknown.
    """
    event_id, name = _new_id("spu"), "store_product_updated"
    if is_new:
        event_id, name = _new_id("spc"), "store_product_created"
    whole = product_document(product, now)
    return {
        "id": event_id,
        "event": name,
        "storeProductId": product.id,
        **_picked(whole, _PRODUCT_KEYS),
        "variants": [_picked(variant, _VARIANT_KEYS) for variant in whole["variants"]],
    }


def _picked(whole: Mapping[str, Any], names: Iterable[str]) -> Body:
    return {name: whole[name] for name in names}


def product_deleted(product: StoreProduct) -> Body:
    """Return the event of a store product that was deleted: its id alone."""
    return {
        "id": _new_id("spd"),
        "event": "store_product_deleted",
        "storeProductId": product.id,
    }


def _order_status(order: Order, status: str) -> Body:
    fulfillments = []
    if status in SHIPPED:
        fulfillments.append(_fulfillment(order))
    items = []
    for item in order.items:
        row = {
            "itemReferenceId": str(item["itemReferenceId"]),
            "fulfillmentStatus": status,
            "fulfillments": fulfillments,
        }
        items.append(row)
    return {
        "id": _new_id("os"),
        "event": "order_status_updated",
        **_references(order),
        "fulfillmentStatus": status,
        "comment": _comment(order, status),
        "items": items,
    }


def _item_status(order: Order, item: Body, status: str, now: Moment, event_id: str) -> Body:
    return {
        "id": event_id,
        "event": "order_item_status_updated",
        "itemReferenceId": str(item["itemReferenceId"]),
        **_references(order),
        **_place(order, "fulfillment"),
        "status": status,
        "comment": _comment(order, status),
        "created": stamp(now.wall),
    }


def _tracking_code(order: Order, item: Body, now: Moment) -> Body:
    return {
        "id": _new_id("tc"),
        "event": "order_item_tracking_code_updated",
        **_references(order),
        "itemReferenceId": str(item["itemReferenceId"]),
        **_parcel(order),
        **_place(order, "production"),
        "created": stamp(now.wall),
    }


def _delivery_estimate(order: Order, now: Moment) -> Body:
    earliest, latest = estimate(order, order.days_late)
    return {
        "id": _new_id("de"),
        "event": "order_delivery_estimate_updated",
        **_references(order),
        "minDeliveryDate": earliest,
        "maxDeliveryDate": latest,
        "created": stamp(now.wall),
    }


def _references(order: Order) -> Body:
    return {"orderId": order.id, "storeId": None, "orderReferenceId": order.reference}


def _fulfillment(order: Order) -> Body:
    return _parcel(order) | _place(order, "fulfillment")


def _parcel(order: Order) -> Body:
    method = chosen_method(order.body.get("shipmentMethodUid"))
    code, url = tracking(order)
    return {
        "trackingCode": code,
        "trackingUrl": url,
        "shipmentMethodName": method.name,
        "shipmentMethodUid": method.uid,
    }


def _place(order: Order, prefix: str) -> Body:
    address = order.body["shippingAddress"]
    country, state = fulfillment_country(address["country"]), None
    if country == address["country"]:
        # Some callers send false for a state that is absent.
        state = address.get("state") or None
    return {
        f"{prefix}Country": country,
        f"{prefix}StateProvince": state,
        f"{prefix}FacilityId": FACILITY_ID,
    }


def _comment(order: Order, status: str) -> str:
    if status == "failed" and order.forced is None and order.refuse_after is not None:
        return REFUSAL_REASON
    return ""


def _new_id(prefix: str) -> str:
    # Never seeded: a receiver that remembers the events of an earlier run must not take these for
    # duplicates.
    return f"{prefix}_{uuid.uuid4().hex[:13]}"
