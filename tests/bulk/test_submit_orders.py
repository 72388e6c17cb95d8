import json
import pickle

import anyio
import pytest
from support.fake_shop import failed, lost, unreadable

from gelato_async import (
    AuthenticationError,
    BadRequestError,
    ConnectionFailedError,
    OutcomeUnknownError,
    RateLimitError,
    Response,
    RetryPolicy,
    UnsupportedError,
    ValidationError,
)
from gelato_async.bulk import Created, Progress, Rejected, Unknown, submit_orders

pytestmark = pytest.mark.anyio


async def outcomes_of(client, orders, **options):
    async with submit_orders(client, orders, **options) as outcomes:
        return [outcome async for outcome in outcomes], outcomes


async def test_every_order_is_made_once_and_has_one_outcome(client_for, make_order, shop):
    found, run = await outcomes_of(client_for(), (make_order(f"r{i}") for i in range(500)))
    assert {outcome.reference: outcome.order_id for outcome in found} == {
        f"r{i}": f"r{i}-0" for i in range(500)
    }
    assert {reference: len(rows) for reference, rows in shop.orders.items()} == {
        f"r{i}": 1 for i in range(500)
    }
    assert run.progress == Progress(started=500, created=500)
    assert run.progress.finished == 500


async def test_orders_may_come_from_an_async_iterable(client_for, make_order, shop):
    async def orders():
        for i in range(50):
            await anyio.lowlevel.checkpoint()
            yield make_order(f"r{i}")

    found, _ = await outcomes_of(client_for(), orders())
    assert len(found) == len(shop.orders) == 50


async def test_no_orders_at_all_is_fine(client_for):
    found, _ = await outcomes_of(client_for(), [])
    assert found == []


async def test_workers_bound_what_is_in_flight(client_for, make_order, shop):
    shop.latency = 1.0
    await outcomes_of(client_for(), (make_order(f"r{i}") for i in range(40)), workers=7)
    assert shop.most_in_flight == 7


async def test_the_input_is_read_no_faster_than_outcomes_are_taken(client_for, make_order):
    taken = 0

    def orders():
        nonlocal taken
        for i in range(100_000):
            taken += 1
            yield make_order(f"r{i}")

    async with submit_orders(client_for(), orders(), workers=4) as outcomes:
        await anext(outcomes)
        for _ in range(20):
            await anyio.lowlevel.checkpoint()
        assert taken < 2_000


async def test_a_reference_that_comes_twice_has_one_outcome(client_for, make_order, shop):
    found, run = await outcomes_of(
        client_for(), [make_order("r"), make_order("r"), make_order("other")]
    )
    assert sorted(outcome.reference for outcome in found) == ["other", "r"]
    assert len(shop.orders["r"]) == 1
    assert run.progress.repeated == 1


async def test_a_reference_twice_with_other_contents_is_an_error(client_for, make_order, shop):
    found, _ = await outcomes_of(client_for(), [make_order("r"), make_order("r", currency="EUR")])
    (created,) = (outcome for outcome in found if isinstance(outcome, Created))
    (rejected,) = (outcome for outcome in found if isinstance(outcome, Rejected))
    assert created.reference == rejected.reference == "r"
    assert rejected.error.problems[0].path == "orderReferenceId"
    assert len(shop.orders["r"]) == 1


async def test_a_broken_order_is_rejected_and_the_fixed_one_is_made(client_for, make_order, shop):
    found, _ = await outcomes_of(client_for(), [make_order("r", currency=""), make_order("r")])
    assert {type(outcome) for outcome in found} == {Rejected, Created}
    assert len(shop.orders["r"]) == 1


async def test_a_rejected_order_costs_no_other_order(client_for, make_order, shop):
    """One that breaks rules, one that the API cannot carry, one that Gelato refuses."""
    shop.faults["refused"] = [failed(400)]
    orders = [
        make_order("a", customer_reference_id=""),
        make_order("b", retail_currency="EUR"),
        make_order("refused"),
    ]
    found, run = await outcomes_of(client_for(), [*orders, make_order("good")])
    errors = {
        outcome.reference: type(outcome.error) for outcome in found if isinstance(outcome, Rejected)
    }
    assert errors == {"a": ValidationError, "b": UnsupportedError, "refused": BadRequestError}
    assert shop.orders.keys() == {"good"}
    assert run.progress.rejected == 3


