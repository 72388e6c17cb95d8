"""A run in a process of its own that kills itself in the middle.

It prints its progress, and its outcomes at the end. From the process itself the kill comes while
the run is where the test wants it, however busy the machine is; the moment after that is random.
"""

import asyncio
import json
import os
import random
import signal
import sys
import threading

from support.orders import new_order

from gelato_async import GelatoClient, GelatoConnectClient, LocalLimiter, RetryPolicy
from gelato_async.bulk import submit_orders


def client_of(url, backend, reconcile):
    options = {
        "base_url": url,
        "retry": RetryPolicy(reconcile=reconcile),
        "limiter": LocalLimiter(),
    }
    if backend == "gelato":
        return GelatoClient("sandbox-key", **options)
    return GelatoConnectClient("sandbox", "sandbox-key", "sandbox-secret", **options)


def kill_soon(seed):
    delay = random.Random(seed).uniform(0, 0.02)
    threading.Timer(delay, os.kill, (os.getpid(), signal.SIGKILL)).start()


async def main(url, backend, journal, count, reconcile, seed=None):
    """Submit orders; with a seed, die at 20 to 65 % of them, with at least ten in flight."""
    told, dying = [], False
    share = random.Random(seed).uniform(0.2, 0.65)
    references = [f"r{number}" for number in range(int(count))]
    async with (
        client_of(url, backend, float(reconcile)) as client,
        submit_orders(client, map(new_order, references), journal=journal) as outcomes,
    ):
        async for outcome in outcomes:
            told.append(
                (outcome.reference, type(outcome).__name__, getattr(outcome, "order_id", None))
            )
            progress = outcomes.progress
            # in one write, for the kill may come between two
            print(f"{progress.finished} {progress.in_flight}\n", end="", flush=True)
            far_enough = progress.finished >= share * int(count) and progress.in_flight >= 10
            if seed is not None and far_enough and not dying:
                dying = True
                kill_soon(seed)
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
