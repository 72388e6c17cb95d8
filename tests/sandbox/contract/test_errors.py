"""Errors in the dialects of the services, and the HTTP around them."""

import pytest
from support.json_shapes import faults

pytestmark = pytest.mark.anyio

ERROR = {"code": str, "message": str, "requestId": str, "details": list}
ORDER_ID = "37365096-6628-4538-a9c2-fbf9892deb85"
GELATO = (
    ("POST", "/v4/orders"),
    ("POST", "/v4/orders:quote"),
    ("POST", "/v4/orders:search"),
    ("GET", f"/v4/orders/{ORDER_ID}"),
    ("PATCH", f"/v4/orders/{ORDER_ID}"),
    ("DELETE", f"/v4/orders/{ORDER_ID}"),
    ("POST", f"/v4/orders/{ORDER_ID}:cancel"),
    ("GET", "/v3/catalogs"),
    ("GET", "/v3/catalogs/posters"),
    ("POST", "/v3/catalogs/posters/products:search"),
    ("GET", "/v3/products/a-product"),
    ("GET", "/v3/products/a-product/prices"),
    ("GET", "/v3/products/a-product/cover-dimensions"),
    ("GET", "/v1/shipment-methods"),
    ("POST", "/v1/prices:search"),
    ("GET", "/v1/stores/a-store/products"),
    ("GET", "/v1/stores/a-store/products/a-product"),
    ("DELETE", "/v1/stores/a-store/products/a-product"),
    ("POST", "/v1/stores/a-store/products:create-from-template"),
    ("GET", "/v1/templates/a-template"),
)
STOCK = "/v3/stock/region-availability"
WITH_BODY = [
    path for method, path in GELATO if method in {"POST", "PATCH"} and "cancel" not in path
]
WRONG_BODIES = (b"", b"{", b"not json", b"[1]", b'"text"', b"\xff", b"null")


@pytest.mark.parametrize("key", [None, "", "wrong-key", "sandbox-key:sandbox-secret"], ids=str)
@pytest.mark.parametrize(("method", "path"), GELATO, ids=str)
async def test_a_wrong_key_is_answered_with_a_message_alone(api, method, path, key):
    del api.headers["X-API-KEY"]
    headers = {} if key is None else {"X-API-KEY": key}
    answer = await api.request(method, path, headers=headers, json={})
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("key", ["", "wrong-key"])
async def test_the_stock_route_has_its_own_words_for_a_wrong_key(api, key):
    answer = await api.post(STOCK, headers={"X-API-KEY": key}, json={"products": ["a"]})
    assert answer.status_code == 401
    assert answer.json() == {
        "code": "invalid_api_key_provided",
        "message": "Access denied. Token is invalid.",
    }


@pytest.mark.parametrize("path", ["order", "search", ORDER_ID, f"{ORDER_ID}/cancel"])
@pytest.mark.parametrize("key", ["", "sandbox-key", "sandbox-key:wrong"])
async def test_a_wrong_key_of_connect_is_answered_alike(connect, path, key):
    answer = await connect.post(path, headers={"X-API-KEY": key}, json={})
    if path == ORDER_ID:
        answer = await connect.get(path, headers={"X-API-KEY": key})
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/v4/orders/{ORDER_ID}"),
        ("POST", f"/v4/orders/{ORDER_ID}:cancel"),
        ("DELETE", f"/v4/orders/{ORDER_ID}"),
        ("GET", "/v3/catalogs/no-such-catalog"),
        ("GET", "/v1/stores/a-store/products/no-such-product"),
        ("DELETE", "/v1/stores/a-store/products/no-such-product"),
        ("GET", "/v1/templates/no-such-template"),
        ("GET", "/no/such/path"),
        ("GET", "/v4"),
        ("GET", "/v4/orders/"),
        ("GET", f"/v4/orders/{ORDER_ID}/"),
        ("GET", "/v3/catalogs/"),
        ("POST", "/v4/orders/"),
        ("GET", "/v5/orders"),
    ],
    ids=str,
)
async def test_what_is_not_there_is_not_found(api, method, path):
    answer = await api.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert faults(answer.json(), ERROR) == []
    assert answer.headers["content-type"] == "application/json"


async def test_each_error_has_a_request_id_of_its_own(api):
    answers = [(await api.get(f"/v4/orders/{ORDER_ID}")).json() for _ in range(3)]
    assert len({answer["requestId"] for answer in answers}) == 3


