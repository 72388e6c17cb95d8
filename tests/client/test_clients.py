from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import anyio
import httpx
import pytest

from gelato_async import (
    CancelOrder,
    ConfirmDraft,
    CreateOrder,
    GelatoClient,
    GelatoConnectClient,
    GetOrder,
    HttpxTransport,
    LocalLimiter,
    NotFoundError,
    OrderQuery,
    Request,
    Response,
    RetryPolicy,
    ScriptedTransport,
    SearchOrders,
    SubmitOrder,
    Unlimited,
    UnsupportedError,
    ValidationError,
)
from gelato_async.limiters.local import shared_limiter
from gelato_async.sandbox import Sandbox

APIS = pytest.mark.parametrize("api", ["gelato", "connect"])


class Closing:
    """A transport that counts how often it is closed."""

    def __init__(self):
        self.closed = 0
        self.timeouts = []

    async def send(self, request: Request, *, timeout, gate):  # noqa: ASYNC109
        await gate.mark_sent()
        self.timeouts.append(timeout)
        return Response(status=200, body=b'{"orders": []}')

    async def aclose(self):
        self.closed += 1


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    for name in ("API_KEY", "BASE_URL"):
        monkeypatch.delenv(f"GELATO_{name}", raising=False)
    for name in ("PREFIX", "API_KEY", "API_SECRET", "BASE_URL"):
        monkeypatch.delenv(f"GELATO_CONNECT_{name}", raising=False)


# keys and addresses


@pytest.mark.anyio
async def test_requests_go_to_the_documented_hosts_with_the_key(server, virtual):
    transport = ScriptedTransport(server)
    options = {"transport": transport, "limiter": Unlimited()}
    await GelatoClient("the-key", **options).orders.search_page()
    await GelatoConnectClient("acme", "the-key", "the-secret", **options).orders.search_page()
    first, second = transport.requests
    assert (first.url, first.headers["x-api-key"]) == (
        "https://order.gelatoapis.com/v4/orders:search",
        "the-key",
    )
    assert second.url == "https://api.partner-connect.io/api/acme/search"
    assert second.headers["x-api-key"] == "the-key:the-secret"


@pytest.mark.anyio
async def test_what_is_not_given_comes_from_the_environment(server, monkeypatch):
    for name, value in {
        "GELATO_API_KEY": "env-key",
        "GELATO_BASE_URL": "http://127.0.0.1:8000",
        "GELATO_CONNECT_PREFIX": "acme",
        "GELATO_CONNECT_API_KEY": "env-key",
        "GELATO_CONNECT_API_SECRET": "env-secret",
        "GELATO_CONNECT_BASE_URL": "https://proxy.example.com",
    }.items():
        monkeypatch.setenv(name, value)
    transport = ScriptedTransport(server)
    await GelatoClient(transport=transport, limiter=Unlimited()).orders.search_page()
    await GelatoConnectClient(transport=transport, limiter=Unlimited()).orders.search_page()
    await GelatoClient(
        "mine", base_url="http://localhost", transport=transport
    ).orders.search_page()
    assert [(request.url, request.headers["x-api-key"]) for request in transport.requests] == [
        ("http://127.0.0.1:8000/v4/orders:search", "env-key"),
        ("https://proxy.example.com/api/acme/search", "env-key:env-secret"),
        ("http://localhost/v4/orders:search", "mine"),
    ]


@pytest.mark.parametrize(
    ("make", "variable"),
    [
        (GelatoClient, "GELATO_API_KEY"),
        (lambda: GelatoClient(""), "GELATO_API_KEY"),
        (GelatoConnectClient, "GELATO_CONNECT_PREFIX"),
        (lambda: GelatoConnectClient("acme"), "GELATO_CONNECT_API_KEY"),
        (lambda: GelatoConnectClient("acme", "key"), "GELATO_CONNECT_API_SECRET"),
    ],
)
def test_a_missing_key_names_its_variable(make, variable):
    with pytest.raises(ValueError, match=variable):
        make()


@pytest.mark.parametrize("key", ["top-secret\n", "top secret", "top-secret\x00", "töp-secret"])
def test_a_key_that_cannot_be_one_is_refused_without_an_echo(key):
    for make in (lambda: GelatoClient(key), lambda: GelatoConnectClient("acme", "good", key)):
        with pytest.raises(ValueError) as caught:
            make()
        assert "secret" not in str(caught.value).replace("API secret", "")


