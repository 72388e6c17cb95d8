import json

import anyio
import pytest
from support.create_answers import ACCEPTED, APIS, DROPPED, FAILED, UNKNOWN, UNREADABLE

from gelato_async import (
    BadRequestError,
    ConflictError,
    ConnectionFailedError,
    NotSentError,
    Order,
    OutcomeUnknownError,
    RateLimitError,
    Response,
    ResponseError,
    RetryPolicy,
    SubmittedOrder,
    Unlimited,
)
from gelato_async.client import engine


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
async def test_a_create_that_took_no_effect_is_repeated_without_a_look(
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
async def test_such_a_create_ends_after_four_attempts_with_its_error(
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
async def test_a_409_after_attempts_without_effect_is_raised(server, gelato, make_order, before):
    server.queue("create", before, Response(status=409))
    with pytest.raises(ConflictError):
        await gelato.orders.create(make_order())
    assert server.count("search") == 0


@pytest.mark.anyio
@APIS
@pytest.mark.parametrize("answer", UNKNOWN)
async def test_an_unclear_create_is_answered_by_what_a_look_finds(
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
async def test_an_order_searchable_within_the_window_is_made_once(
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
    await make_client(api, retry=RetryPolicy(reconcile=5)).orders.create(make_order())
    assert server.times("search") == [0.5, 1, 2, 4, 5]
    assert server.times("create") == [0, 5]


@pytest.mark.anyio
async def test_the_window_starts_anew_with_every_unclear_send(server, gelato, make_order):
    server.queue("create", DROPPED, FAILED, FAILED)
    await gelato.orders.create(make_order())
    assert server.times("create") == [0, 60, 120, 180]
    assert server.times("search")[8:16] == [60.5, 61, 62, 64, 68, 76, 92, 120]


@pytest.mark.anyio
async def test_the_first_attempts_order_that_shows_late_is_adopted(server, gelato, make_order):
    server.queue("create", server.lost(DROPPED, visible_in=60.2), Response(status=503))
    made = await gelato.orders.create(make_order())
    assert made.id == "order-1"
    assert server.count("create") == 2


@pytest.mark.anyio
@APIS
async def test_a_create_unclear_to_the_last_attempt_is_unknown(
    server, make_client, make_order, api
):
    server.queue("create", *[DROPPED] * 9)
    with pytest.raises(OutcomeUnknownError, match=r"order 'ref-1' was sent 4 time") as caught:
        await make_client(api).orders.create(make_order())
    error = caught.value
    assert (error.order_reference_id, error.sends, error.order_ids) == ("ref-1", 4, ())
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
    assert caught.value.sends == 4
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
async def test_a_single_failure_of_a_look_that_its_repeat_fixes_is_none(server, gelato, make_order):
    server.queue("create", DROPPED)
    server.queue("search", FAILED, FAILED)
    await gelato.orders.create(make_order())
    assert server.count("create") == 2


@pytest.mark.anyio
async def test_a_look_that_ends_with_the_window_is_not_the_last_one(
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
async def test_an_accepted_create_without_answer_is_found_by_reference(
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
    assert caught.value.sends == 1
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
async def test_an_unreadable_answer_that_names_the_order_leads_to_it(
    server, make_client, make_order, api
):
    def half_an_answer(request):
        return server.answer({"id": server.commit(request, visible_in=9_999)["id"]})

    server.queue("create", half_an_answer)
    made = await make_client(api).orders.create(make_order())
    assert made.id == "order-1"
    assert [kind for kind, _ in server.calls] == ["create", "get"]


@pytest.mark.anyio
async def test_an_unreadable_answer_and_order_are_an_unknown_outcome(server, gelato, make_order):
    server.queue("create", server.answer({"id": "order-9"}))
    server.queue("get", *[UNREADABLE] * 4)
    with pytest.raises(OutcomeUnknownError) as caught:
        await gelato.orders.create(make_order())
    assert caught.value.order_ids == ("order-9",)
    assert server.count("create") == 1


@pytest.mark.anyio
@APIS
async def test_a_found_order_that_is_unreadable_is_answered_by_its_row(
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
async def test_a_409_to_a_resend_is_reconciled(server, make_client, make_order, api):
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
async def test_a_resend_that_never_leaves_leaves_the_outcome_unknown(
    server, gelato, make_order, answer
):
    server.queue("create", DROPPED, *[answer] * 9)
    with pytest.raises(OutcomeUnknownError, match="could not be sent again"):
        await gelato.orders.create(make_order())
    assert server.count("create") == 4


@pytest.mark.anyio
async def test_a_resend_out_of_time_leaves_the_outcome_unknown(server, make_client, make_order):
    # it was sent once: "nothing reached Gelato, safe to repeat" would be a lie
    class ClosedAfterTwoLooks(Unlimited):
        async def acquire(self):
            if server.count("search") == 2:
                await anyio.sleep_forever()

    server.queue("create", DROPPED)
    client = make_client(
        limiter=ClosedAfterTwoLooks(), retry=RetryPolicy(reconcile=1), total_timeout=1.05
    )
    with pytest.raises((OutcomeUnknownError, NotSentError)) as caught:
        await client.orders.create(make_order())
    assert isinstance(caught.value, OutcomeUnknownError)
    assert caught.value.order_reference_id == "ref-1"


@pytest.mark.anyio
async def test_what_is_adopted_is_never_another_order_that_a_get_shows(server, gelato, make_order):
    another = server.order("ref-9")
    server.queue("create", server.lost(DROPPED))
    server.queue("get", server.answer(another))
    made = await gelato.orders.create(make_order())
    assert (made.id, made.order_reference_id) == ("order-2", "ref-1")


@pytest.mark.anyio
async def test_a_row_with_a_malformed_detail_is_adopted_though_no_get_succeeds(
    server, gelato, make_order
):
    server.queue("create", server.lost(DROPPED, items=[{"quantity": 1}]))
    server.queue("get", Response(status=404))
    made = await gelato.orders.create(make_order())
    assert (made.id, made.items, server.count("create")) == ("order-1", (), 1)


@pytest.mark.anyio
@pytest.mark.parametrize("rows", [[None], [[]], ["order-1"]], ids=str)
async def test_a_row_that_is_no_object_is_no_proof_of_absence(server, gelato, make_order, rows):
    server.queue("create", server.lost(DROPPED))
    server.queue("search", *[server.answer({"orders": rows})] * 20)
    with pytest.raises(OutcomeUnknownError, match="looking for it failed"):
        await gelato.orders.create(make_order())
    assert server.count("create") == 1


@pytest.mark.anyio
async def test_a_search_that_never_ends_is_given_up(server, gelato, make_order, monkeypatch):
    monkeypatch.setattr(engine, "MOST_ROWS", 300)

    def endless(request):
        server.queue("search", endless)
        rows = [server.order() for _ in range(100)]
        server.orders.clear()
        first = 100 * server.count("search")
        return server.answer(
            {"orders": [row | {"id": f"{first + n}"} for n, row in enumerate(rows)]}
        )

    server.queue("create", DROPPED)
    server.queue("search", endless)
    with pytest.raises(OutcomeUnknownError):
        await gelato.orders.create(make_order())
    assert server.count("search") <= 4 * 10


@pytest.mark.anyio
async def test_an_accepted_order_is_never_another_one_that_a_get_shows(server, gelato, make_order):
    older = server.order(age=50)

    def named(request):
        return server.answer({"id": server.commit(request)["id"]})

    server.queue("create", named)
    server.queue("get", server.answer(older))
    made = await gelato.orders.create(make_order())
    assert (made.id, server.count("create")) == ("order-2", 1)
