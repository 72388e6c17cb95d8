"""Running again with the same journal."""

import json
from random import Random

import anyio
import pytest
from anyio.lowlevel import checkpoint
from support.crashes import by_reference, counts, crash_with, outcomes_of
from support.fake_shop import failed, lost, unreadable

from gelato_async import BadRequestError, OrderType, Response, RetryPolicy, ValidationError
from gelato_async.bulk import Created, Rejected, Unknown, submit_orders
from gelato_async.bulk.journal.reader import Journal
from gelato_async.bulk.submit import Submission, Tuning

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.journal"


async def test_finished_orders_are_replayed_and_not_sent(client_for, make_order, shop, path):
    shop.faults["r1"] = [lost]
    first = by_reference(await outcomes_of(client_for(), map(make_order, ["r0", "r1", "r2"]), path))
    sends, shop.searches = [], []
    shop.answer = _refuse(sends)
    again = by_reference(await outcomes_of(client_for(), map(make_order, ["r2", "r1", "r0"]), path))
    assert sends == shop.searches == []
    for reference, outcome in first.items():
        replayed = again[reference]
        assert (replayed.order_id, replayed.adopted, replayed.replayed) == (
            outcome.order_id,
            outcome.adopted,
            True,
        )


def _refuse(sends):
    async def answer(request):
        sends.append(request)
        await checkpoint()
        return Response(status=400)

    return answer


async def test_a_slow_caller_holds_replayed_orders_back(client_for, make_order, path):
    references = [f"r{number}" for number in range(1_700)]
    await outcomes_of(client_for(), map(make_order, references), path)
    taken = []

    async def one_by_one():
        for reference in references:
            taken.append(reference)
            yield make_order(reference)
            # as long as a look-up takes, so that few are looked up at once
            await anyio.to_thread.run_sync(len, taken)

    async with submit_orders(client_for(), one_by_one(), journal=path) as outcomes:
        first = await anext(outcomes)
        while len(taken) <= 1_000:
            await checkpoint()
        for _ in range(1_000):
            await anyio.to_thread.run_sync(len, taken)
        # those in the queue of outcomes, and those that are read ahead
        assert len(taken) < 1_600
        assert [first.replayed, *[outcome.replayed async for outcome in outcomes]] == [True] * 1_700


async def test_connected_ids_are_replayed(client_for, make_order, shop, path):
    def split(shop, body):
        row = shop.commit(body)
        row["connectedOrderIds"] = [row["id"], "other"]
        return Response(status=200, body=json.dumps(row).encode())

    shop.faults["r"] = [split]
    (first,) = await outcomes_of(client_for(), [make_order("r")], path)
    (again,) = await outcomes_of(client_for(), [make_order("r")], path)
    assert first.connected_order_ids == again.connected_order_ids != ()
    assert again.replayed


async def test_replayed_orders_count_as_created(client_for, make_order, path):
    await outcomes_of(client_for(), map(make_order, ["r0", "r1"]), path)
    async with submit_orders(
        client_for(), map(make_order, ["r0", "r1", "r2"]), journal=path
    ) as outcomes:
        assert len([outcome async for outcome in outcomes]) == 3
        assert (outcomes.progress.created, outcomes.progress.replayed) == (3, 2)


@pytest.mark.parametrize("changes", [{}, {"currency": "EUR"}])
async def test_a_refused_order_is_tried_again_changed_or_not(
    client_for, make_order, shop, path, changes
):
    shop.faults["r"] = [failed(400)]
    (first,) = await outcomes_of(client_for(), [make_order("r")], path)
    assert isinstance(first.error, BadRequestError)
    (second,) = await outcomes_of(client_for(), [make_order("r", **changes)], path)
    assert second == Created(reference="r", order_id="r-0")
    (third,) = await outcomes_of(client_for(), [make_order("r", **changes)], path)
    assert third.replayed
    assert counts(shop) == {"r": 1}


async def test_an_order_that_broke_rules_is_tried_again_once_fixed(
    client_for, make_order, shop, path
):
    (first,) = await outcomes_of(client_for(), [make_order("r", currency="")], path)
    (second,) = await outcomes_of(client_for(), [make_order("r", currency="")], path)
    assert isinstance(first, Rejected)
    assert isinstance(second, Rejected)
    (third,) = await outcomes_of(client_for(), [make_order("r")], path)
    assert isinstance(third, Created)
    assert counts(shop) == {"r": 1}


