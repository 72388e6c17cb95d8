"""Orders as they are placed: one of a create, or several connected ones."""

import sys
from collections.abc import Sequence

from gelato_async.sandbox.answers import Backend, Body
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.money import written
from gelato_async.sandbox.orders.order import Order, Terms, compact, new_id
from gelato_async.sandbox.orders.receipts import total_incl_vat


def place(
    account: str, backend: Backend, body: Body, parts: Sequence[Terms], now: Moment
) -> list[Order]:
    """Return the orders of a create, one for each of the terms."""
    content, ids = compact(body), [new_id() for _ in parts]
    orders = []
    for order_id, terms in zip(ids, parts, strict=True):
        order = Order(
            id=order_id,
            account=account,
            backend=backend,
            reference=str(body["orderReferenceId"]),
            row_texts=row_texts(body, terms),
            order_type=body.get("orderType") or "order",
            # Interned, because thousands of orders have the same.
            currency=sys.intern(body["currency"]),
            country=sys.intern(body["shippingAddress"]["country"]),
            items_count=len(terms["lines"]),
            content=content,
            terms_json=compact(terms),
            connected=tuple(ids) if len(ids) > 1 else (),
            created=now.wall,
            ordered=now.wall,
            began=now.life,
            visible_from=now.real,
        )
        orders.append(order)
    return orders


def row_texts(body: Body, terms: Terms) -> tuple[str, str, str | None, str]:
    """Return what rows show of an order: names, customer reference, and its total as a text."""
    address, customer_reference = body["shippingAddress"], body.get("customerReferenceId")
    if customer_reference is not None:
        customer_reference = str(customer_reference)
    total = written(total_incl_vat(terms, body["currency"]), body["currency"])
    return address["firstName"], address["lastName"], customer_reference, total
