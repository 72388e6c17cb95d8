import pytest

pytestmark = pytest.mark.anyio

GELATO = [
    ("orderReferenceId", None, "orderReferenceId"),
    ("orderReferenceId", True, "orderReferenceId"),
    ("customerReferenceId", "", "customerReferenceId"),
    ("currency", 5, "currency"),
    ("orderType", "gift", "orderType"),
    ("items", [], "items"),
    ("items", "text", "items"),
    ("items", ["text"], "items[0]"),
    ("items.0.quantity", 0, "items[0].quantity"),
    ("items.0.quantity", None, "items[0].quantity"),
    ("items.0.quantity", 10**400, "items[0].quantity"),
    ("items.0.pageCount", "5", "items[0].pageCount"),
    ("items.1.itemReferenceId", "item-1", "items[1].itemReferenceId"),
    ("items.0.files.0.url", None, "items[0].files[0].url"),
    ("items.0.files.0", {"url": "u", "isVisible": True}, "items[0].files[0].type"),
    ("items.0.files.0", {"id": "f"}, "items[0].files[0].type"),
    ("items.0.files.0.threadColors", ["#000000"] * 7, "items[0].files[0].threadColors"),
    ("items.0.files.0.threadColors", [1], "items[0].files[0].threadColors"),
    ("items.0.files", ["text"], "items[0].files[0]"),
    ("metadata", [{"key": "k", "value": "v"}] * 21, "metadata"),
    ("metadata", [{"key": "k" * 101, "value": "v"}], "metadata[0].key"),
    ("metadata", [{"key": "k"}], "metadata[0].value"),
    ("shippingAddress", None, "shippingAddress"),
    ("shippingAddress", "text", "shippingAddress"),
    ("shippingAddress.firstName", "x" * 26, "shippingAddress.firstName"),
    ("shippingAddress.lastName", " ", "shippingAddress.lastName"),
    ("shippingAddress.country", "UK", "shippingAddress.country"),
    ("shippingAddress.country", "us", "shippingAddress.country"),
    ("shippingAddress.email", "nobody", "shippingAddress.email"),
    ("shippingAddress.state", "", "shippingAddress.state"),
    ("shippingAddress.postCode", None, "shippingAddress.postCode"),
    ("shippingAddress.postCode", 5, "shippingAddress.postCode"),
    ("shippingAddress.isBusiness", "no", "shippingAddress.isBusiness"),
    ("shippingAddress.country", "BR", "shippingAddress.federalTaxId"),
    ("shippingAddress.country", "JP", "shippingAddress.city"),
    ("returnAddress", {"city": "x" * 31}, "returnAddress.city"),
    ("returnAddress", {"country": "UK"}, "returnAddress.country"),
    ("returnAddress", "text", "returnAddress"),
]
CONNECT = [
    ("orderReferenceId", "", "orderReferenceId"),
    ("retailShippingPriceInclVat", "5", "retailShippingPriceInclVat"),
    ("items.0", 7, "items[0]"),
    ("items.0.quantity", None, "items[0].quantity"),
    ("items.0.quantity", "1", "items[0].quantity"),
    ("items.0.files", None, "items[0].files"),
    ("items.0.files", [], "items[0].files"),
    ("items.0.files.0.type", None, "items[0].files[0].type"),
    ("items.0.productUid", None, "items[0].productUid"),
    ("items.0.productName", "Frame", "items[0].productVariant"),
    ("items.0.productVariant", "A3", "items[0].productName"),
    ("items.1.productName", "Frame", "items"),
    ("metadata", [{"key": "", "value": ""}], "metadata[0].key"),
    ("shippingAddress.phone", None, "shippingAddress.phone"),
    ("shippingAddress.country", "UK", "shippingAddress.country"),
    ("shippingAddress.state", None, "shippingAddress.state"),
    ("shippingAddress.email", "@", "shippingAddress.email"),
]


def put(body, path, value):
    *way, last = (int(step) if step.isdigit() else step for step in path.split("."))
    for step in way:
        body = body[step]
    body[last] = value


@pytest.mark.parametrize(("path", "value", "problem"), GELATO)
async def test_gelatos_rules(anyone, order, path, value, problem):
    body = order(items=2)
    put(body, path, value)
    answer = await anyone.gelato.post("orders", json=body)
    assert answer.status_code == 400
    assert problem in [detail["path"] for detail in answer.json()["details"]]
    assert problem in answer.json()["message"]
    assert anyone.app.audit().commits == 0


@pytest.mark.parametrize(("path", "value", "problem"), CONNECT)
async def test_connects_rules(anyone, order, path, value, problem):
    body = order(items=2)
    put(body, path, value)
    answer = await anyone.connect.post("order", json=body)
    assert answer.status_code == 400
    assert answer.json()["code"] == 400
    assert f"{problem}: " in answer.json()["message"]


LOCAL = {"country": "JP", "city": "東京", "addressLine1": "千代田 1-1 ABCDEFGHIJ"}
BRAZIL = {
    "country": "BR",
    "federalTaxId": "1",
    "isBusiness": True,
    "stateTaxId": "2",
    "registrationStateCode": "SP",
}


@pytest.mark.parametrize("address", [LOCAL, BRAZIL])
async def test_what_special_countries_ask_for_is_enough(anyone, order, address):
    body = order()
    body["shippingAddress"] |= address
    answer = await anyone.gelato.post("orders", json=body)
    assert answer.status_code == 200
    assert answer.json()["shippingAddress"]["registrationState"] == address.get(
        "registrationStateCode"
    )


async def test_every_problem_is_named_at_once(anyone):
    message = (await anyone.gelato.post("orders", json={})).json()["message"]
    for path in ("orderReferenceId", "customerReferenceId", "currency", "shippingAddress", "items"):
        assert f"{path}: is required" in message


async def test_embroidery_files_may_be_known_by_their_id(anyone, order):
    body = order()
    body["items"][0]["files"] = [
        {"id": "f", "type": "chest-left-embroidery", "threadColors": ["#000000"]}
    ]
    assert (await anyone.gelato.post("orders", json=body)).status_code == 200


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"text"', b"\xff", b"[" * 100_000])
async def test_a_body_that_is_no_json_object_is_refused(anyone, body):
    assert (await anyone.gelato.post("orders", content=body)).json()["code"] == "BAD_REQUEST"
    assert (await anyone.connect.post("order", content=body)).json()["code"] == 400


async def test_what_one_api_asks_the_other_does_not(anyone, order):
    long_name = order()
    long_name["shippingAddress"]["firstName"] = "x" * 40
    assert (await anyone.connect.post("order", json=long_name)).status_code == 200
    without_phone = order()
    del without_phone["shippingAddress"]["phone"], without_phone["items"][0]["files"]
    assert (await anyone.gelato.post("orders", json=without_phone)).status_code == 200
