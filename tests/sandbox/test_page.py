"""What is served under /_sandbox, and to whom: the page, its views, other origins, other machines."""

import base64

import httpx
import pytest
from support.webhook_shop import NOBODY

from gelato_async.sandbox import Sandbox, SandboxData, create_app
from gelato_async.sandbox.data import Account
from gelato_async.sandbox.orders.life_cycle import STATUSES

pytestmark = pytest.mark.anyio

OTHER = "https://shop.example"
FILES = ("", "page/page.css", "page/page.js", "page/orders.js", "page/icon.svg")


def client(app, host="127.0.0.1:8765", **headers):
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url=f"http://{host}", headers=headers)


@pytest.fixture
def view(anyone):
    async def get(path, **query):
        return (await anyone.nobody.get(f"/_sandbox/page/{path}", params=query)).json()

    return get


@pytest.mark.parametrize("path", FILES)
async def test_the_page_and_its_files_are_guarded(anyone, path):
    answer = await anyone.nobody.get(f"/_sandbox/{path}")
    assert answer.status_code == 200
    assert answer.content
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_no_file_is_fetched_from_elsewhere_or_written_inline(anyone):
    for path in FILES:
        text = (await anyone.nobody.get(f"/_sandbox/{path}")).text
        assert "style=" not in text
        assert "innerHTML" not in text
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


async def test_the_page_is_found_without_its_slash(anyone):
    answer = await anyone.nobody.get("/_sandbox")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/_sandbox/")


async def test_a_browser_is_led_to_the_page(anyone):
    accept = "text/html,application/xhtml+xml,*/*;q=0.8"
    answer = await anyone.nobody.get("/", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Location"]) == (307, "/_sandbox/")
    assert (await anyone.nobody.get("/", headers={"Accept": "*/*"})).status_code == 404
    assert (await anyone.nobody.post("/", headers={"Accept": accept})).status_code == 404


@pytest.mark.parametrize("path", ["page/secret.js", "page/../app.py", "page/nothing", "elsewhere"])
async def test_nothing_else_is_served(anyone, path):
    assert (await anyone.nobody.get(f"/_sandbox/{path}")).status_code == 404


async def test_requests_of_the_page_are_not_counted(anyone):
    await anyone.nobody.get("/_sandbox/")
    await anyone.nobody.get("/_sandbox/page/overview")
    assert anyone.app.audit().requests == 0


async def test_orders_come_in_pages_newest_first(anyone, view, order, travel):
    for number in range(5):
        api = anyone.connect if number == 2 else anyone.gelato
        path = "order" if number == 2 else "orders"
        assert (await api.post(path, json=order(f"ref-{number}"))).status_code == 200
        travel(1)
    first = await view("orders", limit=2)
    assert [row["orderReferenceId"] for row in first["orders"]] == ["ref-4", "ref-3"]
    assert (first["more"], first["newer"], first["total"]) == (True, 0, 5)
    last = await view("orders", limit=2, offset=4)
    assert [row["orderReferenceId"] for row in last["orders"]] == ["ref-0"]
    assert not last["more"]
    (connect,) = (await view("orders", limit=1, offset=2))["orders"]
    assert (connect["backend"], connect["account"]) == ("connect", "sandbox")


async def test_a_page_holds_still_while_orders_arrive(anyone, view, order, travel):
    await anyone.gelato.post("orders", json=order("ref-1"))
    travel(1)
    until = (await view("orders"))["now"]
    travel(1)
    await anyone.gelato.post("orders", json=order("ref-2"))
    held = await view("orders", until=until)
    assert [row["orderReferenceId"] for row in held["orders"]] == ["ref-1"]
    assert held["newer"] == 1


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ref-1", ["ref-10", "ref-1"]),
        ("REF-1 ada", ["ref-10", "ref-1"]),
        ("failed", ["ref-2"]),
        ("ada nordmann", []),
        ("customer-1 us ref-2", ["ref-2"]),
    ],
)
async def test_orders_are_searched_by_words(anyone, view, order, search, found):
    for reference in ("ref-1", "ref-2", "ref-10"):
        made = (await anyone.gelato.post("orders", json=order(reference))).json()
        if reference == "ref-2":
            anyone.app.force_status(made["id"], "failed")
    listed = (await view("orders", search=search))["orders"]
    assert [row["orderReferenceId"] for row in listed] == found


