"""A run in a process of its own that commits often: each order is read once the one before is made.

It prints the reference of each create as the request is sent, so all that is printed was
acknowledged by the journal before. It stops itself at the creates whose numbers are given, and kills
itself at the last of them: from outside, it might have gone on by then. How its commits fall into
logs differs from run to run, so it kills itself only once the log is `KILLED_FROM` bytes long.
"""

import asyncio
import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from support.orders import new_order

from gelato_async import GelatoClient, Response, RetryPolicy, ScriptedTransport, Unlimited
from gelato_async.bulk.submit import Submission, Tuning

KILLED_FROM = 25_000


def answer(request, rows, halts):
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
    halts.reached(len(rows))
    return Response(status=200, body=json.dumps(rows[reference]).encode())


class Halts:
    """The numbers of the creates at which the process stops, and the one at which it dies."""

    def __init__(self, journal, stop_at, kill_at):
        self.log = Path(f"{journal}-wal")
        self.stop_at, self.kill_at = stop_at, kill_at

    def reached(self, number):
        if number in self.stop_at:
            os.kill(os.getpid(), signal.SIGSTOP)
        if self.kill_at and number >= self.kill_at and self.log.stat().st_size >= KILLED_FROM:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(journal, count, log_bytes, kill_at, *stop_at):
    halts = Halts(journal, set(map(int, stop_at)), int(kill_at))
    rows = {}
    turn = asyncio.Semaphore()

    async def one_by_one():
        for number in range(int(count)):
            await turn.acquire()
            yield new_order(f"r{number}")

    client = GelatoClient(
        "key",
        transport=ScriptedTransport(lambda request: answer(request, rows, halts)),
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