async def test_a_lost_answer_is_reconciled_and_the_order_adopted(client_for, make_order, shop):
    shop.faults["r1"] = [lost]
    found, run = await outcomes_of(client_for(), (make_order(f"r{i}") for i in range(3)))
    by_reference = {outcome.reference: outcome for outcome in found}
    assert by_reference["r1"] == Created(reference="r1", order_id="r1-0", adopted=True)
    assert not by_reference["r0"].adopted
    assert len(shop.orders["r1"]) == 1
    assert run.progress.adopted == 1


async def test_a_create_that_never_arrived_is_resent_after_the_window(
    client_for, make_order, shop, virtual
):
    shop.faults["r"] = [failed(503)]
    found, _ = await outcomes_of(client_for(), [make_order("r")])
    assert found == [Created(reference="r", order_id="r-0")]
    assert virtual.time >= 4
    assert len(shop.searches) >= 3


async def test_a_create_answered_unreadably_is_found_and_never_resent(client_for, make_order, shop):
    shop.faults["r"] = [unreadable]
    shop.faults["gone"] = [lambda shop, body: Response(status=200, body=b"")]
    found, _ = await outcomes_of(client_for(), [make_order("r"), make_order("gone")])
    by_reference = {outcome.reference: outcome for outcome in found}
    assert by_reference["r"].order_id == "r-0"
    assert isinstance(by_reference["gone"], Unknown)
    assert "gone" not in shop.orders


async def test_an_order_that_an_unreadable_answer_names_is_fetched(client_for, make_order, shop):
    def named(shop, body):
        return Response(status=200, body=json.dumps({"id": shop.commit(body)["id"]}).encode())

    shop.faults["r"] = [named]
    found, _ = await outcomes_of(client_for(), [make_order("r")])
    assert found == [Created(reference="r", order_id="r-0")]
    assert shop.searches == []


async def test_an_order_that_no_get_shows_is_not_reported_as_created(client_for, make_order, shop):
    shop.faults["r"] = [lambda shop, body: Response(status=200, body=b'{"id": "the-id"}')]
    (found,), _ = await outcomes_of(client_for(), [make_order("r")])
    assert isinstance(found, Unknown)
    assert found.error.order_ids == ("the-id",)


async def test_many_unclear_creates_are_looked_for_in_batches(client_for, make_order, shop):
    for i in range(0, 1_000, 5):
        shop.faults[f"r{i}"] = [lost]
    found, _ = await outcomes_of(client_for(), (make_order(f"r{i}") for i in range(1_000)))
    assert sum(outcome.adopted for outcome in found) == 200
    assert len(shop.searches) <= 40
    assert max(map(len, shop.searches)) <= 50


async def test_a_batch_may_answer_several_pages(client_for, make_order, shop, virtual):
    for i in range(0, 250, 5):
        shop.faults[f"r{i}"] = [lost]
        for _ in range(3):
            row = shop.commit({"orderReferenceId": f"r{i}"})
            row |= {"fulfillmentStatus": "canceled", "createdAt": "2020-01-01T00:00:00+00:00"}
    found, _ = await outcomes_of(client_for(), (make_order(f"r{i}") for i in range(250)))
    assert {outcome.order_id for outcome in found if outcome.adopted} == {
        f"r{i}-3" for i in range(0, 250, 5)
    }


async def test_where_looks_fail_the_outcome_is_unknown(client_for, make_order, shop):
    shop.faults["r"] = [failed(503)]
    shop.search_fault = Response(status=500)
    found, run = await outcomes_of(client_for(), [make_order("r")])
    (unknown,) = found
    assert isinstance(unknown, Unknown)
    assert isinstance(unknown.error, OutcomeUnknownError)
    assert shop.orders == {}
    assert run.progress.unknown == 1


