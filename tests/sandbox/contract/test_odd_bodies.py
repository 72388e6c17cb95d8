"""No body makes the sandbox fail: what is wrong in it is refused, and what is accepted works."""

import copy
import json

import pytest

pytestmark = pytest.mark.anyio

FILE = {
    "type": "default",
    "url": "https://files.example.com/print.pdf",
    "id": "file-1",
    "threadColors": ["#ffffff"],
    "isVisible": True,
}
ADDRESS = {
    "companyName": "Example",
    "firstName": "Ada",
    "lastName": "Example",
    "addressLine1": "Way 1",
    "addressLine2": "Rear",
    "city": "Springfield",
    "postCode": "12345",
    "state": "IL",
    "country": "US",
    "email": "ada@example.com",
    "phone": "+1 555 0100",
    "isBusiness": True,
    "federalTaxId": "1",
    "stateTaxId": "2",
    "registrationStateCode": "3",
}
ITEM = {
    "itemReferenceId": "item-1",
    "productUid": "mug_product_msz_15-oz_mmat_ceramic-white_cl_4-0",
    "quantity": 1,
    "files": [FILE],
    "metadata": [{"key": "a", "value": "b"}],
    "retailPriceInclVat": 19.99,
}
ORDER = {
    "orderType": "order",
    "orderReferenceId": "ref-1",
    "customerReferenceId": "customer-1",
    "currency": "USD",
    "items": [ITEM],
    "shippingAddress": ADDRESS,
    "returnAddress": ADDRESS,
    "shipmentMethodUid": "normal,express",
    "metadata": [{"key": "a", "value": "b"}],
    "retailCurrency": "USD",
    "retailShippingPriceInclVat": 6.99,
}
SMALL = {
    "orderReferenceId": "ref-1",
    "customerReferenceId": "customer-1",
    "currency": "USD",
    "items": [{"itemReferenceId": "1", "productUid": "mug", "quantity": 1, "files": [FILE]}],
    "shippingAddress": ADDRESS,
}
QUOTE = {
    "orderReferenceId": "ref-1",
    "customerReferenceId": "customer-1",
    "currency": "USD",
    "allowMultipleQuotes": True,
    "recipient": ADDRESS,
    "products": [ITEM],
}
LISTS = (
    *("channels", "countries", "currencies", "financialStatuses", "fulfillmentStatuses"),
    *("financialStatus", "fulfillmentStatus", "ids", "orderReferenceIds", "orderTypes"),
    "storeIds",
)
SEARCH = {
    **{name: ["x"] for name in LISTS},
    "orderReferenceId": "ref-1",
    "search": "a",
    "startDate": "2014-04-25T16:15:47-04:00",
    "endDate": "2030-04-25T16:15:47Z",
    "limit": 5,
    "offset": 0,
}
SHIPPING = {
    "currency": "EUR",
    "country": "DE",
    "isBusiness": True,
    "isPrivate": True,
    "hasTracking": True,
    "products": [{"productUid": "set below", "pageCount": None, "quantities": [1]}],
}
IMAGE = {"name": "Front", "fileUrl": "https://files.example.com/a.png", "fitMethod": "meet"}
PRODUCT = {
    "templateId": "template-t-shirt",
    "title": "Shirt",
    "description": "x",
    "isVisibleInTheOnlineStore": True,
    "salesChannels": ["web"],
    "tags": ["a"],
    "variants": [{"templateVariantId": "set below", "position": 1, "imagePlaceholders": [IMAGE]}],
    "productType": "x",
    "vendor": "y",
}
ODD = (
    *(None, False, True, -1, 1e300, 10**30, "", "\ud800", "\0"),
    *([], {}, [{}], ["x"], {"x": {}}),
)


def paths(value, path=()):
    """Yield the path of each part of a body, and the part."""
    yield path, value
    inner = {}
    if isinstance(value, dict):
        inner = value
    elif isinstance(value, list):
        inner = dict(enumerate(value))
    for key, part in inner.items():
        yield from paths(part, (*path, key))


def bodies(body):
    """Yield the body with each of its parts replaced by each odd value."""
    for path, part in paths(body):
        wrapped = [part[0], part + part] if isinstance(part, list) else [[part], {"x": part}]
        for odd in (*ODD, *wrapped):
            yield path, odd, replaced(body, path, odd)


