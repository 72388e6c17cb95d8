"""Wishes: what an order asks the sandbox for in its metadata, by the key `sandbox`.

An order may have several. `docs/sandbox-failures.md` has the table in words.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from gelato_async.sandbox.orders.failures import FAILURES
from gelato_async.sandbox.orders.life_cycle import AGES, STAGES
from gelato_async.sandbox.orders.order import Order, Refusal

KEY = "sandbox"
_DAYS_LATE = 2


@attrs.frozen(kw_only=True)
class Wish:
    """A wish.

    Attributes:
        effect: What happens, in words.
        ends_as: The status in which the life cycle ends early, if it does.
        instead_of: The stage that the order does not reach; by default it ends `refuse_after`
            life-cycle seconds after it began.
        refusal: Why the order ends.
    """

    effect: str
    ends_as: str | None = None
    instead_of: str | None = None
    refusal: Refusal | None = None


_SPECIAL: Mapping[str, Wish] = {
    "split": Wish(effect="An order of several items becomes two connected ones."),
    "delayed": Wish(effect="As soon as the order is printed, its estimate is two days later."),
    "no_tracking": Wish(effect="The order is shipped without a tracking code."),
    "on_hold": Wish(effect="The order is put on hold some seconds later.", ends_as="on_hold"),
    "canceled": Wish(
        effect="The order is canceled by Gelato some seconds later.",
        ends_as="canceled",
        refusal=Refusal("canceled", "The order was canceled by Gelato."),
    ),
    "returned": Wish(
        effect="The order is returned to the sender instead of being delivered.",
        ends_as="returned",
        instead_of="delivered",
    ),
}
_FAILING: Mapping[str, Wish] = {
    code: Wish(
        effect=f"The order fails: {failure.reason}", ends_as="failed", refusal=failure.refusal()
    )
    for code, failure in FAILURES.items()
}
WISHES: Mapping[str, Wish] = {**_SPECIAL, **_FAILING}


def wishes_of(body: Mapping[str, Any]) -> frozenset[str]:
    """Return the wishes of an order, all of which are known."""
    entries = body.get("metadata") or ()
    return frozenset(entry["value"] for entry in entries if entry["key"] == KEY)


def fulfil(order: Order, names: frozenset[str], refuse_after: float) -> None:
    """Let what is wished happen to a new order, as far as it is not part of its terms."""
    if "delayed" in names:
        order.days_late = _DAYS_LATE
    for name in sorted(names):
        wish = WISHES[name]
        if wish.ends_as is None:
            continue
        after = refuse_after
        if wish.instead_of is not None:
            after = AGES[STAGES.index(wish.instead_of)]
        order.end(after, wish.ends_as, wish.refusal)
