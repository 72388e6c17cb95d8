import math

import anyio
import pytest
from support.orders import AMERICAN

from gelato_async import (
    BadRequestError,
    ConflictError,
    ConnectionFailedError,
    DecodeError,
    LocalLimiter,
    NoAnswerError,
    NotFoundError,
    NotSentError,
    QuoteProduct,
    QuoteRequest,
    RateLimitError,
    Response,
    ResponseError,
    RetryPolicy,
    ServerError,
    Unlimited,
)

NOT_SENT = {"refused": ConnectionFailedError("connection refused")}
LIMITED = {"429": Response(status=429)}
UNKNOWN = {
    "500": Response(status=500),
    "503": Response(status=503),
    "550": Response(status=550, body=b"<html>"),
    "408": Response(status=408),
    "no answer": NoAnswerError("dropped"),
}
TRUNCATED = {"truncated 200": NoAnswerError("broken off", status=200)}
UNREADABLE = {"unreadable 200": Response(status=200, body=b"<html>")}
CONFLICT = {"409": Response(status=409)}
REFUSED = {
    str(status): Response(status=status)
    for status in (400, 401, 403, 404, 418, 422, 301, 302, 307, 308)
}


def cases(*tables):
    return [pytest.param(answer, id=name) for table in tables for name, answer in table.items()]


def raised_by(answer):
    if not isinstance(answer, Response):
        return type(answer)
    special = {
        409: ConflictError,
        404: NotFoundError,
        400: BadRequestError,
        422: BadRequestError,
        200: DecodeError,
    }
    return special.get(answer.status, ServerError if answer.status >= 500 else ResponseError)


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
async def test_a_repeat_that_is_refused_succeeds_if_the_wanted_state_stands(
    server, checked_calls, draft, finish, call, answer, status
):
    finish(call[1])
    server.queue(call[1], answer, Response(status=status))
    await checked_calls[call]()
    assert [kind for kind, _ in server.calls] == [call[1], call[1], "get"]


@pytest.mark.anyio
@pytest.mark.parametrize("call", CHECKING, ids="-".join)
@pytest.mark.parametrize("status", [400, 404, 409])
async def test_a_repeat_that_is_refused_is_an_error_if_the_wanted_state_does_not_stand(
    server, checked_calls, draft, call, status
):
    server.queue(call[1], Response(status=503), Response(status=status))
    with pytest.raises(ResponseError) as caught:
        await checked_calls[call]()
    assert caught.value.status == status
    assert [kind for kind, _ in server.calls] == [call[1], call[1], "get"]


@pytest.mark.anyio
@pytest.mark.parametrize("call", CHECKING, ids="-".join)
async def test_a_repeat_that_is_refused_is_an_error_if_the_order_cannot_be_read(
    server, checked_calls, draft, call
):
    server.queue(call[1], Response(status=503), Response(status=409))
    server.queue("get", *[Response(status=500)] * 4)
    with pytest.raises(ConflictError):
        await checked_calls[call]()


