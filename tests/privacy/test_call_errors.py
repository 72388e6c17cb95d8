"""No error of a call shows a key or a recipient in its text, its attributes or the variables of its frames."""

import asyncio
import json
from contextlib import asynccontextmanager

import anyio
import httpx
import pytest
from attrs import evolve
from support.walker import KEY, PLANTED, PRIVATE, SECRET, chain, planted_in

from gelato_async import (
    CancelOrder,
    CreateOrder,
    GelatoClient,
    GelatoConnectClient,
    GelatoError,
    GetOrder,
    NewOrder,
    OrderQuery,
    OutcomeUnknownError,
    Response,
    RetryPolicy,
    ReturnAddress,
    ScriptedTransport,
    ShippingAddress,
    SubmitOrder,
    Unlimited,
    UpdateShipment,
)

pytestmark = pytest.mark.system

ONCE = RetryPolicy(attempts=1, reconcile=0.0)
CREATES = {"create", "send"}
PLAIN = {"country": "DE", **PRIVATE}
BODY = {"orderReferenceId": "ref-1", "shippingAddress": PLAIN}


def make_clients(**options):
    options = {"limiter": Unlimited(), "retry": ONCE, **options}
    return {
        "gelato": GelatoClient(KEY, **options),
        "connect": GelatoConnectClient("acme", KEY, SECRET, **options),
    }


def answering(status=200, body=b"{}", **headers):
    return ScriptedTransport(lambda _: Response(status=status, body=body, headers=headers))


async def error_of(call):
    with pytest.raises(Exception) as caught:
        await call()
    return caught.value


async def outcome_of(call):
    try:
        await call()
    except GelatoError as error:
        return error


both = pytest.mark.parametrize("api", ["gelato", "connect"])


@pytest.fixture
def calls(planted, planted_order, planted_quote):
    """Every call that carries a recipient, by the client that has it."""

    def make(client, **changes):
        order = planted_order(shipping_address=evolve(planted, **changes))
        quote = evolve(planted_quote, recipient=evolve(planted, **changes))
        found = {"create": lambda: client.orders.create(order)}
        if isinstance(client, GelatoClient):
            found["send"] = lambda: client.send(CreateOrder(order))
            found["quote"] = lambda: client.orders.quote(quote)
            found["search"] = lambda: client.orders.search_page(
                OrderQuery(search=PRIVATE["last_name"], limit=changes.get("limit"))
            )
        else:
            found["send"] = lambda: client.send(SubmitOrder(order))
            found["update"] = lambda: client.orders.update_shipment(
                "ref-1", shipping_address=order.shipping_address
            )
        return found

    return make


@both
@pytest.mark.anyio
async def test_broken_rules(api, calls):
    client = make_clients(transport=answering())[api]
    for name, call in calls(client, country="XXX", email="zoe.planted.example").items():
        if name != "search":
            error = await error_of(call)
            assert isinstance(error, GelatoError)
            assert planted_in(error) == [], name


@both
@pytest.mark.anyio
async def test_what_json_or_the_api_cannot_say(api, planted, planted_order):
    client = make_clients(transport=answering())[api]
    orders = [
        planted_order(extra={"odd": {1, 2}}),
        planted_order(extra={"orderReferenceId": PRIVATE["last_name"]}),
        planted_order(shipping_address=evolve(planted, extra={"odd": {PRIVATE["city"]}})),
        planted_order(shipping_address=evolve(planted, city="half \ud800 of a pair")),
        planted_order(retail_currency="EUR", return_address=ReturnAddress(city=PRIVATE["city"])),
    ]
    for order in orders:
        assert planted_in(await error_of(lambda order=order: client.orders.create(order))) == []


