import pytest

from gelato_async.sandbox.routes import ROUTES

pytestmark = pytest.mark.anyio

KEY = {"X-API-KEY": "sandbox-key"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("POST", "/v4/nothing", 404),
        ("GET", "/v4/orders/", 404),
        ("GET", "/v4/orders/a/b", 404),
        ("GET", "/v4/orders", 405),
        ("PUT", "/v4/orders/a", 405),
        ("GET", "/v4/orders/a:cancel", 405),
        ("POST", "/api/other/order", 404),
        ("POST", "/api/sandbox/a/b", 404),
        ("GET", "/api/sandbox/", 404),
        ("DELETE", "/api/sandbox/order", 405),
        ("GET", "/api/sandbox/a/cancel", 405),
    ],
)
async def test_wrong_paths_and_methods(anyone, method, path, status):
    answer = await anyone.nobody.request(method, path)
    assert answer.status_code == status
    assert answer.json()["message"]


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE")
PATHS = {
    "/v4/orders": "POST",
    "/v4/orders:quote": "POST",
    "/v4/orders:search": "POST",
    "/v4/orders/a": "GET, PATCH, DELETE",
    "/v4/orders/a:cancel": "POST",
    "/v3/catalogs": "GET",
    "/v3/catalogs/a": "GET",
    "/v3/catalogs/a/products:search": "POST",
    "/v3/products/a": "GET",
    "/v3/products/a/cover-dimensions": "GET",
    "/v3/products/a/prices": "GET",
    "/v3/stock/region-availability": "POST",
    "/v1/shipment-methods": "GET",
    "/v1/prices:search": "POST",
    "/v1/stores/a/products": "GET",
    "/v1/stores/a/products/b": "GET, PUT, DELETE",
    "/v1/stores/a/products:create-from-template": "POST",
    "/v1/templates/a": "GET",
    "/api/sandbox/a": "GET, PUT",
    "/api/sandbox/order": "POST, GET, PUT",
    "/api/sandbox/search": "GET, POST, PUT",
    "/api/sandbox/a/cancel": "POST",
}


@pytest.mark.parametrize(("path", "allowed"), PATHS.items())
async def test_other_methods_name_those_that_are_allowed(anyone, path, allowed):
    served = allowed.split(", ")
    if "GET" in served:
        served.append("HEAD")
    for method in METHODS:
        answer = await anyone.nobody.request(method, path)
        if method in served:
            assert answer.status_code == 401
            continue
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    refused = (await anyone.nobody.request("PURGE", path)).json()
    assert refused["code"] == (405 if path.startswith("/api/") else "METHOD_NOT_ALLOWED")


async def test_head_answers_as_get_does_without_a_body(anyone):
    got = await anyone.nobody.get("/v3/catalogs", headers=KEY)
    asked = await anyone.nobody.head("/v3/catalogs", headers=KEY)
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["content-length"] == str(len(got.content))


@pytest.mark.parametrize(
    "path", ["", "page/page.js", "page/overview", "page/orders", "orders", "audit"]
)
async def test_head_is_a_get_of_the_sandboxs_own_routes_too(anyone, path):
    asked = await anyone.nobody.head(f"/_sandbox/{path}")
    shown = await anyone.nobody.get(f"/_sandbox/{path}")
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["Content-Type"] == shown.headers["Content-Type"]


async def test_a_path_may_be_a_whole_url_as_for_a_proxy(anyone):
    scope = {
        "type": "http",
        "method": "GET",
        "path": "http://order.gelatoapis.com/v3/catalogs",
        "raw_path": b"http://order.gelatoapis.com/v3/catalogs",
        "headers": [(b"x-api-key", b"sandbox-key")],
    }
    sent = []

    async def receive():
        return {"type": "http.request"}

    async def send(message):
        sent.append(message)

    await anyone.app(scope, receive, send)
    assert sent[0]["status"] == 200


