"""Gelato's shipment routes, v1: the action of each.

| route | answers | refuses |
|---|---|---|
| methods | all methods, or those to a country | 400 for a wrong country code |
| prices | for each product and quantity, the methods that suit the request | 400; 404 |

Prices of an unknown product are refused with 404. The lowest price is the method's own plus an
amount by weight, and the average price is a tenth higher.
"""

from collections.abc import Iterator, Mapping, Sequence

import attrs

from gelato_async.sandbox.account import AccountState, Action
from gelato_async.sandbox.answers import Answer, RefusedError, answer
from gelato_async.sandbox.catalog import product_rules
from gelato_async.sandbox.catalog.product_prices import RATES
from gelato_async.sandbox.catalog.product_tables import EUROPE, SUPPORTED_COUNTRIES
from gelato_async.sandbox.catalog.products import Product, products
from gelato_async.sandbox.checks import fields
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.order import Body
from gelato_async.sandbox.orders.order_rules import enforce
from gelato_async.sandbox.orders.shipments import METHODS, PRODUCES_IN, Method
from gelato_async.sandbox.routes import Target

_EUR_PER_KILOGRAM = 1.9


@attrs.frozen
class _Service:
    method: Method
    countries: tuple[str, ...]
    is_private: bool = True
    has_tracking: bool = True


_POST, _PARCEL, _EXPRESS = METHODS
_SERVICES = (
    _Service(_POST, SUPPORTED_COUNTRIES, has_tracking=False),
    _Service(_PARCEL, EUROPE),
    _Service(_EXPRESS, tuple(sorted(PRODUCES_IN))),
    _Service(
        Method("sandbox_pallet", "Sandbox Pallet", "pallet", 95.0, (4, 8)),
        ("DE", "FR", "GB"),
        is_private=False,
    ),
)


def _methods(_: AccountState, target: Target, __: Body, ___: Moment) -> Answer:
    enforce(fields("", target.query, product_rules.METHODS_QUERY))
    country = target.query.get("country")
    services: Sequence[_Service] = _SERVICES
    if country:
        services = [service for service in _SERVICES if country in service.countries]
    return answer({"shipmentMethods": list(map(_document, services))})


def _document(service: _Service) -> Body:
    return {
        "shipmentMethodUid": service.method.uid,
        "type": service.method.type,
        "name": service.method.name,
        "isBusiness": True,
        "isPrivate": service.is_private,
        "hasTracking": service.has_tracking,
        "supportedCountries": list(service.countries),
    }


def _prices(_: AccountState, __: Target, body: Body, ___: Moment) -> Answer:
    enforce(product_rules.shipping(body))
    wanted = {row["productUid"] for row in body["products"]}
    unknown = sorted(wanted - products().keys())
    if unknown:
        raise RefusedError(404, f"Product not found: {', '.join(unknown)}")
    return answer({"prices": [_product_prices(body, row) for row in body["products"]]})


def _product_prices(body: Body, row: Body) -> Body:
    product = products()[row["productUid"]]
    priced = []
    for quantity in row["quantities"]:
        methods = list(_offers(body, product, quantity))
        priced.append({"quantity": quantity, "pageCount": row.get("pageCount"), "methods": methods})
    return {"productUid": product.uid, "quantities": priced}


def _offers(body: Body, product: Product, quantity: int) -> Iterator[Body]:
    rate = RATES.get(body["currency"], 1.0)
    kilograms = product.grams * quantity / 1000
    for service in _SERVICES:
        if body["country"] in service.countries and _suits(service, body):
            price = (service.method.price + kilograms * _EUR_PER_KILOGRAM) * rate
            yield _offer(service.method, price)


def _suits(service: _Service, body: Body) -> bool:
    if body.get("isPrivate") and not service.is_private:
        return False
    return service.has_tracking or not body.get("hasTracking")


def _offer(method: Method, price: float) -> Body:
    return {
        "shipmentMethodUid": method.uid,
        "type": method.type,
        "minPrice": round(price, 2),
        "avgPrice": round(price * 1.1, 2),
        "minDays": method.days[0],
        "maxDays": method.days[1],
        "hasFlatRate": method is _POST,
    }


ACTIONS: Mapping[str, Action] = {"shipment.methods": _methods, "shipment.prices": _prices}
