"""No outcome of a bulk run, and no error that ends one, shows a key or a recipient."""

import json

import pytest
from attrs import evolve
from support.walker import KEY, PRIVATE, SECRET, planted_in, shows

from gelato_async import (
    GelatoClient,
    GelatoConnectClient,
    Response,
    RetryPolicy,
    ReturnAddress,
    ScriptedTransport,
    Unlimited,
)
from gelato_async.bulk import submit_orders

PLAIN = {"country": "DE", **PRIVATE}
ECHO = json.dumps({"message": [KEY, *PRIVATE.values()], "requestId": KEY, **PLAIN}).encode()

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("api", ["gelato", "connect"]),
]


@pytest.fixture
def client_for(virtual, api):
    def make(create, search=None):
        def answer(request):
            looks = request.url.endswith("search")
            answer = (search or Response(status=500, body=ECHO)) if looks else create
            return answer(request) if callable(answer) else answer

        options = {
            "transport": ScriptedTransport(answer),
            "limiter": Unlimited(),
            "clock": virtual.clock,
            "retry": RetryPolicy(attempts=1, reconcile=1.0),
        }
        if api == "gelato":
            return GelatoClient(KEY, **options)
        return GelatoConnectClient("acme", KEY, SECRET, **options)

    return make


async def outcomes_of(client, orders, **options):
    async with submit_orders(client, orders, **options) as outcomes:
        return [outcome async for outcome in outcomes]


async def assert_hidden(outcomes, count):
    assert len(outcomes) == count
    for outcome in outcomes:
        assert planted_in(outcome.error) == []
        assert not shows(outcome)


async def test_orders_that_break_rules(client_for, planted, planted_order):
    client = client_for(Response(status=500))
    orders = [
        planted_order("a", shipping_address=evolve(planted, email=PRIVATE["city"])),
        planted_order("b", shipping_address=PLAIN),
        planted_order("c", extra={"odd": {PRIVATE["city"]}}),
        planted_order("d", retail_currency="EUR", return_address=ReturnAddress(country="X")),
        planted_order("half \ud800 of a pair"),
    ]
    await assert_hidden(await outcomes_of(client, orders), 5)


@pytest.mark.parametrize("status", [302, 400, 404, 409, 422])
async def test_orders_that_are_refused(client_for, planted_order, status):
    client = client_for(Response(status=status, body=ECHO, headers={"x-request-id": KEY}))
    orders = [planted_order(f"r{number}") for number in range(3)]
    await assert_hidden(await outcomes_of(client, orders), 3)


@pytest.mark.parametrize("status", [200, 500])
async def test_orders_whose_outcome_is_unknown(client_for, planted_order, status):
    client = client_for(Response(status=status, body=ECHO))
    orders = [planted_order(f"r{number}") for number in range(3)]
    await assert_hidden(await outcomes_of(client, orders), 3)


async def test_a_key_that_is_refused_ends_the_run(client_for, planted_order):
    client = client_for(Response(status=401, body=ECHO))
    with pytest.raises(Exception) as caught:
        await outcomes_of(client, [planted_order(f"r{number}") for number in range(3)])
    assert planted_in(caught.value) == []


@pytest.mark.parametrize("other", [PLAIN, [PLAIN], PRIVATE["email"]])
async def test_an_input_of_another_type_ends_the_run(client_for, planted_order, other):
    with pytest.raises(TypeError) as caught:
        await outcomes_of(client_for(Response(status=500)), [other])
    assert planted_in(caught.value) == []


async def test_an_input_that_breaks_off_ends_the_run(client_for, planted_order):
    def orders():
        yield planted_order("a")
        raise ArithmeticError

    with pytest.raises(ArithmeticError) as caught:
        await outcomes_of(client_for(Response(status=400, body=ECHO)), orders())
    assert planted_in(caught.value) == []


async def test_a_transport_that_fails_ends_the_run(client_for, planted_order):
    def answer(request):
        raise ArithmeticError

    with pytest.raises(ArithmeticError) as caught:
        await outcomes_of(client_for(answer), [planted_order("a")], grace=0)
    assert planted_in(caught.value) == []


async def test_a_journal_that_cannot_be_used(client_for, planted_order, tmp_path):
    journal = tmp_path / "run.journal"
    journal.write_bytes(b"no journal" * 100)
    for path in (journal, tmp_path / "no" / "folder", PLAIN):
        with pytest.raises(Exception) as caught:
            await outcomes_of(client_for(Response(status=400)), [planted_order()], journal=path)
        assert planted_in(caught.value) == []
