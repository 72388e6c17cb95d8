"""An order as the sandbox remembers it: the caller's body, and what happened to the order since."""

import uuid
from collections.abc import Callable
from typing import Any

import attrs

from gelato_async.sandbox.answers import Backend
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.life_cycle import DEAD, stage

Body = dict[str, Any]


def new_id() -> str:
    """Return a new id in the vendor's form."""
    return str(uuid.uuid4())


@attrs.define(eq=False)
class Order:
    """One order; its status is computed from its age unless it is `forced`.

    `ordered` is the moment at which the life cycle began, for a draft that of its last change into
    an order. `visible_from` is the real second from which searches find the order.
    """

    id: str
    backend: Backend
    reference: str
    body: Body
    items: list[Body]
    created: Moment
    visible_from: float
    order_type: str
    ordered: Moment
    refuse_after: float | None = None
    forced: str | None = None
    connected: tuple[str, ...] = ()
    days_late: int = 0
    # Called after a forced status and a change into an order, and not as the order ages.
    on_change: "Callable[[Order, Moment], None] | None" = None
    # The status of the last answer, and the POSIX time of the last change.
    _seen: str = ""
    _changed: float = 0.0

    def status(self, now: Moment) -> str:
        """Return the fulfillment status of the order and of each of its items."""
        if self.forced is not None:
            return self.forced
        if self.order_type == "draft":
            return "draft"
        age = now.life - self.ordered.life
        if self.refuse_after is not None and age >= self.refuse_after:
            return "failed"
        return stage(age)

    def is_live(self, now: Moment) -> bool:
        """Return whether the order is neither canceled nor failed (nor deleted)."""
        return self.status(now) not in DEAD

    def is_refused(self, now: Moment) -> bool:
        """Return whether the order failed because retail prices are missing."""
        if self.forced is not None or self.refuse_after is None:
            return False
        return self.status(now) == "failed"

    def force(self, status: str | None, now: Moment) -> None:
        """Fix the status, or with None return it to the life cycle."""
        self.forced = status
        self._change(now)

    def order_draft(self, items: list[Body], now: Moment) -> None:
        """Turn a draft into an order whose life cycle begins now."""
        self.items, self.order_type, self.ordered = items, "order", now
        self._change(now)

    def update(self, changes: Body, now: Moment) -> None:
        """Replace fields of the body."""
        self.body |= changes
        self._changed = now.wall

    def updated(self, now: Moment) -> float:
        """Return the POSIX time of the last change.

        A change by the life cycle counts from the first answer that shows it.
        """
        status = self.status(now)
        if status != self._seen:
            self._seen = status
            self._changed = max(self._changed, now.wall)
        return self._changed

    def _change(self, now: Moment) -> None:
        self._changed = now.wall
        if self.on_change is not None:
            self.on_change(self, now)


@attrs.frozen(eq=False)
class Commit:
    """A create that took effect; a split order is one commit of several orders."""

    backend: Backend
    reference: str
    body: Body
    orders: tuple[Order, ...]
    at: Moment

    @property
    def order_ids(self) -> tuple[str, ...]:
        """The ids of its orders."""
        return tuple(order.id for order in self.orders)

    def is_live(self, now: Moment) -> bool:
        """Return whether any of its orders is neither canceled nor failed nor deleted."""
        return any(order.is_live(now) for order in self.orders)
