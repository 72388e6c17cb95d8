"""One page of the newest orders of all accounts and both APIs, and the search among them."""

import asyncio
import math
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from itertools import repeat

import attrs

from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.control.controls import Controls
from gelato_async.sandbox.orders.documents import order_row
from gelato_async.sandbox.orders.order import Body, Order
from gelato_async.sandbox.page.query import number
from gelato_async.sandbox.state import State

_MOST_ROWS = 100
# Orders that a search examines before it lets other requests pass.
_SLICE = 200
_ROW_KEYS = (
    "id",
    "orderReferenceId",
    "fulfillmentStatus",
    "createdAt",
    "currency",
    "totalInclVat",
    "firstName",
    "lastName",
    "country",
    "itemsCount",
)
_SEARCHED = ("firstName", "lastName", "companyName", "city", "country", "email")


@attrs.frozen
class Owned:
    """An order, and the name of the account that has it."""

    account: str
    order: Order


async def list_orders(controls: Controls, query: Mapping[str, str]) -> Body:
    """Return one page of orders, newest first.

    The query has `search` (words that an order must all contain), `offset`, `limit`, and `until`: a
    second of the sandbox, so that pages hold still while newer orders arrive. `newer` counts those.
    """
    until = number(query, "until", math.inf)
    first = int(number(query, "offset", 0))
    last = first + int(min(number(query, "limit", 25), _MOST_ROWS))
    with controls.locked() as state:
        now = state.clock.moment()
        newest, total = _newest_first(state)
    newer, found, words = 0, list[Owned](), query.get("search", "").lower().split()
    for examined, owned in enumerate(newest, 1):
        if owned.order.created.real > until:
            newer += 1
        elif _has_words(owned.order, words, now):
            found.append(owned)
        # One more than the page has says whether there is another page.
        if len(found) > last:
            break
        if examined % _SLICE == 0:
            await asyncio.sleep(0)
    with controls.locked() as state:
        now = state.clock.moment()
        rows = [_row(owned, now) for owned in found[first:last]]
    return {
        "orders": rows,
        "more": len(found) > last,
        "newer": newer,
        "total": total,
        "now": now.real,
    }


def _newest_first(state: State) -> tuple[Iterator[Owned], int]:
    """Return the orders that exist now, and their number."""
    parts, total = [], 0
    for name, account in state.accounts.items():
        for index in account.orders.values():
            orders = list(index.by_id.values())
            total += len(orders)
            parts.append(map(Owned, repeat(name), reversed(orders)))
    return merge(*parts, key=_created, reverse=True), total


def _created(owned: Owned) -> float:
    return owned.order.created.real


def _has_words(order: Order, words: Iterable[str], now: Moment) -> bool:
    if not words:
        return True
    address = order.body["shippingAddress"]
    fields = [order.id, order.reference, order.status(now), order.body.get("customerReferenceId")]
    fields += map(address.get, _SEARCHED)
    fields += [item.get("productUid") for item in order.items]
    text = "\n".join(map(str, fields)).lower()
    return all(word in text for word in words)


def _row(owned: Owned, now: Moment) -> Body:
    row = order_row(owned.order, now)
    picked = {name: row[name] for name in _ROW_KEYS}
    return {"account": owned.account, "backend": owned.order.backend, **picked}
