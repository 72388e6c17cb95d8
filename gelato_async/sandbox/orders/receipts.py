"""Made-up prices, and the receipts that add them up.

Every piece costs the same, and so does the packaging of every order; VAT is 9 %. Each line is
rounded before the sum, so that a receipt adds up.
"""

from gelato_async.sandbox.clock import stamp
from gelato_async.sandbox.orders.order import Body, Order

CLIENT_ID = "5a4db0c5-0000-4000-8000-5a4db0c50000"
# In the currency of the order, whichever that is.
UNIT_PRICE = 5.56
PACKAGING_PRICE = 0.5
_VAT = 0.09


def item_price(item: Body) -> float:
    """Return the price of an item line."""
    return round(UNIT_PRICE * float(item["quantity"]), 2)


def total_incl_vat(order: Order, shipping: float) -> float:
    """Return the price of the whole order."""
    return round(sum(map(_incl_vat, _prices(order, shipping).values())), 2)


def receipt(order: Order, shipping: float, shipment_id: str, title: str) -> Body:
    """Return the receipt of an order."""
    receipt_id, prices = part_id(order, 5), _prices(order, shipping)
    parts: Body = {}
    for part in ("products", "digitization", "shipping", "packaging"):
        parts |= _amounts(part, prices.get(part, 0.0))
    lines: list[tuple[str, str, str, float]] = []
    for item in order.items:
        text = f"{item['quantity']}x {product_uid(item)}"
        lines.append(("product", item["id"], text, item_price(item)))
    lines.append(("shipment", shipment_id, f"Delivery using {title}", shipping))
    lines.append(("packaging", shipment_id, "Packaging", PACKAGING_PRICE))
    total = round(sum(prices.values()), 2)
    return {
        "id": receipt_id,
        "orderId": order.id,
        "type": "contract",
        "currency": order.body["currency"],
        "items": [_line(order, receipt_id, number, *line) for number, line in enumerate(lines)],
        "createdAt": stamp(order.created.wall),
        "updatedAt": stamp(order.created.wall),
        "receiptNumber": f"005-{int(order.id[:8], 16):010d}",
        "billingEntity": billing_entity(order.backend),
        "billingTag": "sandbox",
        "transactionType": "purchase",
        **parts,
        **dict.fromkeys(("discount", "discountVat", "discountInclVat"), 0),
        "totalInitial": total,
        "total": total,
        "totalVat": round(total_incl_vat(order, shipping) - total, 2),
        "totalInclVat": total_incl_vat(order, shipping),
        "isCalculated": True,
    }


def part_id(order: Order, kind: int, number: int = 0) -> str:
    """Return the id of a part of an order: as unique as the order's own, and always the same."""
    return f"{kind:02x}{number:06x}{order.id[8:]}"


def product_uid(item: Body) -> str:
    """Return the product of an item; a made-up one if the item names a customer product."""
    return str(item.get("productUid") or "sandbox_product_of_the_customer")


def billing_entity(backend: str) -> Body:
    """Return the made-up account that is billed."""
    entity: Body = {
        "id": "5a4db0c5-0000-4000-8000-0000000186a1",
        "companyName": "Sandbox Prints",
        "companyNumber": "",
        "companyVatNumber": "",
        "companyVatNumbers": [],
        "countryIsoCode": "DE",
        "country": "DE",
        "recipientName": "Sandbox Prints",
        "addressLine1": "Sandkasten 1",
        "addressLine2": "",
        "city": "Berlin",
        "postCode": "10115",
        "stateCode": "",
        "state": "",
        "email": "billing@example.com",
        "phone": "",
        "currencyIsoCode": "EUR",
        "currency": "EUR",
        "status": 1,
    }
    if backend == "connect":
        # A number in GelatoConnect's examples, a string in those of v4.
        entity |= {"id": 100001, "iossNumber": None, "invoiceType": None}
    return entity


def _prices(order: Order, shipping: float) -> dict[str, float]:
    products = round(sum(map(item_price, order.items)), 2)
    return {"products": products, "shipping": shipping, "packaging": PACKAGING_PRICE}


def _incl_vat(price: float) -> float:
    return round(price + round(price * _VAT, 2), 2)


def _amounts(part: str, price: float) -> Body:
    return {
        f"{part}PriceInitial": price,
        f"{part}PriceDiscount": 0,
        f"{part}Price": price,
        f"{part}PriceVat": round(price * _VAT, 2),
        f"{part}PriceInclVat": _incl_vat(price),
    }


def _line(
    order: Order, receipt_id: str, number: int, kind: str, about: str, title: str, price: float
) -> Body:
    return {
        "id": part_id(order, 6, number),
        "receiptId": receipt_id,
        "orderId": order.id if order.backend == "connect" else None,
        "clientId": CLIENT_ID,
        "type": kind,
        "referenceId": about,
        "title": title,
        "currency": order.body["currency"],
        "priceBase": price,
        "amount": 1,
        "priceInitial": price,
        "discount": 0,
        "price": price,
        "vat": round(price * _VAT, 2),
        "priceInclVat": _incl_vat(price),
        "pricePlanId": None,
        "createdAt": stamp(order.created.wall),
        "updatedAt": stamp(order.created.wall),
    }
