"""A run in a process of its own that commits often: each order is read once the one before is made.

It prints the reference of each create as the request is sent, so all that is printed was
acknowledged by the journal before.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime

from support.orders import new_order

from gelato_async import GelatoClient, Response, RetryPolicy, ScriptedTransport, Unlimited
from gelato_async.bulk.submit import Submission, Tuning

rows = {}


def answer(request):
    body = json.loads(request.body)
    if request.url.endswith("/v4/orders:search"):
        found = [rows[name] for name in body["orderReferenceIds"] if name in rows]
        return Response(status=200, body=json.dumps({"orders": found}).encode())
    reference = body["orderReferenceId"]
    rows[reference] = {
        "id": f"id-{reference}",
        "orderReferenceId": reference,
        "orderType": "order",
        "fulfillmentStatus": "created",
        "createdAt": datetime.now(UTC).isoformat(),
        "connectedOrderIds": [],
    }
    sys.stdout.write(f"{reference}\n")
    sys.stdout.flush()
    return Response(status=200, body=json.dumps(rows[reference]).encode())


async def main(journal, count, log_bytes):
    turn = asyncio.Semaphore()

    async def one_by_one():
        for number in range(int(count)):
            await turn.acquire()
            yield new_order(f"r{number}")

    client = GelatoClient(
        "key",
        transport=ScriptedTransport(answer),
        limiter=Unlimited(),
        retry=RetryPolicy(reconcile=0.2),
    )
    tuning = Tuning(log_bytes=int(log_bytes))
    run = Submission(client, one_by_one(), journal=journal, tuning=tuning)
    async with client, run as outcomes:
        async for _ in outcomes:
            turn.release()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
