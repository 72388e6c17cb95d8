"""What a whole typed call costs beside a plain httpx.AsyncClient that sends the same request and reads the same JSON.

    python benchmarks/typed_call.py [--quick]

Ours is `GelatoClient.orders.get` and `.create`: check against the documented rules, build, limiter
(`Unlimited` here), the default transport, retries at the ready, decode into models. Plain is a
stock `httpx.AsyncClient` with as many connections as there are callers: `get` or `post(json=...)`,
`raise_for_status()`, `json()`; its body is a ready dict.

1, 10 and 100 callers send one request after the other to a server on loopback, which has its own
process. It answers a canned order after as many milliseconds as there are callers, so that all
connections are really in use. The callers start a millisecond apart, so that no turn begins with a
crowd. Counted is the processor time of the client's process alone, per request: at 100 requests a
second, 1000 us are a tenth of one core. The two take turns (A B, B A ...) within one run, on
connections opened before.

The ratio is ours / httpx, the median of the rounds; it is below 1 where ours needs less. In
brackets the least and the greatest of all rounds. Ratios hold on other machines, microseconds do
not.
"""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import httpx
from attrs import evolve
from measure import CpuTime, interleaved, is_quick, print_table

from gelato_async import CatalogItem, File, GelatoClient, NewOrder, ShippingAddress, Unlimited
from gelato_async.backends.gelato import gelato_backend
from gelato_async.core.operations.orders import CreateOrder

Call = Callable[[], Awaitable[Any]]

KEY = "benchmark-key"
ORDER_ID = "37365096-6628-4538-a9c2-fbf9892deb85"
SERVER = Path(__file__).parent / "server.py"

ADDRESS = ShippingAddress(
    country="US",
    first_name="Paul",
    last_name="Smith",
    address_line1="451 Clarkson Ave",
    address_line2="Brooklyn",
    city="New York",
    state="NY",
    post_code="11203",
    email="paul@example.com",
    phone="123456789",
)
SHIRT = CatalogItem(
    item_reference_id="item-1",
    product_uid=(
        "apparel_product_gca_t-shirt_gsc_crewneck_gcu_unisex_gqa_classic_gsi_s_gco_white_gpr_4-4"
    ),
    files=[
        File(url="https://files.example.com/logo.png"),
        File(type="back", url="https://files.example.com/back.png"),
    ],
)
CARDS = CatalogItem(
    item_reference_id="item-2",
    product_uid="cards_pf_5r_pt_100-lb-cover-coated-silk_cl_4-4_hor",
    quantity=2,
    files=[File(url="https://files.example.com/card.pdf")],
)
ORDER = NewOrder(
    order_reference_id="benchmark-000000000",
    customer_reference_id="customer-1",
    currency="USD",
    shipping_address=ADDRESS,
    items=[SHIRT, CARDS],
    metadata={"campaign": "spring"},
)
_numbers = count(1)


def next_order() -> NewOrder:
    """The order with a reference of its own, as every order has."""
    return evolve(ORDER, order_reference_id=f"benchmark-{next(_numbers):09}")


class Size(NamedTuple):
    """How much is measured: rounds, and the requests of a turn, at so many connections."""

    connections: int
    rounds: int
    requests: int


class Comparison(NamedTuple):
    """One kind of call, done by both."""

    name: str
    ours: Call
    plain: Call


class Row(NamedTuple):
    """A row of the table; times in microseconds."""

    name: str
    connections: int
    ours: float
    plain: float
    ratio: float
    spread: str


SIZES = (Size(1, 5, 100), Size(10, 5, 100), Size(100, 3, 300))
QUICK = (Size(1, 3, 30), Size(10, 3, 30), Size(100, 1, 200))


@contextmanager
def serving(delay: float) -> Iterator[str]:
    """The origin of a server that answers after so many seconds; it ends with the block."""
    command = [sys.executable, str(SERVER), str(delay)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  our own file
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


@asynccontextmanager
async def both_calls(origin: str, connections: int) -> AsyncIterator[list[Comparison]]:
    """The same two calls with both clients."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    headers = {"accept": "application/json", "x-api-key": KEY}
    async with (
        GelatoClient(KEY, base_url=origin, limiter=Unlimited()) as gelato,
        httpx.AsyncClient(
            base_url=origin, limits=limits, headers=headers, timeout=30.0, trust_env=False
        ) as plain,
    ):
        yield [
            Comparison("orders.get", lambda: gelato.orders.get(ORDER_ID), plain_get(plain)),
            Comparison(
                "orders.create", lambda: gelato.orders.create(next_order()), plain_create(plain)
            ),
        ]


def plain_get(client: httpx.AsyncClient) -> Call:
    async def call() -> Any:
        response = await client.get(f"/v4/orders/{ORDER_ID}")
        return response.raise_for_status().json()

    return call


def plain_create(client: httpx.AsyncClient) -> Call:
    backend = gelato_backend(KEY)
    body = httpx.Response(200, content=backend.build(CreateOrder(ORDER)).body).json()

    async def call() -> Any:
        response = await client.post("/v4/orders", json=body)
        return response.raise_for_status().json()

    return call


async def repeat(call: Call, times: int, start: float) -> None:
    await asyncio.sleep(start)
    for _ in range(times):
        await call()


async def cpu_per_request(call: Call, callers: int, requests: int) -> float:
    """Processor time of this process per request, with so many callers at once."""
    each = max(1, requests // callers)
    with CpuTime() as cpu:
        async with asyncio.TaskGroup() as group:
            for number in range(callers):
                group.create_task(repeat(call, each, number / 1000))
    return cpu.seconds / (each * callers)


async def compare(comparison: Comparison, size: Size) -> Row:
    """Let the two take turns."""
    calls = [comparison.ours, comparison.plain]
    costs: dict[Call, list[float]] = {call: [] for call in calls}
    for call in calls:
        await cpu_per_request(call, size.connections, max(size.connections, 20))
    for call in interleaved(calls, size.rounds):
        costs[call].append(await cpu_per_request(call, size.connections, size.requests))
    ours, plain = costs.values()
    ratios = [mine / other for mine, other in zip(ours, plain, strict=True)]
    spread = f"({min(ratios):.2f} to {max(ratios):.2f})"
    return Row(
        comparison.name,
        size.connections,
        median(ours) * 1e6,
        median(plain) * 1e6,
        median(ratios),
        spread,
    )


async def measure(size: Size) -> list[Row]:
    """Both kinds of call at one size."""
    with serving(delay=size.connections / 1000) as origin:
        async with both_calls(origin, size.connections) as comparisons:
            return [await compare(comparison, size) for comparison in comparisons]


def run(*, quick: bool) -> None:
    print("\n== A whole typed call and plain httpx")
    rows = [row for size in (QUICK if quick else SIZES) for row in asyncio.run(measure(size))]
    rows.sort(key=lambda row: row.name, reverse=True)
    head = ("", "connections", "ours, CPU us", "httpx, CPU us", "ours / httpx", "all rounds")
    print_table("Processor time of the client per request", head, rows)


if __name__ == "__main__":
    run(quick=is_quick(__doc__))
