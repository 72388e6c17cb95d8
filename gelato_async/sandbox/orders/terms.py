"""What an order costs and how it is sent, agreed on once: when it is placed, or changed."""

from collections.abc import Iterable

from gelato_async.sandbox.orders.order import Body, Line, Terms
from gelato_async.sandbox.orders.shipments import METHODS, chosen_method

UNIT_PRICE = 5.56
PACKAGING_PRICE = 0.5
_GRAMS_EACH = 139
_CUSTOMER_PRODUCT = "sandbox_product_of_the_customer"


def agree(body: Body, numbers: Iterable[int]) -> Terms:
    """Return the terms of an order of those of the caller's items that the numbers name."""
    lines: list[Line] = []
    grams = 0.0
    for number in numbers:
        item = body["items"][number]
        uid = str(item.get("productUid") or _CUSTOMER_PRODUCT)
        lines.append({"number": number, "productUid": uid, "price": line_price(item)})
        grams += _GRAMS_EACH * item["quantity"]
    method = chosen_method(body.get("shipmentMethodUid"))
    return {
        "lines": lines,
        "grams": grams,
        "packaging": PACKAGING_PRICE,
        "shipping": method.price,
        "shipmentMethodUid": method.uid,
        "shipmentMethodName": method.name,
        "type": method.type,
        "minDays": method.days[0],
        "maxDays": method.days[1],
        "hasTracking": True,
        "isCheapest": method == METHODS[0],
    }


def line_price(item: Body) -> float:
    """Return the price of an item line."""
    return round(UNIT_PRICE * float(item["quantity"]), 2)
