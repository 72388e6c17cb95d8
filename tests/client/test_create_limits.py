"""A create with an unknown outcome keeps to deadlines, quota and rate; and find."""

import json

import anyio
import pytest
from support.create_answers import APIS, DROPPED

from gelato_async import (
    CreateOrder,
    LocalLimiter,
    OutcomeUnknownError,
    Response,
    ResponseError,
    Unlimited,
)
from gelato_async.client.create_once import CreateOnce
from gelato_async.core.pending_create import PendingCreate


@pytest.mark.anyio
@APIS
async def test_a_window_longer_than_the_deadline_is_an_unknown_outcome(
    server, make_client, make_order, api
):
    server.queue("create", DROPPED)
    with pytest.raises(OutcomeUnknownError, match="time for the whole call") as caught:
        await make_client(api, total_timeout=10).orders.create(make_order())
    assert caught.value.sends == 1
    assert server.times("search") == [0.5, 1, 2, 4, 8]


@pytest.mark.anyio
async def test_no_look_is_made_that_comes_too_late(server, make_client, make_order, virtual):
    server.queue("create", DROPPED)
    with pytest.raises(OutcomeUnknownError):
        await make_client(total_timeout=0.5).orders.create(make_order())
    assert virtual.time == 0


@pytest.mark.anyio
async def test_an_ambient_deadline_ends_the_window_too(server, gelato, make_order, virtual):
    server.queue("create", DROPPED)
    with anyio.fail_after(40), pytest.raises(OutcomeUnknownError):
        await gelato.orders.create(make_order())
    assert virtual.time == 32


@pytest.mark.anyio
async def test_a_create_is_reconciled_that_ran_out_of_time_on_its_way(make_client, make_order):
    class Silent:
        async def send(self, request, *, timeout, gate):  # noqa: ASYNC109
            await gate.mark_sent()
            await anyio.sleep_forever()

    with pytest.raises(OutcomeUnknownError):
        await make_client(transport=Silent(), total_timeout=0.01).orders.create(make_order())


@pytest.mark.anyio
async def test_a_spent_quota_allows_no_resend(server, gelato, make_order):
    gelato.engine.quota.left = 0
    server.queue("create", DROPPED)
    with pytest.raises(OutcomeUnknownError, match="too many requests fail"):
        await gelato.orders.create(make_order())
    assert server.count("create") == 1


@pytest.mark.anyio
async def test_a_resend_that_succeeds_gives_its_price_back(server, gelato, make_order):
    gelato.engine.quota.left = 100
    server.queue("create", DROPPED)
    await gelato.orders.create(make_order())
    looks = server.count("search")
    assert gelato.engine.quota.left == 100 + looks


@pytest.mark.anyio
async def test_looks_take_tokens_too(server, make_client, make_order, virtual):
    limiter = LocalLimiter(2, clock=virtual.clock)
    server.queue("create", *[server.lost(DROPPED, visible_in=1)] * 20)
    client = make_client(limiter=limiter)
    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(client.orders.create, make_order(f"ref-{number}"))
    moments = [time for _, time in server.calls]
    assert all(later - earlier >= 1 for earlier, later in zip(moments, moments[2:], strict=False))
    assert server.count("create") == 20


@pytest.mark.anyio
async def test_send_raw_shows_the_response_of_an_adopted_order(server, gelato, make_order):
    server.queue("create", server.lost(DROPPED))
    reply = await gelato.send_raw(CreateOrder(make_order()))
    assert reply.response.status == 200
    assert json.loads(reply.response.body)["id"] == reply.answer.id


@pytest.mark.anyio
async def test_on_sending_is_called_before_the_bytes_of_each_attempt(server, gelato, make_order):
    operation = CreateOrder(make_order())
    pending = PendingCreate(operation=operation, request=gelato.engine.backend.build(operation))
    server.queue("create", Response(status=429))
    seen = []
    create = CreateOnce(gelato.engine, pending)
    await create.attempt(on_sending=lambda: seen.append(server.count("create")))
    assert seen == [0, 1]


class Counting(Unlimited):
    def __init__(self):
        self.turns = self.sends = 0

    async def acquire(self):
        self.turns += 1

    async def before_send(self):
        self.sends += 1

    def give_back(self):
        self.turns -= 1

    def take_back(self):
        self.sends -= 1


def veto():
    raise LookupError("not any more")


@pytest.mark.anyio
@pytest.mark.parametrize("hook", ["may_send", "on_sending"])
async def test_a_veto_of_the_caller_sends_nothing_and_costs_nothing(
    server, make_client, make_order, hook
):
    limiter = Counting()
    client = make_client(limiter=limiter)
    operation = CreateOrder(make_order())
    pending = PendingCreate(operation=operation, request=client.engine.backend.build(operation))
    create = CreateOnce(client.engine, pending)
    with pytest.raises(LookupError):
        await create.attempt(**{hook: veto})
    assert (limiter.turns, limiter.sends, pending.sends, server.calls) == (0, 0, 0, [])
    assert await create.attempt()
    assert (limiter.turns, limiter.sends, pending.sends) == (1, 1, 1)
    create.release()


# find


@pytest.mark.anyio
@APIS
async def test_find_reads_all_pages_and_lists_every_order_once(server, make_client, api):
    for number in range(250):
        server.order(fulfillmentStatus="canceled" if number % 2 else "created")
    overlapping = server.answer({"orders": server.page({})["orders"][:50] * 2})
    server.queue("search", overlapping)
    found = await make_client(api).orders.find("ref-1")
    assert {row.id for row in found} == {order["id"] for order in server.orders[:150]} | {
        order["id"] for order in server.orders[200:]
    }
    assert len(found) == len({row.id for row in found})
    assert server.count("search") == 3


@pytest.mark.anyio
async def test_find_leaves_out_what_has_another_reference(server, gelato):
    wanted, other = server.order(), server.order("ref-11")
    server.queue("search", server.answer({"orders": [wanted, other]}))
    assert [row.id for row in await gelato.orders.find("ref-1")] == ["order-1"]
    assert await gelato.orders.find("ref-12") == ()


@pytest.mark.anyio
async def test_find_keeps_to_total_timeout(server, make_client, virtual):
    server.queue("search", Response(status=503, headers={"retry-after": "30"}))
    with pytest.raises(ResponseError):
        await make_client(total_timeout=20).orders.find("ref-1")
    assert virtual.time == 0
