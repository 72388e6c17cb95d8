"""What a bulk run and its resume know of orders whose answer was lost."""

import json
from contextlib import suppress

import pytest
from attrs import evolve
from support.fake_shop import lost

from gelato_async import NotSentError, Response, RetryPolicy
from gelato_async.bulk import Created, Rejected, Unknown, submit_orders

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.journal"


async def outcomes_of(client, orders, path=None, **options):
    async with submit_orders(client, orders, journal=path, **options) as outcomes:
        return [outcome async for outcome in outcomes]


def orders_of(make_order, count, **changes):
    return [make_order(f"r{number}", **changes) for number in range(count)]


async def test_a_cold_client_looks_once_for_fifty_before_it_sends(client_for, make_order, shop):
    found = await outcomes_of(client_for(cold=True), orders_of(make_order, 200))
    assert len(found) == 200
    assert all(isinstance(outcome, Created) for outcome in found)
    # no search after the first answers have taught the database's clock
    assert 1 <= len(shop.searches) <= 4
    assert all(len(references) <= 50 for references in shop.searches)


async def test_a_client_that_knows_the_clock_does_not_look_before(client_for, make_order, shop):
    await outcomes_of(client_for(), orders_of(make_order, 200))
    assert shop.searches == []


async def test_an_order_that_the_look_before_showed_is_not_adopted(client_for, make_order, shop):
    for reference in ("r1", "r2"):
        shop.commit({"orderReferenceId": reference})
    dropped = [lambda shop, body: failed_answer()]
    shop.faults = {"r1": list(dropped), "r2": [lost]}
    found = await outcomes_of(client_for(cold=True), orders_of(make_order, 5))
    ids = {outcome.reference: outcome.order_id for outcome in found}
    assert (ids["r1"], ids["r2"]) == ("r1-1", "r2-1")
    assert [len(shop.orders[reference]) for reference in ("r1", "r2")] == [2, 2]


def failed_answer():
    from gelato_async import Response

    return Response(status=503)


class Killed(BaseException):
    """The process is gone: nothing that it would do at its end is done."""


async def killed(client, orders, path, copy):
    """Run until the first create has been sent, and keep the journal as a kill leaves it."""

    async with submit_orders(client, orders, journal=path) as outcomes:
        async for _ in outcomes:
            break
        await outcomes._run.journal.barrier()
        for part in path.parent.glob(f"{path.name}*"):
            (copy / part.name).write_bytes(part.read_bytes())


@pytest.mark.parametrize("clock", [-3_600, 0, 3_600], ids="host clock {:+}".format)
@pytest.mark.parametrize("marker", [False, True])
@pytest.mark.parametrize("cold", [False, True])
async def test_a_resume_reads_no_clock_of_the_host(
    client_for, make_order, shop, virtual, tmp_path, clock, marker, cold
):
    path, copy = tmp_path / "run.journal", tmp_path / "after-the-kill"
    copy.mkdir()
    retry = RetryPolicy(reconcile=4, marker=marker)
    orders = orders_of(make_order, 8)
    # one is committed, and its answer never comes before the kill
    shop.faults = {"r0": [lost]}
    await killed(client_for(cold=cold, retry=retry), orders, path, copy)

    resumed = client_for(cold=True, retry=retry)
    resumed.engine.sender.clock = evolve(
        resumed.engine.clock,
        # another process: its monotonic clock has another start, its wall clock was set
        now=lambda: virtual.now() + 50_000,
        wall=lambda: virtual.wall() + clock,
    )
    found = await outcomes_of(resumed, orders, copy / path.name)
    assert {type(outcome) for outcome in found} == {Created}
    assert {reference: len(rows) for reference, rows in shop.orders.items()} == {
        f"r{number}": 1 for number in range(8)
    }


