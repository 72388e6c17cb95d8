"""What an order costs and how it is sent, agreed on once: when it is placed, or changed."""

from collections.abc import Iterable

import attrs

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.catalog.assortment import CUSTOMER_PRODUCT, Assortment
from gelato_async.sandbox.catalog.entities import Product, ShipmentMethod
from gelato_async.sandbox.checks import whole
from gelato_async.sandbox.orders.order import Line, Terms
from gelato_async.sandbox.orders.packing import PackedItem, pack
from gelato_async.sandbox.orders.wishes import wishes_of

# General words for methods, which the documents list: a country without such a method has another.
_TIERS = frozenset({"normal", "standard", "express"})
# The carriers whose methods the documents name. Where any product exists, so does any method of
# theirs, because the live API has more of them than the sandbox.
_CARRIERS = ("dhl_", "fed_ex_", "fedex_", "postnl_", "tnt_", "ups_", "usps_")


def agree(assortment: Assortment, body: Body, numbers: Iterable[int]) -> Terms:
    """Return the terms of an order of those of the caller's items that the numbers name.

    What has no price costs nothing: the order will fail.
    """
    (country, is_business), currency = _recipient(body), body["currency"]
    lines: list[Line] = []
    packed: list[PackedItem] = []
    for number in numbers:
        item = body["items"][number]
        price = line_price(assortment, item, country, currency) or 0.0
        lines.append({"number": number, "productUid": item_uid(item), "price": price})
        packed.append(packed_item(assortment, number, item))
    grams = sum(item.grams for item in packed)
    cheapest = next(iter(assortment.methods(country, grams, is_business=is_business)), None)
    method = chosen_method(assortment, body, grams)
    shipping = 0.0
    if method is not None:
        shipping = assortment.shipping_price(method, grams, currency)
    shown = method or _missing(body.get("shipmentMethodUid"))
    return {
        "lines": lines,
        "grams": grams,
        "packages": pack(assortment, packed),
        "shipping": shipping,
        "shipmentMethodUid": shown.uid,
        "shipmentMethodName": shown.name,
        "type": shown.type,
        "minDays": shown.min_days,
        "maxDays": shown.max_days,
        "hasTracking": shown.has_tracking and "no_tracking" not in wishes_of(body),
        "isCheapest": shown == cheapest,
    }


def product_of(assortment: Assortment, item: Body) -> Product | None:
    """Return the product of an item, which may be one in the customer's own words."""
    if item.get("productUid"):
        return assortment.product(item["productUid"])
    return assortment.customer_product(item)


def item_uid(item: Body) -> str:
    """Return the product uid of an item; a made-up one for a product in the customer's words."""
    return str(item.get("productUid") or CUSTOMER_PRODUCT)


def line_price(assortment: Assortment, item: Body, country: str, currency: str) -> float | None:
    """Return the price of all copies of an item, or None if it has none there."""
    product = product_of(assortment, item)
    if product is None:
        return None
    try:
        return assortment.line_price(product, copies(item), pages(item), country, currency)
    except LookupError:
        return None


def packed_item(assortment: Assortment, number: int, item: Body) -> PackedItem:
    """Return an item as it is packed, with the weight of all its copies."""
    product, quantity, grams = product_of(assortment, item), copies(item), 0.0
    if product is not None:
        grams = assortment.grams(product, quantity, pages(item))
    return PackedItem(number, product, quantity, grams)


def copies(item: Body) -> int:
    """Return the quantity of an item; 0 for one of which there cannot be so many copies."""
    return max(whole(item["quantity"]) or 0, 0)


def pages(item: Body) -> int | None:
    """Return the page count of an item, if it is one."""
    return whole(item.get("pageCount"))


def chosen_method(assortment: Assortment, body: Body, grams: float) -> ShipmentMethod | None:
    """Return the cheapest method that an order names and that suits its recipient, or None."""
    country, is_business = _recipient(body)
    words = _words(body.get("shipmentMethodUid"))
    method = assortment.chosen_method(",".join(words), country, grams, is_business=is_business)
    if method is not None:
        return method
    fitting = assortment.methods(country, grams, is_business=is_business)
    if any(word.lower() in _TIERS for word in words):
        return next(iter(fitting), None)
    if not assortment.any_products:
        return None
    known = {method.uid for method in assortment.shipment_methods}
    for word in words:
        if word.lower().startswith(_CARRIERS) and word.lower() not in known:
            return _live_method(word, fitting)
    return None


def _live_method(word: str, fitting: Iterable[ShipmentMethod]) -> ShipmentMethod | None:
    for method in fitting:
        if method.has_tracking:
            return attrs.evolve(method, uid=word, name=_title(word))
    return None


def _recipient(body: Body) -> tuple[str, bool]:
    """Return the country of an order's recipient, and whether this is a business."""
    address = body["shippingAddress"]
    return address["country"], bool(address.get("isBusiness"))


def _missing(wanted: str | None) -> ShipmentMethod:
    word = next(iter(_words(wanted)), "none")
    return ShipmentMethod(
        uid=word,
        name=_title(word),
        type="normal",
        price=0.0,
        min_days=0,
        max_days=0,
        countries=(),
        has_tracking=False,
    )


def _words(wanted: str | None) -> list[str]:
    return [word.strip() for word in (wanted or "").split(",") if word.strip()]


def _title(word: str) -> str:
    return word.replace("_", " ").title()
