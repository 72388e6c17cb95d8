"""What a whole typed create costs on AiohttpTransport, beside raw aiohttp and plain httpx.

    python benchmarks/aiohttp_call.py [--quick]

Ours is `GelatoClient.orders.create` on an `AiohttpTransport`, with limiter, rules, reconciliation
at the ready and the answer as models. Raw aiohttp is a stock `aiohttp.ClientSession`, which posts a
ready dict as JSON and reads the answer with `json()`; plain is the same with httpx. What is
counted, and how, `create` says.
"""

import asyncio
from contextlib import AsyncExitStack

from create import (
    FULL,
    QUICK,
    Contender,
    Size,
    callers,
    costs_of,
    plain_aiohttp,
    plain_httpx,
    serving,
    typed,
)
from measure import Result, main, result_of

from gelato_async import AiohttpTransport

# of the processor time of raw aiohttp, and of plain httpx
REACH = {
    "aiohttp": ("aiohttp.ClientSession.post(json=...) and .json()", 1.8),
    "httpx": ("httpx.AsyncClient.post(json=...) and .json()", 0.55),
}


async def beside_others(size: Size) -> list[Result]:
    """The typed call on aiohttp, beside two plain ones."""
    async with AsyncExitStack() as stack:
        origin = stack.enter_context(serving(size.callers / 1000))
        ways = {
            "typed": typed(origin, AiohttpTransport()),
            "aiohttp": plain_aiohttp(origin, size.callers),
            "httpx": plain_httpx(origin, size.callers),
        }
        contenders = {
            name: Contender(await stack.enter_async_context(way), size)
            for name, way in ways.items()
        }
        costs = await costs_of(contenders, size.rounds)
    return [
        result_of(
            f"aiohttp_call.{name}.{size.callers}",
            f"typed orders.create on AiohttpTransport, {callers(size.callers)}",
            against,
            costs["typed"],
            costs[name],
            reach=reach,
        )
        for name, (against, reach) in REACH.items()
    ]


def run(quick: bool) -> list[Result]:  # noqa: FBT001  the form of all benchmarks
    return [row for size in (QUICK if quick else FULL) for row in asyncio.run(beside_others(size))]


if __name__ == "__main__":
    main(run, __doc__)
