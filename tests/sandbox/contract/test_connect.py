"""GelatoConnect, from its two documents."""

import pytest
from support.json_shapes import COUNTRY, CURRENCY, DAY, DECIMAL, LONG_DATE, UUID, faults

pytestmark = pytest.mark.anyio

TEXT = (str, None)
ADDRESS = {
    "id": UUID,
    "orderId": UUID,
    "country": COUNTRY,
    **dict.fromkeys(("firstName", "lastName", "companyName", "addressLine1"), str),
    **dict.fromkeys(("addressLine2", "city", "postCode", "state", "email", "phone"), str),
    "isBusiness": bool,
    **dict.fromkeys(("federalTaxId", "stateTaxId", "registrationState"), TEXT),
}
SHIPMENT = {
    "shipmentMethodUid": str,
    "shipmentMethodName": str,
    "fulfillmentCountry": COUNTRY,
    "fulfillmentFacilityId": UUID,
    "packageCount": int,
    "initialMinDeliveryDate": DAY,
    "initialMaxDeliveryDate": DAY,
    "serviceType": str,
}
FILE = {
    "id": TEXT,
    "type": str,
    "url": str,
    "threadColors": list,
    "isVisible": bool,
    "fitMethod": TEXT,
    "fillMethod": TEXT,
    "mimeType": str,
    "metadata": list,
}
ITEM = {
    "id": UUID,
    "itemReferenceId": str,
    "productUid": str,
    "files": [FILE],
    "quantity": (int, float),
    "options": list,
    "category": str,
    "productName": str,
    "fulfillmentStatus": str,
    "pageCount": (int, None),
    "previews": [{"type": str, "url": str}],
    "retailPriceInclVat": (float, None),
    "price": float,
    "dpi": int,
    "appServices": list,
    "filesSize": float,
    "productVariant": (dict, list),
}
PARTS = ("products", "digitization", "shipping", "packaging")
AMOUNTS = {
    f"{part}Price{name}": float
    for part in PARTS
    for name in ("Initial", "Discount", "", "Vat", "InclVat")
}
LINE = {
    "id": UUID,
    "receiptId": UUID,
    "orderId": UUID,
    "type": {"product", "shipment", "packaging"},
    "referenceId": UUID,
    "price": float,
    "priceInclVat": float,
}
RECEIPT = {
    "id": UUID,
    "orderId": UUID,
    "type": {"contract"},
    "currency": CURRENCY,
    "items": [LINE],
    "transactionType": {"purchase", "refund"},
    **AMOUNTS,
    **dict.fromkeys(("totalInitial", "total", "totalVat", "totalInclVat"), float),
    "isCalculated": bool,
}
ORDER = {
    "id": UUID,
    "clientId": UUID,
    "orderReferenceId": str,
    "customerReferenceId": TEXT,
    "fulfillmentStatus": str,
    "financialStatus": str,
    "currency": CURRENCY,
    "shippingAddress": ADDRESS,
    "items": [ITEM],
    "shipment": SHIPMENT | {"packages": list, "speedType": str, "price": float},
    "receipts": [RECEIPT],
    "createdAt": LONG_DATE,
    "updatedAt": LONG_DATE,
    "orderedAt": (LONG_DATE, None),
    "refusalReason": TEXT,
    "refusalReasonCode": TEXT,
    "refusalReasonDetails": TEXT,
    "channel": str,
    "storeId": TEXT,
    "orderType": {"order", "draft"},
    "metadata": list,
    "billingEntity": {"id": int, "iossNumber": TEXT, "invoiceType": TEXT},
    "retailCurrency": TEXT,
    "prepaymentTransactionId": TEXT,
    "connectedOrderIds": [UUID],
    "discounts": list,
    "comment": str,
    "digitizationId": TEXT,
    "appServices": list,
    "shipmentMethodUid": TEXT,
}
ROW = {
    "id": UUID,
    "clientId": UUID,
    "orderReferenceId": str,
    "fulfillmentStatus": str,
    "financialStatus": str,
    "currency": CURRENCY,
    "totalInclVat": DECIMAL,
    "orderType": {"order", "draft"},
    "channel": str,
    "storeId": TEXT,
    "connectedOrderIds": [UUID],
    "firstName": str,
    "lastName": str,
    "country": COUNTRY,
    "itemsCount": int,
    "createdAt": LONG_DATE,
    "updatedAt": LONG_DATE,
    "orderedAt": (LONG_DATE, None),
    "refusalReasonCode": TEXT,
    "appServices": list,
    "customerReferenceId": TEXT,
}


