import json
import logging

import anyio
import pytest

from gelato_async import (
    BadRequestError,
    ConflictError,
    ConnectionFailedError,
    CreateOrder,
    LocalLimiter,
    NoAnswerError,
    NotSentError,
    Order,
    OrderType,
    OutcomeUnknownError,
    RateLimitError,
    Response,
    ResponseError,
    RetryPolicy,
    SubmittedOrder,
    Unlimited,
)
from gelato_async.client.create_once import attempt
from gelato_async.core.settling import Creation

DROPPED = NoAnswerError("dropped")
FAILED = Response(status=503)
BROKEN_OFF = NoAnswerError("broken off", status=200)
UNREADABLE = Response(status=200, body=b"<html>")
UNKNOWN = [
    pytest.param(DROPPED, id="no answer"),
    pytest.param(FAILED, id="503"),
    pytest.param(Response(status=550), id="550"),
    pytest.param(Response(status=408), id="408"),
]
ACCEPTED = [
    pytest.param(BROKEN_OFF, id="truncated 200"),
    pytest.param(UNREADABLE, id="unreadable 200"),
]
APIS = pytest.mark.parametrize("api", ["gelato", "connect"])


@pytest.mark.anyio
@APIS
async def test_an_answered_create_is_one_request(server, make_client, make_order, api):
    made = await make_client(api).orders.create(make_order())
    assert (made.id, made.order_reference_id) == ("order-1", "ref-1")
    assert made.created_at is not None
    assert [kind for kind, _ in server.calls] == ["create"]


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize(
    "answer", [ConnectionFailedError("refused"), Response(status=429)], ids=["refused", "429"]
)
async def test_a_create_that_cannot_have_taken_effect_is_repeated_without_a_look(
    server, make_client, make_order, api, answer
):
    server.queue("create", answer, answer, answer)
    await make_client(api).orders.create(make_order())
    assert [kind for kind, _ in server.calls] == ["create"] * 4


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (ConnectionFailedError("refused"), ConnectionFailedError),
        (Response(status=429), RateLimitError),
    ],
    ids=["refused", "429"],
)
async def test_such_a_create_is_given_up_after_four_attempts_with_its_own_error(
    server, gelato, make_order, answer, error
):
    server.queue("create", *[answer] * 9)
    with pytest.raises(error):
        await gelato.orders.create(make_order())
    assert [kind for kind, _ in server.calls] == ["create"] * 4


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize("status", [409, 400, 401, 403, 404, 418, 422, 301, 302, 307])
async def test_a_create_that_was_refused_is_not_repeated(
    server, make_client, make_order, api, status
):
    server.queue("create", Response(status=status))
    with pytest.raises(ResponseError) as caught:
        await make_client(api).orders.create(make_order())
    assert caught.value.status == status
    assert [kind for kind, _ in server.calls] == ["create"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "before", [ConnectionFailedError("refused"), Response(status=429)], ids=["refused", "429"]
)
async def test_a_409_after_attempts_that_cannot_have_taken_effect_is_raised(
    server, gelato, make_order, before
):
    server.queue("create", before, Response(status=409))
    with pytest.raises(ConflictError):
        await gelato.orders.create(make_order())
    assert server.count("search") == 0


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize("answer", UNKNOWN)
async def test_an_unclear_create_is_looked_for_and_what_is_found_is_the_answer(
    server, make_client, make_order, api, answer
):
    server.queue("create", server.lost(answer))
    made = await make_client(api).orders.create(make_order())
    assert [kind for kind, _ in server.calls] == ["create", "search", "get"]
    assert type(made) is (Order if api == "gelato" else SubmittedOrder)
    assert (made.id, made.order_reference_id) == ("order-1", "ref-1")
    assert made.raw["orderReferenceId"] == "ref-1"


@pytest.mark.anyio
@APIS
async def test_looks_grow_apart_and_end_with_the_window(server, make_client, make_order, api):
    server.queue("create", DROPPED)
    await make_client(api).orders.create(make_order())
    assert server.times("search") == [0.5, 1, 2, 4, 8, 16, 32, 60]
    assert server.times("create") == [0, 60]


