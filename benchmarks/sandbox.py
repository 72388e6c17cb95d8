"""What the sandbox takes under load: processor time of an answer, memory, pauses, and its start.

    python benchmarks/sandbox.py [--quick]

The sandbox runs in a process of its own, keeps 10,000 orders (with --quick fewer), and delivers
webhooks. 500 requests a second come over 20 connections: creates, gets, searches by references and
by other filters, quotes, cancels, prices, store products. They are sent when they are due, whether
or not those before are answered.

- Processor time: what the application takes for an answer, from its admission until it is written,
  by the clock of the thread. `json` is the time to read and write a full order of 9 KB.
- Memory: how much the process has grown, for each order it keeps.
- Pauses: the longest garbage collection, while the orders are made and under load.
- Delay: from the moment before a request is written to the moment at which the sandbox takes it to
  have arrived. What else the machine does is in it.
- Start: from the start of the process `gelato-async sandbox` until it prints its address, when it
  answers; and entering `with Sandbox()`, its import included. The processor time of the latter is
  beside that of importing what it cannot do without.
"""

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import urlsplit

from measure import MICROSECONDS, Result, absolute, interleaved, main, result_of
from sandbox_orders import STORE, UNSENT, Mixture, request

PROCESS = Path(__file__).parent / "sandbox_process.py"
ORDERS, SECONDS = 10_000, 20.0
QUICK_ORDERS, QUICK_SECONDS = 2_000, 2.0
RATE = 500
CONNECTIONS = 20
MS = 1e3
COMMAND = "from gelato_async.cli.__main__ import main; main(['sandbox', '--port', '0'])"
BLOCK = "from gelato_async.sandbox import Sandbox\nwith Sandbox(): print('#', flush=True)"
IMPORTS = "import uvicorn, h11, attrs"
# what the command prints when it serves
SERVES = b"#"


class Load(NamedTuple):
    """What a turn found: seconds, KiB, and the seconds of a round trip through JSON."""

    costs: list[float]
    delays: list[float]
    pauses: list[float]
    processor_pauses: list[float]
    kibibytes: float
    round_trip: float


def run(quick: bool) -> list[Result]:  # noqa: FBT001  the form of all benchmarks
    orders, seconds = (QUICK_ORDERS, QUICK_SECONDS) if quick else (ORDERS, SECONDS)
    load = asyncio.run(under_load(orders, seconds))
    return [*of_load(load, orders), *of_start(2 if quick else 9)]


def of_load(load: Load, orders: int) -> list[Result]:
    found = sorted(load.costs)
    kept = f"sandbox, {orders:,} orders kept"
    what = f"{kept}, {RATE} requests/s"
    shares = ", ".join(f"{name} {share(found, part) * MS:.2f} ms" for name, part in PARTS.items())
    delays = sorted(load.delays)
    return [
        absolute(
            "sandbox.answer",
            f"{what}: processor time of an answer, p99.9",
            [share(found, 0.999) * MS],
            20.0,
            "ms",
            note=f"{len(found):,} answers: {shares}, max {found[-1] * MS:.2f} ms",
        ),
        result_of(
            "sandbox.answer-json",
            f"{what}: processor time of an answer, mean",
            "`json.loads` and `json.dumps` of a full order",
            [sum(found) / len(found) * MICROSECONDS],
            [load.round_trip * MICROSECONDS],
            reach=10.0,
        ),
        absolute("sandbox.memory", f"{kept}: memory of an order", [load.kibibytes], 20.0, "KiB"),
        absolute(
            "sandbox.pause",
            f"{what}: the longest garbage collection",
            [max(load.pauses) * MS],
            10.0,
            "ms",
            note=f"of {len(load.pauses):,}; of the processor {max(load.processor_pauses) * MS:.1f} ms",
        ),
        absolute(
            "sandbox.delay",
            f"{what}: from sending to the recorded arrival, p99.9",
            [share(delays, 0.999) * MS],
            10.0,
            "ms",
            note=f"p50 {share(delays, 0.5) * MS:.2f} ms, max {delays[-1] * MS:.2f} ms",
        ),
    ]


PARTS = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}


def share(found: list[float], part: float) -> float:
    """The value that this part of the sorted values is at most."""
    return found[min(int(len(found) * part), len(found) - 1)]