@pytest.mark.parametrize("crashed", [False, True])
async def test_changed_contents_under_a_used_reference_are_an_error(
    client_for, make_order, shop, path, crashed
):
    if crashed:
        await crash_with(shop, client_for, [make_order("r")], path, arrived={"r"})
    else:
        await outcomes_of(client_for(), [make_order("r")], path)
    found = await outcomes_of(
        client_for(), [make_order("r", currency="EUR"), make_order("good")], path
    )
    (rejected,) = (outcome for outcome in found if isinstance(outcome, Rejected))
    assert rejected.reference == "r"
    assert isinstance(rejected.error, ValidationError)
    assert rejected.error.problems[0].path == "orderReferenceId"
    assert counts(shop) == {"r": 1, "good": 1}
    (replayed,) = await outcomes_of(client_for(), [make_order("r")], path)
    assert replayed.order_id == "r-0", "the conflict must not spoil what is known of the true order"


async def test_orders_in_flight_are_reconciled_and_new_ones_go_at_once(
    client_for, make_order, shop, path, virtual
):
    old = [f"old{i}" for i in range(20)]
    arrived = set(old[::2])
    await crash_with(shop, client_for, map(make_order, old), path, arrived=arrived)
    assert Journal(path).count()["intended"] == 20
    begun, made_at = virtual.time, {}
    commit = shop.commit

    def noting(body):
        made_at[body["orderReferenceId"]] = virtual.time - begun
        return commit(body)

    shop.commit = noting
    new = [f"new{i}" for i in range(20)]
    patient = client_for(retry=RetryPolicy(reconcile=60))
    found = by_reference(await outcomes_of(patient, map(make_order, old + new), path))
    assert counts(shop) == dict.fromkeys(old + new, 1)
    assert {reference for reference in old if found[reference].adopted} == arrived
    assert (
        max(made_at[reference] for reference in new)
        < 60
        <= min(made_at[r] for r in old if r not in arrived)
    )
    assert made_at.keys() == {*new, *old} - arrived
    assert Journal(path).count() == {"intended": 0, "created": 40, "rejected": 0, "unknown": 0}


async def test_an_order_that_becomes_searchable_late_is_not_sent_again(
    client_for, make_order, shop, path, virtual
):
    await crash_with(shop, client_for, [make_order("r")], path, arrived={"r"})
    (hidden,), begun = shop.orders.pop("r"), virtual.time
    search = shop._search

    def lagging(body):
        if virtual.time > begun + 3:
            shop.orders["r"] = [hidden]
        return search(body)

    shop._search = lagging
    (found,) = await outcomes_of(client_for(), [make_order("r")], path)
    assert found == Created(reference="r", order_id="r-0", adopted=True)
    assert counts(shop) == {"r": 1}


async def test_orders_in_flight_that_left_the_input_are_reconciled(
    client_for, make_order, shop, path
):
    await crash_with(shop, client_for, map(make_order, ["made", "gone"]), path, arrived={"made"})
    found = by_reference(await outcomes_of(client_for(), [make_order("new")], path))
    assert found["made"] == Created(reference="made", order_id="made-0", adopted=True)
    assert isinstance(found["gone"], Unknown)
    assert counts(shop) == {"made": 1, "new": 1}
    assert Journal(path).count() == {"intended": 0, "created": 2, "rejected": 0, "unknown": 1}


async def test_a_draft_in_flight_that_left_the_input_is_found_as_a_draft(
    client_for, make_order, shop, path
):
    draft = make_order("r", order_type=OrderType.DRAFT)
    await crash_with(shop, client_for, [draft], path, arrived={"r"})
    (found,) = await outcomes_of(client_for(), [], path)
    assert found == Created(reference="r", order_id="r-0", adopted=True)


async def test_more_orders_in_flight_than_are_looked_for_at_once_wait(
    client_for, make_order, shop, path
):
    references = [f"r{number}" for number in range(20)]
    await crash_with(shop, client_for, map(make_order, references), path, arrived=references[::2])
    few, most, found = Tuning(max_unresolved=5), 0, []
    run = Submission(client_for(), map(make_order, references), journal=path, tuning=few)
    async with run as outcomes:
        async for outcome in outcomes:
            most = max(most, outcomes.progress.unresolved)
            found.append(outcome)
    assert len(by_reference(found)) == 20
    assert most <= 5
    assert counts(shop) == dict.fromkeys(references, 1)


async def test_unknown_ones_are_looked_for_again_in_the_next_run(
    client_for, make_order, shop, path
):
    await crash_with(shop, client_for, [make_order("r")], path)
    (first,) = await outcomes_of(client_for(), [], path)
    assert isinstance(first, Unknown)
    shop.commit({"orderReferenceId": "r"})
    (second,) = await outcomes_of(client_for(), [], path)
    assert second == Created(reference="r", order_id="r-0", adopted=True)


