import pytest
from support.walker import PRIVATE

from gelato_async import (
    CatalogItem,
    File,
    NewOrder,
    QuoteProduct,
    QuoteRequest,
    ShippingAddress,
)


@pytest.fixture
def planted():
    return ShippingAddress(country="DE", **PRIVATE)


@pytest.fixture
def planted_order(planted):
    def make(reference="ref-1", **changes):
        item = CatalogItem(
            item_reference_id="item-1",
            product_uid="poster",
            files=[File(url="https://files.example.com/print.pdf")],
        )
        fields = {
            "order_reference_id": reference,
            "customer_reference_id": "customer-1",
            "currency": "EUR",
            "shipping_address": planted,
            "items": [item],
        }
        return NewOrder(**(fields | changes))

    return make


@pytest.fixture
def planted_quote(planted):
    return QuoteRequest(
        order_reference_id="ref-1",
        customer_reference_id="customer-1",
        currency="EUR",
        recipient=planted,
        products=[QuoteProduct(item_reference_id="item-1", product_uid="poster")],
    )