@pytest.mark.parametrize(
    "url", ["http://example.com", "http://10.0.0.1", "http://127.0.0.1.example.com"]
)
def test_plain_http_to_another_machine_is_refused(url):
    with pytest.raises(ValueError, match="plain HTTP"):
        GelatoClient("key", base_url=url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://localhost", "http://[::1]:80", "https://example.com"]
)
def test_loopback_may_be_plain_http(url):
    assert url in repr(GelatoClient("key", base_url=url))


@pytest.mark.parametrize(
    "url", ["example.com", "ftp://example.com", "https://example.com/v4", "https://a:b@example.com"]
)
def test_a_base_url_is_an_origin(url):
    with pytest.raises(ValueError, match="base_url"):
        GelatoConnectClient("acme", "key", "secret", base_url=url)


def test_an_empty_base_url_is_refused_also_in_the_environment(monkeypatch):
    """A script whose variable is unset must not order at Gelato's own hosts."""
    monkeypatch.setenv("GELATO_BASE_URL", "")
    monkeypatch.setenv("GELATO_CONNECT_BASE_URL", "")
    for make in (lambda: GelatoClient("key"), lambda: GelatoConnectClient("acme", "key", "secret")):
        with pytest.raises(ValueError, match="base_url is empty"):
            make()


@pytest.mark.anyio
async def test_paths_can_be_replaced(server):
    transport = ScriptedTransport(lambda _: Response(status=200))
    paths = {CancelOrder: "/api/{prefix}/orders/{order_id}/cancel"}
    client = GelatoConnectClient(
        "acme", "key", "secret", paths=paths, transport=transport, limiter=Unlimited()
    )
    await client.orders.cancel("a/b")
    assert (
        transport.requests[0].url == "https://api.partner-connect.io/api/acme/orders/a%2Fb/cancel"
    )


# options


@pytest.mark.parametrize("option", ["timeout", "total_timeout"])
@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_timeout_is_more_than_nothing(gelato, option, seconds):
    with pytest.raises(ValueError, match=option):
        GelatoClient("key", **{option: seconds})
    with pytest.raises(ValueError, match=option):
        gelato.with_options(**{option: seconds})


@pytest.mark.anyio
@APIS
async def test_with_options_changes_a_copy_on_the_same_connections(make_client, api):
    transport, limiter = Closing(), Unlimited()
    client = make_client(api, transport=transport, limiter=limiter)
    other = client.with_options(
        timeout=5, total_timeout=50, retry=RetryPolicy(attempts=1), validate=False
    )
    await client.orders.search_page()
    await other.orders.search_page()
    assert transport.timeouts == [30.0, 5]
    assert type(other) is type(client)
    assert other.engine.sender.limiter is client.engine.sender.limiter is limiter
    assert other.engine.sender.transport is client.engine.sender.transport
    assert (other.engine.total_timeout, other.engine.retry.attempts, other.engine.validate) == (
        50,
        1,
        False,
    )
    assert (client.engine.total_timeout, client.engine.retry.attempts, client.engine.validate) == (
        None,
        4,
        True,
    )


def test_with_options_none_means_the_default(make_client):
    client = make_client(total_timeout=4, retry=RetryPolicy(attempts=1), limiter=Unlimited())
    other = client.with_options(total_timeout=None, retry=None, limiter=None)
    assert other.engine.total_timeout is None
    assert other.engine.retry == RetryPolicy()
    assert other.engine.sender.limiter is shared_limiter(client.engine.backend.credentials.digest)


def test_with_options_knows_no_other_options(gelato):
    with pytest.raises(TypeError, match="no option api_key"):
        gelato.with_options(api_key="x")


def test_with_options_can_replace_the_limiter(gelato):
    limiter = LocalLimiter(5)
    assert gelato.with_options(limiter=limiter).engine.sender.limiter is limiter


def test_clients_with_one_key_share_a_limiter_by_default():
    assert GelatoClient("one").engine.sender.limiter is GelatoClient("one").engine.sender.limiter
    assert (
        GelatoClient("one").engine.sender.limiter is not GelatoClient("two").engine.sender.limiter
    )
    assert GelatoClient("one").engine.sender.limiter.rate == 100


