"""What `sandbox` sends: orders as full as the documents' example, and requests of all kinds."""

import json
import random
from collections.abc import Iterator
from typing import Any

KEY = "benchmark-key"
# the header with the monotonic second at which a request was sent, filled in as it leaves
SENT = b"x-sent"
UNSENT = b"X-Sent: 0000000000.000000"
UID = "apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_classic_gsi_s_gco_white_gpr_4-4"
MUG = "mugs_msz_11-oz_mmat_ceramic-white"
FILE = "https://files.example.com/a/folder/of/print/files/for/a/benchmark/front.pdf"
COUNTRIES = ("US", "SE", "DE", "GB", "NL", "FR")
STORE = "/v1/stores/benchmark/products"
REFERENCES = 20


def order(reference: str) -> dict[str, Any]:
    """An order with all that the documents' example has."""
    address = {
        "companyName": "Example",
        "addressLine1": "1 Sample Street",
        "addressLine2": "Floor 2",
        "state": "IL",
        "city": "Springfield",
        "postCode": "12345",
        "country": "US",
        "email": "ada@example.com",
        "phone": "+1 555 0100",
    }
    item = {
        "itemReferenceId": "item-1",
        "productUid": UID,
        "files": [{"type": "default", "url": FILE}, {"type": "back", "url": FILE}],
        "quantity": 1,
    }
    return {
        "orderType": "order",
        "orderReferenceId": reference,
        "customerReferenceId": "customer-1",
        "currency": "USD",
        "items": [item],
        "shipmentMethodUid": "express",
        "shippingAddress": {
            **address,
            "firstName": "Ada",
            "lastName": "Example",
            "country": COUNTRIES[len(reference) % len(COUNTRIES)],
        },
        "returnAddress": address,
        "metadata": [{"key": f"key-{number}", "value": f"value-{number}"} for number in (1, 2)],
    }


class Mixture:
    """Requests of all kinds, as a shop might send them; each `next` is the bytes of one.

    The ids of new orders have to be given to `made`, so that they are got and canceled later.
    """

    def __init__(self, host: str, orders: int, product: str) -> None:
        self._host = host
        self._orders = orders
        self._random = random.Random(1)  # noqa: S311  repeatable is the point
        self._ids: list[str] = []
        self._numbers = iter(range(10**9))
        self._filters = self._other_filters()
        self._product = product
        # twenty requests
        kinds = [
            *[self._create] * 3,
            *[self._get] * 6,
            *[self._references] * 3,
            *[self._search] * 3,
            *[self._quote] * 2,
            self._cancel,
            self._prices,
            self._store_product,
        ]
        self._random.shuffle(kinds)
        self._kinds = kinds

    def __iter__(self) -> Iterator[bytes]:
        """Yield requests without end."""
        yield self._create()
        while True:
            for kind in self._kinds:
                yield kind()

    def made(self, order_id: str) -> None:
        """Take the id of a new order."""
        self._ids.append(order_id)

    def _create(self) -> bytes:
        return self._request("POST", "/v4/orders", order(f"new-{next(self._numbers)}"))

    def _get(self) -> bytes:
        if not self._ids:
            return self._create()
        return self._request("GET", f"/v4/orders/{self._random.choice(self._ids)}")

    def _cancel(self) -> bytes:
        if not self._ids:
            return self._create()
        return self._request("POST", f"/v4/orders/{self._ids.pop()}:cancel")

    def _references(self) -> bytes:
        first = self._random.randrange(self._orders)
        references = [f"kept-{number}" for number in range(first, first + REFERENCES)]
        return self._request("POST", "/v4/orders:search", {"orderReferenceIds": references})

    def _search(self) -> bytes:
        return self._request("POST", "/v4/orders:search", next(self._filters))

    def _other_filters(self) -> Iterator[dict[str, Any]]:
        while True:
            yield {"fulfillmentStatuses": ["created", "shipped", "on_hold"]}
            yield {"fulfillmentStatuses": ["returned"]}
            yield {"financialStatuses": ["refunded"], "limit": 100}
            yield {"countries": ["SE"], "limit": 100, "offset": 500}
            yield {"countries": ["JP"]}
            yield {"currencies": ["EUR"]}
            yield {"search": "nobody"}
            yield {"orderTypes": ["draft"]}
            yield {"startDate": "2020-01-01T00:00:00+00:00", "endDate": "2021-01-01T00:00:00Z"}
            yield {"limit": 100, "offset": self._orders - 100}

    def _quote(self) -> bytes:
        made = order("quote-1")
        products = [
            {name: value for name, value in item.items() if name != "files"}
            for item in made["items"]
        ]
        quote = {
            "orderReferenceId": "quote-1",
            "customerReferenceId": "customer-1",
            "currency": "USD",
            "recipient": made["shippingAddress"],
            "products": products,
        }
        return self._request("POST", "/v4/orders:quote", quote)

    def _prices(self) -> bytes:
        return self._request("GET", f"/v3/products/{MUG}/prices?currency=USD&country=US")

    def _store_product(self) -> bytes:
        return self._request("GET", f"{STORE}/{self._product}")

    def _request(self, method: str, path: str, content: object = None) -> bytes:
        body = b"" if content is None else json.dumps(content).encode()
        return request(self._host, method, path, body)


def request(host: str, method: str, path: str, body: bytes) -> bytes:
    """The bytes of a request."""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {host}",
        f"X-API-KEY: {KEY}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        UNSENT.decode(),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body
