"""Search: the filters of both APIs as one table of predicates, over no more orders than the indexes leave.

Filters by id and by reference read an index; all others look at every order. An order is seen once
its search lag has passed; its status is always the present one. A filter that is empty, null or
unknown filters nothing.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.documents import row
from gelato_async.sandbox.orders.life_cycle import financial_status
from gelato_async.sandbox.orders.order import Body, Order
from gelato_async.sandbox.orders.order_book import OrderBook

Filter = Callable[[Any, Order, Moment], bool]


def _timestamp(date: str) -> float:
    moment = datetime.fromisoformat(date)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _fulfillment(wanted: Any, order: Order, now: Moment) -> bool:
    return order.status(now) in wanted


def _financial(wanted: Any, order: Order, now: Moment) -> bool:
    return financial_status(order.status(now)) in wanted


def _mentions(wanted: Any, order: Order, _: Moment) -> bool:
    address = order.body["shippingAddress"]
    fields = (address["firstName"], address["lastName"], order.reference)
    return any(wanted.lower() in field.lower() for field in fields)


FILTERS: dict[str, Filter] = {
    "ids": lambda wanted, order, _: order.id in wanted,
    "orderReferenceId": lambda wanted, order, _: order.reference == str(wanted),
    "orderReferenceIds": lambda wanted, order, _: order.reference in wanted,
    "orderTypes": lambda wanted, order, _: order.order_type in wanted,
    "channels": lambda wanted, *_: "api" in wanted,
    "storeIds": lambda *_: False,
    "countries": lambda wanted, order, _: order.body["shippingAddress"]["country"] in wanted,
    "currencies": lambda wanted, order, _: order.body["currency"] in wanted,
    "startDate": lambda wanted, order, _: int(order.created.wall) >= _timestamp(wanted),
    "endDate": lambda wanted, order, _: int(order.created.wall) <= _timestamp(wanted),
    "fulfillmentStatuses": _fulfillment,
    "financialStatuses": _financial,
    "search": _mentions,
}
_SHARED = ("orderReferenceId", "orderReferenceIds", "countries", "startDate", "endDate")
_OF_CONNECT: dict[str, Filter] = {name: FILTERS[name] for name in _SHARED} | {
    "fulfillmentStatus": _fulfillment,
    "financialStatus": _financial,
}


def search(store: OrderBook, body: Body, now: Moment, *, connect: bool) -> Body:
    """Give one page of the orders that pass all filters, newest first.

    An empty filter filters nothing.
    """
    filters = _OF_CONNECT if connect else FILTERS
    wanted = {name: body[name] for name in filters if body.get(name) not in (None, "", [])}
    offset = body.get("offset", 0)
    found = _matching(store, wanted, filters, now)
    return {
        "orders": [
            row(order, now) for order in islice(found, offset, offset + body.get("limit", 50))
        ]
    }


def _matching(
    store: OrderBook, wanted: Body, filters: dict[str, Filter], now: Moment
) -> Iterator[Order]:
    references = (
        [str(wanted["orderReferenceId"])]
        if "orderReferenceId" in wanted
        else wanted.get("orderReferenceIds")
    )
    for order in store.candidates(wanted.get("ids"), references):
        if order.visible_from <= now.real and all(
            filters[name](value, order, now) for name, value in wanted.items()
        ):
            yield order