@pytest.mark.parametrize("colon", [":", "%3A", "%3a"])
async def test_the_colon_of_an_action_may_be_encoded(anyone, order, colon):
    made = (await anyone.gelato.post("orders", json=order())).json()["id"]
    cancel = f"/v4/orders/{made}{colon}cancel"
    assert (await anyone.nobody.post(cancel, headers=KEY)).status_code == 200
    found = await anyone.nobody.post(f"/v4/orders{colon}search", json={}, headers=KEY)
    assert len(found.json()["orders"]) == 1


async def test_phps_empty_array_is_an_empty_object(anyone):
    answer = await anyone.nobody.post("/v4/orders:search", content=b"[]", headers=KEY)
    assert answer.json() == {"orders": []}


def test_every_route_is_listed():
    listed = sum(len(allowed.split(", ")) for allowed in PATHS.values())
    # To GelatoConnect `order` and `search` may be ids too, to be got and updated.
    assert listed - 4 == len(ROUTES)


@pytest.mark.parametrize(
    ("path", "code"), [("/v4/nothing", "NOT_FOUND"), ("/", "NOT_FOUND"), ("/api/other/a", 404)]
)
async def test_an_unknown_path_is_refused_in_its_dialect(anyone, path, code):
    for method in METHODS:
        answer = await anyone.nobody.request(method, path)
        assert answer.status_code == 404
        assert "allow" not in answer.headers
    assert answer.json()["code"] == code


@pytest.mark.parametrize("key", [None, "", "wrong", "sandbox-key:sandbox-secret"])
async def test_gelatos_key(anyone, key):
    answer = await anyone.nobody.get("/v4/orders/a", headers={"X-API-KEY": key} if key else {})
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})


@pytest.mark.parametrize("key", ["sandbox-key", "sandbox-secret:sandbox-key"])
async def test_connects_key(anyone, key):
    answer = await anyone.nobody.get("/api/sandbox/a", headers={"X-API-KEY": key})
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})


async def test_the_prefix_may_need_encoding(serve, order):
    api = serve(connect_prefix="my,shop")
    key = {"X-API-KEY": "sandbox-key:sandbox-secret"}
    assert (
        await api.nobody.post("/api/my%2Cshop/order", json=order(), headers=key)
    ).status_code == 200


async def test_a_sliding_second_holds_no_more_than_the_limit(serve, travel):
    api = serve(rate_limit=2)
    assert [(await api.gelato.get("orders/a")).status_code for _ in range(3)] == [404, 404, 429]
    refused = await api.gelato.get("orders/a")
    assert (refused.json()["code"], refused.headers["Retry-After"]) == ("TOO_MANY_REQUESTS", "1")
    travel(1)
    assert (await api.gelato.get("orders/a")).status_code == 404
    audit = api.app.audit()
    assert (audit.requests, audit.rejected_429) == (5, 2)


async def test_each_key_has_a_limit_of_its_own_and_strangers_have_none(serve):
    api = serve(rate_limit=1)
    assert (await api.gelato.get("orders/a")).status_code == 404
    assert (await api.connect.get("a")).status_code == 404
    assert (await api.connect.get("a")).json()["code"] == 429
    assert [(await api.nobody.get("/v4/orders/a")).status_code for _ in range(3)] == [401] * 3
    assert api.app.audit().worst_second == 3


async def test_without_a_limit_nothing_is_refused(serve):
    api = serve(rate_limit=None)
    assert {(await api.gelato.get("orders/a")).status_code for _ in range(150)} == {404}


@pytest.mark.parametrize(
    "options",
    [
        {"rate_limit": 0},
        {"split": 2},
        {"latency": -1},
        {"connect_duplicates": "maybe"},
        {"unknown": 1},
    ],
)
def test_wrong_options_are_refused(serve, options):
    with pytest.raises((ValueError, TypeError), match=next(iter(options))):
        serve(**options)


def test_no_repr_shows_a_key(serve):
    assert "sandbox-key" not in repr(serve().app)
    assert "sandbox-secret" not in repr(serve().app)


