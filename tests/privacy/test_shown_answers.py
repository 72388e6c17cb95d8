"""No error of a GET or a search shows the recipient that its answer holds, whom no request names."""

import json

import pytest
from support.walker import KEY, PLANTED, PRIVATE, SECRET, planted_in

from gelato_async import (
    GelatoClient,
    GelatoConnectClient,
    GelatoError,
    OrderQuery,
    Response,
    RetryPolicy,
    ScriptedTransport,
    Unlimited,
)
from gelato_async.core.wire.names import camel

ADDRESS = {"id": "a-1", "country": "DE", **{camel(name): text for name, text in PRIVATE.items()}}
# without what makes it readable: an order's id, a row's status
ORDER = {
    "orderReferenceId": "ref-1",
    "shippingAddress": {**ADDRESS, "street": {"name": PRIVATE["address_line1"]}},
    "billingEntity": {
        "recipientName": PRIVATE["last_name"],
        "companyVatNumbers": [PRIVATE["city"]],
    },
    "refusalReason": f"nobody at {PRIVATE['address_line1']}",
    "first_name": PRIVATE["first_name"],
}
ROW = {"id": "1", "orderReferenceId": "ref-1", "firstName": PRIVATE["first_name"]}
PAGE = {"orders": [{**ROW, "lastName": PRIVATE["last_name"]}] * 2}
ERROR = {"message": "no", "code": "x", "details": {"order": ORDER}, "requestId": "r-1"}
REFUSED = [400, 404, 500]
CALLS = {
    "get": lambda client: client.orders.get("1"),
    "search": lambda client: client.orders.search_page(OrderQuery(search="Plant")),
    "find": lambda client: client.orders.find("ref-1"),
    "cancel": lambda client: client.orders.cancel("1"),
    "wait": lambda client: client.orders.wait_for("1", "shipped", timeout=0),
}

both = pytest.mark.parametrize("api", ["gelato", "connect"])


async def error_of(api, call, status, body):
    options = {
        "limiter": Unlimited(),
        "retry": RetryPolicy(attempts=1),
        "transport": ScriptedTransport(lambda _: Response(status=status, body=body)),
    }
    clients = {
        "gelato": GelatoClient(KEY, **options),
        "connect": GelatoConnectClient("acme", KEY, SECRET, **options),
    }
    try:
        await CALLS[call](clients[api])
    except GelatoError as error:
        return error
    return None


@both
@pytest.mark.anyio
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [200, *REFUSED])
@pytest.mark.parametrize(
    "found", [ORDER, PAGE, [ORDER], ERROR], ids=["order", "page", "list", "error"]
)
async def test_json_is_masked_by_its_keys(api, call, status, found):
    error = await error_of(api, call, status, json.dumps(found).encode())
    assert error is None or planted_in(error) == []


@both
@pytest.mark.anyio
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [200, *REFUSED])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"\r\n "], ids=["", "BOM", "blanks"])
async def test_json_that_breaks_off_is_left_out(api, call, status, start):
    error = await error_of(api, call, status, start + json.dumps(PAGE).encode()[:-1])
    assert error is None or planted_in(error) == []


@pytest.mark.anyio
async def test_what_an_address_may_show_is_shown():
    error = await error_of("gelato", "get", 200, json.dumps(ORDER).encode())
    shown = json.loads(error.body)
    assert shown["orderReferenceId"] == "ref-1"
    assert shown["shippingAddress"]["country"] == "DE"
    assert shown["shippingAddress"]["firstName"] == "***"
    assert error.problems


@pytest.mark.anyio
async def test_what_is_no_json_is_shown():
    error = await error_of("gelato", "get", 502, b"<h1>Bad gateway</h1>")
    assert error.body == "<h1>Bad gateway</h1>"


@pytest.mark.anyio
async def test_a_refusal_of_an_address_is_shown(planted_order):
    """The request has its values, so what is said of them can be read."""
    found = {"message": "no", "details": {"postCode": "must be 5 digits", "city": PLANTED[5]}}
    client = GelatoClient(
        KEY,
        limiter=Unlimited(),
        transport=ScriptedTransport(
            lambda _: Response(status=400, body=json.dumps(found).encode())
        ),
    )
    with pytest.raises(GelatoError) as caught:
        await client.orders.create(planted_order())
    assert caught.value.details == {"postCode": "must be 5 digits", "city": "***"}
