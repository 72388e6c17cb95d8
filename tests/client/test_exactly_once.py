import anyio
import pytest

from gelato_async import (
    AiohttpTransport,
    GelatoClient,
    GelatoConnectClient,
    GelatoError,
    OutcomeUnknownError,
    RetryPolicy,
    Unlimited,
)
from gelato_async.client.create_once import CreateOnce
from gelato_async.sandbox import Fault, FaultPlan, Sandbox

pytestmark = pytest.mark.system

MANY, SOME = 120, 40
FAULTS = [
    Fault("status", status=503, share=0.08),
    Fault("drop", share=0.08, name="dropped-before"),
    Fault("drop", when="after", share=0.08, name="dropped-after"),
    Fault("status", status=502, when="after", share=0.08),
    Fault("status", status=504, commit_delay=0.3, share=0.04),
    Fault("truncated", share=0.02),
    Fault("html", when="after", share=0.02, name="unreadable"),
]
# attempts enough for a run of bad luck to be no part of the test
SAFE = RetryPolicy(attempts=10, reconcile=1.0, initial=0.05)
QUICK = RetryPolicy(attempts=10, reconcile=0.6, initial=0.05)


@pytest.fixture
def seed():
    return 3


@pytest.fixture
def sandbox(seed):
    with Sandbox(
        faults=FaultPlan(FAULTS, seed), search_lag=0.1, rate_limit=None, speed=0.0
    ) as running:
        yield running


def clients(sandbox, retry, transport=None):
    options = {"base_url": sandbox.url, "retry": retry, "transport": transport}
    key, secret = sandbox.connect_key, sandbox.connect_secret
    return {
        "gelato": GelatoClient(sandbox.api_key, limiter=Unlimited(), **options),
        "connect": GelatoConnectClient(
            sandbox.connect_prefix, key, secret, limiter=Unlimited(), **options
        ),
    }


async def create_all(sandbox, make_order, retry, count=SOME, transport=None):
    """What each create came to, by backend and reference: an order id or an error."""
    made = {"gelato": {}, "connect": {}}

    async def create(name, client, number):
        reference = f"{name}-{number}"
        try:
            made[name][reference] = (await client.orders.create(make_order(reference))).id
        except GelatoError as error:
            made[name][reference] = error

    opened = clients(sandbox, retry, transport)
    try:
        async with anyio.create_task_group() as tasks:
            for name, client in opened.items():
                for number in range(count):
                    tasks.start_soon(create, name, client, number)
    finally:
        for client in (*opened.values(), transport):
            if client is not None:
                await client.aclose()
    return made


def true_orders(sandbox):
    """Backend -> reference -> the ids of all its live and dead orders, as the sandbox knows them."""
    return {
        name: {
            reference: [order_id for commit in commits for order_id in commit]
            for reference, commits in of.items()
        }
        for name, of in sandbox.audit().orders.items()
    }


@pytest.mark.anyio
@pytest.mark.parametrize("seed", [1, 2])
async def test_every_order_is_made_exactly_once(sandbox, make_order):
    await make_each_exactly_once(sandbox, make_order)


@pytest.mark.asyncio
@pytest.mark.parametrize("seed", [1, 2])
async def test_every_order_is_made_exactly_once_by_aiohttp(sandbox, make_order):
    await make_each_exactly_once(sandbox, make_order, AiohttpTransport())


async def make_each_exactly_once(sandbox, make_order, transport=None):
    made = await create_all(sandbox, make_order, SAFE, MANY, transport)
    audit = sandbox.audit()
    assert audit.duplicates == ()
    assert true_orders(sandbox) == {
        name: {reference: [order_id] for reference, order_id in answers.items()}
        for name, answers in made.items()
    }
    assert audit.commits == 2 * MANY
    assert set(audit.faults) == {fault.name for fault in FAULTS}


@pytest.mark.anyio
async def test_without_a_window_the_same_faults_make_duplicates(sandbox, make_order):
    # the mutation of the test above: it must notice
    await create_all(sandbox, make_order, RetryPolicy(attempts=10, reconcile=0, initial=0.05))
    assert sandbox.audit().duplicates


@pytest.mark.anyio
async def test_with_an_immediate_resend_the_same_faults_make_duplicates(
    sandbox, make_order, monkeypatch
):
    async def find_nothing(*_):
        return None

    monkeypatch.setattr(CreateOnce, "_reconcile", find_nothing)
    await create_all(sandbox, make_order, SAFE)
    assert sandbox.audit().duplicates


@pytest.mark.anyio
async def test_without_a_resend_nothing_is_made_twice_or_believed_made(sandbox, make_order):
    made = await create_all(
        sandbox, make_order, RetryPolicy(attempts=10, reconcile=1.0, resend=False, initial=0.05)
    )
    audit = sandbox.audit()
    assert audit.duplicates == ()
    for name, orders in true_orders(sandbox).items():
        believed = {
            reference: [order_id]
            for reference, order_id in made[name].items()
            if isinstance(order_id, str)
        }
        assert believed == orders
        unknown = [error for error in made[name].values() if not isinstance(error, str)]
        assert unknown
        assert all(isinstance(error, OutcomeUnknownError) and error.sends == 1 for error in unknown)


@pytest.mark.anyio
async def test_canceled_orders_are_ordered_anew_and_never_adopted(sandbox, make_order):
    before = await create_all(sandbox, make_order, QUICK)
    opened = clients(sandbox, QUICK)
    for name, client in opened.items():
        for order_id in before[name].values():
            await client.orders.cancel(order_id)
        await client.aclose()
    again = await create_all(sandbox, make_order, QUICK)
    audit = sandbox.audit()
    assert audit.duplicates == ()
    assert true_orders(sandbox) == {
        name: {
            reference: [before[name][reference], again[name][reference]]
            for reference in again[name]
        }
        for name in again
    }
    assert audit.commits == 4 * SOME