async def test_a_canceled_order_is_not_printed_again_by_a_resume(
    client_for, make_order, shop, tmp_path
):
    path, copy = tmp_path / "run.journal", tmp_path / "after-the-kill"
    copy.mkdir()
    orders = orders_of(make_order, 8)
    shop.faults = {"r0": [lost]}
    await killed(client_for(), orders, path, copy)
    for rows in shop.orders.values():
        rows[0]["fulfillmentStatus"] = "canceled"
    before = {reference for reference, rows in shop.orders.items() if rows}
    found = await outcomes_of(client_for(), orders, copy / path.name)
    assert all(len(rows) == 1 for rows in shop.orders.values())
    unknown = {outcome.reference for outcome in found if isinstance(outcome, Unknown)}
    assert unknown <= before
    assert "r0" in unknown


async def test_a_marker_stays_the_same_when_an_order_is_sent_again(client_for, make_order, shop):
    seen = []

    def lose_twice(shop, body):
        seen.append(body["metadata"])
        return failed_answer()

    shop.faults = {"r0": [lose_twice, lose_twice]}
    client = client_for(retry=RetryPolicy(reconcile=1, marker=True))
    (found,) = await outcomes_of(client, [make_order("r0")])
    assert isinstance(found, Created)
    assert seen[0] == seen[1]
    assert len(seen[0]) == 1


async def test_a_reference_that_is_on_its_way_elsewhere_is_rejected(
    client_for, make_order, shop, virtual
):
    shop.latency = 5.0
    first, second = client_for(), client_for()
    async with submit_orders(first, [make_order("r0")]) as outcomes:
        await virtual.sleep(1)
        (refused,) = await outcomes_of(second, [make_order("r0")])
        assert isinstance(refused, Rejected)
        assert isinstance(refused.error, NotSentError)
        assert "r0" in str(refused.error)
        made = [outcome async for outcome in outcomes]
    assert [type(outcome) for outcome in made] == [Created]
    assert len(shop.orders["r0"]) == 1


async def test_a_run_that_is_left_lets_its_references_go(client_for, make_order, shop):
    shop.latency = 60.0
    with suppress(TimeoutError):
        async with submit_orders(client_for(), [make_order("r0")], grace=1) as outcomes:
            async for _ in outcomes:
                raise TimeoutError
    shop.latency = 0.0
    found = await outcomes_of(client_for(), [make_order("r1")])
    assert json.dumps([outcome.reference for outcome in found]) == '["r1"]'


async def test_a_marker_without_room_costs_no_order_of_an_earlier_run(
    client_for, make_order, shop, path
):
    full = {f"key-{number}": "value" for number in range(20)}
    orders = orders_of(make_order, 2, metadata=full)
    shop.faults["r1"] = [lost]
    async with submit_orders(client_for(), orders, journal=path, grace=0) as outcomes:
        async for _ in outcomes:
            break
    marking = client_for(retry=RetryPolicy(reconcile=4, marker=True))
    found = await outcomes_of(marking, [*orders, make_order("r2", metadata=full)], path)
    assert {outcome.reference: type(outcome) for outcome in found} == {
        "r0": Created,
        "r1": Created,
        "r2": Rejected,
    }
    assert len(found) == 3
    assert {reference: len(rows) for reference, rows in shop.orders.items()} == {"r0": 1, "r1": 1}


async def test_references_that_a_server_keeps_as_one_are_in_doubt(
    client_for, make_order, shop, virtual
):
    answer = shop.answer

    async def in_lower_case(request):
        if request.url.endswith("search") and virtual.time < 3:
            # its index lags, so that one look shows both
            return Response(status=200, body=b'{"orders": []}')
        return await answer(evolve(request, body=request.body.replace(b"ORDER", b"order")))

    shop.answer = in_lower_case
    shop.faults["order"] = [lost, lost]
    orders = [make_order("ORDER"), make_order("order")]
    found = await outcomes_of(client_for(), orders)
    assert len(shop.orders["order"]) == 2
    assert {type(outcome) for outcome in found if outcome.reference == "ORDER"} == {Unknown}