def test_threads_that_use_a_new_client_at_once_share_an_engine():
    client, ready = GelatoClient("key"), Barrier(4)

    def engine(_):
        ready.wait(10)
        return client.engine

    with ThreadPoolExecutor(4) as threads:
        engines = set(map(id, threads.map(engine, range(4))))
    assert len(engines) == 1
    assert client.orders is client.orders


def test_a_copy_with_other_options_has_methods_of_its_own(gelato):
    assert gelato.orders is not gelato.with_options(timeout=1).orders


@APIS
def test_an_option_that_there_is_not_is_refused(make_client, api):
    with pytest.raises(TypeError, match=r"Client\(\) has no option tiemout"):
        make_client(api, tiemout=5)


# lifecycle


@pytest.mark.anyio
async def test_what_was_passed_in_is_never_closed(make_client):
    transport = Closing()
    async with make_client(transport=transport) as client:
        await client.orders.search_page()
    await client.aclose()
    assert transport.closed == 0


@pytest.mark.anyio
async def test_what_a_client_made_it_closes_and_twice_is_fine(monkeypatch):
    client = GelatoClient("key")
    assert isinstance(client.engine.sender.transport, HttpxTransport)
    closed = []

    async def aclose():
        closed.append(1)

    monkeypatch.setattr(client.engine.sender.transport, "aclose", aclose)
    async with client.with_options(timeout=1) as copy:
        await copy.aclose()
    assert closed == []
    async with client:
        pass
    await client.aclose()
    assert closed == [1, 1]


@pytest.mark.anyio
async def test_a_client_works_without_a_block_and_after_it_was_closed():
    with Sandbox() as sandbox:
        client = GelatoClient(sandbox.api_key, base_url=sandbox.url)
        await client.orders.search_page()
        await client.aclose()
        await client.orders.search_page()
        await client.aclose()
        await client.aclose()
        assert sandbox.audit().connections == 2


# operations


@pytest.mark.anyio
async def test_send_runs_any_operation_of_the_api(server, gelato, connect, make_order):
    made = await gelato.send(CreateOrder(make_order()))
    assert (await gelato.send(GetOrder(made.id))).id == made.id
    submitted = await connect.send(SubmitOrder(make_order("ref-2")))
    assert submitted.order_reference_id == "ref-2"


@pytest.mark.anyio
async def test_send_raw_gives_the_response_too(server, gelato):
    server.order()
    reply = await gelato.send_raw(GetOrder("order-1"))
    assert reply.answer.id == "order-1"
    assert reply.response.status == 200
    assert b"order-1" in reply.response.body
    answer, response = await gelato.send_raw(CancelOrder("order-1"))
    assert (answer, response.status) == (None, 200)


@pytest.mark.anyio
async def test_an_operation_of_the_other_api_is_unsupported(server, gelato, connect, make_order):
    with pytest.raises(UnsupportedError):
        await connect.send(CreateOrder(make_order()))
    with pytest.raises(UnsupportedError):
        await connect.send(ConfirmDraft("order-1"))
    with pytest.raises(UnsupportedError):
        await gelato.send(SubmitOrder(make_order()))
    assert server.calls == []


@pytest.mark.anyio
async def test_a_broken_order_is_found_before_it_is_sent(server, gelato, make_order):
    with pytest.raises(ValidationError) as caught:
        await gelato.orders.create(make_order("", currency=""))
    assert {problem.path for problem in caught.value.problems} == {"orderReferenceId", "currency"}
    assert caught.value.operation == "orders.create"
    assert server.calls == []


@pytest.mark.anyio
async def test_without_validation_unsupported_fields_are_still_refused(
    server, make_client, make_order
):
    client = make_client(validate=False)
    await client.orders.create(make_order(currency=""))
    assert server.count("create") == 1
    with pytest.raises(UnsupportedError):
        await client.orders.create(make_order(retail_currency="USD"))
    assert server.count("create") == 1


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize("order_id", ["", ".", "..", " "])
async def test_ids_that_would_address_something_else_are_refused(
    server, make_client, api, order_id
):
    client = make_client(api)
    for call in (client.orders.get, client.orders.cancel):
        with pytest.raises(ValidationError):
            await call(order_id)
    assert server.calls == []


