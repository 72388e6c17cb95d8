"""How runs end: nothing is dropped, told twice, or left running."""

import asyncio

import anyio
import pytest
from anyio.lowlevel import checkpoint
from support.crashes import by_reference, counts, outcomes_of
from support.fake_shop import failed, lost

from gelato_async import AuthenticationError, Response, RetryPolicy
from gelato_async.bulk import Created, Journal, Unknown, submit_orders

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("fault", [failed(503), lost])
@pytest.mark.parametrize("at", [0, 150, 299])
async def test_an_input_that_ends_during_reconciliation_drops_none(
    client_for, make_order, shop, virtual, fault, at
):
    shop.faults[f"r{at}"] = [fault]
    shop.latency = 0.5

    async def orders():
        for i in range(300):
            yield make_order(f"r{i}")
        await virtual.sleep(2)

    with anyio.fail_after(30):
        found = by_reference(await outcomes_of(client_for(), orders(), workers=256))
    assert len(found) == 300
    assert counts(shop) == {f"r{i}": 1 for i in range(300)}


@pytest.mark.parametrize("workers", [1, 256])
async def test_an_absent_order_is_sent_again_while_the_input_is_quiet(
    client_for, make_order, shop, workers
):
    shop.faults["r0"] = [failed(503)]
    resent = anyio.Event()
    commit = shop.commit

    def noting(body):
        if body["orderReferenceId"] == "r0":
            resent.set()
        return commit(body)

    shop.commit = noting

    async def orders():
        yield make_order("r0")
        await resent.wait()
        yield make_order("r1")

    with anyio.fail_after(90):
        found = by_reference(await outcomes_of(client_for(), orders(), workers=workers))
    assert found.keys() == {"r0", "r1"}
    assert counts(shop) == {"r0": 1, "r1": 1}


@pytest.mark.parametrize("what", [None, 5, "order"])
async def test_what_is_no_order_is_a_type_error_after_those_before(
    client_for, make_order, shop, what
):
    found = []
    with pytest.raises(TypeError, match="NewOrder"):
        async with submit_orders(
            client_for(), [make_order("r"), what, make_order("never")]
        ) as outcomes:
            async for outcome in outcomes:
                found.append(outcome.reference)
    assert found == ["r"]
    assert shop.orders.keys() == {"r"}


async def test_an_input_that_is_not_iterable_makes_no_journal(client_for, make_order, tmp_path):
    path = tmp_path / "run.journal"
    with pytest.raises(TypeError):
        await outcomes_of(client_for(), 5, path)
    assert list(tmp_path.iterdir()) == []
    with anyio.CancelScope() as scope:
        assert len(await outcomes_of(client_for(), [make_order("r")], path)) == 1
    assert not scope.cancelled_caught


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("steps", [1, 3, 10, 40])
async def test_a_second_cancel_while_leaving_leaves_no_task_running(
    client_for, make_order, shop, tmp_path, steps
):
    async def never(request):
        shop.in_flight += 1
        await anyio.sleep_forever()

    shop.answer = never
    path = tmp_path / "run.journal"

    async def run():
        orders = (make_order(f"r{i}") for i in range(100))
        async with submit_orders(
            client_for(), orders, journal=path, workers=4, grace=60
        ) as outcomes:
            async for _ in outcomes:
                pass

    before = asyncio.all_tasks()
    task = asyncio.create_task(run())
    while shop.in_flight < 4:
        await checkpoint()
    task.cancel()
    for _ in range(steps):
        await checkpoint()
    task.cancel()
    with anyio.fail_after(90):
        while not task.done():
            await anyio.sleep(0.001)
    assert task.cancelled()
    await checkpoint()
    assert asyncio.all_tasks() == before
    assert shop.in_flight == 4
    assert {file.name for file in tmp_path.iterdir()} <= {
        "run.journal",
        "run.journal-lock",
        "run.journal-mark",
    }