async def test_the_audit_counts_and_times(serve, order, travel):
    api = serve()
    empty = api.app.audit()
    assert (empty.requests, empty.worst_second, empty.first_request, empty.rate()) == (
        0,
        0,
        None,
        0.0,
    )
    for number in range(4):
        await api.gelato.post("orders", json=order(f"ref-{number}"))
        travel(2)
    audit = api.app.audit()
    assert (audit.requests, audit.commits, audit.worst_second) == (4, 4, 1)
    assert audit.rate() == pytest.approx(0.5, rel=0.2)
    assert audit.rate(skip=3) == pytest.approx(0.5, rel=0.2)
    assert audit.rate(skip=6) == 0.0
    assert audit.last_request - audit.first_request == pytest.approx(6, rel=0.2)
    assert audit.to_json()["orders"] == audit.orders


async def test_one_reference_at_both_apis_is_no_duplicate(anyone, order):
    await anyone.gelato.post("orders", json=order())
    await anyone.connect.post("order", json=order())
    assert anyone.app.audit().duplicates == ()


async def test_other_scopes_than_http_are_not_spoken(anyone):
    with pytest.raises(NotImplementedError, match="lifespan"):
        await anyone.app({"type": "lifespan"}, None, None)


async def test_a_server_without_raw_paths_will_do(anyone):
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/v4/orders/a b", "headers": []}
    await anyone.app(scope, receive, send)
    assert sent[0]["status"] == 401


async def test_controls_need_no_key_and_are_not_counted(anyone, order):
    made = (await anyone.gelato.post("orders", json=order(items=2))).json()
    (listed,) = (await anyone.nobody.get("/_sandbox/orders")).json()["orders"]
    assert (listed["id"], listed["backend"], listed["status"]) == (made["id"], "gelato", "created")
    assert len(listed["contentHash"]) == 64
    audit = (await anyone.nobody.get("/_sandbox/audit")).json()
    assert (audit["requests"], audit["orders"]["gelato"]) == (1, {"ref-1": [[made["id"]]]})


async def test_controls_step_the_clock(anyone, order):
    made = (await anyone.gelato.post("orders", json=order())).json()
    assert (await anyone.nobody.post("/_sandbox/advance", json={"seconds": 60})).json() == {
        "life": 60.0
    }
    assert (await anyone.gelato.get(f"orders/{made['id']}")).json()[
        "fulfillmentStatus"
    ] == "in_production"


async def test_controls_force_a_status_and_release_it(anyone, order):
    made = (await anyone.connect.post("order", json=order())).json()
    path = f"/_sandbox/orders/{made['id']}/status"
    assert (
        await anyone.nobody.post(path, json={"fulfillmentStatus": "returned"})
    ).status_code == 200
    now = (await anyone.connect.get(made["id"])).json()
    assert (now["fulfillmentStatus"], now["financialStatus"], now["refusalReason"]) == (
        "returned",
        "refunded",
        None,
    )
    released = await anyone.nobody.post(path, json={"fulfillmentStatus": None})
    assert released.json()["fulfillmentStatus"] == "created"


async def test_controls_forget_everything(anyone, order):
    made = (await anyone.gelato.post("orders", json=order())).json()
    assert (await anyone.nobody.post("/_sandbox/reset")).status_code == 200
    assert anyone.app.audit().requests == 0
    assert (await anyone.gelato.get(f"orders/{made['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "advance", {"seconds": -1}, 400),
        ("POST", "advance", {"seconds": True}, 400),
        ("POST", "advance", [], 400),
        ("POST", "orders/unknown/status", {"fulfillmentStatus": "shipped"}, 404),
        ("POST", "orders/unknown/status", {"fulfillmentStatus": "lost"}, 400),
        ("POST", "orders/unknown/status", {}, 400),
        ("POST", "advance", {"seconds": "60"}, 400),
        ("DELETE", "orders", {}, 405),
        ("GET", "nothing", {}, 404),
    ],
)
async def test_wrong_controls_are_refused(anyone, method, path, body, status):
    answer = await anyone.nobody.request(method, f"/_sandbox/{path}", json=body)
    assert answer.status_code == status
    assert answer.json()["message"]
