"""The amounts of quotes, orders, receipts and rows: true in themselves, and fixed once agreed on."""

import pytest

from gelato_async.sandbox.catalog.assortment import Assortment

pytestmark = pytest.mark.anyio

FRAME = "frame_product_frs_210x297-mm_frc_black_frm_wood_frp_w12xt22-mm_gt_plexiglass"
GERMAN = {"country": "DE", "state": ""}


@pytest.fixture
def body(order):
    """Build an order of several products to Germany, in a currency."""

    def build(currency="EUR", *, quantities=(1, 100), **changes):
        built = order(items=len(quantities), currency=currency, **changes)
        for item, quantity, uid in zip(
            built["items"], quantities, ["poster_a4_ver", FRAME, "mug"], strict=False
        ):
            item.update(quantity=quantity, productUid=uid)
        built["shippingAddress"] |= GERMAN
        return built

    return build


async def made(api, body):
    answer = await api.gelato.post("orders", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def quoted(api, body):
    request = body | {"recipient": body["shippingAddress"], "products": body["items"]}
    answer = await api.gelato.post("/orders:quote", json=request)
    assert answer.status_code == 200, answer.text
    return answer.json()["quotes"][0]


@pytest.mark.parametrize("currency", ["EUR", "USD", "JPY", "CLP"])
async def test_quote_order_receipt_and_row_agree(anyone, body, currency):
    wanted = body(currency, quantities=(3, 100))
    quote = await quoted(anyone, wanted)
    prices = [product["price"] for product in quote["products"]]
    for method in quote["shipmentMethods"]:
        uid = method["shipmentMethodUid"]
        order = await made(anyone, wanted | {"shipmentMethodUid": uid})
        assert [item["price"] for item in order["items"]] == prices
        assert order["shipment"]["price"] == method["price"]
        assert order["shipment"]["totalWeight"] == method["totalWeight"]
        (receipt,) = order["receipts"]
        assert receipt["currency"] == currency
        assert receipt["productsPrice"] == pytest.approx(sum(prices))
        assert receipt["shippingPrice"] == method["price"]
        query = {"ids": [order["id"]]}
        (row,) = (await anyone.gelato.post("/orders:search", json=query)).json()["orders"]
        assert float(row["totalInclVat"]) == receipt["totalInclVat"]


async def test_a_hundred_frames_cost_the_same_wherever_one_asks(anyone, body):
    wanted = body(quantities=(100,))
    wanted["items"][0]["productUid"] = FRAME
    path = f"/v3/products/{FRAME}/prices?country=DE&currency=EUR"
    headers = {"X-API-KEY": "sandbox-key"}
    rows = (await anyone.nobody.get(path, headers=headers)).json()
    (price,) = [row["price"] for row in rows if row["quantity"] == 100]
    assert (await quoted(anyone, wanted))["products"][0]["price"] == price
    order = await made(anyone, wanted)
    assert order["items"][0]["price"] == price
    assert order["receipts"][0]["items"][0]["price"] == price


async def test_a_receipt_has_a_line_for_each_item_and_adds_up(anyone, body):
    order = await made(anyone, body(quantities=(3, 17, 7)))
    (receipt,) = order["receipts"]
    kinds = [line["type"] for line in receipt["items"]]
    assert kinds == ["product", "product", "product", "shipment", "packaging"]
    assert [line["referenceId"] for line in receipt["items"][:3]] == [
        item["id"] for item in order["items"]
    ]
    for ending, name in (("", "price"), ("Vat", "vat"), ("InclVat", "priceInclVat")):
        total = sum(line[name] for line in receipt["items"])
        assert receipt[f"total{ending}"] == pytest.approx(total)
        parts = [f"{part}Price{ending}" for part in ("products", "shipping", "packaging")]
        assert receipt[f"total{ending}"] == pytest.approx(sum(receipt[part] for part in parts))
    for line in receipt["items"]:
        assert line["vat"] == pytest.approx(line["price"] * 0.09, abs=0.005)


async def test_the_total_follows_the_items_of_a_confirmed_draft(anyone, body):
    draft = await made(anyone, body(quantities=(1, 100), orderType="draft"))
    kept, dropped = draft["items"]
    patch = {"orderType": "order", "items": [{"id": kept["id"]}]}
    order = (await anyone.gelato.patch(f"orders/{draft['id']}", json=patch)).json()
    assert [item["price"] for item in order["items"]] == [kept["price"]]
    before, after = draft["receipts"][0], order["receipts"][0]
    assert after["productsPrice"] == pytest.approx(before["productsPrice"] - dropped["price"])
    assert len(after["items"]) == len(before["items"]) - 1
    assert order["shipment"]["totalWeight"] < draft["shipment"]["totalWeight"]
    query = {"ids": [order["id"]]}
    (row,) = (await anyone.gelato.post("/orders:search", json=query)).json()["orders"]
    assert (float(row["totalInclVat"]), row["itemsCount"]) == (after["totalInclVat"], 1)


async def test_a_quantity_discount_is_that_of_the_price_list(anyone, body):
    one, many = [
        (await made(anyone, body(quantities=(quantity,))))["items"][0]["price"]
        for quantity in (1, 100)
    ]
    assert many == pytest.approx(one * 100 * 0.75, abs=1)


async def test_another_method_changes_the_amounts_of_a_shipment(anyone, body):
    made_id = (await anyone.connect.post("order", json=body())).json()["id"]
    before = (await anyone.connect.get(made_id)).json()
    await anyone.connect.put(made_id, json={"shipmentMethodUid": "express"})
    after = (await anyone.connect.get(made_id)).json()
    assert after["shipment"]["price"] > before["shipment"]["price"]
    assert after["receipts"][0]["shippingPrice"] == after["shipment"]["price"]
    assert after["items"][0]["price"] == before["items"][0]["price"]


async def test_amounts_stay_when_the_assortment_changes(serve, body):
    api = serve()
    order = await made(api, body())
    with api.app.locked() as state:
        (account,) = state.accounts.values()
        account.assortment = Assortment([], [], {"EUR": 7.0}, [], any_products=False)
    now = (await api.gelato.get(f"orders/{order['id']}")).json()
    # Attributes and categories are no amounts, and gone with their catalogs.
    for item in order["items"] + now["items"]:
        for name in ("attributes", "category", "productCategoryUid"):
            del item[name]
    assert now == order


async def test_what_has_no_price_costs_nothing(anyone, body):
    wanted = body(quantities=(5,), shipmentMethodUid="by_pigeon")
    wanted["items"][0]["productUid"] = "nonsense"
    order = await made(anyone, wanted)
    assert (order["items"][0]["price"], order["shipment"]["price"]) == (0, 0)
    assert order["shipment"]["shipmentMethodUid"] == "by_pigeon"
    # Of the empty box.
    assert order["shipment"]["totalWeight"] == 60


@pytest.mark.parametrize("words", ["standard", "Express", "pallet, express"])
async def test_documented_words_for_methods_fit_every_country(serve, order, words):
    body = order(shipmentMethodUid=words)
    body["shippingAddress"] |= {"country": "MX", "state": ""}
    made_order = await made(serve(strict=True), body)
    assert made_order["shipment"]["shipmentMethodUid"] == "sandbox_post"


@pytest.mark.parametrize("products", ["any", "catalog"])
async def test_a_method_of_a_known_carrier_is_taken(serve, order, products):
    api = serve(products=products)
    body = order(shipmentMethodUid="ups_surepost")
    body["items"][0]["productUid"] = FRAME
    made_order = await made(api, body)
    api.app.advance(200)
    now = (await api.gelato.get(f"orders/{made_order['id']}")).json()
    expected = {"any": None, "catalog": "unknown_shipment_method"}[products]
    assert now["refusalReasonCode"] == expected
    assert now["shipment"]["shipmentMethodName"] == "Ups Surepost"


async def test_no_method_of_a_carrier_goes_where_none_goes(anyone, order):
    body = order(shipmentMethodUid="dhl_parcel")
    body["shippingAddress"] |= {"country": "AX", "state": ""}
    assert (await made(anyone, body))["shipment"]["price"] == 0
