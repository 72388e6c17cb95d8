"""The promise, told by the sandbox's audit and never by the client.

Every order exactly once, under faults.
"""

import anyio
import pytest

from gelato_async import GelatoClient, GelatoConnectClient, LocalLimiter, RetryPolicy
from gelato_async.bulk import Created, submit_orders
from gelato_async.bulk.run import reconciler
from gelato_async.bulk.run.preparer import AT_ONCE
from gelato_async.sandbox import Fault, FaultPlan, Sandbox

pytestmark = [pytest.mark.anyio, pytest.mark.system]

ORDERS = 120
FAULTS = [
    Fault("status", status=503, share=0.06),
    Fault("drop", when="before", share=0.06),
    Fault("drop", when="after", share=0.06),
    Fault("status", status=502, when="after", share=0.06),
    Fault("status", status=504, commit_delay=0.3, share=0.04),
]


def client_of(sandbox, backend, reconcile):
    options = {
        "base_url": sandbox.url,
        "retry": RetryPolicy(reconcile=reconcile),
        "limiter": LocalLimiter(),
    }
    if backend == "gelato":
        return GelatoClient("sandbox-key", **options)
    return GelatoConnectClient("sandbox", "sandbox-key", "sandbox-secret", **options)


async def submitted(sandbox, backend, orders, reconcile):
    async with (
        client_of(sandbox, backend, reconcile) as client,
        submit_orders(client, orders) as outcomes,
    ):
        return [outcome async for outcome in outcomes]


def made(sandbox, backend):
    return sandbox.audit().orders.get(backend, {})


@pytest.mark.parametrize(
    ("anyio_backend", "backend", "seed"),
    [
        ("asyncio", "gelato", 1),
        ("asyncio", "connect", 2),
        ("trio", "gelato", 3),
        ("trio", "connect", 4),
    ],
)
async def test_every_order_is_made_exactly_once_under_faults(
    anyio_backend, backend, seed, make_order
):
    references = [f"r{i}" for i in range(ORDERS)]
    with Sandbox(faults=FaultPlan(FAULTS, seed=seed), search_lag=0.1) as sandbox:
        outcomes = await submitted(sandbox, backend, map(make_order, references), reconcile=1.2)
        audit = sandbox.audit()
    assert sum(audit.faults.values()) > 10
    assert {
        reference: len(commits) for reference, commits in made(sandbox, backend).items()
    } == dict.fromkeys(references, 1)
    assert all(isinstance(outcome, Created) for outcome in outcomes)
    for outcome in outcomes:
        assert outcome.order_id in made(sandbox, backend)[outcome.reference][0]
    assert len(outcomes) == ORDERS


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_without_a_reconciliation_window_orders_are_made_twice(anyio_backend, make_order):
    with Sandbox(faults=FaultPlan(FAULTS, seed=1), search_lag=0.1) as sandbox:
        await submitted(
            sandbox, "gelato", (make_order(f"r{i}") for i in range(ORDERS)), reconcile=0
        )
        assert sandbox.audit().duplicates


@pytest.mark.parametrize("anyio_backend", ["trio"])
async def test_with_an_immediate_resend_orders_are_made_twice(
    anyio_backend, make_order, monkeypatch
):
    async def resend_at_once(sender, creates, deadline=0.0):
        for pending in creates:
            pending.last_look = pending.unclear_since + sender.retry.reconcile
        await anyio.lowlevel.checkpoint()
        return ()

    monkeypatch.setattr(reconciler, "look", resend_at_once)
    with Sandbox(faults=FaultPlan(FAULTS, seed=1), search_lag=0.1) as sandbox:
        await submitted(
            sandbox, "gelato", (make_order(f"r{i}") for i in range(ORDERS)), reconcile=1.2
        )
        assert sandbox.audit().duplicates


@pytest.mark.parametrize(("anyio_backend", "backend"), [("asyncio", "gelato"), ("trio", "connect")])
async def test_a_canceled_orders_reference_is_ordered_anew(anyio_backend, backend, make_order):
    # as many as the intake takes in one go: the look before the first create shows all old orders
    references = [f"r{i}" for i in range(AT_ONCE)]
    with Sandbox(faults=FaultPlan(FAULTS, seed=5), search_lag=0.1) as sandbox:
        before = await submitted(sandbox, backend, map(make_order, references), reconcile=1.2)
        async with client_of(sandbox, backend, 1.2) as client:
            for outcome in before:
                await client.orders.cancel(outcome.order_id)
        after = await submitted(sandbox, backend, map(make_order, references), reconcile=1.2)
    old = {outcome.order_id for outcome in before}
    assert len(after) == AT_ONCE
    for outcome in after:
        first, second = made(sandbox, backend)[outcome.reference]
        assert set(first) <= old
        assert outcome.order_id in second