def replaced(body, path, value):
    if not path:
        return value
    changed = copy.deepcopy(body)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return changed


async def send_all(client, method, path, body, follow=None):
    """Send a body in all its odd forms, and return which of them broke the sandbox."""
    good = await client.request(method, path, json=body)
    assert good.status_code == 200, good.text
    broken = []
    for where, odd, changed in bodies(body):
        try:
            answer = await client.request(method, path, content=json.dumps(changed).encode())
            assert answer.status_code in {200, 400, 404, 409}, answer.status_code
            if follow and answer.status_code == 200:
                await follow(answer.json())
        except Exception as error:  # noqa: BLE001  the sandbox runs in this process
            broken.append((where, odd, repr(error)))
    return broken


@pytest.fixture
def options():
    return {"webhook_url": "http://127.0.0.1:1/webhooks"}


async def test_an_order_survives_odd_values(app, api):
    async def follow(made):
        assert (await api.get(f"/v4/orders/{made['id']}")).status_code == 200

    assert await send_all(api, "POST", "/v4/orders", ORDER, follow) == []
    app.advance(1000)
    assert len(app.webhooks()) > 0
    found = await api.post("/v4/orders:search", json={"search": "a", "countries": ["US"]})
    assert found.status_code == 200


async def test_wishes_survive_odd_values(api, connect):
    wished = {"metadata": [{"key": "sandbox", "value": "split"}]}
    assert await send_all(api, "POST", "/v4/orders", SMALL | wished) == []
    assert await send_all(connect, "POST", "order", SMALL | wished) == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
async def test_numbers_that_json_lacks_are_refused(app, api, connect, number):
    body = json.dumps(SMALL | {"metadata": [{"key": "a", "value": "b", "x": "here"}]})
    content = body.replace('"here"', number).encode()
    for client, path in ((api, "/v4/orders"), (connect, "order"), (api, "/_sandbox/webhooks")):
        answer = await client.post(path, content=content)
        assert (answer.status_code, answer.json()["message"]) == (
            400,
            "The body is not valid JSON",
        )
    assert app.audit().commits == len(app.webhooks()) == 0


async def test_the_controls_survive_odd_values(app, api, make):
    made = await make()
    path = f"/_sandbox/orders/{made['id']}"
    status = {"fulfillmentStatus": "uploading"}
    forced = status | {"refusalReason": "Bad", "refusalReasonCode": "bad"}
    assert await send_all(api, "POST", f"{path}/status", forced) == []
    app.force_status(made["id"], None)
    assert await send_all(api, "POST", f"{path}/advance", status) == []
    assert await send_all(api, "POST", "/_sandbox/webhooks", {"event": "own", "id": "1"}) == []
    assert await send_all(api, "POST", "/_sandbox/advance", {"seconds": 0}) == []
    for view in ("audit", "orders", "webhooks", "page/overview", "page/orders", "page/webhooks"):
        assert (await api.get(f"/_sandbox/{view}")).status_code == 200


async def test_a_number_of_a_webhook_may_be_anything(api):
    for number in ("9" * 5000, "%D9%A3", "-1", "1.5", "%FF", "%00"):
        answer = await api.post(f"/_sandbox/webhooks/{number}/resend")
        assert answer.status_code == 404, number


async def test_an_order_of_connect_survives_odd_values(app, connect):
    async def follow(made):
        assert (await connect.get(made["id"])).status_code == 200

    assert await send_all(connect, "POST", "order", ORDER, follow) == []
    app.advance(1000)
    assert (await connect.post("search", json={"limit": 100})).status_code == 200


async def test_a_quote_survives_odd_values(api):
    assert await send_all(api, "POST", "/v4/orders:quote", QUOTE) == []


async def test_a_search_survives_odd_values(api, make):
    await make()
    assert await send_all(api, "POST", "/v4/orders:search", SEARCH) == []


async def test_a_search_of_connect_survives_odd_values(connect, order):
    await connect.post("order", json=order())
    assert await send_all(connect, "POST", "search", SEARCH) == []


