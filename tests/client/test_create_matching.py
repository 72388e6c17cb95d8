"""Which of the orders that a look finds is ours."""

import json
import logging
from functools import partial

import anyio
import pytest
from attrs import evolve
from support.create_answers import APIS, DROPPED, FAILED

from gelato_async import (
    NotSentError,
    OrderType,
    OutcomeUnknownError,
    Response,
    RetryPolicy,
    ValidationError,
)


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize("status", ["canceled", "failed", "created"])
async def test_an_order_that_a_look_before_showed_is_never_adopted(
    server, make_client, make_order, api, status
):
    server.order(age=3, fulfillmentStatus=status)
    server.queue("create", DROPPED)
    made = await make_client(api, cold=True).orders.create(make_order())
    assert made.id == "order-2"
    assert [kind for kind, _ in server.calls[:2]] == ["search", "create"]
    assert server.times("create") == [0, 60]


@pytest.mark.anyio
@APIS
async def test_one_answered_create_spares_the_look_before_the_next(
    server, make_client, make_order, api
):
    client = make_client(api, cold=True)
    for reference in ("ref-1", "ref-2", "ref-3"):
        await client.orders.create(make_order(order_reference_id=reference))
    assert [kind for kind, _ in server.calls] == ["search", "create", "create", "create"]


@pytest.mark.anyio
@pytest.mark.parametrize("failure", [DROPPED, FAILED, Response(status=404)])
async def test_a_look_before_that_fails_leaves_the_create_to_be_sent(
    server, make_client, make_order, failure
):
    server.queue("search", failure)
    made = await make_client(cold=True).orders.create(make_order())
    assert made.id == "order-1"
    assert [kind for kind, _ in server.calls] == ["search", "create"]


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize("status", ["canceled", "failed", "created"])
@pytest.mark.parametrize("age", [4, 6, 3_600])
async def test_an_order_dated_before_the_send_is_a_doubt_not_a_resend(
    server, make_client, make_order, api, status, age
):
    server.order(age=age, fulfillmentStatus=status)
    server.queue("create", DROPPED)
    with pytest.raises(OutcomeUnknownError, match="may be this one or another") as caught:
        await make_client(api).orders.create(make_order())
    assert caught.value.order_ids == ("order-1",)
    assert server.count("create") == 1


@pytest.mark.anyio
@APIS
async def test_an_order_older_than_a_day_is_anothers(server, make_client, make_order, virtual, api):
    client = make_client(api)
    virtual.time = 5.0
    server.order(age=90_000)
    server.queue("create", DROPPED)
    server.queue("search", *[server.after_another_create(client)] * 8)
    made = await client.orders.create(make_order())
    assert (made.id, server.count("create")) == ("order-2", 2)


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize("learns", [False, True], ids=["no create since", "a create since"])
async def test_ours_is_not_sent_again_when_the_clock_steps_back_days(
    server, make_client, make_order, virtual, api, learns
):
    two_days = 2 * 86_400.0
    client = make_client(api)
    virtual.time = 5.0
    server.queue("create", server.lost(DROPPED, age=two_days))
    if learns:
        server.queue("search", *[server.after_another_create(client, -two_days)] * 8)
    with pytest.raises(OutcomeUnknownError) as caught:
        await client.orders.create(make_order())
    assert caught.value.order_ids == ("order-1",)
    assert server.count("create") == 1


@pytest.mark.anyio
async def test_our_failed_order_is_adopted_once_the_clock_is_sure(
    server, gelato, make_order, virtual
):
    virtual.time = 5.0
    # committed five seconds after it was sent: earlier, the clocks could not tell
    server.queue("create", server.lost(DROPPED, fulfillmentStatus="failed", age=-5))
    server.queue("search", *[server.after_another_create(gelato)] * 8)
    made = await gelato.orders.create(make_order())
    assert made.fulfillment_status == "failed"
    assert server.count("create") == 1


@pytest.mark.anyio
async def test_our_order_that_was_canceled_is_not_printed_again(server, gelato, make_order):
    server.queue("create", server.lost(DROPPED, fulfillmentStatus="canceled"))
    with pytest.raises(OutcomeUnknownError):
        await gelato.orders.create(make_order())
    assert server.count("create") == 1


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize(
    "changes", [{"orderReferenceId": "ref-2"}, {"orderType": "draft"}], ids=["reference", "type"]
)
async def test_an_answer_about_another_order_is_no_answer(
    server, make_client, make_order, api, changes
):
    if api == "connect" and "orderType" in changes:
        pytest.skip("GelatoConnect answers no type")

    def about_another(request):
        server.commit(request)
        return server.answer({**server.order("ref-9", age=50), **changes})

    server.queue("create", about_another)
    made = await make_client(api).orders.create(make_order())
    assert (made.id, made.order_reference_id) == ("order-1", "ref-1")
    assert server.count("create") == 1


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize(
    "kept", [{"orderReferenceId": "ref&amp;1"}, {"orderType": "draft"}], ids=["reference", "type"]
)
async def test_what_a_server_keeps_in_another_form_is_not_sent_again(
    server, make_client, make_order, api, kept
):
    if api == "connect" and "orderType" in kept:
        pytest.skip("GelatoConnect answers no type")

    def keeping(request):
        return server.answer(server.commit(request) | kept)

    server.queue("create", *[keeping] * 2)
    server.queue("search", *[server.answer({"orders": []})] * 20)
    with pytest.raises(OutcomeUnknownError, match="answered with the order order-1") as caught:
        await make_client(api).orders.create(make_order())
    assert caught.value.order_ids == ("order-1",)
    assert server.count("create") == 1


