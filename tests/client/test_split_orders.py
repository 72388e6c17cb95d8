"""The parts of a split order, gathered and taken together."""

import pytest
from attrs import evolve
from support.order_apis import APIS, order

from gelato_async import (
    DecodeError,
    FulfillmentStatus,
    GelatoClient,
    NotFoundError,
    NotSentError,
    OrderQuery,
    ScriptedTransport,
)
from gelato_async.client.split_orders import ConnectedOrders
from gelato_async.sandbox import Sandbox


def parts(*statuses):
    return ConnectedOrders(
        orders=tuple(order(status, id=str(number)) for number, status in enumerate(statuses))
    )


@pytest.mark.parametrize(
    ("statuses", "combined"),
    [
        (["shipped"], "shipped"),
        (["shipped", "shipped"], "shipped"),
        (["shipped", "in_production"], "in_production"),
        (["shipped", "in_transit", "delivered"], "shipped"),
        (["in_transit", "delivered"], "in_transit"),
        (["delivered", "delivered"], "delivered"),
        (["delivered", "returned"], "returned"),
        (["in_transit", "returned"], "in_transit"),
        (["printed", "on_hold"], "on_hold"),
        (["created", "on_hold"], "on_hold"),
        (["created", "draft"], "draft"),
        (["shipped", "canceled"], "canceled"),
        (["shipped", "failed", "canceled"], "failed"),
        (["shipped", "brand_new"], "brand_new"),
        (["draft", "brand_new"], "brand_new"),
        (["brand_new", "canceled"], "canceled"),
    ],
    ids=str,
)
def test_the_status_of_all_parts_is_that_of_the_least_advanced(statuses, combined):
    assert parts(*statuses).fulfillment_status == combined
    assert parts(*reversed(statuses)).fulfillment_status == combined


@pytest.mark.parametrize("status", FulfillmentStatus)
def test_shipped_is_said_only_when_every_part_is(status):
    on_its_way = {"shipped", "in_transit", "delivered", "returned"}
    assert (parts("shipped", status).fulfillment_status == "shipped") is (status in on_its_way)


def test_canceled_and_failed_parts_can_be_left_out():
    found = parts("shipped", "canceled", "failed", "delivered")
    assert [part.id for part in found.live.orders] == ["0", "3"]
    assert found.live.fulfillment_status == "shipped"
    assert parts("canceled", "failed").live is None


def test_an_order_has_at_least_one_part():
    with pytest.raises(ValueError, match="orders"):
        ConnectedOrders(orders=())


@pytest.mark.anyio
@APIS
async def test_the_parts_of_a_split_order_are_gathered_from_any_of_them(orders, server, api):
    ids = ["order-1", "order-2", "order-3"]
    for status in ("delivered", "shipped", "printed"):
        server.order(connectedOrderIds=ids, fulfillmentStatus=status)
    of = orders(api)
    row = (await of.find("ref-1"))[0]
    for start in ("order-2", await of.get("order-2"), row):
        server.calls.clear()
        found = await of.connected(start)
        assert sorted(part.id for part in found.orders) == ids
        assert server.count("get") == 3
        assert (found.is_split, found.fulfillment_status) == (True, "printed")


@pytest.mark.anyio
async def test_the_parts_are_as_they_are_now(orders, server):
    document = server.order()
    before = await orders("gelato").get("order-1")
    document["fulfillmentStatus"] = "shipped"
    assert (await orders("gelato").connected(before)).fulfillment_status == "shipped"


@pytest.mark.anyio
@pytest.mark.parametrize("ids", [[], ["order-1"]])
async def test_an_order_that_was_not_split_is_one_part(orders, server, ids):
    server.order(connectedOrderIds=ids)
    found = await orders("gelato").connected("order-1")
    assert ([part.id for part in found.orders], found.is_split) == (["order-1"], False)
    assert server.count("get") == 1


@pytest.mark.anyio
async def test_parts_that_only_another_part_names_are_gathered_too(orders, server):
    for connected in (["order-2"], ["order-1", "order-3"], []):
        server.order(connectedOrderIds=connected)
    found = await orders("gelato").connected("order-1")
    assert [part.id for part in found.orders] == ["order-1", "order-2", "order-3"]


