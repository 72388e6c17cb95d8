"""What a typed call adds to a bare httpx call: ours beside the SDKs of openai and stripe.

    python benchmarks/sdk_tax.py [--quick]

A tax is the processor time of an SDK's call, divided by that of a bare `AsyncClient` of the library
that the SDK sends through, which sends the same body to the same path and calls `.json()`. Each SDK
makes one usual call on its own transport: openai `chat.completions.create` (httpx2), stripe
`payment_intents.create_async` (httpx); ours is `orders.create` (httpx). All answers come from the
server of `create`, in the form that their documents show: 1 KB for openai, 2 KB for stripe, 9 KB
for ours. One caller; SDK and bare call take turns.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from types import ModuleType

import httpx
import httpx2
import openai
import stripe
from create import (
    Call,
    Contender,
    Size,
    costs_of,
    plain_httpx,
    serving,
    typed,
)
from measure import Result, main, result_of

from gelato_async import HttpxTransport, NewOrder

FULL = Size(1, 15, 100)
QUICK = Size(1, 3, 40)
MESSAGES = [{"role": "user", "content": "Where is my order?"}]
CHAT = {"model": "gpt-4.1", "messages": MESSAGES}
PAYMENT = {"amount": 2_000, "currency": "usd", "metadata": {"order": "benchmark"}}
PAYMENT_FORM = {"amount": "2000", "currency": "usd", "metadata[order]": "benchmark"}

Way = Callable[[str], AbstractAsyncContextManager[Call]]


@asynccontextmanager
async def openai_sdk(origin: str) -> AsyncIterator[Call]:
    async with openai.AsyncOpenAI(api_key="sk-benchmark", base_url=f"{origin}/v1") as client:

        async def call(_: NewOrder) -> object:
            return await client.chat.completions.create(**CHAT)

        yield call


@asynccontextmanager
async def stripe_sdk(origin: str) -> AsyncIterator[Call]:
    http = stripe.HTTPXClient()
    client = stripe.StripeClient(
        "sk_test_benchmark", base_addresses={"api": origin}, http_client=http
    )

    async def call(_: NewOrder) -> object:
        return await client.v1.payment_intents.create_async(params=PAYMENT)

    try:
        yield call
    finally:
        await http.close_async()


@asynccontextmanager
async def bare(library: ModuleType, origin: str, path: str, **body: object) -> AsyncIterator[Call]:
    headers = {"authorization": "Bearer sk-benchmark"}
    async with library.AsyncClient(
        base_url=origin, headers=headers, timeout=30.0, trust_env=False
    ) as client:

        async def call(_: NewOrder) -> object:
            response = await client.post(path, **body)
            return response.raise_for_status().json()

        yield call


WAYS: Mapping[str, tuple[Way, Way]] = {
    "ours": (
        lambda origin: typed(origin, HttpxTransport()),
        lambda origin: plain_httpx(origin, 1),
    ),
    "openai": (
        openai_sdk,
        lambda origin: bare(httpx2, origin, "/v1/chat/completions", json=CHAT),
    ),
    "stripe": (
        stripe_sdk,
        lambda origin: bare(httpx, origin, "/v1/payment_intents", data=PAYMENT_FORM),
    ),
}


async def taxes(size: Size) -> Mapping[str, Sequence[float]]:
    """The tax of each SDK in each round."""
    async with AsyncExitStack() as stack:
        origin = stack.enter_context(serving(size.callers / 1000))
        contenders = {}
        for name, (sdk, plain) in WAYS.items():
            contenders[name] = Contender(await stack.enter_async_context(sdk(origin)), size)
            call = await stack.enter_async_context(plain(origin))
            contenders[f"{name}, bare"] = Contender(call, size)
        costs = await costs_of(contenders, size.rounds)
    found: dict[str, Sequence[float]] = {}
    for name in WAYS:
        pairs = zip(costs[name], costs[f"{name}, bare"], strict=True)
        found[name] = [sdk / plain for sdk, plain in pairs]
    return found


def run(quick: bool) -> list[Result]:  # noqa: FBT001  the form of all benchmarks
    found = asyncio.run(taxes(QUICK if quick else FULL))
    calls = {"openai": "chat.completions.create", "stripe": "payment_intents.create_async"}
    return [
        result_of(
            f"tax.{name}",
            "orders.create, in bare calls of its library",
            f"{name} {call}, in bare calls of its library",
            found["ours"],
            found[name],
            reach=1.0,
            unit="calls",
        )
        for name, call in calls.items()
    ]


if __name__ == "__main__":
    main(run, __doc__)
