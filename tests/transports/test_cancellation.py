import asyncio
import os
import random

import anyio
import anyio.lowlevel
import pytest

from gelato_async import GelatoClient, GelatoError, LocalLimiter
from gelato_async.sandbox import Fault, FaultPlan, Sandbox

pytestmark = pytest.mark.system

CALLS = 1_000 if "CI" in os.environ else 2_000
LIMIT = 10


class Counting(LocalLimiter):
    """A limiter of the usual kind, fast, that keeps the books."""

    def __init__(self):
        super().__init__(50_000)
        self.taken = self.sent = self.returned = 0

    async def acquire(self):
        await super().acquire()
        self.taken += 1

    async def before_send(self):
        await super().before_send()
        self.sent += 1

    def give_back(self):
        super().give_back()
        self.returned += 1


@pytest.fixture
def sandbox():
    faults = [
        Fault("slow", delay=0.004, share=0.5, routes=["gelato.*"]),
        Fault("drop", share=0.1, routes=["gelato.*"]),
    ]
    with Sandbox(rate_limit=None, faults=FaultPlan(faults, 1), speed=0.0) as running:
        yield running


@pytest.mark.anyio
async def test_calls_cancelled_at_random_leave_all_connections_usable(sandbox, transport_class):
    limiter, draw = Counting(), random.Random(7)
    transport = transport_class(connections=LIMIT)
    client = GelatoClient(
        sandbox.api_key, base_url=sandbox.url, transport=transport, limiter=limiter
    )

    async def call():
        patience = draw.choice([0, 0.001, 0.003, 0.01]) * draw.random()
        with anyio.move_on_after(patience):
            try:
                await client.orders.search_page()
            except GelatoError:
                return

    for _ in range(CALLS // 100):
        async with anyio.create_task_group() as tasks:
            for _ in range(100):
                tasks.start_soon(call)

    state = transport._pool._states.get()[0]
    assert (state.taken, list(state.waiting)) == (0, [])
    assert len(state.idle) <= LIMIT
    assert limiter.taken - limiter.returned == limiter.sent

    answered = []

    async def succeed():
        answered.append(await client.orders.search_page())

    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            for _ in range(LIMIT):
                tasks.start_soon(succeed)
    assert len(answered) == LIMIT
    await transport.aclose()


@pytest.mark.asyncio
async def test_tasks_cancelled_the_asyncio_way_leave_nothing_behind(sandbox, transport_class):
    limiter, draw = Counting(), random.Random(8)
    transport = transport_class(connections=LIMIT)
    client = GelatoClient(
        sandbox.api_key, base_url=sandbox.url, transport=transport, limiter=limiter
    )
    for _ in range(5):
        tasks = [asyncio.create_task(client.orders.search_page()) for _ in range(60)]
        for task in tasks:
            for _ in range(draw.randrange(4)):
                await anyio.lowlevel.checkpoint()
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert transport._pool._states.get()[0].taken == 0
    assert limiter.taken - limiter.returned == limiter.sent
    await asyncio.wait_for(asyncio.gather(*[client.orders.search_page() for _ in range(LIMIT)]), 60)
    await transport.aclose()
