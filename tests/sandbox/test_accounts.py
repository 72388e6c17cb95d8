"""Several accounts of one sandbox: none sees what belongs to another."""

from uuid import UUID, uuid5

import pytest

from gelato_async.sandbox import SandboxData
from gelato_async.sandbox.data import Account

pytestmark = pytest.mark.anyio

OTHER = Account(
    name="other", api_key="key-2", connect_prefix="acme", connect_key="a", connect_secret="b"
)
OWN_KEY = {"X-API-KEY": "sandbox-key"}
OWN_PAIR = {"X-API-KEY": "sandbox-key:sandbox-secret"}
OTHERS_KEY = {"X-API-KEY": "key-2"}
OTHERS_PAIR = {"X-API-KEY": "a:b"}


@pytest.fixture
def two(serve):
    return serve(data=SandboxData(accounts=[OTHER]))


async def test_gelatos_orders_are_their_accounts(two, order):
    mine = (await two.gelato.post("orders", json=order())).json()["id"]
    theirs = await two.nobody.post("/v4/orders", json=order(), headers=OTHERS_KEY)
    assert (await two.gelato.get(f"orders/{mine}")).status_code == 200
    assert (await two.gelato.get(f"orders/{theirs.json()['id']}")).status_code == 404
    seen = await two.nobody.post("/v4/orders:search", json={}, headers=OTHERS_KEY)
    assert [row["id"] for row in seen.json()["orders"]] == [theirs.json()["id"]]


async def test_connects_prefix_and_key_belong_together(two):
    assert (await two.nobody.get("/api/acme/x", headers=OTHERS_PAIR)).status_code == 404
    assert (await two.nobody.get("/api/sandbox/x", headers=OTHERS_PAIR)).status_code == 401
    assert (await two.nobody.get("/api/acme/x", headers=OWN_PAIR)).status_code == 401
    assert (await two.nobody.get("/api/nobody/x", headers=OTHERS_PAIR)).status_code == 404


async def test_store_products_are_their_accounts(two):
    body = {"templateId": "template-poster", "title": "A poster"}
    products = "/v1/stores/shop/products"
    made = await two.nobody.post(f"{products}:create-from-template", json=body, headers=OWN_KEY)
    path = f"{products}/{made.json()['id']}"
    assert (await two.nobody.get(path, headers=OWN_KEY)).status_code == 200
    assert (await two.nobody.get(path, headers=OTHERS_KEY)).status_code == 404


async def test_each_account_has_a_client_id_of_its_own(two, order):
    found = []
    for key in (OWN_KEY, OTHERS_KEY):
        made = (await two.nobody.post("/v4/orders", json=order(), headers=key)).json()
        body = {"templateId": "template-poster", "title": "A poster"}
        path = "/v1/stores/shop/products:create-from-template"
        product = (await two.nobody.post(path, json=body, headers=key)).json()
        template = await two.nobody.get("/v1/templates/template-poster", headers=key)
        (receipt,) = made["receipts"]
        documents = [made, product, template.json(), *receipt["items"]]
        (client_id,) = {document["clientId"] for document in documents}
        found.append(client_id)
    assert found == ["5a4db0c5-0000-4000-8000-5a4db0c50000", str(uuid5(UUID(found[0]), "'other'"))]


async def test_a_reference_of_two_accounts_is_no_duplicate(two, order):
    await two.gelato.post("orders", json=order())
    await two.nobody.post("/v4/orders", json=order(), headers=OTHERS_KEY)
    assert two.app.audit().duplicates == ()
    assert len(two.app.audit().orders["gelato"]["ref-1"]) == 2
    await two.gelato.post("orders", json=order())
    assert two.app.audit().duplicates == ("ref-1",)
