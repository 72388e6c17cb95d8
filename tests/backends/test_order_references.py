"""A reference that a server may keep otherwise than it was sent is a problem before anything is sent."""

import json

import pytest

from gelato_async import (
    CatalogItem,
    CreateOrder,
    File,
    GelatoClient,
    GelatoConnectClient,
    NewOrder,
    Response,
    ScriptedTransport,
    ShippingAddress,
    SubmitOrder,
    Unlimited,
    ValidationError,
)
from gelato_async.backends.connect import connect_backend
from gelato_async.backends.gelato import gelato_backend
from gelato_async.bulk import Rejected, submit_orders
from gelato_async.cli.__main__ import main
from gelato_async.cli.samples.orders import sample_orders, to_line

APIS = {
    "gelato": (gelato_backend("key"), CreateOrder),
    "connect": (connect_backend("acme", "key", "secret"), SubmitOrder),
}
BAD = {
    " ref": "must not begin or end with a blank",
    "ref ": "must not begin or end with a blank",
    "ref\n": "must not begin or end with a blank or a line break",
    "\u00a0ref": "must not begin or end with a blank",
    "\u3000ref": "must not begin or end with a blank",
    "re\tf": "must not hold control characters; character 3 is U+0009",
    "re\nf": "must not hold control characters; character 3 is U+000A",
    "re\x00f": "must not hold control characters; character 3 is U+0000",
    "re\x7ff": "must not hold control characters; character 3 is U+007F",
    "re\x85f": "must not hold control characters; character 3 is U+0085",
    "ref\u200b": "must not hold control characters; character 4 is U+200B",
    "\ufeffref": "must not hold control characters; character 1 is U+FEFF",
    "re\u2028f": "must not hold control characters; character 3 is U+2028",
    "re\u202ef": "must not hold control characters; character 3 is U+202E",
    "r" * 101: "must be at most 100 characters long; it has 101",
    "\u00e9" * 101: "must be at most 100 characters long; it has 101",
    1.5: "must be a string",
    b"ref": None,
    "   ": "is required",
    "": "is required",
}
GOOD = ["r", "r" * 100, "ORDER 1001/b", "Bestellung Nr. 5 \u00fc", "注文-1", "🎁 1", 1001]

both = pytest.mark.parametrize("api", APIS)


def order(reference):
    return NewOrder(
        order_reference_id=reference,
        customer_reference_id="customer-1",
        currency="EUR",
        shipping_address=ShippingAddress(
            country="SE",
            first_name="Astrid",
            last_name="Ek",
            address_line1="Storgatan 1",
            city="Lund",
            post_code="22100",
            email="astrid@example.com",
            phone="+46 1",
        ),
        items=[
            CatalogItem(
                item_reference_id="item-1",
                product_uid="poster",
                files=[File(url="https://files.example.com/print.pdf")],
            )
        ],
    )


@both
@pytest.mark.parametrize("reference", BAD, ids=ascii)
def test_a_reference_that_may_not_be_found_again_is_a_problem(api, reference):
    backend, create = APIS[api]
    with pytest.raises(ValidationError) as caught:
        backend.prepare(create(order(reference)))
    if BAD[reference] is not None:
        (problem,) = caught.value.problems
        assert problem.path == "orderReferenceId"
        assert problem.message.startswith(BAD[reference])


@both
@pytest.mark.parametrize("reference", GOOD, ids=ascii)
def test_any_other_reference_goes(api, reference):
    backend, create = APIS[api]
    request = backend.prepare(create(order(reference)))
    assert json.loads(request.body)["orderReferenceId"] == str(reference)


@both
def test_a_caller_that_knows_better_may_skip_validation(api):
    backend, create = APIS[api]
    request = backend.prepare(create(order("r" * 101)), validate=False)
    assert json.loads(request.body)["orderReferenceId"] == "r" * 101


def make_client(api, transport):
    options = {"transport": transport, "limiter": Unlimited()}
    if api == "gelato":
        return GelatoClient("key", **options)
    return GelatoConnectClient("acme", "key", "secret", **options)


@both
@pytest.mark.anyio
async def test_nothing_is_sent_by_a_call_or_a_bulk_run(api):
    transport = ScriptedTransport(lambda _: Response(status=500))
    client = make_client(api, transport)
    with pytest.raises(ValidationError, match="orderReferenceId: must not begin"):
        await client.orders.create(order("ref "))
    async with submit_orders(client, [order("ref "), order("r" * 101)]) as outcomes:
        found = [outcome async for outcome in outcomes]
    assert [type(outcome) for outcome in found] == [Rejected] * 2
    assert {outcome.error.problems[0].path for outcome in found} == {"orderReferenceId"}
    assert transport.requests == []


@both
def test_check_names_the_line(api, tmp_path, capsys):
    path = tmp_path / "orders.jsonl"
    (line,) = (to_line(order, api) for order in sample_orders(api, 1, 1))
    bodies = [json.loads(line) | {"orderReferenceId": reference} for reference in ("a ", "b")]
    path.write_text("\n".join(map(json.dumps, bodies)), encoding="utf-8")
    assert main(["check", str(path), "--backend", api]) == 1
    written = capsys.readouterr().out
    assert f"{path}:1: orderReferenceId: must not begin or end with a blank" in written
    assert "2 checked: 1 fine, 1 with problems" in written
