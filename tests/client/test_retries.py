import pytest
from support.orders import AMERICAN
from support.retry_answers import (
    CONFLICT,
    LIMITED,
    NOT_SENT,
    REFUSED,
    TRUNCATED,
    UNKNOWN,
    UNREADABLE,
    cases,
    raised_by,
)

from gelato_async import (
    ConflictError,
    NoAnswerError,
    QuoteProduct,
    QuoteRequest,
    RateLimitError,
    Response,
    ResponseError,
)


@pytest.fixture
def quote_request(address):
    return QuoteRequest(
        order_reference_id="ref-1",
        customer_reference_id="customer-1",
        currency="USD",
        recipient=address,
        products=[QuoteProduct(item_reference_id="item-1", product_uid="poster")],
    )


@pytest.fixture
def free_calls(gelato, connect, quote_request):
    return {
        ("gelato", "get"): lambda: gelato.orders.get("order-1"),
        ("gelato", "search"): gelato.orders.search_page,
        ("gelato", "quote"): lambda: gelato.orders.quote(quote_request),
        ("connect", "get"): lambda: connect.orders.get("order-1"),
        ("connect", "search"): connect.orders.search_page,
    }


FREE = [
    ("gelato", "get"),
    ("gelato", "search"),
    ("gelato", "quote"),
    ("connect", "get"),
    ("connect", "search"),
]


@pytest.mark.anyio
@pytest.mark.parametrize("call", FREE, ids="-".join)
@pytest.mark.parametrize("answer", cases(NOT_SENT, LIMITED, UNKNOWN, TRUNCATED, UNREADABLE))
async def test_a_read_is_repeated_whatever_happened_to_it(server, free_calls, call, answer):
    server.order()
    server.queue(call[1], answer)
    await free_calls[call]()
    assert len(server.calls) == 2


@pytest.mark.anyio
@pytest.mark.parametrize("call", FREE, ids="-".join)
@pytest.mark.parametrize("answer", cases(CONFLICT, REFUSED))
async def test_a_read_that_was_refused_is_not_repeated(server, free_calls, call, answer):
    server.queue(call[1], answer)
    with pytest.raises(raised_by(answer)) as caught:
        await free_calls[call]()
    assert caught.value.status == answer.status
    assert len(server.calls) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("answer", cases(NOT_SENT, LIMITED, UNKNOWN, TRUNCATED, UNREADABLE))
async def test_a_read_is_given_up_after_four_attempts(server, gelato, answer):
    server.queue("get", *[answer] * 9)
    with pytest.raises(RateLimitError if answer == LIMITED["429"] else raised_by(answer)) as caught:
        await gelato.orders.get("order-1")
    assert caught.value.operation == "orders.get"
    assert server.count("get") == 4


# cancel, PATCH, DELETE, update: CHECKING

CHECKING = [
    ("gelato", "cancel"),
    ("connect", "cancel"),
    ("gelato", "patch"),
    ("gelato", "delete"),
    ("connect", "update"),
]


@pytest.fixture
def checked_calls(gelato, connect):
    return {
        ("gelato", "cancel"): lambda: gelato.orders.cancel("order-1"),
        ("connect", "cancel"): lambda: connect.orders.cancel("order-1"),
        ("gelato", "patch"): lambda: gelato.orders.confirm_draft("order-1"),
        ("gelato", "delete"): lambda: gelato.orders.delete_draft("order-1"),
        ("connect", "update"): lambda: connect.orders.update_shipment(
            "order-1", shipment_method_uid="fast"
        ),
    }


@pytest.fixture
def finish(server):
    """Let the order show that the call took effect."""

    def take_effect(kind):
        order = server.orders[0]
        if kind == "delete":
            server.orders.clear()
        order |= {
            "cancel": {"fulfillmentStatus": "canceled"},
            "update": {"shipmentMethodUid": "fast"},
        }.get(kind, {"orderType": "order"})

    return take_effect


@pytest.fixture
def draft(server):
    return server.order(orderType="draft", fulfillmentStatus="draft")


@pytest.fixture
def good(server, draft):
    return lambda kind: server.answer(draft if kind == "patch" else {})


@pytest.mark.anyio
@pytest.mark.parametrize("call", CHECKING, ids="-".join)
@pytest.mark.parametrize("answer", cases(NOT_SENT, LIMITED, UNKNOWN))
async def test_a_change_is_repeated_until_it_is_answered(server, checked_calls, good, call, answer):
    server.queue(call[1], answer, good(call[1]))
    await checked_calls[call]()
    assert [kind for kind, _ in server.calls] == [call[1], call[1]]


@pytest.mark.anyio
@pytest.mark.parametrize("call", CHECKING, ids="-".join)
@pytest.mark.parametrize("answer", cases(UNKNOWN))
@pytest.mark.parametrize("status", [400, 404, 409])
async def test_a_refused_repeat_succeeds_if_the_wanted_state_stands(
    server, checked_calls, draft, finish, call, answer, status
):
    finish(call[1])
    server.queue(call[1], answer, Response(status=status))
    await checked_calls[call]()
    assert [kind for kind, _ in server.calls] == [call[1], call[1], "get"]


