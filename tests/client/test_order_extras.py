import copy
import math
import pickle

import pytest
from attrs import evolve
from support.order_apis import APIS, SHIPPED, order
from support.stepping import Stepping

from gelato_async import (
    AuthenticationError,
    BadRequestError,
    ConflictError,
    FulfillmentStatus,
    GelatoClient,
    GelatoConnectClient,
    GelatoError,
    NotSentError,
    Response,
    Unlimited,
)
from gelato_async.core.errors import OrderEndedError, OrderRefusedError, WaitTimeoutError
from gelato_async.sandbox import Sandbox


@pytest.fixture
def life(server, virtual):
    """An order that changes as time goes by: second -> what changes then."""

    def make(changes, **first):
        document = server.order(**first)

        def answer(_):
            for second, change in changes.items():
                if virtual.time >= second:
                    document.update(change)
            return server.answer(document)

        server.queue("get", *[answer] * 200)
        return document

    return make


# statuses


def test_the_final_statuses_are_those_that_nothing_follows():
    final = {status.value for status in FulfillmentStatus if status.is_final}
    assert final == {"delivered", "returned", "canceled", "failed"}
    assert not FulfillmentStatus("brand_new").is_final


@pytest.mark.parametrize("status", FulfillmentStatus)
def test_it_is_too_late_to_cancel_only_where_no_api_would(status):
    sure = {"shipped", "in_transit", "delivered", "returned", "canceled", "failed"}
    assert order(status).is_certainly_too_late_to_cancel is (status in sure)
    assert order(status, "created").is_certainly_too_late_to_cancel is (status in sure)


@pytest.mark.parametrize(
    ("items", "sure"),
    [
        (["printed", "printed"], False),
        (["shipped", "printed"], False),
        (["shipped", None], False),
        (["shipped", "brand_new"], False),
        (["shipped", "canceled"], False),
        (["shipped", "delivered"], True),
    ],
    ids=str,
)
def test_items_make_it_too_late_only_when_all_are_shipped(items, sure):
    statuses = [FulfillmentStatus(item) if item else None for item in items]
    assert order("in_production", *statuses).is_certainly_too_late_to_cancel is sure


@pytest.mark.anyio
async def test_both_sandboxes_refuse_what_is_certainly_too_late(make_order):
    with Sandbox(speed=0.0) as sandbox:
        gelato = GelatoClient(sandbox.api_key, base_url=sandbox.url, limiter=Unlimited())
        connect = GelatoConnectClient(
            sandbox.connect_prefix,
            sandbox.connect_key,
            sandbox.connect_secret,
            base_url=sandbox.url,
        )
        async with gelato, connect:
            for client in (gelato, connect):
                made = await client.orders.create(make_order())
                assert not (await client.orders.get(made.id)).is_certainly_too_late_to_cancel
                sandbox.advance(200)
                assert (await client.orders.get(made.id)).is_certainly_too_late_to_cancel
                with pytest.raises(ConflictError):
                    await client.orders.cancel(made.id)


@pytest.mark.parametrize(
    ("status", "code", "refused"),
    [
        ("failed", "capability", True),
        ("canceled", "capability", True),
        ("failed", None, False),
        ("failed", "", False),
    ],
)
def test_refused_is_failed_or_canceled_with_a_code(status, code, refused):
    assert order(status, refusal_reason_code=code).is_refused is refused


def test_an_order_on_hold_is_not_refused():
    assert not order("on_hold", refusal_reason_code="capability").is_refused


# waiting


@pytest.mark.anyio
@APIS
async def test_an_order_is_waited_for_at_growing_intervals(orders, server, life, virtual, api):
    made = life({100: {"fulfillmentStatus": "shipped"}})
    found = await orders(api).wait_for(made["id"], SHIPPED, timeout=1000)
    assert (found.id, found.fulfillment_status) == (made["id"], "shipped")
    assert server.times("get") == [0, 1, 3, 7, 15, 31, 63, 123]
    assert virtual.slept == [1, 2, 4, 8, 16, 32, 60]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "statuses",
    ["passed", FulfillmentStatus.PASSED, ["passed"], {"passed", "printed"}, ("passed",)],
    ids=["text", "status", "list", "set", "tuple"],
)
async def test_one_status_or_several_may_be_waited_for(orders, server, statuses):
    server.order(fulfillmentStatus="passed")
    assert (
        await orders("gelato").wait_for("order-1", statuses, timeout=0)
    ).fulfillment_status == "passed"


@pytest.mark.anyio
async def test_a_status_that_is_new_may_be_waited_for(orders, life):
    life({5: {"fulfillmentStatus": "brand_new"}})
    assert (
        await orders("gelato").wait_for("order-1", "brand_new", timeout=60)
    ).fulfillment_status == "brand_new"


@pytest.mark.anyio
async def test_waiting_for_no_status_is_refused(orders, server):
    with pytest.raises(ValueError, match="name at least one"):
        await orders("gelato").wait_for("order-1", [], timeout=60)
    assert server.calls == []


@pytest.mark.anyio
async def test_gelato_connect_waits_by_reference_too(orders, server):
    server.order("ref-7", fulfillmentStatus="shipped")
    assert (
        await orders("connect").wait_for("ref-7", SHIPPED, timeout=0)
    ).order_reference_id == "ref-7"


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize("status", ["canceled", "failed", "delivered", "returned"])
async def test_a_wait_in_vain_ends_at_once_with_the_order(orders, life, virtual, api, status):
    life({3: {"fulfillmentStatus": status}})
    with pytest.raises(
        OrderEndedError, match=f"order-1 is {status} and cannot become passed or printed"
    ) as caught:
        await orders(api).wait_for("order-1", ["printed", "passed"], timeout=1000)
    assert (caught.value.order.fulfillment_status, virtual.time) == (status, 3)
    assert not isinstance(caught.value, OrderRefusedError)