@pytest.mark.anyio
async def test_a_look_asks_for_the_reference(gelato, server, make_order):
    bodies = []

    def look(request):
        bodies.append(json.loads(request.body))
        return server.answer({"orders": []})

    server.queue("create", DROPPED)
    server.queue("search", look)
    await gelato.orders.create(make_order("order/7 ü"))
    assert bodies == [{"orderReferenceIds": ["order/7 ü"], "limit": 100}]


@pytest.mark.anyio
@pytest.mark.parametrize("visible_in", [0.3, 5, 31, 59.9])
@pytest.mark.parametrize("answer", UNKNOWN)
async def test_an_order_that_becomes_searchable_within_the_window_is_made_once(
    server, gelato, make_order, visible_in, answer
):
    server.queue("create", server.lost(answer, visible_in=visible_in))
    made = await gelato.orders.create(make_order())
    assert made.id == "order-1"
    assert server.count("create") == 1


@pytest.mark.anyio
@APIS
async def test_the_window_is_the_policys(server, make_client, make_order, api):
    server.queue("create", DROPPED)
    await make_client(api, retry=RetryPolicy(settle=5)).orders.create(make_order())
    assert server.times("search") == [0.5, 1, 2, 4, 5]
    assert server.times("create") == [0, 5]


@pytest.mark.anyio
async def test_the_window_starts_anew_with_every_unclear_send(server, gelato, make_order):
    server.queue("create", DROPPED, FAILED, FAILED)
    await gelato.orders.create(make_order())
    assert server.times("create") == [0, 60, 120, 180]
    assert server.times("search")[8:16] == [60.5, 61, 62, 64, 68, 76, 92, 120]


@pytest.mark.anyio
async def test_an_order_of_the_first_attempt_that_shows_after_the_second_is_adopted(
    server, gelato, make_order
):
    server.queue("create", server.lost(DROPPED, visible_in=60.2), Response(status=503))
    made = await gelato.orders.create(make_order())
    assert made.id == "order-1"
    assert server.count("create") == 2


@pytest.mark.anyio
@APIS
async def test_a_create_that_stays_unclear_to_the_last_attempt_is_an_unknown_outcome(
    server, make_client, make_order, api
):
    server.queue("create", *[DROPPED] * 9)
    with pytest.raises(OutcomeUnknownError, match=r"order 'ref-1' was sent 4 time") as caught:
        await make_client(api).orders.create(make_order())
    error = caught.value
    assert (error.order_reference_id, error.attempts, error.order_ids) == ("ref-1", 4, ())
    assert error.operation == "orders.create"
    assert "orders.find()" in str(error)
    assert server.times("create") == [0, 60, 120, 180]
    assert server.times("search")[-1] == 240


@pytest.mark.anyio
async def test_attempts_that_did_not_go_out_count_too(server, gelato, make_order):
    server.queue(
        "create",
        Response(status=429),
        ConnectionFailedError("refused"),
        Response(status=429),
        DROPPED,
    )
    with pytest.raises(OutcomeUnknownError) as caught:
        await gelato.orders.create(make_order())
    assert caught.value.attempts == 4
    assert server.count("create") == 4


@pytest.mark.anyio
async def test_a_policy_without_resend_never_sends_again(server, make_client, make_order):
    server.queue("create", DROPPED)
    with pytest.raises(OutcomeUnknownError, match="retry policy"):
        await make_client(retry=RetryPolicy(resend=False)).orders.create(make_order())
    assert server.count("create") == 1
    assert server.times("search")[-1] == 60


@pytest.mark.anyio
async def test_a_policy_without_resend_adopts_what_it_finds(server, make_client, make_order):
    server.queue("create", server.lost(DROPPED, visible_in=40))
    made = await make_client(retry=RetryPolicy(resend=False)).orders.create(make_order())
    assert made.id == "order-1"