@pytest.mark.anyio
async def test_gelato_connect_gathers_by_reference_each_part_once(orders, server):
    for _ in range(2):
        server.order("ref-7", connectedOrderIds=["order-1", "order-2"])
    found = await orders("connect").connected("ref-7")
    assert [part.id for part in found.orders] == ["order-1", "order-2"]


@pytest.mark.anyio
async def test_parts_are_told_apart_by_the_id_that_they_have(orders, server):
    for _ in range(2):
        server.order(connectedOrderIds=["ORDER-1", "order-1", "order-2"])
    server.queue("get", *[server.answer(server.orders[number]) for number in (0, 0, 1)])
    found = await orders("gelato").connected("order-1")
    assert [part.id for part in found.orders] == ["order-1", "order-2"]
    assert server.count("get") == 3


@pytest.mark.anyio
async def test_no_part_is_asked_for_twice(orders, server):
    for _ in range(4):
        server.order(connectedOrderIds=["order-2", "order-3", "order-3", "order-4", "order-1"])
    assert len((await orders("gelato").connected("order-1")).orders) == 4
    assert server.count("get") == 4


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("api", "first"), [("gelato", "order-1"), ("connect", "order-1"), ("connect", "ref-1")]
)
async def test_a_hundred_parts_are_gathered_and_no_more(orders, server, api, first):
    ids = [f"order-{number}" for number in range(1, 101)]
    for number in range(100):
        server.order(f"ref-{number + 1}", connectedOrderIds=ids)
    assert len((await orders(api).connected(first)).orders) == 100
    server.orders[-1]["connectedOrderIds"] = [*ids, "order-101", "order-102"]
    with pytest.raises(DecodeError, match="more than 100 parts"):
        await orders(api).connected(first)


@pytest.mark.anyio
async def test_parts_without_end_are_an_error(orders, server):
    def another(request):
        name = request.url.rpartition("/")[2]
        return server.answer({**first, "id": name, "connectedOrderIds": [f"{name}x"]})

    first = server.order()
    server.queue("get", *[another] * 500)
    with pytest.raises(DecodeError, match="more than 100 parts") as caught:
        await orders("gelato").connected("order-1")
    assert (caught.value.operation, server.count("get")) == ("orders.get", 101)


@pytest.mark.anyio
async def test_the_total_timeout_is_for_all_parts_together(orders, server, virtual):
    async def slow(request):
        virtual.time += 4
        return await server(request)

    ids = [f"order-{number}" for number in range(1, 11)]
    for _ in ids:
        server.order(connectedOrderIds=ids)
    with pytest.raises(NotSentError, match="the time for the whole call ran out"):
        await orders("gelato", total_timeout=10, transport=ScriptedTransport(slow)).connected(
            "order-1"
        )
    assert server.count("get") == 3


@pytest.mark.anyio
async def test_a_part_that_is_gone_is_told(orders, server):
    server.order(connectedOrderIds=["order-1", "order-9"])
    with pytest.raises(NotFoundError):
        await orders("gelato").connected("order-1")


@pytest.mark.anyio
async def test_a_split_order_is_shipped_when_both_parts_are(make_order):
    with Sandbox(speed=0.0) as sandbox:
        async with GelatoClient(sandbox.api_key, base_url=sandbox.url) as gelato:
            two = [evolve(make_order().items[0], item_reference_id=name) for name in ("a", "b")]
            made = await gelato.orders.create(make_order(items=two, metadata={"sandbox": "split"}))
            assert (await gelato.orders.connected(made)).fulfillment_status == "created"
            sandbox.advance(70)
            found = await gelato.orders.connected(made.id)
            assert (len(found.orders), found.fulfillment_status) == (2, "in_production")
            await gelato.orders.cancel(found.orders[1].id)
            sandbox.advance(150)
            after = await gelato.orders.connected(made)
            assert (after.fulfillment_status, after.live.fulfillment_status) == (
                "canceled",
                "shipped",
            )


# paging


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize("added", [1, 100, 130])
async def test_no_order_is_missed_when_a_page_full_is_made_meanwhile(orders, server, api, added):
    for _ in range(250):
        server.order("old")
    met = []
    async for row in orders(api).search(OrderQuery(order_reference_ids=["old", "new"])):
        met.append(row.id)
        if len(met) == 50:
            for _ in range(added):
                server.order("new")
    assert len(met) == len(set(met))
    assert {f"order-{number}" for number in range(1, 251)} <= set(met)