async def test_a_search_lets_others_pass_and_finds_the_oldest(serve, view, order, monkeypatch):
    monkeypatch.setattr("gelato_async.sandbox.page.slices.SLICE", 2)
    api = serve(rate_limit=None)
    for number in range(7):
        await api.gelato.post("orders", json=order(f"ref-{number}"))
    answer = await api.nobody.get("/_sandbox/page/orders?search=ref-0")
    assert len(answer.json()["orders"]) == 1


@pytest.mark.parametrize("query", [{"offset": -1}, {"limit": "many"}, {"until": "nan"}])
async def test_a_wrong_number_is_named(anyone, query):
    answer = await anyone.nobody.get("/_sandbox/page/orders", params=query)
    (name,) = query
    assert answer.status_code == 400
    assert answer.json()["message"] == f"{name}: must be a number of at least 0"


async def test_an_order_has_its_stages_and_webhooks(serve, order):
    api = serve(webhook_url=NOBODY)
    made = (await api.gelato.post("orders", json=order())).json()
    api.app.advance(70)
    seen = (await api.nobody.get(f"/_sandbox/page/orders/{made['id']}")).json()
    assert (seen["order"]["fulfillmentStatus"], seen["forced"]) == ("in_production", False)
    assert seen["age"] == pytest.approx(70, abs=1)
    assert seen["stages"][1] == {"status": "uploading", "age": 5.0}
    assert {webhook["event"]["orderId"] for webhook in seen["webhooks"]} == {made["id"]}
    assert [webhook["state"] for webhook in seen["webhooks"]] == ["waiting"] * 8
    api.app.force_status(made["id"], "on_hold")
    seen = (await api.nobody.get(f"/_sandbox/page/orders/{made['id']}")).json()
    assert (seen["age"], seen["forced"]) == (None, True)


@pytest.mark.parametrize("backend", ["gelato", "connect"])
@pytest.mark.parametrize("status", sorted(STATUSES))
async def test_an_order_is_cancelable_if_its_api_cancels_it(anyone, view, order, backend, status):
    api, paths = {
        "gelato": (anyone.gelato, ("orders", "orders/{}:cancel")),
        "connect": (anyone.connect, ("order", "{}/cancel")),
    }[backend]
    order_id = (await api.post(paths[0], json=order())).json()["id"]
    anyone.app.force_status(order_id, status)
    seen = await view(f"orders/{order_id}")
    answer = await api.post(paths[1].format(order_id))
    assert answer.status_code == (200 if seen["cancelable"] else 409)


async def test_a_split_order_has_its_other_parts(anyone, view, order, asks_for):
    wish = order(items=2, orderType="draft", **asks_for("split"))
    first = (await anyone.gelato.post("orders", json=wish)).json()
    (second,) = set(first["connectedOrderIds"]) - {first["id"]}
    assert (await view(f"orders/{second}"))["connected"] == [{"id": first["id"], "status": "draft"}]
    assert (await anyone.gelato.delete(f"orders/{first['id']}")).status_code == 200
    assert (await view(f"orders/{second}"))["connected"] == []


