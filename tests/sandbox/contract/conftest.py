"""A client that knows the vendor's documents alone: paths, headers and JSON."""

import copy

import httpx
import pytest

from gelato_async.sandbox import create_app

KEY = {"X-API-KEY": "sandbox-key"}
CONNECT_KEY = {"X-API-KEY": "sandbox-key:sandbox-secret"}
FILE = {"type": "default", "url": "https://files.example.com/print.pdf"}
RECIPIENT = {
    "firstName": "Ada",
    "lastName": "Example",
    "companyName": "Example Prints",
    "addressLine1": "1 Sample Street",
    "addressLine2": "Rear building",
    "city": "Springfield",
    "postCode": "12345",
    "state": "IL",
    "country": "US",
    "email": "ada@example.com",
    "phone": "+1 555 0100",
}
# In a country that has neither states nor a border to cross.
GERMAN = {
    "firstName": "Ida",
    "lastName": "Beispiel",
    "addressLine1": "Musterweg 3",
    "city": "Berlin",
    "postCode": "10115",
    "country": "DE",
    "email": "ida@example.com",
    "phone": "+49 30 5550100",
}
# As the document's example of *Create order* has it.
T_SHIRT = "apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_classic_gsi_s_gco_white_gpr_4-4"


@pytest.fixture
def options():
    return {}


@pytest.fixture
def app(options):
    return create_app(**{"speed": 0.0, "rate_limit": None} | options)


@pytest.fixture
def api(app):
    """Gelato's services, which the sandbox serves on one host."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://sandbox", headers=KEY
    )


@pytest.fixture
def connect(app):
    """GelatoConnect, below the path of its partner."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://sandbox/api/sandbox/",
        headers=CONNECT_KEY,
    )


@pytest.fixture
def item():
    def build(number=1, **changes):
        body = {
            "itemReferenceId": f"item-{number}",
            "productUid": T_SHIRT,
            "quantity": 1,
            "files": [FILE],
        }
        return copy.deepcopy(body | changes)

    return build


@pytest.fixture
def order(item):
    """Build the body of a create; `address` changes single fields, None leaves one out."""

    def build(reference="ref-1", address=None, **changes):
        recipient = RECIPIENT | (address or {})
        body = {
            "orderType": "order",
            "orderReferenceId": reference,
            "customerReferenceId": "customer-1",
            "currency": "USD",
            "items": [item()],
            "shippingAddress": recipient,
        }
        return copy.deepcopy(body | changes)

    return build


@pytest.fixture
def quote(order):
    """Build the body of a quote, which calls the address and the items otherwise."""

    def build(**changes):
        body = order(**changes)
        del body["orderType"]
        body["recipient"] = body.pop("shippingAddress")
        body["products"] = body.pop("items")
        return body

    return build


@pytest.fixture
def make(api, order):
    """Create an order and return it."""

    async def create(**changes):
        answer = await api.post("/v4/orders", json=order(**changes))
        assert answer.status_code == 200, answer.text
        return answer.json()

    return create


@pytest.fixture
async def card(api, item):
    """An item that is light enough for every way to send it."""
    answer = await api.post("/v3/catalogs/cards/products:search", json={"limit": 1})
    return item(productUid=answer.json()["products"][0]["productUid"])


@pytest.fixture
def fetch(api):
    """Get an order."""

    async def get(order_id):
        answer = await api.get(f"/v4/orders/{order_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


@pytest.fixture
def found(api):
    """Search orders."""

    async def search(**filters):
        answer = await api.post("/v4/orders:search", json=filters)
        assert answer.status_code == 200, answer.text
        return answer.json()["orders"]

    return search
