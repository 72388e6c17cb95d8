"""Whatever goes wrong, a run ends, reports each order once, and sends nothing after it failed."""

from collections import Counter

import anyio
import pytest
from support.crashes import by_reference, counts, crash_with, outcomes_of
from support.fake_shop import failed, lost, unreadable

from gelato_async import (
    AuthenticationError,
    ConnectionFailedError,
    LocalLimiter,
    Response,
    RetryPolicy,
)
from gelato_async.bulk import Created, Journal, JournalError, Unknown, submit_orders
from gelato_async.bulk.journal.writer import JournalWriter
from gelato_async.bulk.submit import Submission, Tuning

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.journal"


@pytest.fixture
def orders(make_order):
    return lambda number: (make_order(f"r{i}") for i in range(number))


async def test_an_order_that_alone_always_fails_ends_as_unknown(client_for, orders, shop):
    shop.faults = {"r1": [failed(500)] * 100}
    found = by_reference(await outcomes_of(client_for(), orders(3)))
    assert isinstance(found["r1"], Unknown)
    assert "it failed each time, while others got through" in str(found["r1"].error)
    assert 5 < found["r1"].sends <= 12
    assert counts(shop) == {"r0": 1, "r2": 1}


@pytest.mark.parametrize(("status", "seconds"), [(400, 20), (500, 500)])
async def test_each_order_has_one_outcome_however_late_it_is_taken(
    client_for, orders, shop, virtual, status, seconds
):
    shop.faults = {f"r{i}": [lost] for i in range(0, 80, 20)}
    shop.search_fault = Response(status=status, body=b"{}")
    async with submit_orders(client_for(), orders(2_000), workers=50) as outcomes:
        await virtual.sleep(seconds)
        found = [outcome async for outcome in outcomes]
    assert Counter(outcome.reference for outcome in found).most_common(1)[0][1] == 1
    assert (outcomes.progress.unknown, outcomes.progress.finished) == (4, 2_000)


async def test_one_odd_reference_costs_no_other_of_its_batch(client_for, orders, shop):
    shop.faults = {f"r{i}": [lost] for i in range(5)}
    answer = shop.answer

    async def fussy(request):
        odd = b"search" in request.url.encode() and b'"r3"' in request.body
        return Response(status=400, body=b"{}") if odd else await answer(request)

    shop.answer = fussy
    found = by_reference(await outcomes_of(client_for(), orders(5)))
    assert [reference for reference, outcome in found.items() if isinstance(outcome, Unknown)] == [
        "r3"
    ]


async def test_after_a_refused_key_nothing_more_is_sent(client_for, orders, shop, virtual):
    shop.latency = 0.2
    shop.faults = {f"r{i}": [failed(503)] for i in range(20, 60)}
    answer, refused = shop.answer, []

    async def refusing(request):
        if request.url.endswith(":search"):
            refused.append(virtual.time)
            return Response(status=401)
        assert not refused, "a create was sent after the key was refused"
        return await answer(request)

    shop.answer = refusing
    with pytest.raises(AuthenticationError):
        await outcomes_of(client_for(), orders(300), workers=50)
    assert virtual.time - refused[0] < 1


async def test_a_journal_that_fails_in_an_outage_ends_the_run(
    client_for, orders, shop, path, monkeypatch
):
    shop.latency = 0.2
    shop.faults = {f"r{i}": [failed(503)] for i in range(20, 60)}
    write, told = JournalWriter._write, []

    def failing(writer, entries):
        if outcomes.progress.paused:
            raise JournalError("it is full")
        return write(writer, entries)

    monkeypatch.setattr(JournalWriter, "_write", failing)
    outcomes = submit_orders(client_for(), orders(300), journal=path, workers=50)
    with anyio.fail_after(90), pytest.raises(JournalError, match="full"):
        async with outcomes:
            async for outcome in outcomes:
                told.append(outcome)
    assert by_reference([*told, *outcomes.leftover]).keys() >= shop.orders.keys()
    monkeypatch.undo()
    await outcomes_of(client_for(), orders(300), path)
    assert counts(shop) == {f"r{i}": 1 for i in range(300)}


async def test_an_outage_with_the_last_orders_does_not_delay_the_end(
    client_for, orders, shop, virtual
):
    shop.latency = 1.0
    shop.faults = {f"r{i}": [lost] for i in range(100)}
    async with submit_orders(client_for(), orders(100)) as outcomes:
        async for _ in outcomes:
            last = virtual.time
    assert virtual.time == last


@pytest.mark.parametrize("workers", [20, 60])
async def test_resting_workers_see_the_end(client_for, orders, shop, virtual, workers):
    shop.latency = 1.0
    shop.faults = {f"r{workers + 4 * i}": [lost] for i in range(8)}
    search = shop._search
    shop._search = lambda body: (
        search(body) if virtual.time > 3 else Response(status=200, body=b'{"orders":[]}')
    )
    number = 2 * workers + 40
    few = Tuning(max_unresolved=5)
    run = Submission(client_for(), orders(number), workers=workers, tuning=few)
    with anyio.fail_after(90):
        async with run as outcomes:
            assert len([outcome async for outcome in outcomes]) == number
    assert counts(shop) == {f"r{i}": 1 for i in range(number)}


