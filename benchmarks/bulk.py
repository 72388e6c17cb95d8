"""Bulk runs with the network taken out: CPU time and memory an order, and how fast one is resumed.

The transport is in memory: it asks the gate, reads the order's reference and answers. No limiter
holds the orders back, and the journal is on, so what is measured is the library.

- *CPU an order*, beside the loop that a user would write instead: the same number of workers take
  dicts, `json.dumps` them, call the same transport, `json.loads` the answer and insert a row into
  SQLite (WAL, `synchronous=FULL`), committed for every 32 results, about as often as the journal
  commits here. Both make their orders on the way. The loop checks no rule and reads no types; it
  writes no intent, so after a kill it has no means to find out what was sent.
- *Memory*: the peak of a process that submits many orders, less that of one that submits few.
- *Resumed*: how long a run with finished orders in its journal takes to the first new send, where
  the new orders are behind the finished ones in the input. In CPU time, with the making of the
  orders, or the reading of their JSON lines; the notes have that alone, and the time on the clock.

    python benchmarks/bulk.py [--quick]
"""

import asyncio
import json
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from measure import MICROSECONDS, CpuTime, Result, absolute, interleaved, main, result_of

from gelato_async import CatalogItem, File, GelatoClient, NewOrder, ShippingAddress, Unlimited
from gelato_async.bulk import Created, read_jsonl, submit_orders
from gelato_async.core.messages import Request, Response
from gelato_async.transports.base import SendGate

WORKERS = 16
COMMITTED_AT_ONCE = 32
NOW = "2026-11-27T15:00:00+00:00"
MEBI = 1024.0 if sys.platform == "linux" else 1024.0 * 1024.0

# what this project wants to reach at most: microseconds an order (0.4 of what it was), MiB, seconds
PER_ORDER = 380.0
MEMORY = 5.0
RESUMED = 2.0
RESUMED_ORDERS = 50_000
# of the new orders that come after the finished ones
NEW = 50

ADDRESS = ShippingAddress(
    country="US",
    first_name="Ann",
    last_name="Lee",
    address_line1="1 Main Street",
    city="New York",
    state="NY",
    post_code="10001",
    email="ann@example.com",
    phone="123456789",
)
FILES = [File(url="https://files.example/a.png")]
ITEMS = [CatalogItem(item_reference_id="i-1", product_uid="poster_a3", files=FILES)]
BODY = {
    "customerReferenceId": "c-1",
    "currency": "USD",
    "orderType": "order",
    "shippingAddress": {
        "country": "US",
        "firstName": "Ann",
        "lastName": "Lee",
        "addressLine1": "1 Main Street",
        "city": "New York",
        "state": "NY",
        "postCode": "10001",
        "email": "ann@example.com",
        "phone": "123456789",
    },
    "items": [
        {
            "itemReferenceId": "i-1",
            "productUid": "poster_a3",
            "quantity": 1,
            "files": [{"type": "default", "url": "https://files.example/a.png"}],
        }
    ],
}


def new_order(number: int) -> NewOrder:
    return NewOrder(
        order_reference_id=f"order-{number}",
        customer_reference_id="c-1",
        currency="USD",
        shipping_address=ADDRESS,
        items=ITEMS,
    )


def new_body(number: int) -> dict[str, Any]:
    return {"orderReferenceId": f"order-{number}", **BODY}


class InMemory:
    """A transport that answers at once. `first_sent` is when the first create left, CPU and clock."""

    first_sent: tuple[float, float] | None = None

    async def send(self, request: Request, *, timeout: float, gate: SendGate) -> Response:  # noqa: ASYNC109, ARG002
        """Answer as Gelato does."""
        gate.allow()
        await gate.mark_sent()
        if "search" in request.url:
            return Response(status=200, body=b'{"orders": []}')
        if self.first_sent is None:
            self.first_sent = now()
        reference = json.loads(request.body)["orderReferenceId"]
        answer = {
            "id": f"id-{reference}",
            "orderReferenceId": reference,
            "orderType": "order",
            "fulfillmentStatus": "created",
            "createdAt": NOW,
            "updatedAt": NOW,
        }
        return Response(status=200, body=json.dumps(answer).encode())

    async def aclose(self) -> None:
        """Close nothing."""


class OpenGate(SendGate):
    """The gate of the loop by hand, which nothing holds back."""

    def allow(self) -> None:
        """Let everything pass."""

    async def mark_sent(self) -> None:
        """Note nothing."""


def now() -> tuple[float, float]:
    return time.process_time(), time.perf_counter()


async def submit(orders: Iterable[NewOrder], journal: Path, transport: InMemory) -> int:
    """Submit orders; return how many were created in this run."""
    created = 0
    async with (
        GelatoClient("key", transport=transport, limiter=Unlimited()) as client,
        submit_orders(client, orders, journal=journal, workers=WORKERS) as outcomes,
    ):
        async for outcome in outcomes:
            assert isinstance(outcome, Created)
            created += not outcome.replayed
    return created


async def submit_by_hand(bodies: Iterator[dict[str, Any]], results: Path) -> None:
    """Do the same work with what is at hand."""
    transport = InMemory()
    connection = sqlite3.connect(results)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE results (reference TEXT PRIMARY KEY, order_id TEXT)")
    uncommitted = 0

    async def work() -> None:
        nonlocal uncommitted
        for body in bodies:
            request = Request(
                method="POST",
                url="https://order.example/v4/orders",
                headers={"x-api-key": "key", "content-type": "application/json"},
                body=json.dumps(body).encode(),
            )
            response = await transport.send(request, timeout=30.0, gate=OpenGate())
            answer = json.loads(response.body)
            row = (answer["orderReferenceId"], answer["id"])
            connection.execute("INSERT INTO results VALUES (?, ?)", row)
            uncommitted += 1
            if uncommitted == COMMITTED_AT_ONCE:
                connection.commit()
                uncommitted = 0

    await asyncio.gather(*(work() for _ in range(WORKERS)))
    connection.commit()
    connection.close()