@pytest.mark.anyio
async def test_an_answer_whose_id_is_the_key_does_not_show_it(server, gelato, make_order):
    echo = server.answer(server.order("ref-9") | {"id": "the-key"})
    server.orders.clear()
    server.queue("create", echo)
    backend = gelato.engine.backend
    keyed = evolve(backend.credentials, private=("the-key",))
    gelato.engine.sender.backend = evolve(backend, credentials=keyed)
    with pytest.raises(OutcomeUnknownError) as caught:
        await gelato.orders.create(make_order())
    assert "the-key" not in f"{caught.value}{caught.value.order_ids}"


@pytest.mark.anyio
@APIS
async def test_an_answer_with_an_older_order_leaves_a_resend(server, make_client, make_order, api):
    older = server.order("ref-9", age=50)
    client = make_client(api)
    client.engine.evidence.note_id(older["id"], "ref-9", 0.0)
    server.queue("create", server.answer(older))
    made = await client.orders.create(make_order())
    assert (made.id, server.count("create")) == ("order-2", 2)


@pytest.mark.anyio
@APIS
async def test_a_second_create_of_a_reference_in_flight_is_refused(
    server, make_client, make_order, virtual, api
):
    client, other = make_client(api), make_client(api)

    async def slow(request):
        await virtual.sleep(5)
        return server.truth("create", request)

    server.queue("create", slow)
    async with anyio.create_task_group() as group:
        group.start_soon(client.orders.create, make_order())
        await virtual.sleep(1)
        with pytest.raises(NotSentError, match="ref-1"):
            await other.orders.create(make_order())
        assert (await other.orders.create(make_order(order_reference_id="ref-2"))).id
    assert server.count("create") == 2
    # the first has its outcome: the reference is free
    await other.orders.create(make_order())


@pytest.mark.anyio
@pytest.mark.parametrize("lost", [False, True], ids=["answered", "adopted"])
async def test_a_part_of_an_earlier_order_is_never_adopted(server, gelato, make_order, lost):
    parts = ["order-1", "order-2"]
    if lost:
        server.queue("create", server.lost(DROPPED, connectedOrderIds=parts))
    else:
        server.queue(
            "create",
            lambda request: server.answer(server.commit(request, connectedOrderIds=parts)),
        )
    await gelato.orders.create(make_order())
    server.order("ref-1", connectedOrderIds=parts)
    server.queue("create", DROPPED)
    made = await gelato.orders.create(make_order())
    assert (made.id, server.count("create")) == ("order-3", 3)


# the marker


@pytest.fixture
def marked(make_client):
    return partial(make_client, cold=True, retry=RetryPolicy(marker=True))


def with_metadata(server, error, **how):
    def answer(request):
        metadata = json.loads(request.body)["metadata"]
        server.commit(request, metadata=metadata, **how)
        return error

    return answer


@pytest.mark.anyio
@APIS
async def test_a_marker_is_random_and_the_only_thing_added(server, marked, make_order, api):
    seen = []

    def note(request):
        seen.append(json.loads(request.body)["metadata"])
        return server.truth("create", request)

    server.queue("create", note, note)
    client = marked(api)
    await client.orders.create(make_order(metadata={"shop": "1"}))
    await client.orders.create(make_order(order_reference_id="ref-2"))
    (first, mine), (other,) = seen
    assert first == {"key": "shop", "value": "1"}
    assert mine["key"] == other["key"]
    assert mine["value"] != other["value"]


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize("status", ["created", "canceled"])
async def test_with_the_marker_a_doubt_ends_as_created(server, marked, make_order, api, status):
    # a clock that is a day behind, and a look before that failed: nothing else could tell
    server.queue("search", FAILED)
    lost = with_metadata(server, DROPPED, fulfillmentStatus=status, createdAt=None)
    server.queue("create", lost)
    made = await marked(api).orders.create(make_order())
    assert (made.id, server.count("create")) == ("order-1", 1)


