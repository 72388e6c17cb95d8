import pytest

pytestmark = pytest.mark.anyio

RETAIL = {"retailCurrency": "USD", "retailShippingPriceInclVat": 5}


async def created(api, body):
    answer = await api.connect.post("order", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def abroad(order):
    body = order()
    body["shippingAddress"] |= {"country": "SE", "state": ""}
    return body


async def test_create_answers_three_fields_and_get_the_order(anyone, order):
    made = await created(anyone, order())
    assert made.keys() == {"id", "orderReferenceId", "createdAt"}
    whole = (await anyone.connect.get(made["id"])).json()
    assert whole["createdAt"] == made["createdAt"]
    assert whole["receipts"][0]["isCalculated"]
    assert whole["items"][0]["files"][0]["mimeType"] == "application/pdf"
    assert whole["items"][0]["productVariant"] == []


async def test_an_order_of_the_customers_own_product_is_taken(anyone, order):
    body = order()
    item = {
        "itemReferenceId": "a",
        "quantity": 1,
        "productName": "Frame",
        "productVariant": {"Size": "A3"},
    }
    body["items"] = [item | {"files": body["items"][0]["files"]}]
    made = await created(anyone, body)
    (item,) = (await anyone.connect.get(made["id"])).json()["items"]
    assert (item["productName"], item["productVariant"]) == ("Frame", {"Size": "A3"})
    assert item["attributes"] == []


async def test_a_reference_finds_its_newest_live_order(anyone, order):
    first, second = await created(anyone, order("a/b")), await created(anyone, order("a/b"))
    assert (await anyone.connect.get("a%2Fb")).json()["id"] == second["id"]
    answer = await anyone.connect.post("a%2Fb/cancel")
    assert answer.json() == {"code": 200, "message": "OK"}
    assert (await anyone.connect.get("a%2Fb")).json()["id"] == first["id"]
    await anyone.connect.post("a%2Fb/cancel")
    assert (await anyone.connect.get("a%2Fb")).json()["fulfillmentStatus"] == "canceled"
    assert (await anyone.connect.post("a%2Fb/cancel")).status_code == 409


async def test_references_named_like_routes_are_still_references(anyone, order):
    await created(anyone, order("search"))
    assert (await anyone.connect.get("search")).status_code == 200


async def test_an_unknown_order_is_not_found_in_connects_words(anyone):
    answer = await anyone.connect.get("nope")
    assert answer.json() == {"code": 404, "message": "Order not found"}


async def test_a_printed_order_can_be_canceled_a_shipped_one_cannot(anyone, order):
    for age, status in ((120, 200), (180, 409)):
        made = await created(anyone, order())
        anyone.app.advance(age)
        assert (await anyone.connect.post(f"{made['id']}/cancel")).status_code == status


async def test_the_shipment_can_be_changed_until_it_is_shipped(anyone, order):
    made = await created(anyone, order())
    address = order()["shippingAddress"] | {"city": "Shelbyville"}
    update = {"shipmentMethodUid": "fed_ex_2_day", "shippingAddress": address}
    answer = (await anyone.connect.put(made["id"], json=update)).json()
    assert answer.keys() == {"shippingAddress", "shipment"}
    assert answer["shippingAddress"]["city"] == "Shelbyville"
    assert answer["shipment"]["shipmentMethodUid"] == "fed_ex_2_day"
    assert (await anyone.connect.get(made["id"])).json()["shippingAddress"] == answer[
        "shippingAddress"
    ]
    anyone.app.advance(180)
    assert (await anyone.connect.put(made["id"], json=update)).status_code == 409


@pytest.mark.parametrize(
    "update", [{}, {"shipmentMethodUid": 5}, {"shippingAddress": {"city": "x"}}]
)
async def test_a_wrong_update_is_refused(anyone, order, update):
    made = await created(anyone, order())
    assert (await anyone.connect.put(made["id"], json=update)).status_code == 400


@pytest.mark.parametrize(
    ("wanted", "uid"),
    [
        ("express,normal", "sandbox_post"),
        ("Express", "sandbox_express"),
        ("cheapest", "sandbox_post"),
        (None, "sandbox_post"),
        ("dhl_parcel", "dhl_parcel"),
    ],
)
async def test_the_cheapest_named_shipping_method_wins(anyone, order, wanted, uid):
    made = await created(anyone, order(shipmentMethodUid=wanted))
    assert (await anyone.connect.get(made["id"])).json()["shipment"]["shipmentMethodUid"] == uid


async def test_an_order_abroad_without_retail_prices_fails_later(anyone, abroad):
    made = await created(anyone, abroad)
    assert (await anyone.connect.get(made["id"])).json()["fulfillmentStatus"] == "created"
    anyone.app.advance(5)
    now = (await anyone.connect.get(made["id"])).json()
    assert (now["fulfillmentStatus"], now["financialStatus"]) == ("failed", "canceled")
    assert now["refusalReasonCode"] == "missing_retail_prices"
    assert "retail prices" in now["refusalReason"]


async def test_an_international_order_with_retail_prices_is_produced(anyone, abroad):
    abroad["items"][0]["retailPriceInclVat"] = 19.99
    made = await created(anyone, abroad | RETAIL)
    anyone.app.advance(60)
    now = (await anyone.connect.get(made["id"])).json()
    assert (now["fulfillmentStatus"], now["shipment"]["fulfillmentCountry"]) == (
        "in_production",
        "DE",
    )


async def test_a_second_order_of_a_reference_is_accepted_by_default(anyone, order):
    await created(anyone, order())
    await created(anyone, order())
    assert anyone.app.audit().duplicates == ("ref-1",)


async def test_a_second_order_of_a_reference_can_be_refused(serve, order):
    api = serve(connect_duplicates="refuse")
    first = await created(api, order())
    assert (await api.connect.post("order", json=order())).status_code == 409
    await api.connect.post(f"{first['id']}/cancel")
    await created(api, order())
    assert (api.app.audit().commits, api.app.audit().duplicates) == (2, ())


async def test_references_lag_behind_as_search_does(serve, order, travel):
    api = serve(search_lag=30)
    made = await created(api, order())
    assert (await api.connect.get(made["id"])).status_code == 200
    assert (await api.connect.get("ref-1")).status_code == 404
    travel(30)
    assert (await api.connect.get("ref-1")).json()["id"] == made["id"]
