"""A run in a process of its own, made to be killed.

It prints its progress, and its outcomes at the end.
"""

import asyncio
import json
import sys

from support.orders import new_order

from gelato_async import GelatoClient, GelatoConnectClient, LocalLimiter, RetryPolicy
from gelato_async.bulk import submit_orders


def client_of(url, backend, settle):
    options = {"base_url": url, "retry": RetryPolicy(settle=settle), "limiter": LocalLimiter()}
    if backend == "gelato":
        return GelatoClient("sandbox-key", **options)
    return GelatoConnectClient("sandbox", "sandbox-key", "sandbox-secret", **options)


async def main(url, backend, journal, count, settle):
    told = []
    references = [f"r{number}" for number in range(int(count))]
    async with (
        client_of(url, backend, float(settle)) as client,
        submit_orders(client, map(new_order, references), journal=journal) as outcomes,
    ):
        async for outcome in outcomes:
            told.append(
                (outcome.reference, type(outcome).__name__, getattr(outcome, "order_id", None))
            )
            print(outcomes.progress.finished, outcomes.progress.in_flight, flush=True)
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