async def test_an_unknown_one_in_the_input_is_reconciled_then_sent(
    client_for, make_order, shop, path
):
    await crash_with(shop, client_for, [make_order("r")], path)
    await outcomes_of(client_for(), [], path)
    (second,) = await outcomes_of(client_for(), [make_order("r")], path)
    assert second == Created(reference="r", order_id="r-0")
    assert counts(shop) == {"r": 1}


async def test_an_accepted_one_is_never_sent_again_by_a_later_run(
    client_for, make_order, shop, path
):
    shop.faults["r"] = [lambda shop, body: Response(status=200, body=b"")]
    (first,) = await outcomes_of(client_for(), [make_order("r")], path)
    (second,) = await outcomes_of(client_for(), [make_order("r")], path)
    assert isinstance(first, Unknown)
    assert isinstance(second, Unknown)
    assert shop.orders == {}


async def test_an_order_accepted_as_its_run_was_left_is_never_resent(
    client_for, make_order, shop, virtual, path
):
    answer, asked = shop.answer, anyio.Event()

    async def answer_but_no_get(request):
        if request.method == "GET":
            asked.set()
            await anyio.sleep_forever()
        return await answer(request)

    shop.answer = answer_but_no_get
    shop.faults["r"] = [lambda shop, body: Response(status=200, body=b'{"id": "r-0"}')]
    async with submit_orders(client_for(), [make_order("r")], journal=path, grace=0):
        await asked.wait()
    shop.answer = answer
    (second,) = await outcomes_of(client_for(), [make_order("r")], path)
    assert isinstance(second, Unknown)
    assert shop.orders == {}


async def test_resume_only_reconciles_and_sends_nothing_new(client_for, make_order, shop, path):
    await crash_with(shop, client_for, map(make_order, ["made", "absent"]), path, arrived={"made"})
    orders = map(make_order, ["made", "absent", "new0", "new1"])
    async with submit_orders(client_for(), orders, journal=path, resume_only=True) as outcomes:
        found = by_reference([outcome async for outcome in outcomes])
        assert outcomes.progress.skipped == 2
    assert found.keys() == {"made", "absent"}
    assert found["made"].adopted
    assert not {"new0", "new1"} & shop.orders.keys()
    assert len(shop.orders.get("absent", [])) <= 1


async def test_resume_only_sends_nothing_with_a_new_journal_either(
    client_for, make_order, shop, path
):
    orders = map(make_order, ["new0", "new1"])
    async with submit_orders(client_for(), orders, journal=path, resume_only=True) as outcomes:
        assert [outcome async for outcome in outcomes] == []
        assert outcomes.progress.skipped == 2
    assert shop.orders == {}
    assert Journal(path).count()["intended"] == 0


@pytest.mark.parametrize("resumed", [False, True])
async def test_the_same_reference_twice_is_one_order_in_every_run(
    client_for, make_order, shop, path, resumed
):
    if resumed:
        await outcomes_of(client_for(), [make_order("earlier")], path)
    orders = [make_order("r"), make_order("r"), make_order("r", currency="EUR")]
    async with submit_orders(client_for(), orders, journal=path) as outcomes:
        found = [outcome async for outcome in outcomes]
        assert outcomes.progress.repeated == 1
    assert sorted(type(outcome).__name__ for outcome in found) == ["Created", "Rejected"]
    assert counts(shop)["r"] == 1


async def test_a_reference_twice_that_was_in_flight_is_one_order(
    client_for, make_order, shop, path
):
    await crash_with(shop, client_for, [make_order("r")], path)
    found = await outcomes_of(client_for(), [make_order("r"), make_order("r")], path)
    assert len(found) == 1
    assert counts(shop) == {"r": 1}


@pytest.mark.parametrize("resumed", [False, True])
async def test_after_a_clean_leave_nothing_unsent_is_looked_for(
    client_for, make_order, shop, path, virtual, resumed
):
    if resumed:
        await outcomes_of(client_for(), [make_order("earlier")], path)
    shop.latency = 1.0
    for _ in range(5):
        orders = (make_order(f"r{i}") for i in range(300))
        async with submit_orders(client_for(), orders, journal=path, workers=4) as outcomes:
            await anext(outcomes)
        assert Journal(path).count()["intended"] == 0
    shop.latency, shop.searches = 0.0, []
    found = await outcomes_of(client_for(), (make_order(f"r{i}") for i in range(300)), path)
    assert shop.searches == []
    assert len(found) == 300
    assert all(count == 1 for count in counts(shop).values())


