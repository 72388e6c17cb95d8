"""The bodies of webhooks, as Gelato's documents show them.

The first item's event and the order's share an id, as in the documents' example of a split order: a
receiver that de-duplicates by the id alone loses events. The event of a tracking code spells the
place of production `production...`, the others `fulfillment...`.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.clock import Moment, stamp
from gelato_async.sandbox.orders.life_cycle import PRINTED, SHIPPED
from gelato_async.sandbox.orders.order import Order, Terms
from gelato_async.sandbox.orders.shipments import (
    FACILITY_ID,
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
    subject = _Subject(order, order.body(), order.terms(), _comment(order, status, now))
    order_event = _order_status(subject, status)
    event_id = order_event["id"]
    for reference in subject.item_references:
        yield _item_status(subject, reference, status, now, event_id)
        event_id = _new_id("is")
    yield order_event
    if status in SHIPPED and before not in SHIPPED and subject.terms["hasTracking"]:
        for number, reference in zip(subject.item_numbers, subject.item_references, strict=True):
            for package in subject.packages_of(number):
                yield _tracking_code(subject, reference, package, now)
    if order.days_late and status in PRINTED and before not in PRINTED:
        yield _delivery_estimate(subject, now)


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


@attrs.frozen
class _Subject:
    """An order that has changed, with its documents read."""

    order: Order
    body: Body
    terms: Terms
    comment: str

    @property
    def item_numbers(self) -> list[int]:
        return [line["number"] for line in self.terms["lines"]]

    @property
    def item_references(self) -> list[str]:
        items = self.body["items"]
        return [str(items[number]["itemReferenceId"]) for number in self.item_numbers]

    def packages_of(self, item_number: int) -> list[int]:
        packages = enumerate(self.terms["packages"])
        return [package for package, numbers in packages if item_number in numbers]


def _order_status(subject: _Subject, status: str) -> Body:
    items = []
    for number, reference in zip(subject.item_numbers, subject.item_references, strict=True):
        packages = []
        if status in SHIPPED:
            packages = subject.packages_of(number)
        row = {
            "itemReferenceId": reference,
            "fulfillmentStatus": status,
            "fulfillments": [_fulfillment(subject, package) for package in packages],
        }
        items.append(row)
    return {
        "id": _new_id("os"),
        "event": "order_status_updated",
        **_references(subject.order),
        "fulfillmentStatus": status,
        "comment": subject.comment,
        "items": items,
    }


def _fulfillment(subject: _Subject, package: int) -> Body:
    return _parcel(subject, package) | _place(subject, "fulfillment")


def _item_status(
    subject: _Subject, item_reference: str, status: str, now: Moment, event_id: str
) -> Body:
    return {
        "id": event_id,
        "event": "order_item_status_updated",
        "itemReferenceId": item_reference,
        **_references(subject.order),
        **_place(subject, "fulfillment"),
        "status": status,
        "comment": subject.comment,
        "created": stamp(now.wall),
    }


def _tracking_code(subject: _Subject, item_reference: str, package: int, now: Moment) -> Body:
    return {
        "id": _new_id("tc"),
        "event": "order_item_tracking_code_updated",
        **_references(subject.order),
        "itemReferenceId": item_reference,
        **_parcel(subject, package),
        **_place(subject, "production"),
        "created": stamp(now.wall),
    }


def _delivery_estimate(subject: _Subject, now: Moment) -> Body:
    order = subject.order
    earliest, latest = estimate(order, subject.terms, order.days_late)
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


def _parcel(subject: _Subject, package: int) -> Body:
    code, url = tracking(subject.order, subject.terms, package)
    return {
        "trackingCode": code,
        "trackingUrl": url,
        "shipmentMethodName": subject.terms["shipmentMethodName"],
        "shipmentMethodUid": subject.terms["shipmentMethodUid"],
    }


def _place(subject: _Subject, prefix: str) -> Body:
    country, state = fulfillment_country(subject.order.country), None
    if country == subject.order.country:
        # Some callers send false for a state that is absent.
        state = subject.body["shippingAddress"].get("state") or None
    return {
        f"{prefix}Country": country,
        f"{prefix}StateProvince": state,
        f"{prefix}FacilityId": FACILITY_ID,
    }


def _comment(order: Order, status: str, now: Moment) -> str:
    refusal = order.refused(now)
    # While earlier statuses are reported, the present one may be a failure.
    if refusal is None or status != order.status(now):
        return ""
    return refusal.reason


def _new_id(prefix: str) -> str:
    # Never seeded: a receiver that remembers the events of an earlier run must not take these for
    # duplicates.
    return f"{prefix}_{uuid.uuid4().hex[:13]}"