@pytest.mark.anyio
async def test_every_method_works_against_the_sandbox(make_order, address):
    from attrs import evolve

    with Sandbox(speed=0.0) as sandbox:
        options = {"base_url": sandbox.url, "limiter": Unlimited()}
        async with GelatoClient(sandbox.api_key, **options) as gelato:
            made = await gelato.orders.create(make_order())
            assert (await gelato.orders.get(made.id)).id == made.id
            assert [row.id for row in await gelato.orders.find("ref-1")] == [made.id]
            await gelato.orders.cancel(made.id)
            draft = await gelato.orders.create(make_order("draft", order_type="draft"))
            assert (await gelato.orders.confirm_draft(draft.id)).order_type == "order"
            other = await gelato.orders.create(make_order("draft-2", order_type="draft"))
            await gelato.orders.delete_draft(other.id)
            with pytest.raises(NotFoundError):
                await gelato.orders.get(other.id)
        async with GelatoConnectClient(
            "sandbox", sandbox.connect_key, sandbox.connect_secret, **options
        ) as connect:
            submitted = await connect.orders.create(make_order())
            assert (await connect.orders.get("ref-1")).id == submitted.id
            moved = await connect.orders.update_shipment(
                "ref-1", shipping_address=evolve(address, city="Elsewhere")
            )
            assert moved.shipping_address.city == "Elsewhere"
            await connect.orders.cancel("ref-1")
            assert (await connect.orders.get(submitted.id)).fulfillment_status == "canceled"


# searching


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
async def test_a_search_reads_page_after_page(server, make_client, api, count):
    for number in range(count):
        server.order(f"ref-{number}")
    search = make_client(api).orders.search()
    found = [row.id async for row in search]
    assert found == [f"order-{number}" for number in range(count, 0, -1)]
    assert server.count("search") == count // 100 + 1
    assert [row.id async for row in search] == found


@pytest.mark.anyio
async def test_a_search_shows_no_order_twice_while_others_are_made(server, gelato):
    for number in range(150):
        server.order(f"ref-{number}")
    found = []
    async for row in gelato.orders.search(OrderQuery(limit=20)):
        found.append(row.id)
        if len(found) % 20 == 0 and len(found) <= 100:
            for _ in range(7):
                server.order()
    assert len(found) == len(set(found))
    assert set(found) >= {f"order-{number}" for number in range(1, 151)}


@pytest.mark.anyio
async def test_a_search_keeps_to_its_limit_and_offset(server, gelato):
    for number in range(30):
        server.order(f"ref-{number}")
    found = [row.id async for row in gelato.orders.search(OrderQuery(limit=7, offset=5))]
    assert found == [f"order-{number}" for number in range(25, 0, -1)]
    assert server.count("search") == 25 // 7 + 1


@pytest.mark.anyio
async def test_leaving_a_search_early_leaves_nothing_behind(server, gelato):
    for number in range(150):
        server.order(f"ref-{number}")
    async for row in gelato.orders.search():
        assert row.id == "order-150"
        break
    assert server.count("search") == 1
    rows = aiter(gelato.orders.search())
    assert aiter(rows) is rows
    assert not hasattr(rows, "aclose")  # no generator that a loop would have to finalise


@pytest.mark.anyio
async def test_a_search_can_go_on_after_an_error(server, gelato):
    for number in range(150):
        server.order(f"ref-{number}")
    rows, found = aiter(gelato.orders.search()), []
    for _ in range(100):
        found.append((await anext(rows)).id)
    server.queue("search", Response(status=403))
    with pytest.raises(Exception, match="403"):
        await anext(rows)
    found += [row.id async for row in rows]
    assert len(found) == len(set(found)) == 150


@pytest.mark.anyio
async def test_a_search_shows_its_query_and_a_page_is_one_request(server, gelato):
    assert "OrderQuery" in repr(gelato.orders.search(OrderQuery(order_reference_id="ref-1")))
    server.order()
    assert len((await gelato.orders.search_page()).orders) == 1
    assert len((await gelato.send(SearchOrders(OrderQuery()))).orders) == 1
    assert server.count("search") == 2


def test_clients_work_in_loop_after_loop():
    with Sandbox() as sandbox:
        client = GelatoClient(sandbox.api_key, base_url=sandbox.url)

        async def main():
            await client.orders.search_page()

        anyio.run(main)
        anyio.run(main, backend="trio")
        anyio.run(main)


@pytest.mark.parametrize("make", [httpx.AsyncHTTPTransport, httpx.Client, object])
def test_what_cannot_send_is_refused_as_a_transport(make):
    with pytest.raises(TypeError, match=f"not a {make.__name__}"):
        GelatoClient("key", transport=make())
