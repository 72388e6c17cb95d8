"""The sandbox that `sandbox` measures, in a process of its own, run as `gelato-async sandbox` runs it.

    python benchmarks/sandbox_process.py ORDERS WEBHOOK_URL

It serves on a free port, makes so many orders in memory, and prints a line of JSON: its URL, and
what was measured until then. It ends when its standard input ends, and prints the rest. The orders
are of several ages, and the webhooks of their past are not sent.
"""

import _thread
import asyncio
import gc
import json
import os
import sys
import threading
import time
from collections.abc import Coroutine, Generator
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

from sandbox_orders import KEY, SENT, order

from gelato_async.sandbox import Sandbox, SandboxApp
from gelato_async.sandbox.http.asgi import ARRIVED, Message, Receive, Send
from gelato_async.sandbox.webhooks.change_detector import ChangeDetector

# far above what is sent, so that the rate is watched and nothing is refused
RATE_LIMIT = 100_000
LIFE_CYCLE_SECONDS = 150.0
PARTS = 4
ROUND_TRIPS = 200
LONGEST_LIFE = 300.0


class Measured(SandboxApp):
    """An application that measures what each answer takes."""

    def __attrs_post_init__(self) -> None:
        """Begin with empty lists."""
        super().__attrs_post_init__()
        # of each answer: the processor's seconds, and the seconds from its sending to its arrival
        self.costs: list[float] = []
        self.delays: list[float] = []

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request of a client that says when it sent it."""
        arrived = scope["extensions"][ARRIVED]
        sent = dict(scope["headers"]).get(SENT)
        if sent is not None:
            self.delays.append(arrived - float(sent))
        await Steps(super().__call__(scope, receive, send), self.costs)


class Steps:
    """A coroutine whose steps are measured; what other tasks take between them is not its cost."""

    def __init__(self, coroutine: Coroutine[Any, Any, None], costs: list[float]) -> None:
        self._coroutine, self._costs, self._seconds = coroutine, costs, 0.0

    def __await__(self) -> Generator[Any, Any, None]:
        """Run the coroutine."""
        awaited: Any = None
        while True:
            started = time.thread_time()
            try:
                awaited = self._coroutine.send(awaited)
            except StopIteration:
                self._costs.append(self._seconds + time.thread_time() - started)
                return
            self._seconds += time.thread_time() - started
            awaited = yield awaited


class Pauses:
    """The seconds that each garbage collection takes within a `with` block, and of the processor."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.processor: list[float] = []
        self._started = self._processor_started = 0.0

    def __enter__(self) -> Self:
        """Begin."""
        gc.callbacks.append(self._watch)
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        gc.callbacks.remove(self._watch)

    def _watch(self, phase: str, _: object) -> None:
        if phase == "start":
            self._started, self._processor_started = time.monotonic(), time.thread_time()
        else:
            self.seconds.append(time.monotonic() - self._started)
            self.processor.append(time.thread_time() - self._processor_started)


async def fill(app: SandboxApp, number: int) -> None:
    """Make orders of several ages, without webhooks."""
    with patch.object(ChangeDetector, "order"):
        for position in range(number):
            await create(app, json.dumps(order(f"kept-{position}")).encode())
            if position % (number // PARTS) == 0:
                app.advance(LIFE_CYCLE_SECONDS)


async def create(app: SandboxApp, body: bytes) -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def send(message: Message) -> None:
        assert message.get("status", 200) == 200

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v4/orders",
        "headers": [(b"x-api-key", KEY.encode())],
    }
    await SandboxApp.__call__(app, scope, receive, send)


def kibibytes() -> float:
    """The memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1024


def round_trip() -> float:
    """Seconds to read and write a full order as JSON: what an answer costs at least."""
    text = (Path(__file__).parent / "order.json").read_bytes()
    started = time.thread_time()
    for _ in range(ROUND_TRIPS):
        json.dumps(json.loads(text))
    return (time.thread_time() - started) / ROUND_TRIPS


def serve(orders: int, webhook_url: str) -> None:
    options = {"api_key": KEY, "rate_limit": RATE_LIMIT, "webhook_url": webhook_url}
    sandbox, app = Sandbox(**options), Measured(**options)
    sandbox.app = app

    async def start(url: str) -> None:
        empty = kibibytes()
        await fill(app, orders)
        full = kibibytes()
        start = {"url": url, "kibibytes": (full - empty) / orders, "round_trip": round_trip()}
        print(json.dumps(start), flush=True)
        threading.Thread(target=end_with_input, daemon=True).start()

    filling: list[asyncio.Task[None]] = []

    def on_started(url: str) -> None:
        filling.append(asyncio.get_running_loop().create_task(start(url)))

    with Pauses() as pauses:
        sandbox.run(on_started)
    found = {
        "costs": app.costs,
        "delays": app.delays,
        "pauses": pauses.seconds,
        "processor_pauses": pauses.processor,
    }
    print(json.dumps(found))


def end_with_input() -> None:
    sys.stdin.read()
    _thread.interrupt_main()


def main() -> None:
    limit = threading.Timer(LONGEST_LIFE, _thread.interrupt_main)
    limit.daemon = True
    limit.start()
    serve(int(sys.argv[1]), sys.argv[2])


if __name__ == "__main__":
    main()
