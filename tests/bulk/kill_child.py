"""A run in a process of its own, made to be killed.

It prints its progress, and its outcomes at the end.
"""

import asyncio
import json
import sys

from gelato_async import (
    CatalogItem,
    File,
    GelatoClient,
    GelatoConnectClient,
    LocalLimiter,
    NewOrder,
    RetryPolicy,
    ShippingAddress,
)
from gelato_async.bulk import submit_orders


def order(number):
    address = ShippingAddress(
        country="US",
        first_name="Ada",
        last_name="Example",
        address_line1="1 Sample Street",
        city="Springfield",
        post_code="12345",
        state="IL",
        email="ada@example.com",
        phone="+1 555 0100",
    )
    item = CatalogItem(
        item_reference_id="item-1",
        product_uid="poster_a4_ver",
        files=[File(url="https://files.example.com/p.pdf")],
    )
    return NewOrder(
        order_reference_id=f"r{number}",
        customer_reference_id="customer-1",
        currency="USD",
        shipping_address=address,
        items=[item],
    )


def client_of(url, backend, settle):
    options = {"base_url": url, "retry": RetryPolicy(settle=settle), "limiter": LocalLimiter()}
    if backend == "gelato":
        return GelatoClient("sandbox-key", **options)
    return GelatoConnectClient("sandbox", "sandbox-key", "sandbox-secret", **options)


async def main(url, backend, journal, count, settle):
    told = []
    async with (
        client_of(url, backend, float(settle)) as client,
        submit_orders(client, map(order, range(int(count))), journal=journal) as outcomes,
    ):
        async for outcome in outcomes:
            told.append(
                (outcome.reference, type(outcome).__name__, getattr(outcome, "order_id", None))
            )
            print(outcomes.progress.finished, outcomes.progress.in_flight, flush=True)
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