async def test_with_the_reconciler_full_no_more_are_sent(client_for, orders, shop, virtual):
    shop.latency, shop.faults = 1.0, {f"r{i}": [lost] for i in range(200)}
    shop.search_fault = Response(status=503)
    few = Tuning(max_unresolved=5)
    async with Submission(client_for(), orders(200), workers=4, grace=0, tuning=few) as outcomes:
        await virtual.sleep(60)
        assert 5 <= outcomes.progress.unresolved <= 5 + 4


async def test_a_resend_does_not_wait_for_an_input_that_pauses(
    client_for, make_order, shop, virtual
):
    shop.faults = {"r": [failed(503)]}
    client = client_for()
    # so little that it pays for no resend
    client.engine.quota.left = 5

    async def paused():
        yield make_order("r")
        await virtual.sleep(3_600)

    async with submit_orders(client, paused()) as outcomes:
        assert isinstance(await anext(outcomes), Created)
        assert virtual.time < 60


async def test_a_resend_goes_though_some_request_is_always_out(
    client_for, make_order, shop, virtual
):
    shop.faults, shop.latency = {"r0": [failed(503)]}, 2.0
    client = client_for()
    client.engine.quota.left = 0

    async def slow():
        for number in range(500):
            yield make_order(f"r{number}")
            await virtual.sleep(0.5)

    # two successes a second pay for a resend, though it is asked for as often
    async with submit_orders(client, slow(), grace=0) as outcomes:
        async for outcome in outcomes:
            if outcome.reference == "r0":
                break
    assert virtual.time < 30


async def test_an_outage_holds_back_requests_that_wait_for_a_turn(
    client_for, orders, shop, virtual
):
    shop.latency = 0.5
    answer, met = shop.answer, []

    async def down(request):
        if request.url.endswith(":search") or not 5 <= virtual.time < 65:
            return await answer(request)
        met.append(virtual.time)
        await virtual.sleep(0.5)
        return Response(status=503)

    shop.answer = down
    limiter = LocalLimiter(rate=10, clock=virtual.clock)
    client = client_for(limiter=limiter)
    # a server that is slow at first makes many workers, which then wait for turns
    shop.latency = 4.0
    async with submit_orders(client, orders(300), workers=60) as outcomes:
        found = [outcome async for outcome in outcomes]
    assert all(isinstance(outcome, Created) for outcome in found)
    assert counts(shop) == {f"r{i}": 1 for i in range(300)}
    # ten failures tell that there is an outage; those on their way fail too; then one probe at a
    # time
    assert len(met) <= 10 + 10 + 7


async def test_the_caller_sees_a_transports_error_in_a_look(client_for, orders, shop):
    shop.faults = {"r1": [lost]}

    def broken(_):
        raise RuntimeError("the transport broke")

    shop._search = broken
    with pytest.raises(RuntimeError, match="the transport broke"):
        await outcomes_of(client_for(), orders(3))


async def test_iterating_after_the_block_is_an_error(client_for, orders):
    async with submit_orders(client_for(), orders(1)) as outcomes:
        pass
    with pytest.raises(RuntimeError, match="the block was left"):
        await anext(outcomes)


async def test_reconciliation_without_a_connection_says_so_at_once(
    client_for, make_order, shop, virtual, path
):
    await crash_with(shop, client_for, [make_order("r")], path)

    async def unreachable(_):
        raise ConnectionFailedError("refused")

    shop.answer, before = unreachable, virtual.time
    with pytest.raises(ConnectionFailedError):
        await outcomes_of(client_for(retry=RetryPolicy()), [], path)
    assert virtual.time - before < 60
    assert Journal(path).count()["intended"] == 1


async def test_an_outcome_counts_the_sends_of_earlier_runs(client_for, make_order, shop, path):
    shop.faults = {"r": [failed(503), failed(503), unreadable]}
    shop._search = lambda _: Response(status=200, body=b'{"orders":[]}')
    (first,) = await outcomes_of(client_for(), [make_order("r")], path)
    (second,) = await outcomes_of(client_for(), [make_order("r")], path)
    assert [(type(outcome), outcome.sends) for outcome in (first, second)] == [
        (Unknown, 3),
        (Unknown, 3),
    ]
    del shop._search
    (third,) = await outcomes_of(client_for(), [], path)
    (replayed,) = await outcomes_of(client_for(), [make_order("r")], path)
    assert (third.sends, third.adopted) == (replayed.sends, replayed.adopted) == (3, True)
    assert replayed.replayed


async def test_new_orders_of_a_resumed_run_are_intended_few_at_a_time(
    client_for, orders, shop, virtual, path
):
    await outcomes_of(client_for(), orders(1), path)
    shop.latency, most = 1.0, 0
    async with submit_orders(
        client_for(), orders(2_000), journal=path, workers=4, grace=0
    ) as outcomes:
        for _ in range(30):
            await anext(outcomes)
            most = max(most, Journal(path).count()["intended"])
    assert 4 < most <= 64 + 4
