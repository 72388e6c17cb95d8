import copy
import json
import logging
import pickle
import traceback

import pytest
from attrs import evolve

from gelato_async import (
    ConnectionFailedError,
    GelatoClient,
    GelatoConnectClient,
    GelatoError,
    NoAnswerError,
    OrderQuery,
    QuoteProduct,
    QuoteRequest,
    Response,
    RetryPolicy,
    ReturnAddress,
    ShippingAddress,
    Unlimited,
)
from gelato_async.sandbox import Sandbox

KEY, SECRET = "planted-key-0815", "planted-secret-4711"
PRIVATE = {
    "first_name": 'Zoë "Zo"',
    "last_name": "Łukasiewicz-Plant",
    "address_line1": "Straße/Allee 17b",
    "address_line2": "Hinterhof <links>",
    "city": "Köln-Plantstadt",
    "post_code": "PLANT 99",
    "email": "zoe@planted.example",
    "phone": "+49 555 7001",
    "company_name": "Planted & Sons",
}
PLANTED = [KEY, SECRET, *PRIVATE.values()]


def without_person(private):
    return {
        name: value for name, value in private.items() if name not in {"first_name", "last_name"}
    }


def spellings(value):
    escaped = json.dumps(value)[1:-1]
    return {
        value,
        escaped,
        value.replace("/", "\\/"),
        escaped.replace("/", "\\/"),
        ascii(value)[1:-1],
    }


def assert_clean(text, where):
    for value in PLANTED:
        for spelling in spellings(value):
            assert spelling.lower() not in text.lower(), f"{value!r} in {where}"


@pytest.fixture
def planted():
    return ShippingAddress(country="DE", **PRIVATE)


@pytest.fixture
def clients(server, virtual):
    from gelato_async import ScriptedTransport

    options = {
        "transport": ScriptedTransport(server),
        "limiter": Unlimited(),
        "clock": virtual.clock,
    }
    return [GelatoClient(KEY, **options), GelatoConnectClient("acme", KEY, SECRET, **options)]


@pytest.fixture
def calls(clients, make_order, planted):
    gelato, connect = clients
    quote = QuoteRequest(
        order_reference_id="ref-1",
        customer_reference_id="customer-1",
        currency="EUR",
        recipient=planted,
        products=[QuoteProduct(item_reference_id="item-1", product_uid="poster")],
    )
    order = make_order(shipping_address=planted)
    return {
        "gelato create": lambda: gelato.orders.create(order),
        "gelato create for a company": lambda: gelato.orders.create(
            make_order(return_address=ReturnAddress(country="DE", **without_person(PRIVATE)))
        ),
        "gelato quote": lambda: gelato.orders.quote(quote),
        "gelato search": lambda: gelato.orders.search_page(OrderQuery(search=PRIVATE["last_name"])),
        "connect create": lambda: connect.orders.create(order),
        "connect update": lambda: connect.orders.update_shipment("ref-1", shipping_address=planted),
    }


HELD = {
    "gelato create": [KEY, *PRIVATE.values()],
    "gelato create for a company": [KEY, *without_person(PRIVATE).values()],
    "gelato quote": [KEY, *PRIVATE.values()],
    "gelato search": [KEY, PRIVATE["last_name"]],
    "connect create": PLANTED,
    "connect update": PLANTED,
}


def whole(values):
    return {
        "message": f"Bad: {'; '.join(values)}",
        "code": values[-1],
        "details": [{"value": v} for v in values],
    }


ECHOES = {
    "json": lambda values: json.dumps(whole(values)),
    "raw json": lambda values: json.dumps(whole(values), ensure_ascii=False),
    "slashes": lambda values: json.dumps(whole(values)).replace("/", "\\/"),
    "keys": lambda values: json.dumps({value: {"x": [value]} for value in values}),
    "page": lambda values: f"<html><p>{'</p><p>'.join(values)}</p>",
    "upper": lambda values: "; ".join(values).upper(),
    "escaped text": lambda values: f"error: {json.dumps(whole(values))}",
    "nested": lambda values: json.dumps({"message": json.dumps(whole(values))}),
}


def assert_nothing_shows(error, caplog):
    assert_clean(repr(error), "repr")
    assert_clean(str(error), "str")
    assert_clean("".join(traceback.format_exception(error)), "traceback")
    for name, value in vars(error).items():
        assert_clean(str(value), f".{name}")
    for record in caplog.records:
        assert_clean(
            record.getMessage() + str(record.args) + (record.exc_text or ""),
            f"log of {record.name}",
        )


def assert_survives(error):
    for copied in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(copied) is type(error)
        assert str(copied) == str(error)
        assert vars(copied).keys() == vars(error).keys()
        assert all(str(vars(copied)[name]) == str(value) for name, value in vars(error).items())


