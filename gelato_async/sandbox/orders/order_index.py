"""The orders of one API, with the indexes that keep look-ups short."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from heapq import merge

from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.life_cycle import STAGES, ages
from gelato_async.sandbox.orders.order import Order


class OrderIndex:
    """Orders by id, by reference and by status, in the order of their creation."""

    def __init__(self) -> None:
        self.by_id: dict[str, Order] = {}
        # Tuples of texts, which a collection of garbage does not follow.
        self._by_reference: dict[str, tuple[str, ...]] = {}
        self._last_number = 0
        # Orders whose status depended on nothing but their age when they were added: ordered by
        # age too, so that a stage is a slice of them. And those whose status depends, or once
        # depended, on something else.
        self._ageing: list[Order] = []
        self._others: dict[str, Order] = {}

    def add(self, order: Order) -> None:
        """Add an order, and number it if it is new; those with numbers come in their order."""
        order.number = order.number or self._last_number + 1
        self._last_number = order.number
        self.by_id[order.id] = order
        same = self._by_reference.get(order.reference, ())
        self._by_reference[order.reference] = (*same, order.id)
        is_youngest = not self._ageing or self._ageing[-1].began <= order.began
        if order.is_ageing and is_youngest:
            self._ageing.append(order)
        else:
            self._others[order.id] = order

    def changed(self, order: Order) -> None:
        """Take note that an order was changed, other than by its age."""
        if not order.is_ageing:
            self._others[order.id] = order

    def remove(self, order: Order) -> None:
        """Remove an order that was a draft when it was added."""
        del self.by_id[order.id]
        del self._others[order.id]
        same = self._by_reference[order.reference]
        self._by_reference[order.reference] = tuple(key for key in same if key != order.id)
        order.forget()

    def with_reference(self, reference: str) -> list[Order]:
        """Return all orders with a reference, oldest first."""
        return [self.by_id[key] for key in self._by_reference.get(reference, ())]

    def newest(self, reference: str, now: Moment) -> Order | None:
        """Return the newest live order with a reference, or the newest if none is live.

        Like a search, this finds visible orders only.
        """
        newest = None
        for order in reversed(self.with_reference(reference)):
            if order.visible_from > now.real:
                continue
            if order.is_live(now):
                return order
            newest = newest or order
        return newest

    def newest_first(self) -> Iterator[Order]:
        """Return all orders."""
        return reversed(self.by_id.values())

    def with_ids(self, ids: Iterable[str]) -> list[Order]:
        """Return the orders with these ids, newest first."""
        found = [self.by_id[key] for key in dict.fromkeys(ids) if key in self.by_id]
        return sorted(found, key=_number, reverse=True)

    def with_references(self, references: Iterable[str]) -> list[Order]:
        """Return the orders with these references, newest first."""
        found: list[Order] = []
        for reference in dict.fromkeys(references):
            found += self.with_reference(reference)
        return sorted(found, key=_number, reverse=True)

    def with_statuses(self, statuses: Collection[str], now: Moment) -> Iterator[Order]:
        """Return the orders that may have one of these statuses, newest first; others too."""
        others = sorted(self._others.values(), key=_number, reverse=True)
        return merge(self._in_stages(statuses, now), others, key=_number, reverse=True)

    def _in_stages(self, statuses: Collection[str], now: Moment) -> Iterator[Order]:
        for stage in STAGES:
            if stage not in statuses:
                continue
            first_age, end_age = ages(stage)
            oldest = self._of_age(end_age, now)
            for position in reversed(range(oldest, self._of_age(first_age, now))):
                order = self._ageing[position]
                if order.id not in self._others:
                    yield order

    def _of_age(self, age: float, now: Moment) -> int:
        """Return how many of the ageing orders are at least that old."""
        # The negative of the age as `Order.status` computes it, to the last bit.
        return bisect_right(self._ageing, -age, key=lambda order: order.began - now.life)


def _number(order: Order) -> int:
    return order.number