REFUSED = {
    "fulfillmentStatus": "failed",
    "refusalReasonCode": "missing_retail_prices",
    "refusalReason": "Ada Example has none",
    "shippingAddress": {"firstName": "Ada", "lastName": "Example"},
}


@pytest.mark.anyio
@APIS
async def test_a_refusal_after_acceptance_carries_the_order(orders, life, api):
    life({5: REFUSED})
    with pytest.raises(OrderRefusedError) as caught:
        await orders(api).wait_for("order-1", SHIPPED, timeout=1000)
    error = caught.value
    assert (error.refusal_reason_code, error.order.refusal_reason) == (
        "missing_retail_prices",
        "Ada Example has none",
    )
    assert error.order.shipping_address.first_name == "Ada"
    assert isinstance(error, OrderEndedError)
    assert not isinstance(error, (NotSentError, TimeoutError))
    assert str(error).endswith("any more: missing_retail_prices")


@pytest.mark.anyio
async def test_a_refused_order_can_be_waited_for_too(orders, life):
    life({5: REFUSED})
    assert (await orders("gelato").wait_for("order-1", "failed", timeout=1000)).is_refused


@pytest.mark.anyio
async def test_gelato_connects_refusal_is_seen_in_the_sandbox(make_order, address):
    with Sandbox(speed=0.0) as sandbox:
        keys = (sandbox.connect_prefix, sandbox.connect_key, sandbox.connect_secret)
        options = {"limiter": Unlimited(), "clock": Stepping(sandbox).clock}
        async with GelatoConnectClient(*keys, base_url=sandbox.url, **options) as connect:
            abroad = evolve(address, country="NZ", state=None)
            made = await connect.orders.create(make_order(shipping_address=abroad))
            with pytest.raises(OrderRefusedError) as caught:
                await connect.orders.wait_for(made.id, SHIPPED, timeout=60)
    assert caught.value.refusal_reason_code == "missing_retail_prices"


@pytest.mark.anyio
@APIS
async def test_when_time_is_up_the_order_is_given_as_last_seen(orders, server, virtual, api):
    server.order(fulfillmentStatus="on_hold")
    with pytest.raises(
        WaitTimeoutError, match="it was on_hold when last seen, and 10 seconds are over"
    ) as caught:
        await orders(api).wait_for("order-1", SHIPPED, timeout=10)
    assert isinstance(caught.value, TimeoutError)
    assert isinstance(caught.value, GelatoError)
    assert (caught.value.last.fulfillment_status, caught.value.operation) == (
        "on_hold",
        "orders.get",
    )
    assert (server.times("get"), virtual.time) == ([0, 1, 3, 7, 10], 10)


@pytest.mark.anyio
async def test_an_outage_does_not_end_a_wait(orders, server):
    server.order(fulfillmentStatus="shipped")
    server.queue("get", *[Response(status=503)] * 12, *[Response(status=429)] * 5)
    assert (await orders("gelato").wait_for("order-1", SHIPPED, timeout=math.inf)).id == "order-1"


@pytest.mark.anyio
async def test_an_outage_at_the_end_is_told(orders, server):
    server.order()
    server.queue("get", server.answer(server.orders[0]), *[Response(status=503)] * 100)
    with pytest.raises(WaitTimeoutError, match="it was created when last seen") as caught:
        await orders("gelato").wait_for("order-1", SHIPPED, timeout=20)
    assert caught.value.last.id == "order-1"
    assert "503" in caught.value.reason


@pytest.mark.anyio
async def test_what_will_not_pass_ends_a_wait_at_once(orders, server, virtual):
    for refused, error in ((401, AuthenticationError), (400, BadRequestError)):
        server.queue("get", Response(status=refused))
        with pytest.raises(error):
            await orders("gelato").wait_for("order-1", SHIPPED, timeout=1000)
    assert virtual.slept == []


@pytest.mark.anyio
async def test_every_look_goes_through_the_limiter(orders, server):
    class Counting(Unlimited):
        turns = 0

        async def acquire(self):
            self.turns += 1

    limiter = Counting()
    server.order()
    with pytest.raises(WaitTimeoutError):
        await orders("gelato", limiter=limiter).wait_for("order-1", SHIPPED, timeout=100)
    assert limiter.turns == server.count("get") == 8


@pytest.mark.anyio
async def test_a_look_that_finds_no_turn_in_its_time_is_repeated(orders, server):
    server.order(fulfillmentStatus="shipped")
    server.queue("get", NotSentError("the time for the whole call ran out before it was sent"))
    assert (await orders("gelato").wait_for("order-1", SHIPPED, timeout=60)).id == "order-1"


# errors as values

ENDED = order(
    "failed",
    refusal_reason_code="capability",
    refusal_reason="Ada Example",
    raw={"firstName": "Ada"},
)
ERRORS = [
    OrderEndedError("it ended", order=ENDED, operation="orders.get", reason="why"),
    OrderRefusedError("it was refused", order=ENDED, operation="orders.get"),
    WaitTimeoutError("time is up", last=ENDED, operation="orders.get", reason="why"),
    WaitTimeoutError("time is up"),
]


@pytest.mark.parametrize("error", ERRORS, ids=repr)
@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))]
)
def test_the_errors_survive_pickle_and_copy_with_all_they_know(error, copied):
    again = copied(error)
    assert type(again) is type(error)
    assert vars(again) == vars(error)
    assert (str(again), again.args, repr(again)) == (str(error), error.args, repr(error))


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_the_errors_show_no_recipient(error):
    assert "Ada" not in str(error) + repr(error) + repr(vars(error))
