"""The sample order that tests send: as a model, and as the JSON that Gelato's API takes."""

import copy
import re

from gelato_async import CatalogItem, File, NewOrder, ShippingAddress

AMERICAN = {
    "firstName": "Ada",
    "lastName": "Example",
    "addressLine1": "1 Sample Street",
    "city": "Springfield",
    "postCode": "12345",
    "state": "IL",
    "country": "US",
    "email": "ada@example.com",
    "phone": "+1 555 0100",
}
# letters that are not ASCII, and neither state nor phone
SWEDISH = {
    "country": "SE",
    "firstName": "Ida",
    "lastName": "Nordmann",
    "addressLine1": "Lönngatan 3",
    "city": "Åby",
    "postCode": "61630",
    "email": "ida@example.org",
}
FILE = {"type": "default", "url": "https://files.example.com/print.pdf"}
ITEM = {
    "itemReferenceId": "item-1",
    "productUid": "poster_a4_ver",
    "quantity": 1,
    "files": [FILE],
}


def new_address(body=AMERICAN, **changes):
    fields = {re.sub("[A-Z]", _underscored, key): value for key, value in body.items()}
    return ShippingAddress(**(fields | changes))


def _underscored(capital):
    return "_" + capital[0].lower()


def new_item(**changes):
    fields = {
        "item_reference_id": ITEM["itemReferenceId"],
        "product_uid": ITEM["productUid"],
        "files": [File(url=FILE["url"])],
    }
    return CatalogItem(**(fields | changes))


def new_order(reference="ref-1", **changes):
    fields = {
        "order_reference_id": reference,
        "customer_reference_id": "customer-1",
        "currency": "USD",
        "shipping_address": new_address(),
        "items": [new_item()],
    }
    return NewOrder(**(fields | changes))


def order_body(reference="ref-1", *, items=1, **changes):
    """The same order as JSON, with this many items; no part of it is shared between calls."""
    body = {
        "orderReferenceId": reference,
        "customerReferenceId": "customer-1",
        "currency": "USD",
        "shippingAddress": AMERICAN,
        "items": [ITEM | {"itemReferenceId": f"item-{number + 1}"} for number in range(items)],
    }
    return copy.deepcopy(body | changes)
