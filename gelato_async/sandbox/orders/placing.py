"""Orders as they are placed: one of a create, or several connected ones."""

from collections.abc import Sequence

from gelato_async.sandbox.answers import Backend
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.order import Body, Order, Terms, compact, new_id
from gelato_async.sandbox.orders.receipts import total_incl_vat


def place(
    account: str, backend: Backend, body: Body, parts: Sequence[Terms], now: Moment
) -> list[Order]:
    """Return the orders of a create, one for each of the terms."""
    content, ids = compact(body), [new_id() for _ in parts]
    customer_reference = body.get("customerReferenceId")
    if customer_reference is not None:
        customer_reference = str(customer_reference)
    address = body["shippingAddress"]
    orders = []
    for order_id, terms in zip(ids, parts, strict=True):
        order = Order(
            id=order_id,
            account=account,
            backend=backend,
            reference=str(body["orderReferenceId"]),
            customer_reference=customer_reference,
            order_type=body.get("orderType") or "order",
            currency=body["currency"],
            country=address["country"],
            first_name=address["firstName"],
            last_name=address["lastName"],
            total_incl_vat=total_incl_vat(terms),
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
