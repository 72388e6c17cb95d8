"""Gelato's shipment methods and their prices: shipment.gelatoapis.com v1."""

from gelato_async.core.backend import Routes, Rules
from gelato_async.core.operations.shipping import ListShipmentMethods, SearchShippingPrices
from gelato_async.core.routes import Route
from gelato_async.core.rules import Rule, RuleTable
from gelato_async.core.rules.checks import between, country_code, not_empty, required
from gelato_async.models.shipping import ShipmentMethods, ShippingPrices

ROUTES: Routes = {
    ListShipmentMethods: Route(
        method="GET",
        service="shipment",
        path="/v1/shipment-methods",
        query=("country",),
        answer=ShipmentMethods,
    ),
    SearchShippingPrices: Route(
        method="POST",
        service="shipment",
        path="/v1/prices:search",
        body="request",
        answer=ShippingPrices,
    ),
}

RULES: Rules = {
    ListShipmentMethods: RuleTable([Rule("country", country_code)]),
    SearchShippingPrices: RuleTable(
        [
            Rule("country", required),
            Rule("country", country_code),
            Rule("currency", required),
            Rule("products", not_empty),
            Rule("products[].productUid", required),
            Rule("products[].quantities", not_empty),
            Rule("products[].quantities[]", required),
            Rule("products[].quantities[]", between(1)),
            Rule("products[].pageCount", between(1)),
        ]
    ),
}