@pytest.mark.anyio
@pytest.mark.parametrize(
    "failure", [DROPPED, FAILED, ConnectionFailedError("refused"), UNREADABLE, Response(status=429)]
)
@pytest.mark.parametrize("position", [0, 3, 7])
async def test_a_create_is_not_sent_again_when_a_look_failed(
    server, gelato, make_order, failure, position
):
    empty = [server.answer({"orders": []})] * position
    server.queue("create", DROPPED)
    server.queue("search", *empty, *[failure] * 4)
    with pytest.raises(OutcomeUnknownError, match="looking for it failed"):
        await gelato.orders.create(make_order())
    assert server.count("create") == 1


@pytest.mark.anyio
@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_a_look_that_is_refused_ends_the_search_at_once(server, gelato, make_order, status):
    server.queue("create", DROPPED)
    server.queue("search", Response(status=status))
    with pytest.raises(OutcomeUnknownError, match="refused") as caught:
        await gelato.orders.create(make_order())
    assert isinstance(caught.value.__cause__, ResponseError)
    assert [kind for kind, _ in server.calls] == ["create", "search"]


@pytest.mark.anyio
async def test_a_failed_look_does_not_end_the_search(server, gelato, make_order):
    server.queue("create", server.lost(DROPPED, visible_in=20))
    server.queue("search", *[FAILED] * 4)
    assert (await gelato.orders.create(make_order())).id == "order-1"


@pytest.mark.anyio
async def test_a_single_failure_of_a_look_that_its_repeat_mends_is_none(server, gelato, make_order):
    server.queue("create", DROPPED)
    server.queue("search", FAILED, FAILED)
    await gelato.orders.create(make_order())
    assert server.count("create") == 2


@pytest.mark.anyio
async def test_a_look_that_took_to_the_end_of_the_window_is_not_the_last_one(
    server, gelato, make_order, virtual
):
    # what a slow search says was true when it was asked; an order that shows afterwards, in time,
    # must still be found
    def slow(request):
        page = server.page(json.loads(request.body))
        virtual.time = 61.0
        return server.answer(page)

    server.queue("create", server.lost(DROPPED, visible_in=30))
    server.queue("search", slow)
    made = await gelato.orders.create(make_order())
    assert made.id == "order-1"
    assert server.count("create") == 1


# accepted: never again


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize("answer", ACCEPTED)
async def test_an_accepted_create_with_a_lost_answer_is_found_by_reference(
    server, make_client, make_order, api, answer
):
    server.queue("create", server.lost(answer, visible_in=10))
    made = await make_client(api).orders.create(make_order())
    assert made.id == "order-1"
    assert server.count("create") == 1


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize("answer", ACCEPTED)
async def test_an_accepted_create_is_never_sent_again(server, make_client, make_order, api, answer):
    server.queue("create", answer)
    with pytest.raises(OutcomeUnknownError, match="accepted") as caught:
        await make_client(api).orders.create(make_order())
    assert caught.value.attempts == 1
    assert server.count("create") == 1
    assert server.times("search")[-1] == 60


@pytest.mark.anyio
async def test_an_accepted_resend_is_never_sent_again(server, gelato, make_order):
    server.queue("create", DROPPED, UNREADABLE)
    with pytest.raises(OutcomeUnknownError, match="accepted"):
        await gelato.orders.create(make_order())
    assert server.count("create") == 2


@pytest.mark.anyio
@APIS
async def test_an_unreadable_answer_that_names_the_order_leads_straight_to_it(
    server, make_client, make_order, api
):
    def half_an_answer(request):
        return server.answer({"id": server.commit(request, visible_in=9_999)["id"]})

    server.queue("create", half_an_answer)
    made = await make_client(api).orders.create(make_order())
    assert made.id == "order-1"
    assert [kind for kind, _ in server.calls] == ["create", "get"]


@pytest.mark.anyio
async def test_an_unreadable_answer_that_names_an_unreadable_order_is_an_unknown_outcome(
    server, gelato, make_order
):
    server.queue("create", server.answer({"id": "order-9"}))
    server.queue("get", *[UNREADABLE] * 4)
    with pytest.raises(OutcomeUnknownError) as caught:
        await gelato.orders.create(make_order())
    assert caught.value.order_ids == ("order-9",)
    assert server.count("create") == 1


