"""Quantities: what is a number of copies, and what becomes of the rest.

v4 documents the quantity as an integer of at least 1, and checks it. GelatoConnect documents no
bounds: such an order is accepted and fails, and a strict sandbox refuses it.
"""

import json

import pytest

pytestmark = pytest.mark.anyio


@pytest.fixture
def options(request):
    return {"strict": getattr(request, "param", False)}


async def test_a_quantity_of_v4_is_a_whole_number_of_at_least_one(api, order, quote, item):
    for quantity in (0, -1, 1.5, "2", True):
        items = [item(quantity=quantity)]
        for path, body in (("/v4/orders", order), ("/v4/orders:quote", quote)):
            refused = await api.post(path, json=body(items=items))
            assert refused.status_code == 400
            assert "quantity: must be a whole number of at least 1" in refused.json()["message"]


async def test_two_point_nought_is_two(api, connect, quote, make, order, item):
    made = await make(items=[item(quantity=2.0)])
    same = await make(items=[item(quantity=2)])
    assert json.dumps(made["items"][0]["quantity"]) == "2"
    assert made["items"][0]["price"] == same["items"][0]["price"]
    assert made["receipts"][0]["total"] == same["receipts"][0]["total"]
    quoted = (await api.post("/v4/orders:quote", json=quote(items=[item(quantity=2.0)]))).json()
    assert json.dumps(quoted["quotes"][0]["products"][0]["quantity"]) == "2"
    submitted = (await connect.post("order", json=order(items=[item(quantity=2.0)]))).json()
    answered = (await connect.get(submitted["id"])).json()
    assert answered["receipts"][0]["total"] == made["receipts"][0]["total"]


@pytest.mark.parametrize("quantity", ["1000001", "1" * 401, "1e300", "1e12"])
async def test_no_order_has_more_than_a_million_copies(api, connect, order, quote, quantity):
    for client, path, body in (
        (api, "/v4/orders", order()),
        (api, "/v4/orders:quote", quote()),
        (connect, "order", order()),
    ):
        text = json.dumps(body).replace('"quantity": 1', f'"quantity": {quantity}')
        refused = await client.post(path, content=text.encode())
        assert refused.status_code == 400
        assert "quantity" in refused.text


@pytest.mark.parametrize("options", [False, True], indirect=True, ids=["lenient", "strict"])
@pytest.mark.parametrize(
    ("changes", "shipping", "code"),
    [
        ({"quantity": -1}, 1, "invalid_quantity"),
        ({"quantity": 0}, 1, "invalid_quantity"),
        ({"quantity": 1.5}, 1, "invalid_quantity"),
        ({"retailPriceInclVat": -1}, 1, "invalid_retail_price"),
        ({}, -0.5, "invalid_retail_price"),
    ],
)
async def test_an_order_of_connect_that_cannot_be_counted_fails(
    app, connect, order, item, options, changes, shipping, code
):
    body = order(items=[item(**changes)], retailShippingPriceInclVat=shipping)
    answer = await connect.post("order", json=body)
    if options["strict"]:
        assert answer.status_code == 400
        return
    app.advance(10)
    failed = (await connect.get(answer.json()["id"])).json()
    assert (failed["fulfillmentStatus"], failed["refusalReasonCode"]) == ("failed", code)
    receipt = failed["receipts"][0]
    assert min(receipt["productsPrice"], receipt["total"], receipt["totalVat"]) >= 0
    assert all(row["price"] >= 0 for row in receipt["items"])
