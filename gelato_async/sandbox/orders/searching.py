"""The search for orders: the filters of both APIs as tables of predicates.

Filters by id and by reference read an index; all others examine every order. An order is found once
its search lag has passed; its status is always the present one. A filter that is empty, null or
unknown filters nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.documents import order_row
from gelato_async.sandbox.orders.life_cycle import financial_status
from gelato_async.sandbox.orders.order import Body, Order
from gelato_async.sandbox.orders.order_index import OrderIndex

Filter = Callable[[Any, Order, Moment], bool]


def _timestamp(date: str) -> float:
    moment = datetime.fromisoformat(date)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp()


def _fulfillment(wanted: Any, order: Order, now: Moment) -> bool:
    return order.status(now) in wanted


def _financial(wanted: Any, order: Order, now: Moment) -> bool:
    return financial_status(order.status(now)) in wanted


def _mentions(wanted: Any, order: Order, _: Moment) -> bool:
    return wanted.lower() in order.search_text


GELATO_FILTERS: Mapping[str, Filter] = {
    "ids": lambda wanted, order, _: order.id in wanted,
    "orderReferenceId": lambda wanted, order, _: order.reference == str(wanted),
    "orderReferenceIds": lambda wanted, order, _: order.reference in wanted,
    "orderTypes": lambda wanted, order, _: order.order_type in wanted,
    "channels": lambda wanted, *_: "api" in wanted,
    "storeIds": lambda *_: False,
    "countries": lambda wanted, order, _: order.country in wanted,
    "currencies": lambda wanted, order, _: order.currency in wanted,
    "startDate": lambda wanted, order, _: int(order.created) >= _timestamp(wanted),
    "endDate": lambda wanted, order, _: int(order.created) <= _timestamp(wanted),
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
    references = wanted.get("orderReferenceIds")
    if "orderReferenceId" in wanted:
        references = [str(wanted["orderReferenceId"])]
    for order in index.candidates(wanted.get("ids"), references):
        if order.visible_from > now.real:
            continue
        if all(filters[name](value, order, now) for name, value in wanted.items()):
            yield order
