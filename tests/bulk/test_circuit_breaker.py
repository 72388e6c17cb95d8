"""An outage in the middle of a run: few extra requests, and nothing lost or made twice."""

import itertools
import json

import anyio
import pytest
from support.crashes import by_reference, counts, outcomes_of
from support.fake_shop import failed

from gelato_async import ConnectionFailedError, Response
from gelato_async.bulk import Created, Rejected, submit_orders
from gelato_async.client.create_once import CreateOnce
from gelato_async.client.references_in_flight import claim, key_of
from gelato_async.core.pending_create import PendingCreate

pytestmark = pytest.mark.anyio

ORDERS = 900
BEGIN = 2.0
LASTS = 60.0


class Outage:
    """Answers all requests, or creates alone, with `trouble` for `LASTS` seconds from `BEGIN` on."""

    def __init__(self, shop, trouble, *, searches_too):
        self.shop, self.trouble, self.searches_too = shop, trouble, searches_too
        self.genuine, shop.answer = shop.answer, self.answer
        self.met, self.extra, self.looks, self.times = set(), 0, 0, []

    @property
    def on(self):
        return BEGIN <= self.shop.virtual.time < BEGIN + LASTS

    async def answer(self, request):
        searching = request.url.endswith("/v4/orders:search")
        if not searching:
            await self.shop.virtual.sleep(0.5)
        if not self.on or (searching and not self.searches_too):
            return await self.genuine(request)
        if searching:
            self.looks += 1
        else:
            reference = json.loads(request.body)["orderReferenceId"]
            self.times.append(self.shop.virtual.time)
            self.extra += reference in self.met
            self.met.add(reference)
        return self.trouble()


async def _run(client, make_order):
    orders = (make_order(f"r{i}") for i in range(ORDERS))
    async with submit_orders(client, orders, workers=100) as outcomes:
        paused, found = False, []
        async for outcome in outcomes:
            found.append(outcome)
            paused = paused or outcomes.progress.paused
        return by_reference(found), outcomes.progress


@pytest.mark.parametrize("searches_too", [True, False])
async def test_a_minute_of_503_costs_few_extra_attempts_and_no_order(
    client_for, make_order, shop, virtual, searches_too
):
    outage = Outage(shop, lambda: Response(status=503), searches_too=searches_too)
    found, progress = await _run(client_for(), make_order)
    assert virtual.time > BEGIN + LASTS
    assert 0 < len(outage.met) < 600, "the outage is in the middle, and stops the intake"
    assert counts(shop) == {f"r{i}": 1 for i in range(ORDERS)}
    assert len(found) == ORDERS
    assert all(isinstance(outcome, Created) for outcome in found.values())
    assert outage.extra <= 40
    assert outage.looks <= 200
    assert not progress.paused


async def test_a_minute_without_a_connection_rejects_and_loses_nothing(
    client_for, make_order, shop, virtual
):
    def refused():
        raise ConnectionFailedError("refused")

    outage = Outage(shop, refused, searches_too=True)
    found, _ = await _run(client_for(), make_order)
    assert virtual.time > BEGIN + LASTS
    assert outage.met
    assert counts(shop) == {f"r{i}": 1 for i in range(ORDERS)}
    assert all(isinstance(outcome, Created) for outcome in found.values())
    assert len(found) == ORDERS


async def test_probes_go_one_at_a_time_at_growing_intervals(client_for, make_order, shop, virtual):
    outage = Outage(shop, lambda: Response(status=503), searches_too=True)
    await _run(client_for(), make_order)
    # those that were on their way when it began fail with it; each later one waits for the answer
    # to the one before
    probes = [time for time in outage.times if time > outage.times[0] + 0.5]
    gaps = [later - earlier for earlier, later in itertools.pairwise(probes)]
    assert len(probes) <= 7
    assert gaps == sorted(gaps)
    assert gaps[0] >= 2
    assert gaps[-1] <= 30.5


async def test_a_probe_that_cannot_be_sent_lets_the_next_one_go(client_for, make_order, shop):
    references = [*(f"r{i}" for i in range(10)), "taken", "next"]
    shop.faults = {f"r{i}": [failed(503)] for i in range(10)}
    client = client_for()
    another_create = CreateOnce(client.engine, PendingCreate(operation=None, request=None))
    # it is its turn to probe when ten of ten have failed
    claim(key_of(client.engine.backend, "taken"), another_create)
    with anyio.fail_after(90):
        found = by_reference(await outcomes_of(client, map(make_order, references), workers=1))
    assert [name for name, one in found.items() if isinstance(one, Rejected)] == ["taken"]
    assert counts(shop) == dict.fromkeys(found.keys() - {"taken"}, 1)
