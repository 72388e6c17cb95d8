"""Both APIs, as tests of orders are run for each."""

import pytest

from gelato_async import (
    FulfillmentStatus,
    Order,
    OrderItem,
)

APIS = pytest.mark.parametrize("api", ["gelato", "connect"])


SHIPPED = ("shipped", "in_transit", "delivered")


def order(status="created", *items, **changes):
    made = tuple(
        OrderItem(id=str(number), fulfillment_status=item) for number, item in enumerate(items)
    )
    fields = {
        "id": "order-1",
        "order_reference_id": "ref-1",
        "fulfillment_status": FulfillmentStatus(status),
    }
    return Order(**(fields | {"items": made} | changes))
