"""The countries of production, the offers of quotes, and the shipments of orders.

An order for a country without production is made in Germany and crosses a border.
"""

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.catalog.assortment import Assortment
from gelato_async.sandbox.clock import Moment, delivery_date
from gelato_async.sandbox.orders.life_cycle import PRINTED, SHIPPED
from gelato_async.sandbox.orders.order import Order, Terms
from gelato_async.sandbox.orders.packing import total_weight

FACILITY_ID = "5a4db0c5-0000-4000-8000-000000000001"
_PRODUCES_IN = ("AU", "BR", "CA", "DE", "ES", "FR", "GB", "IT", "JP", "NL", "NO", "PL", "US")
_FALLBACK_COUNTRY = "DE"


def fulfillment_country(destination: str) -> str:
    """Return the country in which an order for `destination` is produced."""
    return destination if destination in _PRODUCES_IN else _FALLBACK_COUNTRY


def shipment(order: Order, body: Body, terms: Terms, now: Moment) -> Body:
    """Return the shipment of an order, with packages once it is shipped."""
    status = order.status(now)
    initial = estimate(order, terms)
    earliest, latest = initial
    if status in PRINTED:
        earliest, latest = estimate(order, terms, order.days_late)
    packages, count = [], len(terms["packages"])
    if status in SHIPPED:
        packages = [_package(order, terms, number) for number in range(count)]
    document = {
        "id": order.part_id(2),
        "orderProductId": None,
        "shippingAddressId": order.part_id(1),
        "promiseUid": f"d_{order.id.replace('-', '')[:24]}",
        # The documents' tables have the first, their examples the second.
        "packageCount": count,
        "packagesCount": count,
        "shipmentMethodUid": terms["shipmentMethodUid"],
        "shipmentMethodName": terms["shipmentMethodName"],
        "isCheapest": terms["isCheapest"],
        "minDeliveryDays": terms["minDays"],
        "maxDeliveryDays": terms["maxDays"],
        "minDeliveryDate": earliest,
        "maxDeliveryDate": latest,
        "totalWeight": total_weight(terms["grams"], count),
        "price": terms["shipping"],
        "status": None,
        "packages": packages,
        "fulfillmentCountry": fulfillment_country(order.country),
        "fulfillmentFacilityId": FACILITY_ID,
        "retailShippingPriceInclVat": body.get("retailShippingPriceInclVat"),
        "initialMinDeliveryDate": initial[0],
        "initialMaxDeliveryDate": initial[1],
    }
    if order.backend == "connect":
        document |= {"serviceType": terms["type"], "speedType": ""}
    return document


def offers(
    assortment: Assortment, body: Body, grams: float, packages: int, wall: float
) -> list[Body]:
    """Return the shipping methods that a quote offers for a weight and a number of packages."""
    found, currency = [], body["currency"]
    recipient = body["recipient"]
    for method in assortment.methods(
        recipient["country"], grams, is_business=bool(recipient.get("isBusiness"))
    ):
        offer = {
            "name": method.name,
            "shipmentMethodUid": method.uid,
            "price": assortment.shipping_price(method, grams, currency),
            "currency": currency,
            "minDeliveryDays": method.min_days,
            "maxDeliveryDays": method.max_days,
            "minDeliveryDate": delivery_date(wall, method.min_days),
            "maxDeliveryDate": delivery_date(wall, method.max_days),
            "type": method.type,
            "isPrivate": method.is_private,
            "isBusiness": method.is_business,
            "totalWeight": total_weight(grams, packages),
            "numberOfParcels": packages,
        }
        found.append(offer)
    return found


def estimate(order: Order, terms: Terms, days_late: int = 0) -> tuple[str, str]:
    """Return the first and the last date on which an order may arrive."""
    first = delivery_date(order.ordered, terms["minDays"] + days_late)
    return first, delivery_date(order.ordered, terms["maxDays"] + days_late)


def tracking(order: Order, terms: Terms, package: int) -> tuple[str | None, str | None]:
    """Return the tracking code of one of an order's packages, and its URL, if it is tracked."""
    if not terms["hasTracking"]:
        return None, None
    code = f"SBX{int(order.id[:8], 16):010d}"
    if package:
        code += f"-{package + 1}"
    return code, f"https://tracking.example.com/{code}"


def _package(order: Order, terms: Terms, number: int) -> Body:
    code, url = tracking(order, terms, number)
    return {
        "id": order.part_id(3, number),
        "orderItemIds": list(map(order.item_id, terms["packages"][number])),
        "trackingCode": code,
        "trackingUrl": url,
    }
