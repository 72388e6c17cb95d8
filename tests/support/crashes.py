"""Runs that end in the middle.

Orders that were sent and never answered, as a crash leaves them in the journal.
"""

import json

import anyio
from anyio.lowlevel import checkpoint

from gelato_async.bulk import submit_orders


async def outcomes_of(client, orders, journal=None, **options):
    async with submit_orders(client, orders, journal=journal, **options) as outcomes:
        return [outcome async for outcome in outcomes]


def by_reference(outcomes):
    found = {outcome.reference: outcome for outcome in outcomes}
    assert len(found) == len(outcomes), "an order has more than one outcome"
    return found


def counts(shop):
    return {reference: len(rows) for reference, rows in shop.orders.items()}


async def crash_with(shop, client_for, orders, journal, *, arrived=()):
    """Send all these orders without an answer to any, and leave.

    Those in `arrived` were made all the same.
    """
    answer, hanging = shop.answer, []

    async def never(request):
        if request.url.endswith("/v4/orders:search"):
            return await answer(request)
        body = json.loads(request.body)
        hanging.append(body["orderReferenceId"])
        if body["orderReferenceId"] in arrived:
            shop.commit(body)
        return await anyio.sleep_forever()

    shop.answer = never
    orders = list(orders)
    async with submit_orders(client_for(), orders, journal=journal, grace=0):
        while len(hanging) < len(orders):
            await checkpoint()
    shop.answer = answer
    return hanging
