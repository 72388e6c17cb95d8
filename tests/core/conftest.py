from functools import partial

import pytest
from support.orders import SWEDISH, new_address, new_order

from gelato_async import OrderSummary
from gelato_async.core import wire


@pytest.fixture
def address():
    return partial(new_address, SWEDISH)


@pytest.fixture
def order(address):
    return partial(new_order, "order-1", currency="EUR", shipping_address=address())


@pytest.fixture
def row():
    def make(**changes):
        found = {
            "id": "id-1",
            "orderReferenceId": "order-1",
            "fulfillmentStatus": "created",
            "orderType": "order",
            "createdAt": "2026-03-04T09:10:11+00:00",
        }
        return wire.load(OrderSummary, {**found, **changes})

    return make
