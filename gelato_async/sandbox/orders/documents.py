"""Whole orders and rows of a search, in the shapes of both APIs' answers.

An order of Gelato's has all keys of the documented examples, one of GelatoConnect's some more. The
values that are not the caller's are made up; no made-up URL exists.
"""

from collections.abc import Iterable
from typing import Any

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.catalog.assortment import Assortment
from gelato_async.sandbox.catalog.built_in_catalogs import GENERAL
from gelato_async.sandbox.checks import is_absent
from gelato_async.sandbox.clock import Moment, stamp
from gelato_async.sandbox.orders.item_attributes import item_attributes
from gelato_async.sandbox.orders.life_cycle import PRINTED, financial_status
from gelato_async.sandbox.orders.order import Line, Order, shown_quantity
from gelato_async.sandbox.orders.receipts import (
    billing_entity,
    client_id,
    receipt,
)
from gelato_async.sandbox.orders.shipments import shipment
from gelato_async.sandbox.orders.terms import product_of

# The files of an order are not processed yet in these statuses, or never will be.
_WITHOUT_PREVIEW = frozenset({"created", "uploading", "draft", "failed", "canceled"})
_PLACE = ("addressLine1", "addressLine2", "city", "postCode", "state", "email", "phone")
_PERSON = ("country", "firstName", "lastName", "companyName")
_FRONT = frozenset({"default", "front"})


def order_document(order: Order, assortment: Assortment, now: Moment) -> Body:
    """Return an order with everything in it."""
    body, terms = order.body(), order.terms()
    refusal = order.refused(now)
    document = {
        **_head(order, now),
        "shippingAddress": shipping_address(order, body),
        "items": _items(order, body, assortment, now),
        "shipment": shipment(order, body, terms, now),
        "receipts": [receipt(order, body, terms)],
        "refusalReason": refusal and refusal.reason,
        "refusalReasonCode": refusal and refusal.code,
        "refusalReasonDetails": None,
        "comment": refusal.reason if refusal else "",
        "orderedByUserId": None,
        "metadata": body.get("metadata") or [],
        "billingEntity": billing_entity(order.backend),
        "retailCurrency": body.get("retailCurrency"),
        "paymentMethodType": None,
        "paymentMethodId": None,
        "prepaymentTransactionId": None,
        "discounts": [],
        "returnAddress": _return_address(order, body),
        "iossNumber": None,
        "shipmentMethodUid": body.get("shipmentMethodUid") and terms["shipmentMethodUid"],
    }
    if order.backend == "connect":
        document |= {"digitizationId": None, "appServices": []}
    return document


def order_row(order: Order, now: Moment) -> Body:
    """Return an order as a search lists it, with its total as a string."""
    refusal = order.refused(now)
    first_name, last_name, _, total = order.row_texts
    return {
        **_head(order, now),
        "totalInclVat": total,
        "firstName": first_name,
        "lastName": last_name,
        "country": order.country,
        "itemsCount": order.items_count,
        "refusalReasonCode": refusal and refusal.code,
        "appServices": [],
    }


def shipping_address(order: Order, body: Body) -> Body:
    """Return the recipient's address in the shape of the answers."""
    given = body["shippingAddress"]
    address: Body = {"id": order.part_id(1), "orderId": order.id}
    for name in _PERSON + _PLACE:
        value = given.get(name)
        address[name] = "" if is_absent(value) else value
    address["isBusiness"] = bool(given.get("isBusiness"))
    address["federalTaxId"] = _unless_false(given.get("federalTaxId"))
    address["stateTaxId"] = _unless_false(given.get("stateTaxId"))
    registration = given.get("registrationState") or given.get("registrationStateCode")
    address["registrationState"] = _unless_false(registration)
    return address


def _unless_false(value: Any) -> Any:
    return None if value is False else value


def _head(order: Order, now: Moment) -> Body:
    status = order.status(now)
    return {
        "id": order.id,
        "clientId": client_id(order.account),
        "orderReferenceId": order.reference,
        "customerReferenceId": order.customer_reference,
        "orderType": order.order_type,
        "fulfillmentStatus": status,
        "financialStatus": financial_status(status),
        "currency": order.currency,
        "channel": "api",
        "storeId": None,
        "connectedOrderIds": list(order.connected),
        "createdAt": stamp(order.created),
        "updatedAt": stamp(order.updated(now)),
        "orderedAt": None if order.order_type == "draft" else stamp(order.ordered),
    }


