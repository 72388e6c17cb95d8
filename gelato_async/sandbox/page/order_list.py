"""One page of the newest orders of all accounts and both APIs, and the search among them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from operator import attrgetter

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.control.controls import Controls
from gelato_async.sandbox.orders.documents import order_row
from gelato_async.sandbox.orders.order import Order
from gelato_async.sandbox.page.query import number
from gelato_async.sandbox.page.slices import in_slices
from gelato_async.sandbox.state import State

# What one answer holds, however much is asked for: it is written under the lock.
_MOST_ROWS = 100
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


async def list_orders(controls: Controls, query: Mapping[str, str]) -> Body:
    """Return one page of orders, newest first.

    The query has `search` (words that an order must all contain), `offset`, `limit`, and `until`: a
    POSIX time, so that pages hold still while newer orders arrive. `newer` counts those.
    """
    until = number(query, "until", math.inf)
    first = int(number(query, "offset", 0))
    last = first + int(min(number(query, "limit", 25), _MOST_ROWS))
    words = query.get("search", "").lower().split()
    with controls.locked() as state:
        now = state.clock.moment()
        newest, total = _newest_first(state)
    newer, found = 0, list[Order]()
    async for order in in_slices(newest):
        if order.created > until:
            newer += 1
        elif _has_words(order, words, now):
            found.append(order)
        # One more than the page has says whether there is another page.
        if len(found) > last:
            break
    with controls.locked() as state:
        # Not the time of the search: since then, an answer may have shown a later status.
        now = state.clock.moment()
        rows = [_row(order, now) for order in found[first:last]]
    return {
        "orders": rows,
        "more": len(found) > last,
        "newer": newer,
        "total": total,
        "now": now.wall,
    }


def _newest_first(state: State) -> tuple[Iterator[Order], int]:
    """Return the orders that exist now, and their number."""
    parts, total = [], 0
    for account in state.accounts.values():
        for index in account.orders.values():
            # A copy, because orders come and go while it is iterated over.
            orders = list(index.by_id.values())
            total += len(orders)
            parts.append(reversed(orders))
    return merge(*parts, key=attrgetter("created"), reverse=True), total


def _has_words(order: Order, words: Sequence[str], now: Moment) -> bool:
    if not words:
        return True
    fields = (
        order.search_text,
        order.id,
        order.status(now),
        order.country,
        order.customer_reference or "",
    )
    text = "\n".join(fields).lower()
    return all(word in text for word in words)


def _row(order: Order, now: Moment) -> Body:
    row = order_row(order, now)
    picked = {name: row[name] for name in _ROW_KEYS}
    return {"account": order.account, "backend": order.backend, **picked}