@pytest.mark.parametrize("body", WRONG_BODIES, ids=str)
@pytest.mark.parametrize("path", WITH_BODY)
async def test_a_body_that_is_no_object_is_refused(api, path, body):
    method = "PATCH" if path.endswith(ORDER_ID) else "POST"
    answer = await api.request(method, path, content=body)
    if path.endswith("products:search") and not body:
        assert answer.status_code == 200
        return
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_REQUEST")
    assert faults(answer.json(), ERROR) == []


async def test_a_refusal_names_each_broken_rule(api, order):
    body = order(address={"email": "none", "country": "UK"}, currency=None)
    answer = (await api.post("/v4/orders", json=body)).json()
    named = " ".join(str(detail) for detail in answer["details"])
    for name in ("email", "country", "currency"):
        assert name in named


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v4/orders", {"POST"}),
        ("/v4/orders:quote", {"POST"}),
        ("/v4/orders:search", {"POST"}),
        (f"/v4/orders/{ORDER_ID}", {"GET", "PATCH", "DELETE"}),
        (f"/v4/orders/{ORDER_ID}:cancel", {"POST"}),
        ("/v3/catalogs", {"GET"}),
        ("/v3/products/a/prices", {"GET"}),
        ("/v1/shipment-methods", {"GET"}),
        ("/v1/stores/a-store/products", {"GET"}),
        ("/v1/stores/a-store/products:create-from-template", {"POST"}),
        ("/v1/templates/a", {"GET"}),
    ],
)
async def test_a_wrong_method_is_answered_with_the_allowed_ones(api, path, allowed):
    wrong = {"GET", "POST", "PUT", "PATCH", "DELETE"} - allowed
    for method in sorted(wrong):
        answer = await api.request(method, path, json={})
        assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
        assert set(answer.headers["allow"].replace(" ", "").split(",")) == allowed


async def test_a_wrong_method_of_a_store_product_is_answered_as_live(api):
    answer = await api.patch("/v1/stores/a-store/products/a-product", json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PUT, DELETE")


@pytest.mark.parametrize("path", ["/v3/catalogs", f"/v4/orders/{ORDER_ID}", "/no/such/path"])
async def test_head_has_no_body_and_options_names_methods(api, path):
    head = await api.head(path)
    assert (head.content, head.status_code in {200, 404, 405}) == (b"", True)
    options = await api.options(path)
    assert options.status_code in {200, 204, 404, 405}
    if options.status_code != 404:
        assert "GET" in options.headers["allow"]


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=x"]
)
async def test_the_body_counts_and_not_its_content_type(api, order, kind):
    headers = {} if kind is None else {"content-type": kind}
    content = api.build_request("POST", "/", json=order()).content
    answer = await api.post("/v4/orders", content=content, headers=headers)
    assert answer.status_code == 200, answer.text


async def test_unknown_keys_are_accepted_everywhere(api, order, item, quote):
    news = {"noSuchKey": {"deep": [1, None]}}
    wished = order(address=news, items=[item(**news)], **news)
    assert (await api.post("/v4/orders", json=wished)).status_code == 200
    assert (await api.post("/v4/orders:quote", json=quote() | news)).status_code == 200
    assert (await api.post("/v4/orders:search", json=news)).status_code == 200


async def test_unknown_parameters_of_a_query_are_accepted(api):
    assert (await api.get("/v3/catalogs", params={"noSuch": "x"})).status_code == 200


async def test_answers_are_json_of_utf_8(api, order):
    answer = await api.post("/v4/orders", json=order(address={"city": "Åby Øst 東京"}))
    assert answer.headers["content-type"].startswith("application/json")
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.content.decode("utf-8").startswith("{")
    assert answer.json()["shippingAddress"]["city"] == "Åby Øst 東京"


async def test_names_of_headers_are_of_any_case(api):
    del api.headers["X-API-KEY"]
    for name in ("x-api-key", "X-Api-Key", "X-API-KEY"):
        assert (await api.get("/v3/catalogs", headers={name: "sandbox-key"})).status_code == 200


@pytest.mark.parametrize("options", [{"rate_limit": 5}])
async def test_too_many_requests_are_told_when_to_come_back(api, connect):
    answers = [await api.get("/v3/catalogs") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    busy = answers[-1]
    assert busy.headers["retry-after"].isdigit()
    assert int(busy.headers["retry-after"]) >= 1
    assert (busy.json()["code"], faults(busy.json(), ERROR)) == ("TOO_MANY_REQUESTS", [])
    # A key of its own, and a dialect.
    for _ in range(5):
        assert (await connect.get("no-such-order")).status_code == 404
    assert (await connect.get("no-such-order")).json()["code"] == 429


async def test_an_encoded_slash_belongs_to_an_id(api):
    answer = await api.get("/v4/orders/a%2Fb")
    assert (answer.status_code, answer.json()["message"]) == (404, "Order not found")