def _return_address(order: Order, body: Body) -> Body:
    given = body.get("returnAddress")
    if not isinstance(given, dict):
        # GelatoConnect documents no return address, and therefore checks none.
        given = {}
    address: Body = {"id": order.part_id(7), "orderId": order.id}
    for name in ("country", "lastName", *_PLACE, "companyName"):
        address[name] = given.get(name) or None
    return address


def _items(order: Order, body: Body, assortment: Assortment, now: Moment) -> list[Body]:
    documents, status = [], order.status(now)
    for line in order.terms()["lines"]:
        item = body["items"][line["number"]]
        product = product_of(assortment, item)
        catalog = GENERAL
        if product is not None:
            catalog = assortment.catalog_of(product)
        document = _item(order, item, line, status)
        document["category"], document["productCategoryUid"] = catalog.title, catalog.uid
        document["attributes"] = list(item_attributes(product, catalog))
        documents.append(document)
    return documents


def _item(order: Order, item: Body, line: Line, status: str) -> Body:
    uid, item_id = line["productUid"], order.item_id(line["number"])
    base_url = f"https://files.example.com/{item_id}"
    files = item.get("files") or []
    document = {
        "id": item_id,
        "itemReferenceId": str(item["itemReferenceId"]),
        "productUid": uid,
        "storeProductVariantId": None,
        "storeProductId": None,
        "files": _files(order, files, line["number"]),
        "processedFileUrl": f"{base_url}/processed.pdf" if status in PRINTED else None,
        "quantity": shown_quantity(item),
        "options": [],
        "productTypeUid": uid.partition("_")[0],
        "productNameUid": uid.partition("_")[0],
        "productName": item.get("productName") or "Sandbox product",
        "fulfillmentStatus": status,
        "pageCount": item.get("pageCount"),
        "printJobs": [],
        "eventLog": [],
        "previews": [] if status in _WITHOUT_PREVIEW else _previews(base_url),
        "designId": None,
        "productFileMimeType": "application/pdf",
        "finalProductUid": _final_uid(uid, item),
        "metadata": item.get("metadata") or [],
        "retailPriceInclVat": item.get("retailPriceInclVat"),
        "itemReferenceName": None,
        "isIgnored": False,
        "price": line["price"],
        "customTrim": None,
        "fileUrl": _file_url(item),
    }
    if order.backend == "connect":
        document |= _connect_extras(item)
    return document


def _files(order: Order, files: Iterable[Body], item_number: int) -> list[Body]:
    documents = []
    for place, file in enumerate(files):
        if order.backend == "connect":
            documents.append(_connect_file(file))
            continue
        document = {"type": "default", **file}
        # Of embroideries alone, which can be reused by it, as the document says.
        if str(file.get("type")).endswith("-embroidery") and not file.get("id"):
            # Distinct for any item: nobody gives an item a thousand files.
            document["id"] = order.part_id(8, item_number * 1000 + place)
        documents.append(document)
    return documents


def _connect_file(file: Body) -> Body:
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


def _file_url(item: Body) -> Any:
    if item.get("files"):
        return item["files"][0].get("url")
    # The examples have a single URL instead of files too.
    return item.get("fileUrl")


def _connect_extras(item: Body) -> Body:
    return {
        "dpi": 0,
        "appServices": [],
        "filesSize": 3.8,
        "productVariant": item.get("productVariant") or [],
    }


def _previews(base_url: str) -> list[Body]:
    kinds = ("preview_default", "preview_thumbnail", "preview_flat")
    return [{"type": kind, "url": f"{base_url}/{kind}.png"} for kind in kinds]


def _final_uid(uid: str, item: Body) -> str:
    """Return the uid of what is printed: on both sides, if the files ask for it and may."""
    types = {file.get("type") or "default" for file in item.get("files") or ()}
    is_adjusted = item.get("adjustProductUidByFileTypes") is True
    if is_adjusted and "back" in types and types & _FRONT:
        return uid.replace("_gpr_4-0", "_gpr_4-4")
    return uid