@pytest.mark.anyio
async def test_with_the_marker_a_doubt_ends_as_absent(server, marked, make_order):
    server.order(createdAt=None, metadata=[{"key": "gelato-async-marker", "value": "another"}])
    server.queue("search", FAILED)
    server.queue("create", DROPPED)
    made = await marked().orders.create(make_order())
    assert (made.id, server.count("create")) == ("order-2", 2)


@pytest.mark.anyio
async def test_a_server_that_shows_no_markers_proves_nothing_by_that(server, marked, make_order):
    server.order(createdAt=None)
    server.queue("search", FAILED)
    server.queue("create", DROPPED)
    with pytest.raises(OutcomeUnknownError):
        await marked().orders.create(make_order())
    assert server.count("create") == 1


@pytest.mark.anyio
async def test_a_marker_that_another_orders_get_shows_proves_nothing(server, marked, make_order):
    client = marked()
    server.queue("create", *[with_metadata(server, DROPPED)] * 2)
    other = await client.orders.create(make_order(order_reference_id="ref-9"))
    server.queue("get", server.answer(other.raw))
    made = await client.orders.create(make_order())
    assert (made.id, server.count("create")) == ("order-2", 2)


@pytest.mark.anyio
async def test_reading_markers_keeps_to_the_time_for_the_whole_call(
    server, marked, make_order, virtual
):
    server.queue("create", with_metadata(server, DROPPED, createdAt=None))
    server.queue("search", FAILED)
    server.queue("get", *[server.answer({}, 503, **{"retry-after": "60"})] * 9)
    with pytest.raises(OutcomeUnknownError):
        await marked(total_timeout=10).orders.create(make_order())
    assert virtual.time <= 10


@pytest.mark.anyio
async def test_a_marker_that_was_copied_from_an_order_before_is_replaced(
    server, marked, make_order
):
    server.queue("create", *[with_metadata(server, DROPPED)] * 2)
    client = marked()
    first = await client.orders.create(make_order(order_reference_id="ref-9"))
    copied = {entry.key: entry.value for entry in first.metadata}
    made = await client.orders.create(make_order(metadata=copied))
    assert (made.id, server.count("create")) == ("order-2", 2)
    assert len(made.metadata) == 1


@pytest.mark.anyio
async def test_a_marker_may_show_later_than_its_order(server, marked, make_order):
    client = marked()
    server.queue("create", with_metadata(server, DROPPED))
    await client.orders.create(make_order(order_reference_id="ref-9"))
    server.queue("create", with_metadata(server, DROPPED))
    server.queue("get", lambda request: server.answer({**server.orders[-1], "metadata": []}))
    made = await client.orders.create(make_order())
    assert (made.id, server.count("create")) == ("order-2", 2)


@pytest.mark.anyio
@APIS
async def test_metadata_that_would_replace_the_marker_are_refused(server, marked, make_order, api):
    replaced = {"metadata": [{"key": "shop", "value": "1"}]}
    with pytest.raises(ValidationError, match=r"extra\.metadata: has a field of its own"):
        await marked(api).orders.create(make_order(extra=replaced))
    assert server.calls == []


@pytest.mark.anyio
@APIS
async def test_full_metadata_leave_no_room_for_the_marker(server, marked, make_order, api):
    full = {f"key-{number}": "value" for number in range(20)}
    with pytest.raises(ValidationError, match="metadata: has 20 entries"):
        await marked(api).orders.create(make_order(metadata=full))
    assert server.calls == []


@pytest.mark.anyio
async def test_age_is_measured_by_the_servers_clock(server, make_client, make_order, virtual):
    ours_is_fast = make_client()
    ours_is_fast.engine.sender.clock = type(ours_is_fast.engine.clock)(
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
async def test_a_draft_and_an_order_are_not_taken_for_each_other(
    server, make_client, make_order, api, wanted, other
):
    server.order(orderType=other)
    server.queue("create", DROPPED)
    made = await make_client(api).orders.create(make_order(order_type=OrderType(wanted)))
    assert made.id == "order-2"
    assert server.count("create") == 2


@pytest.mark.anyio
@pytest.mark.parametrize("answered", [True, False])
async def test_an_order_of_a_type_that_is_news_is_ours(server, gelato, make_order, answered):
    def answer(request):
        row = server.commit(request)
        row["orderType"] = "ORDER"
        return server.answer(row) if answered else DROPPED

    server.queue("create", answer)
    made = await gelato.orders.create(make_order())
    assert (made.id, server.count("create")) == ("order-1", 1)


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
async def test_of_untied_orders_the_earliest_is_adopted_all_are_named(
    server, gelato, make_order, virtual, caplog
):
    def twice(request):
        server.commit(request, createdAt="2023-11-14T22:13:21+00:00")
        server.commit(request, createdAt="2023-11-14T22:13:20+00:00")
        server.commit(request, createdAt="2023-11-14T22:13:21+00:00")
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
