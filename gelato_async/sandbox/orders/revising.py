"""Changes of an order that need new terms: a draft is confirmed, or a shipment is updated."""

from collections.abc import Sequence

from gelato_async.sandbox.account import AccountState
from gelato_async.sandbox.answers import Body, enforce
from gelato_async.sandbox.orders import order_rules
from gelato_async.sandbox.orders.doubts import examine_order
from gelato_async.sandbox.orders.order import Order, compact
from gelato_async.sandbox.orders.placing import row_texts
from gelato_async.sandbox.orders.terms import agree
from gelato_async.sandbox.orders.wishes import fulfil, wishes_of


def revise(
    account: AccountState, order: Order, content: Body, numbers: Sequence[int], age: float
) -> None:
    """Give an order of this age another body, and new terms for those of its items that stay."""
    enforce(order_rules.currency(content, account.assortment.currencies))
    remaining = content | {"items": [content["items"][number] for number in numbers]}
    refusal = examine_order(account, remaining, order.backend)
    # What the change has mended no longer lets the order fail.
    order.live_on()
    if refusal is not None:
        order.end(age + account.options.refuse_after, "failed", refusal)
    fulfil(order, wishes_of(content), account.options.refuse_after)
    terms = agree(account.assortment, content, numbers)
    order.content, order.terms_json = compact(content), compact(terms)
    order.items_count = len(numbers)
    order.describe(content["shippingAddress"]["country"], row_texts(content, terms))
