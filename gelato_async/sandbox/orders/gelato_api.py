"""Gelato's order routes, v4: the action of each.

| route | answers | refuses |
|---|---|---|
| create | the whole order, or the first part of a split one | 400 |
| quote | a quote for each part of the order, with every shipping method | 400, also without a price |
| get | the whole order | 404 |
| search | rows, newest first | 400 |
| cancel | 200 with an empty object | 404; 409 from `printed` on, and if canceled or failed |
| patch | the whole order, whose life begins now | 400 for wrong or no items left; 404; 409 |
| delete | 200 with an empty object; then the draft is gone | 404; 409 |

Patch and delete refuse an order that is not a draft with 409. The status of that refusal is
undocumented, and so are the bodies of a 409, a cancel and a delete. A reference may be used again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gelato_async.sandbox.account import AccountState, Action
from gelato_async.sandbox.answers import Answer, Body, RefusedError, answer, enforce
from gelato_async.sandbox.catalog.assortment import Assortment
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders import order_rules
from gelato_async.sandbox.orders.documents import order_document
from gelato_async.sandbox.orders.doubts import examine_order, examine_quote
from gelato_async.sandbox.orders.life_cycle import DEAD, PRINTED
from gelato_async.sandbox.orders.order import Order, new_id
from gelato_async.sandbox.orders.packing import PackedItem, pack
from gelato_async.sandbox.orders.revising import revise
from gelato_async.sandbox.orders.searching import GELATO_FILTERS, search
from gelato_async.sandbox.orders.shipments import fulfillment_country, offers
from gelato_async.sandbox.orders.terms import copies, line_price, packed_item
from gelato_async.sandbox.routes import Target


def _create(account: AccountState, _: Target, body: Body, now: Moment) -> Answer:
    enforce(order_rules.order(body, "gelato", account.assortment.currencies))
    refusal = examine_order(account, body, "gelato")
    return answer(_document(account, account.commit("gelato", body, refusal, now), now))


def _quote(account: AccountState, _: Target, body: Body, now: Moment) -> Answer:
    enforce(order_rules.quote(body, account.assortment.currencies))
    examine_quote(account, body)
    reference, count = str(body["orderReferenceId"]), len(body["products"])
    parts: Sequence[range] = [range(count)]
    if body.get("allowMultipleQuotes") is not False:
        parts = account.parts(reference, count)
    quotes = [_part(account.assortment, body, numbers, now) for numbers in parts]
    return answer({"orderReferenceId": reference, "quotes": quotes})


def _part(assortment: Assortment, body: Body, numbers: range, now: Moment) -> Body:
    country, currency = body["recipient"]["country"], body["currency"]
    products: list[Body] = []
    packed: list[PackedItem] = []
    for number in numbers:
        product = body["products"][number]
        price = line_price(assortment, product, country, currency)
        products.append(_quoted(product) | {"price": price, "currency": currency})
        packed.append(packed_item(assortment, number, product))
    grams, packages = sum(item.grams for item in packed), len(pack(assortment, packed))
    return {
        "id": new_id(),
        "itemReferenceIds": [product["itemReferenceId"] for product in products],
        "fulfillmentCountry": fulfillment_country(country),
        "shipmentMethods": offers(assortment, body, grams, packages, now.wall),
        "products": products,
    }


def _quoted(product: Body) -> Body:
    quoted = {
        "itemReferenceId": str(product["itemReferenceId"]),
        "productUid": product["productUid"],
        "quantity": copies(product),
    }
    if product.get("pageCount"):
        quoted["pageCount"] = product["pageCount"]
    return quoted


def _get(account: AccountState, target: Target, _: Body, now: Moment) -> Answer:
    return answer(_document(account, _order(account, target.id), now))


def _search(account: AccountState, _: Target, body: Body, now: Moment) -> Answer:
    enforce(order_rules.search(body))
    return answer(search(account.orders["gelato"], body, now, GELATO_FILTERS))


def _cancel(account: AccountState, target: Target, _: Body, now: Moment) -> Answer:
    order = _order(account, target.id)
    status = order.status(now)
    if status in PRINTED | DEAD:
        raise RefusedError(409, f"The order cannot be canceled, it is {status}")
    order.force("canceled", now)
    account.changed(order, now)
    # The real body is unknown; clients exist that decode every answer as JSON.
    return answer({})


def _patch(account: AccountState, target: Target, body: Body, now: Moment) -> Answer:
    order = _draft(account, target.id, now, "patched")
    if body.get("orderType") != "order":
        enforce([("orderType", "must be order")])
    content = order.body() | {"orderType": "order"}
    numbers = order.item_numbers()
    if body.get("items") is not None:
        numbers = _patched(order, content, body["items"])
    revise(account, order, content, numbers, 0.0)
    order.begin(now)
    account.changed(order, now)
    return answer(_document(account, order, now))


def _patched(order: Order, content: Body, items: Any) -> list[int]:
    """Put the patched files into the body, and return the places of the items that stay."""
    places = {order.item_id(number): number for number in order.item_numbers()}
    enforce(order_rules.patched_items(items, places.keys()))
    numbers = []
    for item in items:
        number = places[item["id"]]
        if item.get("files"):
            content["items"][number]["files"] = item["files"]
        numbers.append(number)
    return numbers


def _delete(account: AccountState, target: Target, _: Body, now: Moment) -> Answer:
    order = _draft(account, target.id, now, "deleted")
    order.force("canceled", now)
    account.changed(order, now)
    account.orders["gelato"].remove(order)
    # The real body is unknown; a client in production decodes it as JSON.
    return answer({})


def _document(account: AccountState, order: Order, now: Moment) -> Body:
    return order_document(order, account.assortment, now)


def _order(account: AccountState, order_id: str) -> Order:
    order = account.orders["gelato"].by_id.get(order_id)
    if order is None:
        raise RefusedError(404, "Order not found")
    return order


def _draft(account: AccountState, order_id: str, now: Moment, changed: str) -> Order:
    order = _order(account, order_id)
    # By the status that is shown, which may be a forced one.
    if order.status(now) != "draft":
        raise RefusedError(409, f"Only a draft can be {changed}")
    return order


ACTIONS: Mapping[str, Action] = {
    "gelato.create": _create,
    "gelato.quote": _quote,
    "gelato.get": _get,
    "gelato.search": _search,
    "gelato.cancel": _cancel,
    "gelato.patch": _patch,
    "gelato.delete": _delete,
}