@pytest.mark.parametrize("steps", range(0, 40, 3))
async def test_leaving_at_any_moment_leaves_nothing_intended(
    client_for, make_order, shop, path, steps
):
    async with submit_orders(
        client_for(), (make_order(f"r{i}") for i in range(300)), journal=path, workers=4
    ):
        for _ in range(steps):
            await checkpoint()
    assert Journal(path).count()["intended"] == 0
    assert Journal(path).count()["created"] == len(shop.orders)


async def test_orders_that_could_not_be_sent_at_all_are_not_looked_for(
    client_for, make_order, shop, path
):
    from gelato_async import ConnectionFailedError

    def unreachable(shop, body):
        raise ConnectionFailedError("refused")

    shop.faults = {f"r{i}": [unreachable] * 4 for i in range(3)}
    with pytest.raises(ConnectionFailedError):
        await outcomes_of(client_for(), (make_order(f"r{i}") for i in range(3)), path)
    assert Journal(path).count()["intended"] == 0


async def test_an_order_refused_with_401_is_not_looked_for(client_for, make_order, shop, path):
    from gelato_async import AuthenticationError

    shop.faults["r0"] = [failed(401)]
    with pytest.raises(AuthenticationError):
        await outcomes_of(client_for(), (make_order(f"r{i}") for i in range(3)), path, workers=1)
    assert Journal(path).count()["intended"] == 0


async def test_an_order_that_cannot_be_built_is_rejected_when_resumed(client_for, make_order, path):
    await outcomes_of(client_for(), [make_order("earlier")], path)
    bad = make_order("bad", shipping_address=None)
    found = by_reference(await outcomes_of(client_for(), [bad, make_order("good")], path))
    assert isinstance(found["bad"], Rejected)
    assert isinstance(found["good"], Created)


@pytest.mark.parametrize("resumed", [False, True])
@pytest.mark.parametrize("reference", ["", " ", "\ud800", "a\0b", "ü" * 400], ids=ascii)
async def test_a_strange_reference_does_not_stop_the_run(
    client_for, make_order, shop, path, resumed, reference
):
    if resumed:
        await outcomes_of(client_for(), [make_order("earlier")], path)
    with anyio.fail_after(90):
        found = await outcomes_of(client_for(), [make_order(reference), make_order("good")], path)
    assert len(found) == 2
    assert "good" in shop.orders


async def test_a_thousand_finished_orders_are_replayed(client_for, make_order, shop, path):
    await outcomes_of(client_for(), (make_order(f"r{i}") for i in range(1_000)), path)
    found = await outcomes_of(client_for(), (make_order(f"r{i}") for i in range(1_001)), path)
    assert len(found) == 1_001
    assert sum(outcome.replayed for outcome in found) == 1_000
    assert len(shop.orders) == 1_001


@pytest.mark.parametrize("seed", range(12))
async def test_leaving_at_any_moment_under_faults_loses_no_order(
    client_for, make_order, shop, path, virtual, seed
):
    random = Random(seed)
    faults = [lost, unreadable, failed(503), failed(429), failed(400)]
    for number in range(60):
        shop.faults[f"r{number}"] = random.choices(faults, k=random.choice((0, 0, 1, 2)))
    shop.latency = random.choice((0.0, 0.3))
    reported = {}
    for _ in range(3):
        run = submit_orders(
            client_for(),
            (make_order(f"r{number}") for number in range(60)),
            journal=path,
            workers=random.choice((1, 8, 60)),
            grace=random.choice((0, 0, 5)),
        )
        with anyio.move_on_after(1e6) as scope:
            async with run:
                async for outcome in run:
                    reported[outcome.reference] = outcome
                    if random.random() < 0.02:
                        scope.cancel()
        reported |= by_reference(run.leftover)
        assert shop.orders.keys() <= reported.keys(), "an order that exists was not reported"
        # an order that was never sent is not intended any more
        assert {row.reference for row in Journal(path).rows("intended")} <= reported.keys()
    found = by_reference(
        await outcomes_of(client_for(), (make_order(f"r{number}") for number in range(60)), path)
    )
    assert len(found) == 60
    for reference, outcome in found.items():
        made = [row["id"] for row in shop.orders.get(reference, [])]
        assert len(made) <= 1, "an order was made twice"
        assert not isinstance(outcome, Created) or made == [outcome.order_id]
        assert not isinstance(outcome, Rejected) or not made
