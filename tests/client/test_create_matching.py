"""Which of the orders that a look finds is ours."""

import logging

import pytest
from support.create_answers import APIS, DROPPED, FAILED

from gelato_async import (
    OrderType,
    OutcomeUnknownError,
)


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize("status", ["canceled", "failed"])
async def test_a_canceled_or_failed_order_from_before_is_never_adopted(
    server, make_client, make_order, api, status
):
    server.order(age=3, fulfillmentStatus=status)
    server.queue("create", DROPPED)
    made = await make_client(api).orders.create(make_order())
    assert made.id == "order-2"
    assert server.count("create") == 2


@pytest.mark.anyio
async def test_a_canceled_order_of_the_very_second_of_our_attempt_is_not_adopted(
    server, gelato, make_order, virtual
):
    virtual.time = 0.9
    server.order(fulfillmentStatus="canceled")
    server.queue("create", server.lost(FAILED))
    assert (await gelato.orders.create(make_order())).id == "order-2"


@pytest.mark.anyio
async def test_our_own_order_that_failed_meanwhile_is_adopted(server, gelato, make_order):
    server.queue("create", server.lost(DROPPED, fulfillmentStatus="failed"))
    made = await gelato.orders.create(make_order())
    assert made.fulfillment_status == "failed"
    assert server.count("create") == 1


@pytest.mark.anyio
@APIS
async def test_an_order_from_before_our_first_attempt_is_ignored(
    server, make_client, make_order, api
):
    server.order(age=6)
    server.queue("create", DROPPED)
    made = await make_client(api).orders.create(make_order())
    assert made.id == "order-2"
    assert server.times("create") == [0, 60]


@pytest.mark.anyio
async def test_an_order_from_just_before_our_first_attempt_may_be_ours_by_a_wrong_clock(
    server, gelato, make_order
):
    server.order(age=4)
    server.queue("create", DROPPED)
    assert (await gelato.orders.create(make_order())).id == "order-1"


@pytest.mark.anyio
async def test_age_is_measured_by_the_servers_clock(server, make_client, make_order, virtual):
    ours_is_fast = make_client()
    ours_is_fast.engine.clock = type(ours_is_fast.engine.clock)(
        now=virtual.now, sleep=virtual.sleep, wall=lambda: virtual.wall() + 3_600
    )
    server.queue("create", server.lost(DROPPED))
    assert (await ours_is_fast.orders.create(make_order())).id == "order-1"
    assert server.count("create") == 1


@pytest.mark.anyio
async def test_another_reference_is_not_ours_whatever_the_search_says(server, gelato, make_order):
    stranger = server.order("ref-10")
    server.queue("create", DROPPED)
    server.queue("search", *[server.answer({"orders": [stranger]})] * 8)
    assert (await gelato.orders.create(make_order())).id == "order-2"


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize(("wanted", "other"), [("order", "draft"), ("draft", "order")])
async def test_a_draft_is_not_taken_for_an_order_nor_an_order_for_a_draft(
    server, make_client, make_order, api, wanted, other
):
    server.order(orderType=other)
    server.queue("create", DROPPED)
    made = await make_client(api).orders.create(make_order(order_type=OrderType(wanted)))
    assert made.id == "order-2"
    assert server.count("create") == 2


@pytest.mark.anyio
async def test_a_lost_draft_is_found(server, gelato, make_order):
    server.queue("create", server.lost(DROPPED, fulfillmentStatus="draft"))
    made = await gelato.orders.create(make_order(order_type=OrderType.DRAFT))
    assert (made.id, made.order_type) == ("order-1", "draft")


def split(server, how):
    def answer(request):
        first, second = server.commit(request), server.commit(request)
        ids = [first["id"], second["id"]]
        first["connectedOrderIds"] = ids if how != "second names first" else []
        second["connectedOrderIds"] = ids if how != "first names second" else []
        return DROPPED

    return answer


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize("how", ["both name both", "first names second", "second names first"])
async def test_the_parts_of_a_split_order_are_one_order(
    server, make_client, make_order, caplog, api, how
):
    server.queue("create", split(server, how))
    made = await make_client(api).orders.create(make_order())
    assert made.id == "order-1"
    assert server.count("create") == 1
    assert not caplog.records


@pytest.mark.anyio
async def test_of_untied_orders_the_earliest_is_adopted_and_all_are_named(
    server, gelato, make_order, virtual, caplog
):
    def twice(request):
        server.commit(request, createdAt="2023-11-14T22:13:25+00:00")
        server.commit(request, createdAt="2023-11-14T22:13:21+00:00")
        server.commit(request, createdAt="2023-11-14T22:13:29+00:00")
        return DROPPED

    server.queue("create", twice)
    with caplog.at_level(logging.WARNING):
        made = await gelato.orders.create(make_order())
    assert made.id == "order-2"
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert all(name in record.getMessage() for name in ("ref-1", "order-1", "order-2", "order-3"))


@pytest.mark.anyio
async def test_an_order_without_a_date_leaves_the_outcome_unknown(server, gelato, make_order):
    server.order(createdAt=None)
    server.queue("create", DROPPED)
    with pytest.raises(OutcomeUnknownError) as caught:
        await gelato.orders.create(make_order())
    assert caught.value.order_ids == ("order-1",)
    assert server.count("create") == 1
