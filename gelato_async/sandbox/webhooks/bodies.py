"""The bodies of webhooks, as Gelato's documents show them.

The first item's event and the order's share an id, as in the documents' example of a split order:
who de-duplicates by the id alone loses events. Where an item was made is spelled `production...` in
the event of a tracking code.
"""

import uuid
from collections.abc import Iterator

from gelato_async.sandbox.clock import Moment, stamp
from gelato_async.sandbox.orders.documents import REFUSAL_REASON
from gelato_async.sandbox.orders.life_cycle import PRINTED, SHIPPED
from gelato_async.sandbox.orders.order import Body, Order
from gelato_async.sandbox.orders.shipments import (
    FACILITY_ID,
    choose,
    estimate,
    fulfillment_country,
    tracking,
)
from gelato_async.sandbox.stores import store_products
from gelato_async.sandbox.stores.store_products import StoreProduct

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
    """Give the events of an order whose status has become `status`."""
    order_event = _order_status(order, status)
    for number, item in enumerate(order.items):
        yield _item_status(
            order, item, status, now, order_event["id"] if number == 0 else _new_id("is")
        )
    yield order_event
    if status in SHIPPED and before not in SHIPPED:
        yield from (_tracking_code(order, item, now) for item in order.items)
    if order.days_late and status in PRINTED and before not in PRINTED:
        yield _delivery_estimate(order, now)


def product_changed(product: StoreProduct, now: Moment, *, is_new: bool) -> Body:
    """Give the event of a product of a store that is new or has come further in its life.

    It has the documented keys alone: whether live events have those of live products is unknown.
    """
    whole = store_products.document(product, now)
    return {
        "id": _new_id("spc" if is_new else "spu"),
        "event": "store_product_created" if is_new else "store_product_updated",
        "storeProductId": product.id,
        **{name: whole[name] for name in _PRODUCT_KEYS},
        "variants": [
            {name: variant[name] for name in _VARIANT_KEYS} for variant in whole["variants"]
        ],
    }


def product_deleted(product: StoreProduct) -> Body:
    """Give the event of a product of a store that was deleted: its id alone."""
    return {
        "id": _new_id("spd"),
        "event": "store_product_deleted",
        "storeProductId": product.id,
    }


def _order_status(order: Order, status: str) -> Body:
    fulfillments = [_fulfillment(order)] if status in SHIPPED else []
    return {
        "id": _new_id("os"),
        "event": "order_status_updated",
        **_references(order),
        "fulfillmentStatus": status,
        "comment": _comment(order, status),
        "items": [
            {
                "itemReferenceId": str(item["itemReferenceId"]),
                "fulfillmentStatus": status,
                "fulfillments": fulfillments,
            }
            for item in order.items
        ],
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
    method, (code, url) = choose(order.body.get("shipmentMethodUid")), tracking(order)
    return {
        "trackingCode": code,
        "trackingUrl": url,
        "shipmentMethodName": method.name,
        "shipmentMethodUid": method.uid,
    }


def _place(order: Order, prefix: str) -> Body:
    address = order.body["shippingAddress"]
    country = fulfillment_country(address["country"])
    # what was sent as false is absent
    state = (address.get("state") or None) if country == address["country"] else None
    return {
        f"{prefix}Country": country,
        f"{prefix}StateProvince": state,
        f"{prefix}FacilityId": FACILITY_ID,
    }


def _comment(order: Order, status: str) -> str:
    is_refusal = status == "failed" and order.forced is None and order.refuse_after is not None
    return REFUSAL_REASON if is_refusal else ""


def _new_id(prefix: str) -> str:
    # never seeded: a receiver that remembers the events of an earlier run must take these for new
    # ones
    return f"{prefix}_{uuid.uuid4().hex[:13]}"
