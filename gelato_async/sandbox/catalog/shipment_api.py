"""Gelato's shipment routes, v1: the action of each.

| route | answers | refuses |
|---|---|---|
| methods | all methods, or those to a country | 400 for a wrong country code |
| prices | for each product and quantity, the methods that suit the request | 400; 404 |

Prices of an unknown product are refused with 404. There are no methods to a country to which the
product is not delivered, and none in an unknown currency. The lowest price is that of quotes and
orders, and the average price is a tenth higher.
"""

from collections.abc import Mapping

from gelato_async.sandbox.account import AccountState, Action
from gelato_async.sandbox.answers import Answer, Body, RefusedError, answer, enforce
from gelato_async.sandbox.catalog import product_rules
from gelato_async.sandbox.catalog.assortment import Assortment
from gelato_async.sandbox.catalog.entities import Product, ShipmentMethod
from gelato_async.sandbox.checks import fields
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.money import rounded
from gelato_async.sandbox.routes import Target


def _methods(account: AccountState, target: Target, _: Body, __: Moment) -> Answer:
    enforce(fields("", target.query, product_rules.METHODS_QUERY))
    methods = account.assortment.shipment_methods
    country = target.query.get("country")
    if country:
        methods = [method for method in methods if country in method.countries]
    return answer({"shipmentMethods": list(map(_document, methods))})


def _document(method: ShipmentMethod) -> Body:
    return {
        "shipmentMethodUid": method.uid,
        "type": method.listed_type,
        "name": method.name,
        "isBusiness": method.is_business,
        "isPrivate": method.is_private,
        "hasTracking": method.has_tracking,
        "supportedCountries": list(method.countries),
    }


def _prices(account: AccountState, _: Target, body: Body, __: Moment) -> Answer:
    assortment = account.assortment
    enforce(product_rules.shipping(body, assortment))
    rows, unknown = [], []
    for row in body["products"]:
        product = assortment.product(row["productUid"])
        if product is None:
            unknown.append(row["productUid"])
        else:
            rows.append(_product_prices(assortment, body, row, product))
    if unknown:
        raise RefusedError(404, f"Product not found: {', '.join(sorted(set(unknown)))}")
    return answer({"prices": rows})


def _product_prices(assortment: Assortment, body: Body, row: Body, product: Product) -> Body:
    pages = row.get("pageCount")
    priced = []
    for quantity in row["quantities"]:
        grams = assortment.grams(product, quantity, pages)
        methods = _offers(assortment, body, product, grams)
        priced.append({"quantity": quantity, "pageCount": pages, "methods": methods})
    return {"productUid": product.uid, "quantities": priced}


def _offers(assortment: Assortment, body: Body, product: Product, grams: float) -> list[Body]:
    offers = []
    country, currency = body["country"], body["currency"]
    # Undocumented; the price route has no rows for them.
    if country in product.supported_countries and currency in assortment.currencies:
        for method in assortment.methods(country, grams):
            if _suits(method, body):
                price = assortment.shipping_price(method, grams, currency)
                offers.append(_offer(method, price, currency))
    return offers


def _suits(method: ShipmentMethod, body: Body) -> bool:
    if body.get("isBusiness") and not method.suits(is_business=True):
        return False
    if body.get("isPrivate") and not method.suits(is_business=False):
        return False
    return method.has_tracking or not body.get("hasTracking")


def _offer(method: ShipmentMethod, price: float, currency: str) -> Body:
    return {
        "shipmentMethodUid": method.uid,
        "type": method.listed_type,
        "minPrice": price,
        "avgPrice": rounded(price * 1.1, currency),
        "minDays": method.min_days,
        "maxDays": method.max_days,
        # A price that does not depend on the weight.
        "hasFlatRate": not method.per_kilogram,
    }


ACTIONS: Mapping[str, Action] = {"shipment.methods": _methods, "shipment.prices": _prices}