@pytest.mark.anyio
@pytest.mark.parametrize("call", CHECKING, ids="-".join)
@pytest.mark.parametrize("answer", cases(NOT_SENT, LIMITED))
async def test_a_refusal_after_attempts_that_cannot_have_taken_effect_stands(
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
async def test_a_change_whose_answer_broke_off_is_looked_up_and_not_repeated(
    server, checked_calls, draft, finish, call
):
    finish(call[1])
    server.queue(call[1], TRUNCATED["truncated 200"])
    await checked_calls[call]()
    assert [kind for kind, _ in server.calls] == [call[1], "get"]


@pytest.mark.anyio
@pytest.mark.parametrize("call", [("gelato", "patch"), ("connect", "update")], ids="-".join)
async def test_a_change_whose_answer_is_unreadable_is_looked_up_and_not_repeated(
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
async def test_a_change_whose_answer_broke_off_without_effect_is_that_error(
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


# waits


@pytest.mark.anyio
async def test_waits_grow_twofold_with_full_jitter_up_to_the_maximum(server, make_client, virtual):
    client = make_client(retry=RetryPolicy(attempts=9))
    client.engine.jitter = lambda: 1.0
    server.queue("get", *[Response(status=503)] * 8)
    server.order()
    await client.orders.get("order-1")
    assert virtual.slept == [0.5, 1, 2, 4, 8, 16, 20, 20]


@pytest.mark.anyio
async def test_waits_after_a_429_start_at_a_second(server, gelato, virtual):
    gelato.engine.jitter = lambda: 1.0
    server.queue("get", *[Response(status=429)] * 3)
    server.order()
    await gelato.orders.get("order-1")
    assert virtual.slept == [1, 2, 4]


@pytest.mark.anyio
async def test_waits_are_drawn_at_random(server, gelato, virtual):
    server.queue("get", *[Response(status=503)] * 3)
    server.order()
    await gelato.orders.get("order-1")
    assert all(0 <= wait <= most for wait, most in zip(virtual.slept, (0.5, 1, 2), strict=True))
    assert virtual.slept != [0.5, 1, 2]


@pytest.mark.anyio
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "17"}, 17),
        ({"retry-after": "120"}, 120),
        (
            {
                "retry-after": "Wed, 15 Nov 2023 00:00:30 GMT",
                "date": "Wed, 15 Nov 2023 00:00:00 GMT",
            },
            30,
        ),
        (
            {"retry-after": "Tue, 14 Nov 2023 22:13:50 GMT"},
            30,
        ),  # measured from the clock, EPOCH is 22:13:20
    ],
)
async def test_retry_after_is_obeyed_in_seconds_and_as_a_date(
    server, gelato, virtual, status, headers, wait
):
    server.queue("get", Response(status=status, headers=headers))
    server.order()
    await gelato.orders.get("order-1")
    assert virtual.time == pytest.approx(wait)


@pytest.mark.anyio
@pytest.mark.parametrize("status", [429, 503])
async def test_a_longer_retry_after_than_two_minutes_ends_the_call(server, gelato, virtual, status):
    server.queue("get", Response(status=status, headers={"retry-after": "121"}))
    with pytest.raises(ResponseError) as caught:
        await gelato.orders.get("order-1")
    assert caught.value.retry_after == 121
    assert virtual.slept == []
    assert server.count("get") == 1


@pytest.mark.anyio
async def test_a_429_holds_everybody_back_who_shares_the_limiter(server, make_client, virtual):
    limiter = LocalLimiter(clock=virtual.clock)
    one, other = make_client(limiter=limiter), make_client(limiter=limiter)
    server.order()
    server.queue("get", Response(status=429, headers={"retry-after": "9"}))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(one.orders.get, "order-1")
        while not server.calls:
            await anyio.lowlevel.checkpoint()
        for _ in range(5):
            tasks.start_soon(other.orders.get, "order-1")
    assert min(server.times("get")[1:]) >= 9
    assert server.count("get") == 7


@pytest.mark.anyio
@pytest.mark.parametrize(("asked", "held"), [("3600", 120), ("121", 120)])
async def test_a_429_that_ends_the_call_still_closes_the_gate(
    server, make_client, virtual, asked, held
):
    client = make_client(limiter=LocalLimiter(clock=virtual.clock))
    server.order()
    server.queue("get", Response(status=429, headers={"retry-after": asked}))
    with pytest.raises(RateLimitError):
        await client.orders.get("order-1")
    await client.orders.get("order-1")
    assert virtual.time == pytest.approx(held)


@pytest.mark.anyio
async def test_the_last_429_of_a_call_closes_the_gate_too(server, make_client, virtual):
    client = make_client(limiter=LocalLimiter(clock=virtual.clock), retry=RetryPolicy(attempts=1))
    server.order()
    server.queue("get", Response(status=429))
    with pytest.raises(RateLimitError):
        await client.orders.get("order-1")
    await client.orders.get("order-1")
    assert virtual.time == pytest.approx(1.0)


# time for the whole call


@pytest.mark.anyio
async def test_a_retry_that_total_timeout_leaves_no_time_for_is_not_waited_for(
    server, make_client, virtual
):
    client = make_client(total_timeout=10)
    server.queue("get", Response(status=503, headers={"retry-after": "11"}))
    with pytest.raises(ServerError):
        await client.orders.get("order-1")
    assert virtual.time == 0


@pytest.mark.anyio
async def test_an_ambient_deadline_counts_like_total_timeout(server, gelato, virtual):
    server.queue("get", Response(status=503, headers={"retry-after": "100"}))
    with anyio.fail_after(60), pytest.raises(ServerError):
        await gelato.orders.get("order-1")
    assert virtual.time == 0