def run(quick: bool) -> list[Result]:  # noqa: FBT001  the signature of every benchmark
    """Measure the runs, the memory and the resumed runs."""
    return [*per_order(quick=quick), memory(quick=quick), *resumed(quick=quick)]


# CPU an order


def per_order(*, quick: bool) -> list[Result]:
    """Submit the same orders by the library and by hand."""
    number, rounds = (500, 7) if quick else (3_000, 9)
    costs: dict[Callable[[int], None], list[float]] = {submitted: [], submitted_by_hand: []}
    for call in (submitted, submitted_by_hand):
        call(100)
    for call in interleaved([submitted, submitted_by_hand], rounds):
        with CpuTime() as cpu:
            call(number)
        costs[call].append(cpu.seconds / number * MICROSECONDS)
    ours, by_hand = costs[submitted], costs[submitted_by_hand]
    what = "bulk run in memory, journal on, an order"
    note = f"{number:,} orders a round, {WORKERS} workers"
    return [
        absolute("bulk.order", what, ours, PER_ORDER, "us", note=note),
        result_of(
            "bulk.order-by-hand",
            what,
            "a loop by hand: json, the same transport, SQLite",
            ours,
            by_hand,
            reach=10.0,
            note="no figure was set beforehand; the loop checks nothing and survives no kill",
        ),
    ]


def submitted(number: int) -> None:
    with TemporaryDirectory() as folder:
        orders = map(new_order, range(number))
        assert asyncio.run(submit(orders, Path(folder, "run.journal"), InMemory())) == number


def submitted_by_hand(number: int) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(submit_by_hand(map(new_body, range(number)), Path(folder, "results")))


# memory


def memory(*, quick: bool) -> Result:
    """Compare the peaks of two processes."""
    few, many = (4_000, 10_000) if quick else (10_000, 100_000)
    least, most = peak_of(few), peak_of(many)
    return absolute(
        "bulk.memory",
        f"peak memory of {many:,} orders, less that of {few:,}",
        [most - least],
        MEMORY,
        "MiB",
        note=f"{least:.1f} MiB with {few:,} orders, {most:.1f} MiB with {many:,}",
    )


def peak_of(number: int) -> float:
    line = [sys.executable, __file__, "--peak-of", str(number)]
    return float(subprocess.run(line, check=True, capture_output=True, text=True).stdout)  # noqa: S603  our own file


def print_peak(number: int) -> None:
    submitted(number)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBI)


# resumed runs


def resumed(*, quick: bool) -> list[Result]:
    """Resume a run whose orders are all finished, with new ones behind them."""
    finished, rounds = (RESUMED_ORDERS // 10, 3) if quick else (RESUMED_ORDERS, 7)
    number = finished + NEW
    with TemporaryDirectory() as folder:
        journal, lines = Path(folder, "run.journal"), Path(folder, "orders.jsonl")
        asyncio.run(submit(map(new_order, range(finished)), journal, InMemory()))
        write_lines(lines, number)
        inputs: dict[str, Callable[[], Iterator[NewOrder]]] = {
            "orders": lambda: map(new_order, range(number)),
            "lines": lambda: orders_of(lines),
        }
        found: dict[str, list[tuple[float, float]]] = {"orders": [], "lines": []}
        for kind in interleaved(["orders", "lines"], rounds):
            found[kind].append(first_new_send(inputs[kind](), journal))
        return [resumed_row(kind, finished, found[kind], inputs[kind]) for kind in found]


def write_lines(path: Path, number: int) -> None:
    with path.open("w") as file:
        for position in range(number):
            file.write(json.dumps(new_body(position)) + "\n")


def orders_of(path: Path) -> Iterator[NewOrder]:
    with path.open("rb") as file:
        for line in read_jsonl(file):
            assert line.order is not None
            yield line.order


def first_new_send(orders: Iterator[NewOrder], journal: Path) -> tuple[float, float]:
    """Resume a copy of the run; return the seconds to its first new send, CPU and clock."""
    with TemporaryDirectory() as folder:
        for file in journal.parent.glob(f"{journal.name}*"):
            shutil.copy(file, folder)
        transport = InMemory()
        with CpuTime():
            cpu, clock = now()
            assert asyncio.run(submit(orders, Path(folder, journal.name), transport)) == NEW
    assert transport.first_sent is not None
    return transport.first_sent[0] - cpu, transport.first_sent[1] - clock


def resumed_row(
    kind: str,
    finished: int,
    found: list[tuple[float, float]],
    orders: Callable[[], Iterator[NewOrder]],
) -> Result:
    what = "orders made on the way" if kind == "orders" else "JSON lines"
    with CpuTime() as cpu:
        for _ in orders():
            pass
    clock = median(seconds for _, seconds in found)
    return absolute(
        f"bulk.resumed-{kind}",
        f"first new send behind {finished:,} finished orders, {what}",
        [seconds for seconds, _ in found],
        RESUMED * finished / RESUMED_ORDERS,
        "s",
        note=f"CPU time; {clock:.2f} s on the clock. Making or reading the orders alone takes"
        f" {cpu.seconds:.2f} s of it",
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak-of"]:
        print_peak(int(sys.argv[2]))
    else:
        main(run, __doc__)
