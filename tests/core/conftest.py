import pytest

from gelato_async import CatalogItem, NewOrder, OrderSummary, ShippingAddress
from gelato_async.core import wire


@pytest.fixture
def address():
    def make(**changes):
        fields = {
            "country": "SE",
            "first_name": "Ida",
            "last_name": "Nordmann",
            "address_line1": "Lönngatan 3",
            "city": "Åby",
            "post_code": "61630",
            "email": "ida@example.org",
        }
        return ShippingAddress(**{**fields, **changes})

    return make


@pytest.fixture
def order(address):
    def make(**changes):
        fields = {
            "order_reference_id": "order-1",
            "customer_reference_id": "customer-1",
            "currency": "EUR",
            "shipping_address": address(),
            "items": [CatalogItem(item_reference_id="item-1", product_uid="poster_a3_ver")],
        }
        return NewOrder(**{**fields, **changes})

    return make


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