@pytest.fixture
def submit(connect, order):
    async def post(**changes):
        answer = await connect.post("order", json=order(**changes))
        assert answer.status_code == 200, answer.text
        return answer.json()

    return post


@pytest.fixture
def look(connect):
    async def get(order_id):
        answer = await connect.get(order_id)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


async def test_a_submit_answers_three_keys(submit):
    made = await submit()
    assert faults(made, {"id": UUID, "orderReferenceId": str, "createdAt": LONG_DATE}) == []
    assert made.keys() == {"id", "orderReferenceId", "createdAt"}


async def test_an_order_is_as_documented_all_its_life(app, submit, look, connect, item):
    made = await submit(items=[item(1), item(2)])
    for _ in range(8):
        assert faults(await look(made["id"]), ORDER) == []
        rows = (await connect.post("search", json={})).json()
        assert faults(rows, {"orders": [ROW]}) == []
        app.advance(100)


async def test_an_order_is_got_by_its_id_or_its_reference(submit, look):
    made = await submit(reference="shop 1/ü")
    by_reference = await look("shop%201%2F%C3%BC")
    assert by_reference == await look(made["id"])


async def test_an_order_needs_neither_a_customer_nor_a_kind(connect, order):
    body = order()
    del body["customerReferenceId"], body["orderType"]
    assert (await connect.post("order", json=body)).status_code == 200


@pytest.mark.parametrize("name", ["phone", "firstName", "email", "country", "city"])
async def test_an_address_requires_a_phone_too(connect, order, name):
    refused = await connect.post("order", json=order(address={name: ""}))
    assert refused.status_code == 400
    assert refused.json().keys() == {"code", "message"}
    assert refused.json()["code"] == 400
    assert name in refused.json()["message"]


@pytest.mark.parametrize(
    "files", [None, [], [{"type": "default"}], [{"url": "https://files.example.com/a.pdf"}]]
)
async def test_files_with_their_type_and_url_are_required(connect, order, item, files):
    refused = await connect.post("order", json=order(items=[item(files=files)]))
    assert (refused.status_code, refused.json()["code"]) == (400, 400)


async def test_a_product_of_the_customer_has_a_name_and_a_variant(
    submit, look, connect, order, item
):
    own = {"productUid": None, "productName": "Framed Poster", "productVariant": {"Size": "A3"}}
    made = await submit(items=[item(**own)])
    (answered,) = (await look(made["id"]))["items"]
    assert answered["productName"] == "Framed Poster"
    assert answered["productVariant"] == {"Size": "A3"}
    mixed = await connect.post("order", json=order(items=[item(1), item(2, **own)]))
    assert mixed.status_code == 400


async def test_an_empty_variant_is_written_as_a_list(submit, look):
    made = await submit()
    assert (await look(made["id"]))["items"][0]["productVariant"] == []


async def test_an_order_across_a_border_fails_without_retail_prices(app, submit, look, item):
    abroad = {"address": {"country": "SE", "state": ""}}
    made = await submit(reference="without", **abroad)
    retail = {"retailCurrency": "SEK", "retailShippingPriceInclVat": 6.99}
    priced = await submit(
        reference="with", items=[item(retailPriceInclVat=19.99)], **abroad, **retail
    )
    app.advance(30)
    failed = await look(made["id"])
    assert (failed["fulfillmentStatus"], failed["financialStatus"]) == ("failed", "canceled")
    assert failed["refusalReasonCode"] == "missing_retail_prices"
    assert failed["refusalReason"]
    assert failed["comment"] == failed["refusalReason"]
    assert (await look(priced["id"]))["fulfillmentStatus"] != "failed"