async def under_load(orders: int, seconds: float) -> Load:
    async with receiving() as webhook_url:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(PROCESS),
            str(orders),
            webhook_url,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            limit=2**26,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            start = json.loads(await process.stdout.readline())
            answered = await send_all(start["url"], orders, seconds)
            process.stdin.close()
            report = json.loads(await process.stdout.readline())
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
    assert answered == len(report["delays"])
    return Load(
        report["costs"],
        report["delays"],
        report["pauses"],
        report["processor_pauses"],
        start["kibibytes"],
        start["round_trip"],
    )


@asynccontextmanager
async def receiving() -> AsyncIterator[str]:
    """Receive webhooks, and answer each with 200."""

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await read_message(reader)
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            writer.close()
            await writer.wait_closed()
        except (OSError, asyncio.IncompleteReadError):
            writer.transport.abort()

    server = await asyncio.start_server(receive, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/"


async def read_message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Read a request or an answer: its first line, and its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.lower().split(b"\r\n")
    length = 0
    for line in lines:
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return first, await reader.readexactly(length)


class Connection:
    """A connection that is kept, for one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, message: bytes) -> bytes:
        """Send a request, and return the body of the answer."""
        stamp = f"X-Sent: {time.monotonic():017.6f}".encode()
        self._writer.write(message.replace(UNSENT, stamp, 1))
        first, body = await read_message(self._reader)
        # a cancel may come too late
        assert b" 200 " in first or b" 409 " in first, (first, body)
        return body


async def send_all(url: str, orders: int, seconds: float) -> int:
    """Send the mixture for so many seconds, and return how many were answered."""
    host, port = urlsplit(url).hostname, urlsplit(url).port
    connections: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        connections.put_nowait(Connection(*await asyncio.open_connection(host, port)))
    address = f"{host}:{port}"
    first = await connections.get()
    mixture = Mixture(address, orders, await store_product(first, address))
    connections.put_nowait(first)
    answered = 1

    async def send(message: bytes) -> None:
        nonlocal answered
        connection = await connections.get()
        body = await connection.send(message)
        connections.put_nowait(connection)
        answered += 1
        if message.startswith(b"POST /v4/orders "):
            mixture.made(json.loads(body)["id"])

    messages = iter(mixture)
    async with asyncio.TaskGroup() as tasks:
        started = time.monotonic()
        for number in range(int(seconds * RATE)):
            await asyncio.sleep(started + number / RATE - time.monotonic())
            tasks.create_task(send(next(messages)))
    return answered


async def store_product(connection: Connection, host: str) -> str:
    """Make a store product, and return its id."""
    body = {"templateId": "template-t-shirt", "title": "A shirt"}
    path = f"{STORE}:create-from-template"
    made = await connection.send(request(host, "POST", path, json.dumps(body).encode()))
    return str(json.loads(made)["id"])


def of_start(rounds: int) -> list[Result]:
    """Start the command, the block, and what the block imports, in turn."""
    scripts = (COMMAND, BLOCK, IMPORTS)
    found: dict[str, list[Turn]] = {script: [] for script in scripts}
    for script in scripts:
        started(script)
    for script in interleaved(scripts, rounds):
        found[script].append(started(script))
    return [
        absolute(
            "sandbox.start",
            "`gelato-async sandbox`, until it answers",
            [turn.wall for turn in found[COMMAND]],
            500.0,
            "ms",
            note=f"processor time {median(turn.cpu for turn in found[COMMAND]):.0f} ms",
        ),
        absolute(
            "sandbox.block",
            "`with Sandbox()`, its import included",
            [turn.wall for turn in found[BLOCK]],
            500.0,
            "ms",
        ),
        result_of(
            "sandbox.block-imports",
            "`with Sandbox()`, its import included: processor time",
            f"`{IMPORTS}`",
            [turn.cpu for turn in found[BLOCK]],
            [turn.cpu for turn in found[IMPORTS]],
            reach=2.5,
            unit="ms",
        ),
    ]


class Turn(NamedTuple):
    """What a process took until it served, in milliseconds, and of the processor."""

    wall: float
    cpu: float


def started(script: str) -> Turn:
    begun, cpu = time.perf_counter(), cpu_of_children()
    line = [sys.executable, "-c", script]
    with subprocess.Popen(line, stdout=subprocess.PIPE) as process:  # noqa: S603  this very Python
        assert process.stdout is not None
        for output in process.stdout:
            if output.startswith(SERVES):
                break
        seconds = time.perf_counter() - begun
        process.terminate()
    return Turn(seconds * MS, (cpu_of_children() - cpu) * MS)


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(run, __doc__)