async def test_an_order_has_the_newest_webhooks_of_its_own(serve, order):
    api = serve(webhook_url=NOBODY)
    (first, second) = [(await api.gelato.post("orders", json=order(name))).json() for name in "ab"]
    for number in range(30):
        about = (first, second)[number % 2]["id"]
        api.app.send_webhook({"event": "made_up", "id": str(number), "orderId": about})
    seen = (await api.nobody.get(f"/_sandbox/page/orders/{first['id']}")).json()
    events = [webhook["event"] for webhook in seen["webhooks"]]
    assert [event["id"] for event in events][:15] == [str(number) for number in range(28, -1, -2)]
    assert {event["orderId"] for event in events} == {first["id"]}
    for number in range(30, 40):
        api.app.send_webhook({"event": "made_up", "id": str(number), "orderId": first["id"]})
    seen = (await api.nobody.get(f"/_sandbox/page/orders/{first['id']}")).json()
    assert len(seen["webhooks"]) == 20


async def test_an_order_that_is_gone_is_not_found(view):
    assert await view("orders/unknown") == {"order": None}


async def test_webhooks_come_in_pages_with_their_answers(serve):
    api = serve(webhook_url=NOBODY)
    for number in range(25):
        api.app.send_webhook({"event": "made_up", "id": str(number)})
    for answers in ([200], [500, 500, 500]):
        delivery, _ = next(taken for queue in range(8) if (taken := api.app.next_webhook(queue))[0])
        for answer in answers:
            api.app.record_webhook_try(delivery, answer, None)
    first = (await api.nobody.get("/_sandbox/page/webhooks")).json()["webhooks"]
    assert [row["event"]["id"] for row in first] == [str(number) for number in range(24, 4, -1)]
    query = {"before": first[-1]["number"]}
    rest = (await api.nobody.get("/_sandbox/page/webhooks", params=query)).json()["webhooks"]
    assert [row["event"]["id"] for row in rest] == ["4", "3", "2", "1", "0"]
    states = {row["state"] for row in (*first, *rest)}
    assert states == {"delivered", "lost", "waiting"}


async def test_traffic_is_counted_by_second_and_owner(serve, order, travel):
    shop = Account(name="shop", api_key="of-the-shop")
    api = serve(rate_limit=3, data=SandboxData(accounts=[shop]))
    for _ in range(5):
        await api.gelato.get("orders/a")
    await api.nobody.get("/v4/orders/a", headers={"X-API-KEY": "of-the-shop"})
    await api.nobody.get("/v4/orders/a", headers={"X-API-KEY": "a-real-key-by-mistake"})
    travel(2)
    await api.connect.get("a")
    answer = await api.nobody.get("/_sandbox/page/overview")
    overview = answer.json()
    assert (overview["worstSecond"], overview["refused"]) == (5, 2)
    rows = {(row["account"], row["backend"]): row for row in overview["traffic"]}
    own = rows["sandbox", "gelato"]
    assert (sum(own["requests"]), sum(own["refused"])) == (5, 2)
    assert sum(rows["sandbox", "connect"]["requests"][-2:]) == 1
    assert sum(rows["shop", "gelato"]["requests"]) == sum(rows["", ""]["requests"]) == 1
    assert len(own["requests"]) == 60
    for key in ("sandbox-key", "sandbox-secret", "of-the-shop", "a-real-key"):
        assert key not in answer.text
    travel(61)
    assert (await api.nobody.get("/_sandbox/page/overview")).json()["traffic"] == []


async def test_the_overview_changes_with_a_reset(anyone, view, travel):
    before = (await view("overview"))["started"]
    travel(1)
    anyone.app.reset()
    assert (await view("overview"))["started"] != before


def served(**options):
    return Sandbox(**options).app


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:8765", None, 200),
        ("127.0.0.1:8765", "http://127.0.0.1:8765", 200),
        ("localhost:8765", "http://localhost:8765", 200),
        ("sandbox.localhost:8765", None, 200),
        ("[::1]:8765", "http://[::1]:8765", 200),
        ("127.0.0.1:8765", OTHER, 403),
        ("127.0.0.1:8765", "http://127.0.0.1:9999", 403),
        ("127.0.0.1:8765", "null", 403),
        ("localhost:8765", "https://localhost.shop.example", 403),
        # A name of an attacker's that leads to 127.0.0.1.
        ("rebound.example:8765", "http://rebound.example:8765", 403),
        ("rebound.example:8765", None, 403),
        ("[broken", None, 403),
    ],
)
async def test_a_page_of_another_origin_cannot_drive_it(host, origin, status):
    headers = {"Origin": origin} if origin else {}
    # httpx refuses a broken host by itself, so it is only named in the header.
    own = client(served(), Host=host, **headers)
    answer = await own.post("/_sandbox/advance", json={"seconds": 1})
    assert answer.status_code == status, answer.text
    assert status == 200 or answer.json()["message"]


