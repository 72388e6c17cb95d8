"""Whole orders and rows of a search, in the shapes that both APIs answer.

Gelato's has all keys of its documented examples, GelatoConnect's some more. Where a value is not
the caller's it is made up; nothing made up leads anywhere.
"""

from typing import Any

from gelato_async.sandbox.clock import Moment, stamp
from gelato_async.sandbox.orders.life_cycle import PRINTED, financial_status
from gelato_async.sandbox.orders.order import Body, Order
from gelato_async.sandbox.orders.receipts import (
    CLIENT_ID,
    billing_entity,
    child_id,
    item_price,
    product_uid,
    receipt,
    total_incl_vat,
)
from gelato_async.sandbox.orders.shipments import choose, shipment

REFUSAL_CODE = "missing_retail_prices"
REFUSAL_REASON = "The order would cross a border and retail prices are missing."
_WITHOUT_PREVIEW = frozenset({"created", "uploading", "draft", "failed", "canceled"})
_ADDRESS = (
    "country",
    "firstName",
    "lastName",
    "companyName",
    "addressLine1",
    "addressLine2",
    "city",
    "postCode",
    "state",
    "email",
    "phone",
    "isBusiness",
    "federalTaxId",
    "stateTaxId",
)
_RETURN_ADDRESS = (
    "country",
    "addressLine1",
    "addressLine2",
    "city",
    "postCode",
    "state",
    "email",
    "phone",
    "companyName",
)


def whole(order: Order, now: Moment) -> Body:
    """Give an order with everything in it."""
    method = choose(order.body.get("shipmentMethodUid"))
    refused = order.is_refused(now)
    return {
        **_head(order, now),
        "shippingAddress": shipping_address(order),
        "items": [_item(order, item, order.status(now)) for item in order.items],
        "shipment": shipment(order, now),
        "receipts": [receipt(order, method.price, child_id(order, 2), method.name)],
        "refusalReason": REFUSAL_REASON if refused else None,
        "refusalReasonCode": REFUSAL_CODE if refused else None,
        "refusalReasonDetails": None,
        "comment": REFUSAL_REASON if refused else "",
        "orderedByUserId": None,
        "metadata": order.body.get("metadata") or [],
        "billingEntity": billing_entity(order.backend),
        "retailCurrency": order.body.get("retailCurrency"),
        "paymentMethodType": None,
        "paymentMethodId": None,
        "prepaymentTransactionId": None,
        "discounts": [],
        "returnAddress": _return_address(order),
        "iossNumber": None,
        **({"digitizationId": None, "appServices": []} if order.backend == "connect" else {}),
        "shipmentMethodUid": order.body.get("shipmentMethodUid"),
    }


def row(order: Order, now: Moment) -> Body:
    """Give an order as a search lists it; its total is a string there."""
    address = order.body["shippingAddress"]
    price = choose(order.body.get("shipmentMethodUid")).price
    return {
        **_head(order, now),
        "totalInclVat": f"{total_incl_vat(order, price):.2f}",
        "firstName": address["firstName"],
        "lastName": address["lastName"],
        "country": address["country"],
        "itemsCount": len(order.items),
        "refusalReasonCode": REFUSAL_CODE if order.is_refused(now) else None,
        "appServices": [],
    }


def shipping_address(order: Order) -> Body:
    """Give the recipient's address as answers have it."""
    given = order.body["shippingAddress"]
    empty: dict[str, Any] = {"isBusiness": False, "federalTaxId": None, "stateTaxId": None}
    registration = given.get("registrationState") or given.get("registrationStateCode")
    return {
        "id": child_id(order, 1),
        "orderId": order.id,
        **{name: given.get(name, empty.get(name, "")) for name in _ADDRESS},
        # false was sent for what is absent
        **{name: given.get(name) or "" for name in ("postCode", "state")},
        "registrationState": registration,
    }


def _head(order: Order, now: Moment) -> Body:
    status = order.status(now)
    return {
        "id": order.id,
        "clientId": CLIENT_ID,
        "orderReferenceId": order.reference,
        "customerReferenceId": order.body.get("customerReferenceId"),
        "orderType": order.order_type,
        "fulfillmentStatus": status,
        "financialStatus": financial_status(status),
        "currency": order.body["currency"],
        "channel": "api",
        "storeId": None,
        "connectedOrderIds": list(order.connected),
        "createdAt": stamp(order.created.wall),
        "updatedAt": stamp(order.updated(now)),
        "orderedAt": None if order.order_type == "draft" else stamp(order.ordered.wall),
    }


def _return_address(order: Order) -> Body:
    given = order.body.get("returnAddress") or {}
    address = {"id": child_id(order, 7), "orderId": order.id}
    return address | {name: given.get(name) or None for name in _RETURN_ADDRESS}


def _item(order: Order, item: Body, status: str) -> Body:
    uid = product_uid(item)
    processed = f"https://files.example.com/{item['id']}"
    files = item.get("files") or []
    return {
        "id": item["id"],
        "itemReferenceId": str(item["itemReferenceId"]),
        "productUid": uid,
        "storeProductVariantId": None,
        "storeProductId": None,
        "files": [_file(order, file) for file in files],
        "processedFileUrl": f"{processed}/processed.pdf" if status in PRINTED else None,
        "quantity": item["quantity"],
        "options": [],
        "category": "Sandbox products",
        "productCategoryUid": "sandbox",
        "productTypeUid": uid.partition("_")[0],
        "productNameUid": uid.partition("_")[0],
        "productName": item.get("productName") or "Sandbox product",
        "fulfillmentStatus": status,
        "pageCount": item.get("pageCount"),
        "printJobs": [],
        "eventLog": [],
        "previews": [] if status in _WITHOUT_PREVIEW else _previews(processed),
        "designId": None,
        "productFileMimeType": "application/pdf",
        "finalProductUid": uid,
        "metadata": item.get("metadata") or [],
        "retailPriceInclVat": item.get("retailPriceInclVat"),
        "attributes": _attributes(uid),
        "itemReferenceName": None,
        "isIgnored": False,
        "price": item_price(item),
        "customTrim": None,
        "fileUrl": next((file.get("url") for file in files), None),
        **(_connect_extras(item) if order.backend == "connect" else {}),
    }


def _file(order: Order, file: Body) -> Body:
    if order.backend == "gelato":
        return {"type": "default", **file}
    return {
        "id": None,
        "type": file["type"],
        "url": file["url"],
        "threadColors": [],
        "isVisible": False,
        "fitMethod": None,
        "fillMethod": None,
        "mimeType": "application/pdf",
        "metadata": [],
    }


def _connect_extras(item: Body) -> Body:
    return {
        "dpi": 0,
        "appServices": [],
        "filesSize": 3.8,
        "productVariant": item.get("productVariant") or [],
    }


def _previews(base: str) -> list[Body]:
    kinds = ("preview_default", "preview_thumbnail", "preview_flat")
    return [{"type": kind, "url": f"{base}/{kind}.png"} for kind in kinds]


def _attributes(uid: str) -> list[Body]:
    known = {"ver": "Vertical (portrait) orientation", "hor": "Horizontal (landscape) orientation"}
    value = uid.rpartition("_")[2]
    if value not in known:
        return []
    return [
        {
            "name": "orientation",
            "title": "Orientation",
            "value": value,
            "formattedValue": known[value],
        }
    ]
