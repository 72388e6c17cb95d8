"""Where the sandbox produces, how it ships, and the shipments of its orders.

An order for a country without production is made in Germany and crosses a border.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.life_cycle import PRINTED, SHIPPED
from gelato_async.sandbox.orders.order import Body, Order
from gelato_async.sandbox.orders.receipts import child_id

PRODUCES_IN = frozenset(
    {"AU", "BR", "CA", "DE", "ES", "FR", "GB", "IT", "JP", "NL", "NO", "PL", "US"}
)
FALLBACK_COUNTRY = "DE"
FACILITY_ID = "5a4db0c5-0000-4000-8000-000000000001"
_GRAMS_EACH = 139


@attrs.frozen
class Method:
    """A shipping method on offer."""

    uid: str
    name: str
    type: str
    price: float
    days: tuple[int, int]


METHODS = (
    Method("sandbox_post", "Sandbox Post", "normal", 4.28, (5, 7)),
    Method("sandbox_parcel", "Sandbox Parcel", "standard", 5.11, (3, 5)),
    Method("sandbox_express", "Sandbox Express", "express", 14.9, (1, 2)),
)


def fulfillment_country(destination: str) -> str:
    """Give the country an order for `destination` is produced in."""
    return destination if destination in PRODUCES_IN else FALLBACK_COUNTRY


def choose(wanted: str | None) -> Method:
    """Give the cheapest method that one of the comma-separated words names.

    An unknown word is taken as it is.
    """
    words = [word.strip() for word in (wanted or "").split(",") if word.strip()]
    lowered = {word.lower() for word in words}
    for method in METHODS:
        if lowered & {method.uid, method.name.lower(), method.type}:
            return method
    if not words or "cheapest" in lowered:
        return METHODS[0]
    return attrs.evolve(METHODS[1], uid=words[0], name=words[0].replace("_", " ").title())


def delivery_date(wall: float, days: int) -> str:
    """Give the day that is `days` after a POSIX time."""
    return (datetime.fromtimestamp(wall, UTC) + timedelta(days=days)).date().isoformat()


def shipment(order: Order, now: Moment) -> Body:
    """Give the shipment of an order, with packages once it is shipped."""
    method = choose(order.body.get("shipmentMethodUid"))
    initial = estimate(order)
    earliest, latest = estimate(order, order.days_late) if order.status(now) in PRINTED else initial
    days = method.days
    return {
        "id": child_id(order, 2),
        "orderProductId": None,
        "shippingAddressId": child_id(order, 1),
        "promiseUid": f"d_{order.id.replace('-', '')[:24]}",
        # The tables have the one, the examples the other.
        "packageCount": 1,
        "packagesCount": 1,
        "shipmentMethodUid": method.uid,
        "shipmentMethodName": method.name,
        "isCheapest": method == METHODS[0],
        "minDeliveryDays": days[0],
        "maxDeliveryDays": days[1],
        "minDeliveryDate": earliest,
        "maxDeliveryDate": latest,
        "totalWeight": int(_GRAMS_EACH * sum(item["quantity"] for item in order.items)),
        "price": method.price,
        "status": None,
        "packages": list(_packages(order, now)),
        "fulfillmentCountry": fulfillment_country(order.body["shippingAddress"]["country"]),
        "fulfillmentFacilityId": FACILITY_ID,
        "retailShippingPriceInclVat": order.body.get("retailShippingPriceInclVat"),
        "initialMinDeliveryDate": initial[0],
        "initialMaxDeliveryDate": initial[1],
        **({"serviceType": method.type, "speedType": ""} if order.backend == "connect" else {}),
    }


def offers(wall: float, pieces: int, currency: str) -> list[Any]:
    """Give the shipping methods of a quote."""
    return [
        {
            "name": method.name,
            "shipmentMethodUid": method.uid,
            "price": method.price,
            "currency": currency,
            "minDeliveryDays": method.days[0],
            "maxDeliveryDays": method.days[1],
            "minDeliveryDate": delivery_date(wall, method.days[0]),
            "maxDeliveryDate": delivery_date(wall, method.days[1]),
            "type": method.type,
            "isPrivate": True,
            "isBusiness": True,
            "totalWeight": _GRAMS_EACH * pieces,
            "numberOfParcels": 1,
        }
        for method in METHODS
    ]


def estimate(order: Order, days_late: int = 0) -> tuple[str, str]:
    """Give the first and the last day on which an order may arrive."""
    days, wall = choose(order.body.get("shipmentMethodUid")).days, order.ordered.wall
    return delivery_date(wall, days[0] + days_late), delivery_date(wall, days[1] + days_late)


def tracking(order: Order) -> tuple[str, str]:
    """Give the tracking code of an order's only parcel, and its URL."""
    code = f"SBX{int(order.id[:8], 16):010d}"
    return code, f"https://tracking.example.com/{code}"


def _packages(order: Order, now: Moment) -> Iterator[Body]:
    if order.status(now) in SHIPPED:
        code, url = tracking(order)
        yield {
            "id": child_id(order, 3),
            "orderItemIds": [item["id"] for item in order.items],
            "trackingCode": code,
            "trackingUrl": url,
        }