async def test_nor_can_it_read_by_a_name_of_its_own():
    for path in ("/_sandbox/orders", "/_sandbox/", "/_sandbox/page/overview"):
        answer = await client(served(), "rebound.example").get(path)
        assert answer.status_code == 403


async def test_an_origin_that_is_named_may_drive_it():
    own = client(served(cors=[OTHER]), Origin=OTHER)
    answer = await own.post("/_sandbox/advance", json={"seconds": 1})
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, OTHER)
    asked = await own.options("/_sandbox/advance")
    assert asked.headers["Access-Control-Allow-Methods"] == "POST"


@pytest.mark.parametrize("path", ["", "orders", "audit", "page/overview", "page/orders/a", "none"])
async def test_all_origins_may_call_the_apis_alone(path):
    own = client(served(cors=["*"]), Origin=OTHER)
    assert (await own.get("/v4/orders/a")).headers["Access-Control-Allow-Origin"] == "*"
    for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS"):
        answer = await own.request(method, f"/_sandbox/{path}")
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert method == "OPTIONS" or answer.status_code == 403


async def test_a_named_origin_beside_all_may_read_the_controls():
    app = served(cors=["*", OTHER])
    answer = await client(app, Origin=OTHER).get("/_sandbox/orders")
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, OTHER)
    answer = await client(app, Origin="https://third.example").get("/_sandbox/orders")
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("site", "mode", "status"),
    [
        ("same-origin", "cors", 200),
        ("none", "navigate", 200),
        # A link from elsewhere.
        ("cross-site", "navigate", 200),
        ("cross-site", "no-cors", 403),
        ("same-site", "no-cors", 403),
    ],
)
async def test_a_get_of_another_page_is_refused(site, mode, status):
    marks = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}
    for path in ("", "orders", "page/overview"):
        answer = await client(served(), **marks).get(f"/_sandbox/{path}")
        assert answer.status_code == status


def basic(password):
    return "Basic " + base64.b64encode(f"anyone:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": basic("k:y%")}, 200),
        ({"Authorization": basic("other")}, 401),
        ({"Authorization": "Basic !!"}, 401),
        ({"Authorization": "Bearer kéy".encode()}, 401),
    ],
)
async def test_other_machines_need_the_key(headers, status):
    app = served(host="0.0.0.0", api_key="k:y%")
    for path in ("/_sandbox/", "/_sandbox/orders", "/_sandbox/page/overview"):
        answer = await client(app, "shop.example", **headers).get(path)
        assert answer.status_code == status
    if status == 401:
        assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")


async def test_the_key_may_be_a_header_too():
    app = served(host="0.0.0.0", api_key="of-mine")
    own = client(app, "sandbox.example", **{"X-API-KEY": "of-mine"})
    assert (await own.post("/_sandbox/advance", json={"seconds": 1})).status_code == 200
    # With the key in its cache, a browser would send it along with the POST of any page.
    own.headers["Origin"] = OTHER
    assert (await own.post("/_sandbox/advance", json={"seconds": 1})).status_code == 403


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "shop.example"])
def test_a_host_that_others_reach_needs_a_key_of_yours(host):
    with pytest.raises(ValueError, match=r"needs an api_key of your own \(--key or GELATO_API"):
        Sandbox(host=host)
    own = Sandbox(host=host, api_key="of-mine")
    assert (own.connect_secret, own.app.connect_secret) == ("of-mine", "of-mine")
    assert Sandbox(host=host, api_key="a", connect_secret="b").connect_secret == "b"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "Localhost"])
