"""The rules of the request bodies: orders, quotes, searches and GelatoConnect's shipment updates.

Only Gelato requires quantities of at least 1, unique item references and at most 20 metadata
entries of 100 characters; only GelatoConnect requires files with type and url, and one kind of item
per order. Unknown keys are accepted, and so are file types that no document lists.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from gelato_async.sandbox import checks
from gelato_async.sandbox.answers import Backend
from gelato_async.sandbox.checks import Fields, Problem, fields, is_list_of, optional, rows, text
from gelato_async.sandbox.orders.wishes import KEY, WISHES


def _date(value: Any) -> str | None:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return "must be an ISO 8601 date and time"
    return None


_HEX_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_ORDER_TYPE = optional(checks.one_of("order", "draft"))
_ORDER: Mapping[Backend, Fields] = {
    "gelato": {
        "orderReferenceId": checks.reference,
        "customerReferenceId": checks.reference,
        "currency": text,
        "orderType": _ORDER_TYPE,
        "shipmentMethodUid": optional(text),
    },
    "connect": {
        "orderReferenceId": checks.reference,
        "currency": text,
        "orderType": _ORDER_TYPE,
        "shipmentMethodUid": optional(text),
        "retailCurrency": optional(text),
        "retailShippingPriceInclVat": optional(checks.number),
    },
}
_QUOTE: Fields = {
    "orderReferenceId": checks.reference,
    "customerReferenceId": checks.reference,
    "currency": text,
}
_PRODUCT: Fields = {
    "itemReferenceId": checks.reference,
    "productUid": text,
    "quantity": checks.counting,
    "pageCount": optional(checks.counting),
    "fileUrl": optional(text),
}
_ITEM: Mapping[Backend, Fields] = {
    "gelato": _PRODUCT,
    "connect": {
        "itemReferenceId": checks.reference,
        "quantity": checks.few,
        "retailPriceInclVat": optional(checks.number),
    },
}
_SEARCH: Fields = {
    "startDate": optional(_date),
    "endDate": optional(_date),
    "search": optional(text),
}
_METADATA: Mapping[Backend, Fields] = {
    "gelato": {"key": checks.upto(100), "value": checks.upto(100)},
    "connect": {"key": text, "value": checks.any_text},
}
# Of both APIs: the statuses are singular for GelatoConnect and plural for Gelato.
_SEARCHED_LISTS = (
    "channels",
    "countries",
    "currencies",
    "financialStatus",
    "financialStatuses",
    "fulfillmentStatus",
    "fulfillmentStatuses",
    "ids",
    "orderReferenceIds",
    "orderTypes",
    "storeIds",
)


def order(
    body: Mapping[str, Any], backend: Backend, currencies: Collection[str]
) -> Iterator[Problem]:
    """Check an order."""
    yield from fields("", body, _ORDER[backend])
    yield from currency(body, currencies)
    yield from checks.address("shippingAddress", body.get("shippingAddress"), backend)
    yield from _items("items", body.get("items"), backend)
    yield from _metadata("metadata", body.get("metadata"), backend)
    yield from _wishes(body.get("metadata"))
    if backend == "connect":
        kinds = {_is_custom(item) for _, item in rows("items", body.get("items"))}
        if len(kinds) > 1:
            yield "items", "must all use productUid, or all productName and productVariant"
    elif body.get("returnAddress") is not None:
        yield from fields("returnAddress", body["returnAddress"], checks.RETURN_ADDRESS)


def quote(body: Mapping[str, Any], currencies: Collection[str]) -> Iterator[Problem]:
    """Check a request for a quote."""
    yield from fields("", body, _QUOTE)
    yield from currency(body, currencies)
    yield from checks.address("recipient", body.get("recipient"), "gelato", is_quoted=True)
    yield from _items("products", body.get("products"), "gelato")


def currency(body: Mapping[str, Any], currencies: Collection[str]) -> Iterator[Problem]:
    """Check that a currency has prices, if it is a currency."""
    given = body.get("currency")
    if text(given) is None and given not in currencies:
        yield "currency", f"must be one of {', '.join(sorted(currencies))}"


def update(body: Mapping[str, Any]) -> Iterator[Problem]:
    """Check an update of GelatoConnect's shipment: at least one of its two fields."""
    if body.get("shippingAddress") is not None:
        yield from checks.address("shippingAddress", body["shippingAddress"], "connect")
    elif body.get("shipmentMethodUid") is None:
        yield "shipmentMethodUid", "is required unless shippingAddress is given"
    yield from fields("", body, {"shipmentMethodUid": optional(text)})