@pytest.mark.parametrize("made", [True, False])
async def test_a_refused_key_during_a_look_gives_one_outcome_per_order(
    client_for, make_order, shop, virtual, made, tmp_path
):
    for i in range(5):
        shop.faults[f"r{i}"] = [lost if made else failed(503)]
    shop.faults["bad"] = [failed(401)]
    genuine, looking, refused = shop.answer, anyio.Event(), anyio.Event()

    async def answer(request):
        if request.url.endswith(":search"):
            looking.set()
            await refused.wait()
            await virtual.sleep(3)
        if b'"bad"' in (request.body or b""):
            await looking.wait()
            refused.set()
        return await genuine(request)

    shop.answer = answer
    found = []
    with anyio.fail_after(90), pytest.raises(AuthenticationError):
        async with submit_orders(
            client_for(),
            map(make_order, [*(f"r{i}" for i in range(5)), "bad"]),
            journal=tmp_path / "j",
        ) as outcomes:
            async for outcome in outcomes:
                found.append(outcome)
    told = by_reference([*found, *outcomes.leftover])
    assert told.keys() == {f"r{i}" for i in range(5)}
    if made:
        assert all(isinstance(outcome, Created) for outcome in told.values())


async def test_a_refused_look_ends_the_run_with_one_outcome_per_order(client_for, make_order, shop):
    for i in range(120):
        shop.faults[f"r{i}"] = [lost]
    shop.search_fault = Response(status=401)
    found = []
    with anyio.fail_after(90), pytest.raises(AuthenticationError):
        async with submit_orders(
            client_for(), (make_order(f"r{i}") for i in range(120))
        ) as outcomes:
            async for outcome in outcomes:
                found.append(outcome)
    assert by_reference([*found, *outcomes.leftover]).keys() == shop.orders.keys()


@pytest.mark.parametrize("steps", range(0, 12, 3))
async def test_with_the_outcomes_full_each_order_is_reported_once(
    client_for, make_order, shop, tmp_path, steps
):
    path, number = tmp_path / "j", 1_100
    orders = (make_order(f"r{i}") for i in range(number))
    async with submit_orders(client_for(), orders, journal=path, workers=50, grace=0) as outcomes:
        # nobody iterates, so workers come to wait for room
        while outcomes.progress.finished <= 1_000:
            await checkpoint()
        for _ in range(steps):
            await checkpoint()
    told = by_reference(outcomes.leftover)
    assert told.keys() == shop.orders.keys()
    progress, journaled = outcomes.progress, Journal(path).count()
    created = sum(isinstance(outcome, Created) for outcome in told.values())
    assert created == progress.created == journaled["created"]
    assert journaled["unknown"] == 0
    assert journaled["intended"] == len(told) - created


async def test_a_broken_transport_in_a_create_ends_the_run(client_for, make_order, shop, tmp_path):
    def broken(shop, body):
        shop.commit(body)
        raise RuntimeError("the transport broke")

    shop.faults["r1"] = [broken]
    found, path = [], tmp_path / "j"
    orders = [make_order(f"r{number}") for number in range(3)]
    with anyio.fail_after(90), pytest.raises(RuntimeError, match="the transport broke"):
        async with submit_orders(client_for(), orders, journal=path, workers=1) as outcomes:
            async for outcome in outcomes:
                found.append(outcome)
    told = by_reference([*found, *outcomes.leftover])
    assert {name: type(outcome) for name, outcome in told.items()} == {"r0": Created, "r1": Unknown}
    assert Journal(path).count() == {"intended": 1, "created": 1, "rejected": 0, "unknown": 0}
    await outcomes_of(client_for(), orders, path)
    assert counts(shop) == {"r0": 1, "r1": 1, "r2": 1}


async def test_a_broken_transport_in_a_look_for_a_marker_ends_the_run(client_for, make_order, shop):
    shop.faults["r"] = [lost]

    def broken(_):
        raise RuntimeError("the transport broke")

    shop._get = broken
    client = client_for(retry=RetryPolicy(reconcile=4, marker=True))
    with anyio.fail_after(90), pytest.raises(RuntimeError, match="the transport broke"):
        await outcomes_of(client, [make_order("r")])
