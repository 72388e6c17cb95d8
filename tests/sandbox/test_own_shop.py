"""The shop of docs/sandbox-data.md, from its template to a receipt."""

import httpx
import pytest
from support.doc_code import code_of
from support.orders import FILE, SWEDISH, order_body

from gelato_async.sandbox import create_app

pytestmark = pytest.mark.anyio

LARGE = "enamel-sign-large"
STORE = "/v1/stores/harbour-store/products"


@pytest.fixture
def app(tmp_path):
    (shop,) = code_of("docs/sandbox-data.md", "toml")
    (tmp_path / "shop.toml").write_text(shop)
    return create_app(speed=0.0, rate_limit=None, data=tmp_path)


@pytest.fixture
def shop(app):
    transport = httpx.ASGITransport(app)
    headers = {"X-API-KEY": "harbour-key"}
    return httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers)


async def rows(shop, uid, **query):
    answer = await shop.get(f"/v3/products/{uid}/prices", params=query)
    assert answer.status_code == 200, answer.text
    return [(row["quantity"], row["price"]) for row in answer.json()]


async def test_the_catalogs_are_those_of_the_data(shop):
    (signs,) = (await shop.get("/v3/catalogs")).json()["data"]
    assert signs == {"catalogUid": "signs", "title": "Signs"}
    found = (await shop.post("/v3/catalogs/signs/products:search")).json()["products"]
    assert [product["productUid"] for product in found] == ["enamel-sign-small", LARGE]
    assert found[1]["weight"] == {"value": 900.0, "measureUnit": "grams"}
    assert (await shop.get("/v3/catalogs/posters")).status_code == 404


async def test_prices_differ_by_quantity_country_and_currency(shop):
    assert await rows(shop, LARGE, country="SE", currency="EUR") == [(1, 49.0), (10, 440.0)]
    assert await rows(shop, LARGE, country="US", currency="USD") == [(1, 55.0), (10, 495.0)]
    assert await rows(shop, LARGE, country="SE", currency="SEK") == [(1, 558.6), (10, 5016.0)]
    small = await rows(shop, "enamel-sign-small", country="SE", currency="EUR")
    assert small[:2] == [(1, 24.5), (2, 48.02)]


async def test_stock_differs_by_region(shop):
    body = {"products": [LARGE]}
    (row,) = (await shop.post("/v3/stock/region-availability", json=body)).json()[
        "productsAvailability"
    ]
    found = {region["stockRegionUid"]: region for region in row["availability"]}
    assert {name: region["status"] for name, region in found.items() if name in {"EU", "UK"}} == {
        "EU": "in-stock",
        "UK": "out-of-stock-replenishable",
    }
    assert found["UK"]["replenishmentDate"]


async def test_a_template_leads_to_an_order_at_one_price(shop, app):
    (variant, _) = (await shop.get("/v1/templates/sign")).json()["variants"]
    image = {"name": "Image", "fileUrl": FILE["url"]}
    chosen = {"templateVariantId": variant["id"], "imagePlaceholders": [image]}
    body = {"templateId": "sign", "title": "Harbour", "variants": [chosen]}
    made = (await shop.post(f"{STORE}:create-from-template", json=body)).json()
    app.advance(20)
    (ready,) = (await shop.get(f"{STORE}/{made['id']}")).json()["variants"]

    uid = ready["productUid"]
    prices = dict(await rows(shop, uid, country="SE", currency="SEK"))
    item = {"itemReferenceId": "i", "productUid": uid, "quantity": 2, "files": [FILE]}
    wanted = {"currency": "SEK", "orderReferenceId": "1", "customerReferenceId": "2"}
    quote = wanted | {"recipient": SWEDISH, "products": [item]}
    (quoted,) = (await shop.post("/v4/orders:quote", json=quote)).json()["quotes"]
    assert quoted["products"][0]["price"] == prices[2]

    draft = order_body("1") | wanted | {"shippingAddress": SWEDISH, "items": [item]}
    draft = (await shop.post("/v4/orders", json=draft | {"orderType": "draft"})).json()
    path = f"/v4/orders/{draft['id']}"
    order = (await shop.patch(path, json={"orderType": "order"})).json()
    assert [one["price"] for one in order["items"]] == [prices[2]]
    app.advance(200)
    order = (await shop.get(path)).json()
    assert order["fulfillmentStatus"] == "shipped"
    (receipt,) = order["receipts"]
    assert receipt["productsPrice"] == prices[2]


async def test_no_other_account_sees_the_shop(shop, app):
    made = (await shop.post("/v4/orders", json=order_body())).json()
    other = httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://sandbox",
        headers={"X-API-KEY": "sandbox-key"},
    )
    for path in (f"/v4/orders/{made['id']}", STORE, "/v1/templates/sign"):
        assert (await shop.get(path)).status_code == 200
        assert (await other.get(path)).status_code == 404