async def test_a_patch_survives_odd_values(api, make):
    for where, odd, _ in bodies({"orderType": "order", "items": [{"id": "", "files": [FILE]}]}):
        draft = await make(orderType="draft")
        body = {"orderType": "order", "items": [{"id": draft["items"][0]["id"], "files": [FILE]}]}
        path, content = f"/v4/orders/{draft['id']}", json.dumps(replaced(body, where, odd))
        answer = await api.patch(path, content=content.encode())
        assert answer.status_code in {200, 400}, (where, odd, answer.text)
        assert (await api.get(path)).status_code == 200


async def test_an_update_of_connect_survives_odd_values(connect, order):
    made = (await connect.post("order", json=order())).json()
    body = {"shipmentMethodUid": "express", "shippingAddress": ADDRESS}
    assert await send_all(connect, "PUT", made["id"], body) == []


async def test_a_product_search_survives_odd_values(api):
    body = {"attributeFilters": {"Orientation": ["hor"]}, "limit": 5, "offset": 0}
    assert await send_all(api, "POST", "/v3/catalogs/posters/products:search", body) == []


async def test_shipping_prices_survive_odd_values(api):
    rows = (await api.post("/v3/catalogs/mugs/products:search", json={"limit": 1})).json()
    body = replaced(SHIPPING, ("products", 0, "productUid"), rows["products"][0]["productUid"])
    assert await send_all(api, "POST", "/v1/prices:search", body) == []


@pytest.mark.parametrize("count", [{"a": [1]}, [], "x", 1.5, True], ids=str)
async def test_shipping_prices_take_a_number_as_page_count(api, count):
    product = {"productUid": "mug", "quantities": [1], "pageCount": count}
    body = SHIPPING | {"products": [product]}
    answer = await api.post("/v1/prices:search", json=body)
    assert answer.status_code == 400
    assert "products[0].pageCount" in answer.text


async def test_a_number_of_nine_digits_exceeds_any_limit(api):
    for digits in ("000000001", "100000000", "0" * 5000):
        answer = await api.get("/v3/catalogs", params={"limit": digits})
        assert (answer.status_code, "limit" in answer.text) == (400, True), digits


async def test_a_stock_request_survives_odd_values(api):
    path = "/v3/stock/region-availability"
    assert await send_all(api, "POST", path, {"products": ["x"]}) == []


async def test_a_store_product_survives_odd_values(api):
    template = (await api.get("/v1/templates/template-t-shirt")).json()["variants"][0]
    body = replaced(PRODUCT, ("variants", 0, "templateVariantId"), template["id"])
    name = template["imagePlaceholders"][0]["name"]
    body["variants"][0]["imagePlaceholders"][0]["name"] = name
    path = "/v1/stores/store-1/products"
    assert await send_all(api, "POST", f"{path}:create-from-template", body) == []
    assert (await api.get(path)).status_code == 200


VALUES = ("", "x", "-1", "1e9", "9" * 40, "0" * 5000, "\ud800", "null", "1.5", "inf", "nan", "\0")


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
@pytest.mark.parametrize(
    ("path", "name"),
    [
        *(("/v3/catalogs", "limit"), ("/v3/catalogs", "offset")),
        *(("/v1/stores/s/products", "limit"), ("/v1/stores/s/products", "offset")),
        *(("/v1/stores/s/products", "order"), ("/v1/stores/s/products", "orderBy")),
        ("/v1/shipment-methods", "country"),
        *(("/_sandbox/page/orders", name) for name in ("search", "offset", "limit", "until")),
        ("/_sandbox/page/webhooks", "before"),
    ],
)
async def test_a_query_survives_odd_values(api, path, name, value):
    encoded = value.encode("utf-8", "surrogatepass").hex()
    percent = "".join(f"%{encoded[at : at + 2]}" for at in range(0, len(encoded), 2))
    answer = await api.get(f"{path}?{name}={percent}")
    assert answer.status_code in {200, 400}, answer.text


@pytest.mark.parametrize("name", ["country", "currency", "pageCount"])
@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 40, "0", "XX"])
async def test_the_query_of_prices_survives_odd_values(api, name, value):
    rows = (await api.post("/v3/catalogs/photobooks/products:search", json={"limit": 1})).json()
    uid = rows["products"][0]["productUid"]
    for path in ("prices", "cover-dimensions"):
        answer = await api.get(f"/v3/products/{uid}/{path}", params={name: value})
        assert answer.status_code in {200, 400}, answer.text