BAD_CALLS = {
    "create": lambda client: client.orders.create(BODY),
    "create list": lambda client: client.orders.create([BODY]),
    "create text": lambda client: client.orders.create(json.dumps(BODY)),
    "create class": lambda client: client.orders.create(NewOrder),
    "cancel": lambda client: client.orders.cancel(BODY),
    "get": lambda client: client.orders.get(BODY),
    "find": lambda client: client.orders.find(BODY),
    "wait_for": lambda client: client.orders.wait_for(BODY, "shipped", timeout=1),
    "wait_for too late": lambda client: client.orders.wait_for("1", "shipped", timeout=BODY),
    "connected": lambda client: client.orders.connected(BODY),
    "search_page": lambda client: client.orders.search_page(BODY),
    "send": lambda client: client.send(BODY),
    "send_raw": lambda client: client.send_raw(BODY),
}
OWN_CALLS = {
    "gelato": {
        "quote": lambda client: client.orders.quote(BODY),
        "confirm_draft": lambda client: client.orders.confirm_draft(BODY, PLAIN),
        "delete_draft": lambda client: client.orders.delete_draft(BODY),
        "store product": lambda client: client.stores.create_product_from_template("s", BODY),
        "prices": lambda client: client.shipping.prices(BODY),
    },
    "connect": {
        "update": lambda client: client.orders.update_shipment("r", shipping_address=PLAIN),
        "update id": lambda client: client.orders.update_shipment(BODY, shipping_address=None),
    },
}


@both
@pytest.mark.anyio
async def test_arguments_of_another_type(api):
    client = make_clients(transport=answering())[api]
    for name, call in (BAD_CALLS | OWN_CALLS[api]).items():
        error = await error_of(lambda call=call: call(client))
        assert planted_in(error) == [], name


@both
@pytest.mark.anyio
async def test_a_search_for_something_else(api):
    client = make_clients(transport=answering())[api]

    async def search():
        async for _ in client.orders.search(BODY):
            pass

    assert planted_in(await error_of(search)) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: ShippingAddress(**PLAIN, extra=5),
        lambda: ReturnAddress(city=PRIVATE["city"], extra=PRIVATE["email"]),
        lambda: NewOrder(
            order_reference_id="r", currency="EUR", shipping_address=PLAIN, items=PRIVATE["city"]
        ),
        lambda: NewOrder(
            order_reference_id="r", currency="EUR", shipping_address=PLAIN, items=[], extra=5
        ),
        lambda: OrderQuery(search=PRIVATE["last_name"], ids="one"),
        lambda: CreateOrder(BODY),
        lambda: SubmitOrder(BODY),
        lambda: UpdateShipment(order_id="r", shipping_address=PLAIN),
        lambda: GetOrder(BODY),
        lambda: CancelOrder(BODY),
    ],
)
def test_values_that_cannot_be_made(make):
    with pytest.raises((TypeError, ValueError)) as caught:
        make()
    assert planted_in(caught.value) == []


WHOLE = "; ".join(text for text in PLANTED if text != SECRET)
ECHOES = {
    "text": WHOLE.encode(),
    "page": f"<html><p>{WHOLE}</p>".encode(),
    "json": json.dumps({"message": WHOLE, "code": KEY, "requestId": KEY}).encode(),
    "details": json.dumps({"details": [{"value": WHOLE.split("; ")}], "message": 5}).encode(),
    "order": json.dumps({"id": KEY, "orderReferenceId": [], **PLAIN}).encode(),
    "rows": json.dumps({"orders": [{"id": [], **PLAIN}], "quotes": [{"price": KEY}]}).encode(),
    "cut": json.dumps(BODY).encode()[:-20],
    "list": json.dumps([BODY]).encode(),
}


@both
@pytest.mark.anyio
@pytest.mark.parametrize("kind", ECHOES)
async def test_answers_that_echo(api, kind, calls):
    headers = {"x-request-id": f"id-{KEY}", "location": KEY, "retry-after": "0"}
    for status in (200, 302, 400, 401, 403, 404, 409, 422, 429, 500):
        client = make_clients(transport=answering(status, ECHOES[kind], **headers))[api]
        for name, call in calls(client).items():
            if name == "search":  # carries one of the planted values, and hides no others
                continue
            error = await outcome_of(call)
            assert error is not None or status == 200
            assert error is None or planted_in(error) == [], (status, name)


