"""The orders of one API, with the two indexes that keep every look-up short."""

from collections.abc import Iterable, Iterator

from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.order import Order


class OrderIndex:
    """Orders by id and by reference, in the order of their creation."""

    def __init__(self) -> None:
        self.by_id: dict[str, Order] = {}
        # Tuples of texts, which a collection of garbage does not follow.
        self._by_reference: dict[str, tuple[str, ...]] = {}
        self._last_number = 0

    def add(self, order: Order) -> None:
        """Add an order, and number it if it is new; those with numbers come in their order."""
        order.number = order.number or self._last_number + 1
        self._last_number = order.number
        self.by_id[order.id] = order
        same = self._by_reference.get(order.reference, ())
        self._by_reference[order.reference] = (*same, order.id)

    def remove(self, order: Order) -> None:
        """Remove an order."""
        del self.by_id[order.id]
        same = self._by_reference[order.reference]
        self._by_reference[order.reference] = tuple(key for key in same if key != order.id)

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

    def candidates(
        self, ids: Iterable[str] | None, references: Iterable[str] | None
    ) -> Iterator[Order]:
        """Return the orders that a search has to examine, newest first.

        Without ids and references these are all.
        """
        if ids is None and references is None:
            return reversed(self.by_id.values())
        found: list[Order] = []
        if ids is not None:
            found += [self.by_id[key] for key in dict.fromkeys(ids) if key in self.by_id]
        else:
            for reference in dict.fromkeys(references or ()):
                found += self.with_reference(reference)
        found.sort(key=lambda order: order.number, reverse=True)
        return iter(found)
