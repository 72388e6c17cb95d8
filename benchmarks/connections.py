"""Processor time of a request over 1 to 500 connections at once, as a picture.

    python benchmarks/connections.py [--quick]

Ours is a typed `orders.create` on each of the two transports; httpx, httpx2 and aiohttp send the
same body by their stock clients and read the same answer with `.json()`. What is counted, and how,
`create` says. Writes docs/cpu-per-request.svg; with --quick it measures a little and writes nothing.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from statistics import median

import httpx2
from create import (
    Call,
    Contender,
    Size,
    costs_of,
    plain_aiohttp,
    plain_httpx,
    serving,
    typed,
)
from measure import Result, main, print_table
from plot import Line, plot

from gelato_async import AiohttpTransport, HttpxTransport

PICTURE = Path(__file__).parent.parent / "docs" / "cpu-per-request.svg"
CONNECTIONS = (1, 10, 50, 100, 250, 500)
QUICK = (1, 10)
FEW = 50
Way = Callable[[str, int], AbstractAsyncContextManager[Call]]
MICROSECONDS_A_MILLISECOND = 1000

WAYS: Mapping[str, Way] = {
    "httpx, post and json": plain_httpx,
    "httpx2, post and json": lambda origin, number: plain_httpx(origin, number, httpx2),
    "gelato-async, typed create": lambda origin, number: typed(
        origin, HttpxTransport(connections=number)
    ),
    "gelato-async on AiohttpTransport": lambda origin, number: typed(
        origin, AiohttpTransport(connections=number)
    ),
    "aiohttp, post and json": plain_aiohttp,
}


async def costs_over(number: int, *, quick: bool) -> Mapping[str, float]:
    """Milliseconds per request of each way, over so many connections."""
    # over many connections httpx takes many milliseconds a request
    rounds = 3 if quick or number > FEW else 7
    size = Size(number, rounds, max(number, FEW))
    async with AsyncExitStack() as stack:
        origin = stack.enter_context(serving(number / 1000))
        contenders = {
            name: Contender(await stack.enter_async_context(way(origin, number)), size)
            for name, way in WAYS.items()
        }
        costs = await costs_of(contenders, size.rounds)
    return {name: median(found) / MICROSECONDS_A_MILLISECOND for name, found in costs.items()}


def run(quick: bool) -> list[Result]:  # noqa: FBT001  the form of all benchmarks
    """Draw the picture, and print its figures. It has no rows."""
    numbers = QUICK if quick else CONNECTIONS
    columns = [asyncio.run(costs_over(number, quick=quick)) for number in numbers]
    lines = [Line(name, [column[name] for column in columns]) for name in WAYS]
    rows = [(line.name, *line.values) for line in lines]
    print_table("Milliseconds of processor time per request", ("connections", *numbers), rows)
    if not quick:
        PICTURE.write_text(plot("Processor time per request (ms)", "connections", numbers, lines))
    return []


if __name__ == "__main__":
    main(run, __doc__)