@asynccontextmanager
async def served(answer):
    """Give the origin of a server that treats every connection alike."""
    async with (
        await anyio.create_tcp_listener(local_host="127.0.0.1") as listener,
        anyio.create_task_group() as group,
    ):
        group.start_soon(listener.serve, answer)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        yield f"http://127.0.0.1:{port}"
        group.cancel_scope.cancel()


async def dropped(stream):
    async with stream:
        await stream.receive()


async def nonsense(stream):
    async with stream:
        await stream.receive()
        await stream.send(b"nonsense " + KEY.encode() + b"\r\n\r\n")


async def broken_off(stream):
    async with stream:
        await stream.receive()
        await stream.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n" + KEY.encode())


async def not_gzip(stream):
    async with stream:
        await stream.receive()
        head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n"
        await stream.send(head + b"abcd")


async def silent(stream):
    async with stream:
        await anyio.sleep_forever()


@pytest.fixture(params=["own", "injected"])
async def network(request):
    """Give the options of a transport over real connections."""
    if request.param == "own":
        yield {}
    else:
        async with httpx.AsyncClient() as client:
            yield {"transport": client}


@both
@pytest.mark.anyio
@pytest.mark.parametrize("answer", [dropped, nonsense, broken_off])
async def test_answers_that_cannot_be_read(api, answer, network, calls):
    async with served(answer) as origin:
        client = make_clients(base_url=origin, **network)[api]
        for name, call in calls(client).items():
            assert planted_in(await error_of(call)) == [], name
        await client.aclose()


@both
@pytest.mark.anyio
async def test_answers_that_cannot_be_unpacked(api, calls):
    # not with a client of httpx, which leaves its generators unfinished then
    async with served(not_gzip) as origin:
        client = make_clients(base_url=origin)[api]
        for name, call in calls(client).items():
            assert planted_in(await error_of(call)) == [], name
        await client.aclose()


@both
@pytest.mark.anyio
async def test_connections_that_are_refused(api, network, calls):
    client = make_clients(base_url="http://127.0.0.1:9", **network)[api]
    for name, call in calls(client).items():
        assert planted_in(await error_of(call)) == [], name


@both
@pytest.mark.anyio
async def test_answers_that_do_not_come(api, network, calls):
    async with served(silent) as origin:
        for limits in ({"timeout": 0.05}, {"total_timeout": 0.05}):
            client = make_clients(base_url=origin, **limits, **network)[api]
            for name, call in calls(client).items():
                assert planted_in(await error_of(call)) == [], name
            await client.aclose()


@both
@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_deadlines_of_the_caller(api, network, calls, planted):
    # asyncio's own deadline has the cancellation for its cause, with all its frames
    async with served(silent) as origin:
        client = make_clients(base_url=origin, **network)[api]
        # more than the sockets' buffers hold, so that it is cut off while the body goes out
        for call in calls(client, extra={"odd": "x" * 20_000_000}).values():
            with pytest.raises(TimeoutError) as caught:
                async with asyncio.timeout(0.3):
                    await call()
            assert planted_in(caught.value) == []
        await client.aclose()


@both
@pytest.mark.anyio
async def test_what_a_hook_of_the_caller_raises_still_says_where(api, calls):
    async def hook(request):
        raise ArithmeticError("of the hook")

    async with httpx.AsyncClient(event_hooks={"request": [hook]}) as injected:
        client = make_clients(transport=injected)[api]
        for name, call in calls(client).items():
            error = await error_of(call)
            assert planted_in(error) == []
            if name in CREATES:
                # whether a create had left is not known of every client
                assert isinstance(error, OutcomeUnknownError)
                *_, error = chain(error)
            assert isinstance(error, ArithmeticError)
            assert 'raise ArithmeticError("of the hook")' in error.__notes__[0]


@both
@pytest.mark.anyio
async def test_creates_whose_outcome_stays_unknown(api, planted_order):
    def answer(request):
        if request.url.endswith("search"):
            return Response(status=500, body=WHOLE.encode())
        return Response(status=503, body=json.dumps(BODY).encode())

    client = make_clients(transport=ScriptedTransport(answer))[api]
    error = await error_of(lambda: client.orders.create(planted_order()))
    assert type(error).__name__ == "OutcomeUnknownError"
    assert planted_in(error) == []