@pytest.mark.anyio
async def test_total_timeout_spans_all_attempts(server, make_client, virtual):
    client = make_client(total_timeout=10)
    server.queue("get", *[Response(status=503, headers={"retry-after": "4"})] * 9)
    with pytest.raises(ServerError):
        await client.orders.get("order-1")
    assert server.times("get") == [0, 4, 8]


class Closed(Unlimited):
    async def acquire(self):
        await anyio.sleep_forever()


@pytest.mark.anyio
async def test_a_call_that_runs_out_of_time_in_line_was_not_sent(server, make_client):
    client = make_client(total_timeout=0.01, limiter=Closed())
    with pytest.raises(NotSentError, match="ran out before it was sent") as caught:
        await client.orders.get("order-1")
    assert caught.value.operation == "orders.get"
    assert not server.calls


@pytest.mark.anyio
async def test_a_call_that_runs_out_of_time_on_its_way_has_no_answer(make_client):
    class Silent:
        async def send(self, request, *, timeout, before_send):  # noqa: ASYNC109
            await before_send()
            await anyio.sleep_forever()

    client = make_client(total_timeout=0.01, transport=Silent())
    with pytest.raises(NoAnswerError, match="time for the whole call ran out"):
        await client.orders.get("order-1")


# quota


@pytest.mark.anyio
async def test_an_outage_is_not_multiplied_beyond_the_quota(server, gelato):
    server.queue("get", *[Response(status=503)] * 400)
    for _ in range(100):
        with pytest.raises(ServerError):
            await gelato.orders.get("order-1")
    assert server.count("get") == 100 + 500 // 14


@pytest.mark.anyio
async def test_successes_fill_the_quota_up_again(server, gelato):
    server.order()
    quota = gelato.engine.quota
    quota.left = 14
    server.queue("get", Response(status=503))
    await gelato.orders.get("order-1")
    assert quota.left == 14  # the repeat paid 14, its success gave that back
    await gelato.orders.get("order-1")
    assert quota.left == 15
    server.queue("get", Response(status=429))
    quota.left = 5
    await gelato.orders.get("order-1")
    assert quota.left == 5


@pytest.mark.anyio
async def test_clients_that_share_a_limiter_share_the_quota(make_client):
    limiter = Unlimited()
    assert make_client(limiter=limiter).engine.quota is make_client(limiter=limiter).engine.quota
    assert make_client().engine.quota is not make_client(limiter=limiter).engine.quota


# tokens


class Counting(Unlimited):
    def __init__(self):
        self.taken = self.sent = self.returned = 0

    async def acquire(self):
        self.taken += 1

    async def before_send(self):
        self.sent += 1

    def give_back(self):
        self.returned += 1


@pytest.mark.anyio
async def test_every_attempt_takes_a_token_and_what_was_not_sent_gives_it_back(server, make_client):
    class Refusing:
        async def send(self, request, *, timeout, before_send):  # noqa: ASYNC109
            raise ConnectionFailedError("refused")

    limiter = Counting()
    with pytest.raises(ConnectionFailedError):
        await make_client(limiter=limiter, transport=Refusing()).orders.get("order-1")
    assert (limiter.taken, limiter.sent, limiter.returned) == (4, 0, 4)

    limiter = Counting()
    server.order()
    server.queue("get", Response(status=503), Response(status=429))
    await make_client(limiter=limiter).orders.get("order-1")
    assert (limiter.taken, limiter.sent, limiter.returned) == (3, 3, 0)


@pytest.mark.anyio
async def test_an_attempt_that_is_cancelled_before_it_was_sent_gives_its_token_back(make_client):
    class Connecting:
        async def send(self, request, *, timeout, before_send):  # noqa: ASYNC109
            scope.cancel()
            await anyio.sleep_forever()

    limiter = Counting()
    with anyio.CancelScope() as scope:
        await make_client(limiter=limiter, transport=Connecting()).orders.get("order-1")
    assert (limiter.taken, limiter.sent, limiter.returned) == (1, 0, 1)


def test_a_deadline_is_the_earlier_one_of_ours_and_the_callers(make_client):
    async def main():
        client = make_client(total_timeout=10)
        assert client.engine.deadline() == 10
        with anyio.move_on_after(5):  # noqa: ASYNC100  only its deadline is of interest
            assert client.engine.deadline() == pytest.approx(5, abs=1)
        assert make_client().engine.deadline() == math.inf

    anyio.run(main)
