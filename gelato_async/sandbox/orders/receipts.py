"""The receipts of orders, which add up the prices of their terms.

VAT is 9 % of each line, rounded like all amounts; what a receipt sums up are these amounts.
"""

from collections.abc import Iterable
from functools import cache
from uuid import UUID, uuid5

import attrs

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.clock import stamp
from gelato_async.sandbox.data.references import OWN_ACCOUNT
from gelato_async.sandbox.money import rounded
from gelato_async.sandbox.orders.order import Order, Terms, shown_quantity

_OWN_CLIENT_ID = "5a4db0c5-0000-4000-8000-5a4db0c50000"
# A line of every receipt, and free, so that an order costs what its quote said.
_PACKAGING = 0.0
_VAT = 0.09


@attrs.frozen
class _Amount:
    price: float
    vat: float
    incl_vat: float


def _amount(price: float, currency: str) -> _Amount:
    vat = rounded(price * _VAT, currency)
    return _Amount(price, vat, rounded(price + vat, currency))


def _sum(prices: Iterable[float], currency: str) -> _Amount:
    """Add up amounts with the VAT of each."""
    amounts = [_amount(price, currency) for price in prices]
    price = rounded(sum(amount.price for amount in amounts), currency)
    vat = rounded(sum(amount.vat for amount in amounts), currency)
    return _Amount(price, vat, rounded(price + vat, currency))


def total_incl_vat(terms: Terms, currency: str) -> float:
    """Return the price of a whole order."""
    return _total(terms, currency).incl_vat


@cache
def client_id(account: str) -> str:
    """Return the id of an account, which is the same in every sandbox, by the account's name."""
    if account == OWN_ACCOUNT:
        return _OWN_CLIENT_ID
    # A name may have half of a surrogate pair, which UTF-8 has not.
    return str(uuid5(UUID(_OWN_CLIENT_ID), ascii(account)))


def receipt(order: Order, body: Body, terms: Terms) -> Body:
    """Return the receipt of an order."""
    receipt_id, currency = order.part_id(5), order.currency
    total = _total(terms, currency)
    products = _sum((line["price"] for line in terms["lines"]), currency)
    date = stamp(order.created)
    return {
        "id": receipt_id,
        "orderId": order.id,
        "type": "contract",
        "currency": currency,
        "items": list(_lines(order, body, terms, receipt_id)),
        "createdAt": date,
        "updatedAt": date,
        "receiptNumber": f"005-{int(order.id[:8], 16):010d}",
        "billingEntity": billing_entity(order.backend),
        "billingTag": "sandbox",
        "transactionType": "purchase",
        **_amounts("products", products),
        **_amounts("digitization", _sum((), currency)),
        **_amounts("shipping", _amount(terms["shipping"], currency)),
        **_amounts("packaging", _amount(_PACKAGING, currency)),
        **dict.fromkeys(("discount", "discountVat", "discountInclVat"), 0),
        "totalInitial": total.price,
        "total": total.price,
        "totalVat": total.vat,
        "totalInclVat": total.incl_vat,
        "isCalculated": True,
    }


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
        "iossNumber": None,
    }
    if backend == "connect":
        # A number in GelatoConnect's examples, a string in those of v4.
        entity |= {"id": 100001, "invoiceType": None}
    return entity


def _total(terms: Terms, currency: str) -> _Amount:
    prices = [line["price"] for line in terms["lines"]]
    return _sum((*prices, terms["shipping"], _PACKAGING), currency)


def _amounts(part: str, amount: _Amount) -> Body:
    return {
        f"{part}PriceInitial": amount.price,
        f"{part}PriceDiscount": 0,
        f"{part}Price": amount.price,
        f"{part}PriceVat": amount.vat,
        f"{part}PriceInclVat": amount.incl_vat,
    }


def _lines(order: Order, body: Body, terms: Terms, receipt_id: str) -> Iterable[Body]:
    shipment_id = order.part_id(2)
    rows: list[tuple[str, str, str, float]] = []
    for line in terms["lines"]:
        quantity = shown_quantity(body["items"][line["number"]])
        title = f"{quantity}x {line['productUid']}"
        rows.append(("product", order.item_id(line["number"]), title, line["price"]))
    delivery = f"Delivery using {terms['shipmentMethodName']}"
    rows.append(("shipment", shipment_id, delivery, terms["shipping"]))
    rows.append(("packaging", shipment_id, "Packaging", _PACKAGING))
    date = stamp(order.created)
    for number, (kind, about, title, price) in enumerate(rows):
        row = {
            "id": order.part_id(6, number),
            "receiptId": receipt_id,
            "orderId": order.id if order.backend == "connect" else None,
            "type": kind,
            "referenceId": about,
            "title": title,
        }
        yield row | _line(order, _amount(price, order.currency), date)


def _line(order: Order, amount: _Amount, date: str) -> Body:
    return {
        "clientId": client_id(order.account),
        "currency": order.currency,
        "priceBase": amount.price,
        "amount": 1,
        "priceInitial": amount.price,
        "discount": 0,
        "price": amount.price,
        "vat": amount.vat,
        "priceInclVat": amount.incl_vat,
        "pricePlanId": None,
        "createdAt": date,
        "updatedAt": date,
    }