async def test_an_order_is_canceled_until_it_is_shipped(app, submit, look, connect):
    made = await submit()
    app.advance(130)
    assert (await look(made["id"]))["fulfillmentStatus"] == "printed"
    answer = await connect.post(f"{made['id']}/cancel")
    assert (answer.status_code, answer.json()) == (200, {"code": 200, "message": "OK"})
    assert (await look(made["id"]))["fulfillmentStatus"] == "canceled"
    late = await submit(reference="late")
    app.advance(200)
    refused = await connect.post(f"{late['id']}/cancel")
    assert 400 <= refused.status_code < 500
    assert isinstance(refused.json()["code"], int)


async def test_a_reference_stands_for_an_order_everywhere(submit, connect, look):
    made = await submit(reference="shop-1")
    changed = await connect.put("shop-1", json={"shipmentMethodUid": "express"})
    assert changed.json()["shipment"]["serviceType"] == "express"
    assert (await connect.post("shop-1/cancel")).json() == {"code": 200, "message": "OK"}
    assert (await look(made["id"]))["fulfillmentStatus"] == "canceled"
    refused = await connect.put(made["id"], json={"shipmentMethodUid": "normal"})
    assert 400 <= refused.status_code < 500


async def test_dates_bound_a_search_of_connect(submit, connect):
    made = await submit()
    for filters, expected in (
        ({"startDate": "2014-04-25T16:15:47-04:00"}, [made["id"]]),
        ({"startDate": "2100-01-01T00:00:00Z"}, []),
        ({"endDate": "2014-04-25T16:15:47-04:00"}, []),
    ):
        rows = (await connect.post("search", json=filters)).json()["orders"]
        assert [row["id"] for row in rows] == expected


@pytest.mark.parametrize("names", [{"shipmentMethodUid"}, {"shippingAddress"}, None], ids=str)
async def test_an_update_answers_address_and_shipment(submit, connect, order, look, names):
    made = await submit()
    changed = order(address={"city": "Chicago"})["shippingAddress"]
    body = {"shipmentMethodUid": "express", "shippingAddress": changed}
    body = {name: body[name] for name in names or body}
    answer = await connect.put(made["id"], json=body)
    shape = {"shippingAddress": ADDRESS, "shipment": SHIPMENT}
    assert (answer.status_code, faults(answer.json(), shape)) == (200, [])
    seen = await look(made["id"])
    if "shippingAddress" in body:
        assert seen["shippingAddress"]["city"] == "Chicago"
    if "shipmentMethodUid" in body:
        assert seen["shipment"]["serviceType"] == "express"
    assert (await connect.put(made["id"], json={})).status_code == 400


async def test_a_search_has_the_names_of_connect(app, submit, connect):
    made = await submit()
    german = {"country": "DE", "state": ""}
    await submit(reference="ref-2", address=german)

    async def ids(**filters):
        answer = await connect.post("search", json=filters)
        assert answer.status_code == 200, answer.text
        return [row["id"] for row in answer.json()["orders"]]

    assert await ids(orderReferenceId="ref-1") == [made["id"]]
    assert await ids(orderReferenceIds=["ref-1", "x"]) == [made["id"]]
    assert await ids(countries=["US"]) == [made["id"]]
    assert await ids(fulfillmentStatus=["created"], countries=["US"]) == [made["id"]]
    assert await ids(financialStatus=["paid"]) == []
    assert len(await ids(limit=1)) == 1
    assert len(await ids(offset=1)) == 1
    refused = await connect.post("search", json={"limit": 101})
    assert (refused.status_code, refused.json()["code"]) == (400, 400)


async def test_what_is_not_there_is_a_number_and_a_message(connect):
    for answer in (await connect.get("no-such-order"), await connect.post("no-such-order/cancel")):
        assert (answer.status_code, answer.json()["code"]) == (404, 404)
        assert answer.json().keys() == {"code", "message"}


@pytest.mark.parametrize(
    ("options", "status"),
    [({}, 200), ({"connect_duplicates": "refuse"}, 409)],
    ids=["accepted", "refused"],
)
async def test_a_second_reference_is_accepted_or_refused_as_asked(connect, order, status):
    await connect.post("order", json=order())
    assert (await connect.post("order", json=order())).status_code == status