@pytest.mark.anyio
@pytest.mark.parametrize("call", CHECKING, ids="-".join)
@pytest.mark.parametrize("status", [400, 404, 409])
async def test_a_refused_repeat_is_an_error_without_the_wanted_state(
    server, checked_calls, draft, call, status
):
    server.queue(call[1], Response(status=503), Response(status=status))
    with pytest.raises(ResponseError) as caught:
        await checked_calls[call]()
    assert caught.value.status == status
    assert [kind for kind, _ in server.calls] == [call[1], call[1], "get"]


@pytest.mark.anyio
@pytest.mark.parametrize("call", [call for call in CHECKING if call[1] != "delete"], ids="-".join)
async def test_a_refused_repeat_is_an_error_if_another_order_is_shown(
    server, checked_calls, draft, finish, call
):
    finish(call[1])
    server.queue(call[1], Response(status=503), Response(status=409))
    server.queue("get", server.answer(draft | {"id": "order-9", "orderReferenceId": "ref-9"}))
    with pytest.raises(ConflictError):
        await checked_calls[call]()


@pytest.mark.anyio
@pytest.mark.parametrize("call", CHECKING, ids="-".join)
async def test_a_refused_repeat_is_an_error_if_the_order_is_unreadable(
    server, checked_calls, draft, call
):
    server.queue(call[1], Response(status=503), Response(status=409))
    server.queue("get", *[Response(status=500)] * 4)
    with pytest.raises(ConflictError):
        await checked_calls[call]()


@pytest.mark.anyio
@pytest.mark.parametrize("call", CHECKING, ids="-".join)
@pytest.mark.parametrize("answer", cases(NOT_SENT, LIMITED))
async def test_a_refusal_after_attempts_without_effect_stands(
    server, checked_calls, draft, finish, call, answer
):
    finish(call[1])
    server.queue(call[1], answer, Response(status=409))
    with pytest.raises(ConflictError):
        await checked_calls[call]()
    assert server.count("get") == 0


@pytest.mark.anyio
@pytest.mark.parametrize("call", CHECKING, ids="-".join)
@pytest.mark.parametrize("answer", cases(CONFLICT, REFUSED))
async def test_a_change_that_was_refused_is_not_repeated(
    server, checked_calls, draft, call, answer
):
    server.queue(call[1], answer)
    with pytest.raises(raised_by(answer)):
        await checked_calls[call]()
    assert len(server.calls) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("call", CHECKING, ids="-".join)
async def test_a_change_with_a_broken_answer_is_checked_not_repeated(
    server, checked_calls, draft, finish, call
):
    finish(call[1])
    server.queue(call[1], TRUNCATED["truncated 200"])
    await checked_calls[call]()
    assert [kind for kind, _ in server.calls] == [call[1], "get"]


@pytest.mark.anyio
@pytest.mark.parametrize("call", [("gelato", "patch"), ("connect", "update")], ids="-".join)
async def test_a_change_with_an_odd_answer_is_checked_not_repeated(
    server, checked_calls, draft, finish, call
):
    finish(call[1])
    server.queue(call[1], UNREADABLE["unreadable 200"])
    answer = await checked_calls[call]()
    assert answer.raw if call[1] == "patch" else answer
    assert [kind for kind, _ in server.calls] == [call[1], "get"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "call", [("gelato", "cancel"), ("gelato", "delete"), ("connect", "cancel")], ids="-".join
)
async def test_an_answer_whose_body_is_of_no_interest_may_be_anything(server, checked_calls, call):
    server.queue(call[1], UNREADABLE["unreadable 200"])
    assert await checked_calls[call]() is None
    assert len(server.calls) == 1


@pytest.mark.anyio
async def test_a_change_with_a_broken_answer_and_no_effect_is_an_error(
    server, checked_calls, draft
):
    server.queue("cancel", TRUNCATED["truncated 200"])
    with pytest.raises(NoAnswerError):
        await checked_calls["gelato", "cancel"]()
    assert server.count("cancel") == 1


@pytest.mark.anyio
async def test_an_update_of_the_address_is_recognised_by_the_address(
    server, connect, address, draft
):
    keys = ("country", "firstName", "lastName", "addressLine1", "city", "postCode")
    wanted = {key: AMERICAN[key] for key in keys} | {"addressLine2": ""}
    draft["shippingAddress"] = wanted
    server.queue("update", Response(status=503), Response(status=409))
    updated = await connect.orders.update_shipment("order-1", shipping_address=address)
    assert updated.shipping_address.city == "Springfield"
    draft["shippingAddress"] = wanted | {"city": "Elsewhere"}
    server.queue("update", Response(status=503), Response(status=409))
    with pytest.raises(ConflictError):
        await connect.orders.update_shipment("order-1", shipping_address=address)
