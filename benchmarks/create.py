"""What a whole typed create costs, beside its own transport and plain httpx.

    python benchmarks/create.py [--quick]

Ours is `GelatoClient.orders.create`: check against the documented rules, build, limiter, reference
in flight, the default transport, retries and reconciliation at the ready, decode into models. The
limiter is the default `LocalLimiter`, asked as always; its clock goes on by a sixteenth of a second
with each reading, so that it never paces a call. The same transport sends the same bytes and gets
bytes. Plain is a stock `httpx.AsyncClient` with as many connections as there are callers:
`post(json=...)`, `raise_for_status()`, `json()`, with a ready dict for a body. Orders, like dicts,
are made before.

So many callers send one request after the other to a server on loopback, which has a process and,
where the system lets it, a core of its own. It answers a full order (9 KB) after as many
milliseconds as there are callers, so that all connections are really in use. Counted is the
processor time of the client's process alone, per request: at 100 requests a second, 1000 us are a
tenth of one core. All take turns within one run, on connections opened before.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import aiohttp
import httpx
from attrs import evolve
from measure import MICROSECONDS, CpuTime, Result, interleaved, main, result_of
from orders import ORDER

from gelato_async import (
    GelatoClient,
    HttpxTransport,
    LocalLimiter,
    NewOrder,
)
from gelato_async.backends.gelato import gelato_backend
from gelato_async.core.messages import Request
from gelato_async.core.operations.orders import CreateOrder
from gelato_async.limiters.base import Clock
from gelato_async.transports.base import SendGate, Transport

Call = Callable[[NewOrder], Awaitable[object]]
Costs = Mapping[str, Sequence[float]]

KEY = "benchmark-key"
SERVER = Path(__file__).parent / "server.py"
# seconds between two readings of the limiter's clock: more than its pace wants
STEP = 1 / 16
HEADERS = {"accept": "application/json", "x-api-key": KEY}

_numbers = count(1)


class Size(NamedTuple):
    """How much is measured: rounds, and the requests of a turn, by so many callers."""

    callers: int
    rounds: int
    requests: int


FULL = (Size(1, 15, 150), Size(10, 15, 200))
CROWDS, ONE = (Size(100, 9, 500), Size(500, 9, 1000)), Size(1, 9, 150)
QUICK = (Size(1, 7, 25), Size(10, 7, 40))
QUICK_CROWDS, QUICK_ONE = (Size(100, 3, 100), Size(500, 3, 500)), Size(1, 3, 40)


class Contender(NamedTuple):
    """A way to make an order, and what it is measured with."""

    call: Call
    size: Size


@contextmanager
def serving(delay: float) -> Iterator[str]:
    """The origin of a server that answers after so many seconds; it ends with the block.

    The server gets the last core, this process the first one, so that neither drives the other
    out of its caches.
    """
    command = [sys.executable, str(SERVER), str(delay)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  our own file
        assert server.stdout is not None
        if hasattr(os, "sched_setaffinity"):
            cores = sorted(os.sched_getaffinity(server.pid))
            os.sched_setaffinity(server.pid, cores[-1:])
            os.sched_setaffinity(0, cores[:1])
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            if hasattr(os, "sched_setaffinity"):
                os.sched_setaffinity(0, cores)
            server.terminate()


def new_orders(number: int) -> list[NewOrder]:
    """Orders with references of their own, as every order has."""
    return [
        evolve(ORDER, order_reference_id=f"benchmark-{next(_numbers):09}") for _ in range(number)
    ]


def request_to(origin: str) -> Request:
    """The request of a create, ready to be sent."""
    return gelato_backend(KEY, base_url=origin).build(CreateOrder(ORDER))


@asynccontextmanager
async def typed(origin: str, transport: Transport) -> AsyncIterator[Call]:
    """Our client, on a transport that it closes."""
    limiter = LocalLimiter(clock=Clock(now=count(0.0, STEP).__next__))
    client = GelatoClient(KEY, base_url=origin, limiter=limiter, transport=transport)
    try:
        yield client.orders.create
    finally:
        await transport.aclose()


@asynccontextmanager
async def bare_transport(origin: str, transport: Transport) -> AsyncIterator[Call]:
    """A transport of ours alone: bytes in and out."""
    request = request_to(origin)

    async def call(_: NewOrder) -> object:
        return await transport.send(request, timeout=30.0, gate=SendGate())

    try:
        yield call
    finally:
        await transport.aclose()


@asynccontextmanager
async def plain_httpx(
    origin: str, connections: int, library: ModuleType = httpx
) -> AsyncIterator[Call]:
    """A stock client of httpx, or of httpx2."""
    limits = library.Limits(max_connections=connections, max_keepalive_connections=connections)
    body = ready_dict()
    async with library.AsyncClient(
        base_url=origin, limits=limits, headers=HEADERS, timeout=30.0, trust_env=False
    ) as client:

        async def call(_: NewOrder) -> object:
            response = await client.post("/v4/orders", json=body)
            return response.raise_for_status().json()

        yield call


@asynccontextmanager
async def plain_aiohttp(origin: str, connections: int) -> AsyncIterator[Call]:
    """A stock aiohttp session."""
    connector = aiohttp.TCPConnector(limit=connections)
    body = ready_dict()
    async with aiohttp.ClientSession(origin, connector=connector, headers=HEADERS) as session:

        async def call(_: NewOrder) -> object:
            async with session.post("/v4/orders", json=body) as response:
                response.raise_for_status()
                return await response.json()

        yield call


def ready_dict() -> Any:
    """The body of a create as a dict."""
    return httpx.Response(200, content=request_to("http://localhost").body).json()


async def costs_of(contenders: Mapping[str, Contender], rounds: int) -> Costs:
    """Let all take turns; return the microseconds per request of each turn."""
    costs: dict[str, list[float]] = {name: [] for name in contenders}
    for contender in contenders.values():
        await turn(contender)
    for name in interleaved(list(contenders), rounds):
        costs[name].append(await turn(contenders[name]))
    return costs


async def turn(contender: Contender) -> float:
    """Processor time of this process per request, in microseconds."""
    call, size = contender
    each = max(1, size.requests // size.callers)
    shares = [new_orders(each) for _ in range(size.callers)]
    with CpuTime() as cpu:
        async with asyncio.TaskGroup() as group:
            for share in shares:
                group.create_task(make_all(call, share))
    return cpu.seconds / (each * size.callers) * MICROSECONDS


async def make_all(call: Call, orders: Sequence[NewOrder]) -> None:
    for order in orders:
        await call(order)


async def beside_others(size: Size) -> list[Result]:
    """The typed call beside its own transport and plain httpx."""
    async with AsyncExitStack() as stack:
        origin = stack.enter_context(serving(size.callers / 1000))
        ways = {
            "typed": typed(origin, HttpxTransport()),
            "bytes": bare_transport(origin, HttpxTransport()),
            "httpx": plain_httpx(origin, size.callers),
        }
        contenders = {
            name: Contender(await stack.enter_async_context(way), size)
            for name, way in ways.items()
        }
        costs = await costs_of(contenders, size.rounds)
    what = f"typed orders.create, {callers(size.callers)}"
    return [
        result_of(
            f"create.transport.{size.callers}",
            what,
            "HttpxTransport, bytes in and out",
            costs["typed"],
            costs["bytes"],
            reach=1.25,
        ),
        result_of(
            f"create.httpx.{size.callers}",
            what,
            "httpx.AsyncClient.post(json=...) and .json()",
            costs["typed"],
            costs["httpx"],
            reach=1.0,
        ),
    ]


async def beside_one_caller(crowds: Sequence[Size], one: Size) -> list[Result]:
    """The typed call with many callers beside itself with one."""
    async with AsyncExitStack() as stack:
        contenders = {}
        for size in (*crowds, one):
            origin = stack.enter_context(serving(size.callers / 1000))
            transport = HttpxTransport(connections=size.callers)
            call = await stack.enter_async_context(typed(origin, transport))
            contenders[str(size.callers)] = Contender(call, size)
        costs = await costs_of(contenders, one.rounds)
    return [
        result_of(
            f"create.callers.{crowd.callers}",
            f"typed orders.create, {callers(crowd.callers)}",
            "itself with 1 caller",
            costs[str(crowd.callers)],
            costs[str(one.callers)],
            reach=1.1,
        )
        for crowd in crowds
    ]


def callers(number: int) -> str:
    return "1 caller" if number == 1 else f"{number} callers"


def run(quick: bool) -> list[Result]:  # noqa: FBT001  the form of all benchmarks
    sizes, crowds, one = FULL, CROWDS, ONE
    if quick:
        sizes, crowds, one = QUICK, QUICK_CROWDS, QUICK_ONE
    results = [row for size in sizes for row in asyncio.run(beside_others(size))]
    return results + asyncio.run(beside_one_caller(crowds, one))


if __name__ == "__main__":
    main(run, __doc__)
