"""The search for orders: the filters of both APIs as tables.

Filters by id, reference and status read an index. All others test one order after the other, the
newest first, until the page is full. An order is found once its search lag has passed; its status
is always the present one. A filter that is empty, null or unknown filters nothing.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import dropwhile, islice
from typing import Any

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.documents import order_row
from gelato_async.sandbox.orders.life_cycle import STATUSES, financial_status
from gelato_async.sandbox.orders.order import Order
from gelato_async.sandbox.orders.order_index import OrderIndex

Test = Callable[[Order], bool]
# Makes a test of the value that is wanted, once for a search: thousands of orders may be tested.
Filter = Callable[[Any, Moment], Test]


def _timestamp(date: str) -> float:
    moment = datetime.fromisoformat(date)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp()


def _start(wanted: Any, _: Moment) -> Test:
    # Dates are answered in whole seconds, and compared as they are answered.
    first = math.ceil(_timestamp(wanted))
    return lambda order: order.created >= first


def _end(wanted: Any, _: Moment) -> Test:
    end = math.floor(_timestamp(wanted)) + 1
    return lambda order: order.created < end


def _references(wanted: Any, _: Moment) -> Test:
    references = frozenset(wanted)
    return lambda order: order.reference in references


def _fulfillment(wanted: Any, now: Moment) -> Test:
    return lambda order: order.status(now) in wanted


def _financial(wanted: Any, now: Moment) -> Test:
    return _fulfillment(_with_financial(wanted), now)


def _with_financial(wanted: Any) -> list[str]:
    return [status for status in STATUSES if financial_status(status) in wanted]


def _mentions(wanted: Any, _: Moment) -> Test:
    text = wanted.lower()
    return lambda order: text in order.search_text


GELATO_FILTERS: Mapping[str, Filter] = {
    "ids": lambda wanted, _: lambda order: order.id in wanted,
    "orderReferenceId": lambda wanted, now: _references([str(wanted)], now),
    "orderReferenceIds": _references,
    "orderTypes": lambda wanted, _: lambda order: order.order_type in wanted,
    "channels": lambda wanted, _: lambda _: "api" in wanted,
    "storeIds": lambda *_: lambda _: False,
    "countries": lambda wanted, _: lambda order: order.country in wanted,
    "currencies": lambda wanted, _: lambda order: order.currency in wanted,
    "startDate": _start,
    "endDate": _end,
    "fulfillmentStatuses": _fulfillment,
    "financialStatuses": _financial,
    "search": _mentions,
}
CONNECT_FILTERS: Mapping[str, Filter] = {
    "orderReferenceId": GELATO_FILTERS["orderReferenceId"],
    "orderReferenceIds": GELATO_FILTERS["orderReferenceIds"],
    "countries": GELATO_FILTERS["countries"],
    "startDate": GELATO_FILTERS["startDate"],
    "endDate": GELATO_FILTERS["endDate"],
    "fulfillmentStatus": _fulfillment,
    "financialStatus": _financial,
}


def search(index: OrderIndex, body: Body, now: Moment, filters: Mapping[str, Filter]) -> Body:
    """Return one page of the orders that pass all filters, newest first."""
    wanted: Body = {}
    for name in filters:
        if body.get(name) not in (None, "", []):
            wanted[name] = body[name]
    # An iterator cannot skip more than 2 ** 63.
    offset = min(body.get("offset", 0), len(index.by_id))
    page = islice(_matching(index, wanted, now, filters), offset, offset + body.get("limit", 50))
    return {"orders": [order_row(order, now) for order in page]}


def _matching(
    index: OrderIndex, wanted: Body, now: Moment, filters: Mapping[str, Filter]
) -> Iterator[Order]:
    # The lag is the same for all, so the orders behind a visible one are visible too.
    candidates = _candidates(index, wanted, now)
    found: Iterator[Order] = dropwhile(lambda order: order.visible_from > now.real, candidates)
    for name, value in wanted.items():
        found = filter(filters[name](value, now), found)
    return found


def _candidates(index: OrderIndex, wanted: Body, now: Moment) -> Iterable[Order]:
    for name, value in wanted.items():
        match name:
            case "ids":
                return index.with_ids(value)
            case "orderReferenceId":
                return index.with_references([str(value)])
            case "orderReferenceIds":
                return index.with_references(value)
            case "fulfillmentStatuses" | "fulfillmentStatus":
                return index.with_statuses(value, now)
            case "financialStatuses" | "financialStatus":
                return index.with_statuses(_with_financial(value), now)
    return index.newest_first()