@pytest.mark.anyio
@APIS
async def test_a_found_order_that_cannot_be_read_whole_is_answered_from_its_row(
    server, make_client, make_order, api
):
    server.queue("create", server.lost(DROPPED))
    server.queue("get", *[FAILED] * 4)
    made = await make_client(api).orders.create(make_order())
    assert (made.id, made.order_reference_id) == ("order-1", "ref-1")
    assert type(made) is (Order if api == "gelato" else SubmittedOrder)


# after a resend


@pytest.mark.anyio
@APIS
async def test_a_409_to_a_resend_is_settled(server, make_client, make_order, api):
    server.queue("create", server.lost(DROPPED, visible_in=70), Response(status=409))
    made = await make_client(api).orders.create(make_order())
    assert made.id == "order-1"
    assert server.count("create") == 2


@pytest.mark.anyio
async def test_another_refusal_of_a_resend_is_raised(server, gelato, make_order):
    server.queue("create", DROPPED, Response(status=400))
    with pytest.raises(BadRequestError):
        await gelato.orders.create(make_order())
    assert server.count("create") == 2


@pytest.mark.anyio
@pytest.mark.parametrize(
    "answer", [ConnectionFailedError("refused"), Response(status=429)], ids=["refused", "429"]
)
async def test_a_resend_that_never_gets_through_leaves_the_outcome_unknown(
    server, gelato, make_order, answer
):
    server.queue("create", DROPPED, *[answer] * 9)
    with pytest.raises(OutcomeUnknownError, match="could not be sent again"):
        await gelato.orders.create(make_order())
    assert server.count("create") == 4


@pytest.mark.anyio
async def test_a_resend_that_runs_out_of_time_in_line_leaves_the_outcome_unknown(
    server, make_client, make_order
):
    # it was sent once: "nothing reached Gelato, safe to repeat" would be a lie
    class ClosedAfterTwoLooks(Unlimited):
        async def acquire(self):
            if server.count("search") == 2:
                await anyio.sleep_forever()

    server.queue("create", DROPPED)
    client = make_client(
        limiter=ClosedAfterTwoLooks(), retry=RetryPolicy(settle=1), total_timeout=1.05
    )
    with pytest.raises((OutcomeUnknownError, NotSentError)) as caught:
        await client.orders.create(make_order())
    assert isinstance(caught.value, OutcomeUnknownError)
    assert caught.value.order_reference_id == "ref-1"


# which order is ours


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


# time and quota


@pytest.mark.anyio
@APIS
async def test_a_window_that_the_deadline_does_not_leave_time_for_is_an_unknown_outcome(
    server, make_client, make_order, api
):
    server.queue("create", DROPPED)
    with pytest.raises(OutcomeUnknownError, match="time for the whole call") as caught:
        await make_client(api, total_timeout=10).orders.create(make_order())
    assert caught.value.attempts == 1
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
async def test_a_create_is_settled_that_ran_out_of_time_on_its_way(make_client, make_order):
    class Silent:
        async def send(self, request, *, timeout, before_send):  # noqa: ASYNC109
            await before_send()
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
async def test_send_raw_shows_the_response_an_adopted_order_was_read_from(
    server, gelato, make_order
):
    server.queue("create", server.lost(DROPPED))
    reply = await gelato.send_raw(CreateOrder(make_order()))
    assert reply.response.status == 200
    assert json.loads(reply.response.body)["id"] == reply.answer.id


@pytest.mark.anyio
async def test_on_sending_is_called_before_the_first_byte_of_every_attempt(
    server, gelato, make_order
):
    operation = CreateOrder(make_order())
    creation = Creation(operation=operation, request=gelato.engine.backend.build(operation))
    server.queue("create", Response(status=429))
    seen = []
    await attempt(gelato.engine, creation, on_sending=lambda: seen.append(server.count("create")))
    assert seen == [0, 1]


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