def search(body: Mapping[str, Any]) -> Iterator[Problem]:
    """Check a search."""
    for name in _SEARCHED_LISTS:
        value = body.get(name)
        if value is not None and not is_list_of(str, value):
            yield name, "must be a list of strings"
    # Not `fields`: an explicit null is refused.
    limit, offset = body.get("limit", 0), body.get("offset", 0)
    if type(limit) is not int or not 0 <= limit <= 100:
        yield "limit", "must be an integer of at least 0 and at most 100"
    if type(offset) is not int or offset < 0:
        yield "offset", "must be an integer of at least 0"
    yield from fields("", body, _SEARCH)


def patched_items(items: Any, known: Collection[str]) -> Iterator[Problem]:
    """Check the items of a PATCH.

    An empty list is refused, because an order needs items.
    """
    seen: Counter[str] = Counter()
    for where, item in rows("items", items, required=True):
        yield from fields(where, item, {"id": text})
        if not isinstance(item, dict):
            continue
        given = str(item.get("id"))
        seen[given] += 1
        if given and (given not in known or seen[given] > 1):
            yield f"{where}.id", "must name an item of the order, and each only once"
        yield from _files(where, item, "gelato")


def _items(path: str, items: Any, backend: Backend) -> Iterator[Problem]:
    seen: Counter[str] = Counter()
    for where, item in rows(path, items, required=True):
        yield from fields(where, item, _ITEM[backend])
        if not isinstance(item, dict):
            continue
        yield from _files(where, item, backend)
        yield from _metadata(f"{where}.metadata", item.get("metadata"), backend)
        if backend == "gelato":
            yield from _gelato_item(where, item, seen)
        else:
            yield from _connect_item(where, item)


def _gelato_item(where: str, item: Mapping[str, Any], seen: Counter[str]) -> Iterator[Problem]:
    reference = str(item.get("itemReferenceId"))
    seen[reference] += 1
    # Reported once, however often the reference is repeated.
    if seen[reference] == 2:
        yield f"{where}.itemReferenceId", "must be unique within the order"


def _connect_item(where: str, item: Mapping[str, Any]) -> Iterator[Problem]:
    if _is_custom(item):
        yield from fields(where, item, {"productName": text, "productVariant": _variant})
        if item.get("productUid") is not None:
            yield f"{where}.productUid", "must not be combined with productName and productVariant"
    else:
        yield from fields(where, item, {"productUid": text})


def _is_custom(item: Any) -> bool:
    if not isinstance(item, dict):
        return False
    return (item.get("productName") or item.get("productVariant")) is not None


def _variant(value: Any) -> str | None:
    if value is None:
        return "is required"
    # A list is accepted too: the API itself writes an empty map as [].
    if not isinstance(value, dict | list):
        return "must be an object"
    return None


def _files(where: str, item: Mapping[str, Any], backend: Backend) -> Iterator[Problem]:
    for path, file in rows(f"{where}.files", item.get("files"), required=backend == "connect"):
        if backend == "connect":
            yield from fields(path, file, {"type": text, "url": text})
        else:
            yield from _gelato_file(path, file)


def _gelato_file(path: str, file: Any) -> Iterator[Problem]:
    needed = {"type": optional(text), "url": text, "threadColors": optional(_colors)}
    if isinstance(file, dict):
        if any(file.get(name) is not None for name in ("threadColors", "id", "isVisible")):
            needed["type"] = text
        # An id names a file that was uploaded before.
        if file.get("id") is not None:
            needed["url"] = optional(text)
    yield from fields(path, file, needed)


def _colors(value: Any) -> str | None:
    if not is_list_of(str, value):
        return "must be a list of strings"
    if len(value) > 6:
        return "must be at most six colors"
    if not all(map(_HEX_COLOR.fullmatch, value)):
        return "must be hex colors like #ffffff"
    return None


def _metadata(path: str, entries: Any, backend: Backend) -> Iterator[Problem]:
    if backend == "gelato" and isinstance(entries, list) and len(entries) > 20:
        yield path, "must have at most 20 entries"
    for where, entry in rows(path, entries):
        yield from fields(where, entry, _METADATA[backend])


def _wishes(entries: Any) -> Iterator[Problem]:
    for where, entry in rows("metadata", entries):
        if not isinstance(entry, dict) or entry.get("key") != KEY:
            continue
        if entry.get("value") not in list(WISHES):
            known = ", ".join(sorted(WISHES))
            yield f"{where}.value", f"must be one of {known} where the key is {KEY}"
