"""One bulk run from its first order to its last outcome, whatever ends it."""

import asyncio
from collections.abc import Callable

from gelato_async.bulk import Outcome, Progress, submit_orders
from gelato_async.bulk.source import Orders
from gelato_async.client.clients import Client

_TICK = 1.0


async def run_orders(
    client: Client, orders: Orders, note: Callable[[Outcome], None], show: Callable[[Progress], None]
) -> None:
    """Submit, and hand every outcome to `note`: those too that nobody has seen when an exception ends the run.

    `show` is called with each outcome, and every second.

    Raises:
        GelatoError: the run could not go on.
    """
    outcomes = submit_orders(client, orders)
    ticking = asyncio.create_task(_tick(lambda: show(outcomes.progress)))
    try:
        async with client, outcomes:
            async for outcome in outcomes:
                note(outcome)
                show(outcomes.progress)
    finally:
        ticking.cancel()
        for outcome in outcomes.leftover:
            note(outcome)


async def _tick(show: Callable[[], None]) -> None:
    while True:
        show()
        await asyncio.sleep(_TICK)