async def test_without_resend_an_absent_order_is_unknown(client_for, make_order, shop):
    shop.faults["r"] = [failed(503)]
    found, _ = await outcomes_of(
        client_for(retry=RetryPolicy(reconcile=1, resend=False)), [make_order("r")]
    )
    assert isinstance(found[0], Unknown)


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_key_stops_the_run_and_rejects_nothing(
    client_for, make_order, shop, status
):
    shop.faults["r2"] = [failed(status)]
    found = []
    with pytest.raises(AuthenticationError):
        async with submit_orders(
            client_for(), (make_order(f"r{i}") for i in range(1_000)), workers=1
        ) as outcomes:
            async for outcome in outcomes:
                found.append(outcome)
    assert [outcome.reference for outcome in found] == ["r0", "r1"]
    assert outcomes.progress.rejected == 0
    assert outcomes.leftover == ()


async def test_a_key_refused_during_reconciliation_stops_the_run(client_for, make_order, shop):
    shop.faults["r"] = [lost]
    shop.search_fault = Response(status=401)
    found = []
    with pytest.raises(AuthenticationError):
        async with submit_orders(client_for(), [make_order("r")]) as outcomes:
            async for outcome in outcomes:
                found.append(outcome)
    assert [type(outcome) for outcome in found] == [Unknown]


def unreachable(shop, body):
    raise ConnectionFailedError("refused")


async def test_a_host_that_was_never_reached_stops_the_run(client_for, make_order, shop):
    shop.faults = {f"r{i}": [unreachable] * 10 for i in range(300)}
    with pytest.raises(ConnectionFailedError):
        await outcomes_of(client_for(), (make_order(f"r{i}") for i in range(300)))
    assert shop.orders == {}


async def test_a_connection_that_fails_in_mid_run_is_waited_for(
    client_for, make_order, shop, virtual
):
    shop.faults = {f"r{i}": [unreachable] * 8 for i in range(20, 40)}
    found, _ = await outcomes_of(client_for(), (make_order(f"r{i}") for i in range(100)), workers=5)
    assert len(found) == len(shop.orders) == 100
    assert all(isinstance(outcome, Created) for outcome in found)
    assert virtual.time > 1


async def test_429_is_waited_for_however_long_it_lasts(client_for, make_order, shop):
    shop.faults = {f"r{i}": [failed(429)] * 9 for i in range(3)}
    found, _ = await outcomes_of(client_for(), (make_order(f"r{i}") for i in range(10)))
    assert len(found) == len(shop.orders) == 10
    assert not any(isinstance(getattr(outcome, "error", None), RateLimitError) for outcome in found)


async def test_an_early_leave_reports_the_rest_and_sends_no_more(client_for, make_order, shop):
    async with submit_orders(
        client_for(), (make_order(f"r{i}") for i in range(10_000)), workers=8
    ) as outcomes:
        first = await anext(outcomes)
    made = len(shop.orders)
    told = {first.reference, *(outcome.reference for outcome in outcomes.leftover)}
    assert told == shop.orders.keys()
    assert made < 10_000
    await anyio.lowlevel.checkpoint()
    assert len(shop.orders) == made


async def test_orders_in_flight_at_the_leave_get_their_outcomes(client_for, make_order, shop):
    shop.latency = 2.0
    async with submit_orders(
        client_for(), (make_order(f"r{i}") for i in range(100)), workers=8
    ) as outcomes:
        await anext(outcomes)
    assert all(isinstance(outcome, Created) for outcome in outcomes.leftover)
    assert {outcome.reference for outcome in outcomes.leftover} | {"r0"} == shop.orders.keys()


async def test_what_does_not_answer_within_the_grace_is_unknown(client_for, make_order, shop):
    async def never(request):
        shop.in_flight += 1
        await anyio.sleep_forever()

    shop.answer = never
    async with submit_orders(client_for(), [make_order("r")], grace=0) as outcomes:
        while not shop.in_flight:
            await anyio.lowlevel.checkpoint()
    (unknown,) = outcomes.leftover
    assert isinstance(unknown, Unknown)
    assert unknown.error.order_reference_id == "r"
    assert pickle.loads(pickle.dumps(unknown.error)).sends == 1