@pytest.mark.anyio
@pytest.mark.parametrize("call", HELD)
@pytest.mark.parametrize("echo", ECHOES)
async def test_no_error_shows_what_a_server_echoes(server, calls, caplog, call, echo):
    kind, body = call.split()[1], ECHOES[echo](HELD[call]).encode()
    for status in (200, 302, 400, 401, 403, 404, 409, 422, 429, 500):
        server.queued = {kind: [Response(status=status, body=body)] * 4}
        server.queue("search", *[Response(status=401)] * 4)
        with caplog.at_level(logging.DEBUG):
            try:
                answer = await calls[call]()
            except GelatoError as error:
                assert_nothing_shows(error, caplog)
                assert_survives(error)
            else:
                assert status == 200
                assert_clean(repr(answer), "an answer's repr")


@pytest.mark.anyio
@pytest.mark.parametrize("call", HELD)
@pytest.mark.parametrize(
    "error", [ConnectionFailedError("refused"), NoAnswerError("dropped", reason="EOF")]
)
async def test_no_error_without_an_answer_shows_anything(server, calls, caplog, call, error):
    server.queue(call.split()[1], *[error] * 4)
    server.queue("search", Response(status=401))
    with caplog.at_level(logging.DEBUG), pytest.raises(GelatoError) as caught:
        await calls[call]()
    assert_nothing_shows(caught.value, caplog)
    assert_survives(caught.value)


@pytest.mark.anyio
async def test_no_problem_shows_an_address(clients, make_order, planted, caplog):
    long = evolve(
        planted,
        address_line1=PRIVATE["address_line1"] * 9,
        email="zoe.planted.example",
        country="XXX",
    )
    for client, more in zip(
        clients, ({}, {"return_address": ReturnAddress(city=PRIVATE["city"])}), strict=True
    ):
        with pytest.raises(GelatoError) as caught:
            await client.orders.create(make_order(shipping_address=long, **more))
        assert_nothing_shows(caught.value, caplog)
        assert "zoe" not in str(caught.value)
        assert_survives(caught.value)


def test_nothing_has_a_repr_that_shows_a_key_or_a_person(clients, make_order, planted):
    order = make_order(shipping_address=planted)
    for client in clients:
        creates = client.engine.backend.create_operation
        for thing in (
            client,
            client.engine,
            client.engine.backend,
            client.engine.backend.credentials,
            client.orders,
            creates(order),
            client.engine.backend.build(creates(order)),
            client.orders.search(OrderQuery(search=PRIVATE["last_name"])),
            order,
        ):
            assert_clean(repr(thing) + str(thing), type(thing).__name__)


@pytest.mark.anyio
async def test_over_real_connections_the_log_is_debug_and_not_private(make_order, planted, caplog):
    order = make_order(shipping_address=planted)
    with (
        caplog.at_level(logging.DEBUG),
        Sandbox(api_key=KEY, connect_key=KEY, connect_secret=SECRET, speed=0.0) as sandbox,
    ):
        options = {
            "base_url": sandbox.url,
            "limiter": Unlimited(),
            "retry": RetryPolicy(attempts=1),
        }
        async with (
            GelatoClient(KEY, **options) as gelato,
            GelatoConnectClient("sandbox", KEY, SECRET, **options) as connect,
        ):
            for client in (gelato, connect):
                made = await client.orders.create(order)
                whole = await client.orders.get(made.id)
                assert whole.shipping_address.city == PRIVATE["city"]
                found = await client.orders.find("ref-1")
                await client.orders.cancel(made.id)
                with pytest.raises(GelatoError) as caught:
                    await client.orders.cancel(made.id)
                assert_nothing_shows(caught.value, caplog)
                for answer in (made, whole, found):
                    assert_clean(repr(answer), "an answer's repr")
    ours = [record for record in caplog.records if record.name == "gelato_async"]
    assert ours
    assert all(record.levelno == logging.DEBUG for record in ours)
    assert any(record.name.startswith("httpcore") for record in caplog.records)
    for record in caplog.records:
        if not record.name.startswith("asyncio"):
            assert_clean(record.getMessage(), record.name)


@pytest.mark.anyio
async def test_a_call_that_ends_well_logs_its_retries_and_no_warning(
    server, gelato, make_order, caplog
):
    server.queue("create", Response(status=429), Response(status=503), Response(status=503))
    server.queue("search", Response(status=500))
    with caplog.at_level(logging.DEBUG):
        await gelato.orders.create(make_order())
    louder = [record for record in caplog.records if record.levelno > logging.DEBUG]
    assert [record.levelno for record in louder] == [logging.INFO] * 4
    lines = [record.getMessage() for record in louder]
    assert all("repeated in" in line for line in lines[:2])
    assert all("order 'ref-1': proved absent, sent again" in line for line in lines[2:])