def test_a_host_of_this_machine_needs_none(host):
    assert Sandbox(host=host).connect_secret == "sandbox-secret"


def test_a_server_on_all_addresses_is_reached_by_loopback():
    with Sandbox(host="0.0.0.0", api_key="of-mine") as sandbox:
        assert sandbox.url.startswith("http://127.0.0.1:")
        answer = httpx.get(f"{sandbox.url}/v4/orders/a", headers={"X-API-KEY": "of-mine"})
        assert answer.status_code == 404


async def asked(cors, path, method="POST", **headers):
    headers = {"Origin": OTHER, "Access-Control-Request-Method": method, **headers}
    return await client(create_app(cors=cors), **headers).options(path)


@pytest.mark.parametrize("cors", [[OTHER], ["http://localhost:5173", OTHER], "*", OTHER])
async def test_a_preflight_is_answered(cors):
    wanted = {"Access-Control-Request-Headers": "x-api-key, content-type, x-trace"}
    answer = await asked(cors, "/v4/orders/a", "PATCH", **wanted)
    assert (answer.status_code, answer.content) == (204, b"")
    headers = answer.headers
    assert headers["Access-Control-Allow-Methods"] == "GET, PATCH, DELETE"
    assert headers["Access-Control-Allow-Headers"] == "x-api-key, content-type, x-trace"
    assert headers["Access-Control-Max-Age"] == "600"
    assert headers["Access-Control-Allow-Origin"] == ("*" if cors == "*" else OTHER)
    assert ("Vary" in headers) is (cors != "*")
    plain = await asked(cors, "/api/sandbox/order")
    assert plain.headers["Access-Control-Allow-Headers"] == "X-API-KEY, Content-Type"


async def test_another_origin_is_not_allowed():
    answer = await asked(["http://localhost:5173"], "/v4/orders")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Vary"] == "Origin"


async def test_a_preflight_is_no_request_of_a_client():
    app = create_app(cors=OTHER)
    await client(app, Origin=OTHER).options("/v4/orders")
    assert app.audit().requests == 0


async def test_a_preflight_needs_no_key():
    own = client(served(host="0.0.0.0", api_key="of-mine", cors=OTHER), Origin=OTHER)
    asked = await own.options("/_sandbox/advance")
    assert (asked.status_code, asked.headers["Access-Control-Allow-Origin"]) == (204, OTHER)
    assert (await own.post("/_sandbox/advance", json={"seconds": 1})).status_code == 401


async def test_a_preflight_of_no_path_is_not_found():
    assert (await asked("*", "/v4/nothing")).status_code == 404


async def test_without_the_option_no_method_is_allowed():
    answer = await asked((), "/v4/orders")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Vary" not in answer.headers


async def test_scripts_may_read_every_answer(order):
    own = client(create_app(cors=OTHER, rate_limit=1), Origin=OTHER, **{"X-API-KEY": "sandbox-key"})
    answers = [await own.post("/v4/orders", json=order()), await own.get("/v4/orders/a")]
    answers += [await own.get("/v4/orders/a", headers={"X-API-KEY": ""}), await own.get("/nothing")]
    assert [answer.status_code for answer in answers] == [200, 429, 401, 404]
    for answer in answers:
        assert answer.headers["Access-Control-Allow-Origin"] == OTHER
        assert answer.headers["Access-Control-Expose-Headers"] == "Retry-After"


@pytest.mark.parametrize(
    "cors", ["localhost:5173", ["http://a.example/"], ["ftp://a.example"], [""]]
)
def test_an_origin_has_scheme_and_host_alone(cors):
    with pytest.raises(ValueError, match="cors: must be origins like http://localhost:5173, or"):
        create_app(cors=cors)