async def test_an_exception_in_the_block_comes_out_as_it_is(client_for, make_order):
    with pytest.raises(KeyError, match="mine"):
        async with submit_orders(
            client_for(), (make_order(f"r{i}") for i in range(1_000))
        ) as outcomes:
            async for _ in outcomes:
                raise KeyError("mine")


async def test_a_cancelled_block_ends_and_keeps_what_was_done(client_for, make_order, shop):
    with anyio.CancelScope() as scope:
        async with submit_orders(
            client_for(), (make_order(f"r{i}") for i in range(10_000)), workers=4
        ) as outcomes:
            async for _ in outcomes:
                scope.cancel()
                await anyio.sleep_forever()
    assert scope.cancelled_caught
    seen = {outcome.reference for outcome in outcomes.leftover} | {"r0"}
    assert seen >= shop.orders.keys()


async def test_an_input_that_fails_ends_the_run_after_what_was_begun(client_for, make_order, shop):
    def orders():
        yield make_order("r0")
        yield make_order("r1")
        raise OSError("the disk is gone")

    found = []
    with pytest.raises(OSError, match="disk"):
        async with submit_orders(client_for(), orders()) as outcomes:
            async for outcome in outcomes:
                found.append(outcome.reference)
    assert sorted(found) == ["r0", "r1"]


async def test_an_input_of_something_else_is_a_type_error(client_for):
    with pytest.raises(TypeError, match="NewOrder"):
        await outcomes_of(client_for(), [{"orderReferenceId": "r"}])


async def test_a_submission_runs_once_and_only_inside_its_block(client_for, make_order):
    submission = submit_orders(client_for(), [make_order("r")])
    assert submission.progress == Progress()
    assert submission.leftover == ()
    with pytest.raises(RuntimeError, match="inside the block"):
        await anext(submission)
    async with submission:
        pass
    with pytest.raises(RuntimeError, match="once"):
        await submission.__aenter__()


async def test_no_workers_is_an_error(client_for):
    with pytest.raises(ValueError, match="workers"):
        submit_orders(client_for(), [], workers=0)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"on_progress": 5}, TypeError),
        ({"journal": ""}, ValueError),
        ({"journal": ":memory:"}, ValueError),
        ({"journal": 5}, ValueError),
        ({"workers": 0}, ValueError),
    ],
)
async def test_options_are_checked_before_anything_is_sent(
    client_for, make_order, shop, options, error
):
    (name,) = options
    with pytest.raises(error, match=f"^{name} must be"):
        submit_orders(client_for(), [make_order("r")], **options)
    assert shop.orders == {}


async def test_only_a_client_can_submit(make_order):
    with pytest.raises(TypeError, match="a GelatoClient or GelatoConnectClient, not a NoneType"):
        submit_orders(None, [make_order("r")])


async def test_no_outcome_is_lost_when_on_progress_raises(client_for, make_order, shop):
    def broken(progress):
        raise RuntimeError("broken")

    found = []
    with pytest.raises(RuntimeError, match="broken"):
        async with submit_orders(
            client_for(), map(make_order, "abc"), on_progress=broken
        ) as outcomes:
            async for outcome in outcomes:
                found.append(outcome)
    assert {outcome.reference for outcome in [*found, *outcomes.leftover]} == shop.orders.keys()


async def test_progress_is_reported_every_second_whatever_happens(
    client_for, make_order, shop, virtual
):
    shop.latency, told = 10.0, []
    async with submit_orders(
        client_for(),
        [make_order("r")],
        on_progress=lambda progress: told.append((virtual.time, progress.in_flight)),
    ) as outcomes:
        await anext(outcomes)
    assert [in_flight for time, in_flight in told if 0 < time < 10] == [1] * 9


async def test_a_progress_function_that_raises_ends_the_run(client_for, make_order, shop, virtual):
    def broken(progress):
        raise RuntimeError("broken")

    shop.latency = 10.0
    with pytest.raises(RuntimeError, match="broken"):
        async with submit_orders(
            client_for(), map(make_order, "abc"), on_progress=broken
        ) as outcomes:
            async for _ in outcomes:
                pytest.fail("no outcome comes before the error")
    assert {outcome.reference for outcome in outcomes.leftover} == shop.orders.keys()
