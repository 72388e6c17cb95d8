"""The orders of one API with the two indexes that keep every look-up short."""

from collections.abc import Iterable, Iterator

from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.order import Order


class OrderBook:
    """Orders by id and by reference, in the order of their creation."""

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self._by_reference: dict[str, list[Order]] = {}

    def add(self, order: Order) -> None:
        """Keep a new order."""
        self.orders[order.id] = order
        self._by_reference.setdefault(order.reference, []).append(order)

    def remove(self, order: Order) -> None:
        """Forget an order."""
        del self.orders[order.id]
        self._by_reference[order.reference].remove(order)

    def newest(self, reference: str, now: Moment) -> Order | None:
        """Give the newest live order with a reference, else the newest.

        As search, it sees only what is visible.
        """
        visible = [
            order for order in reversed(self.of(reference)) if order.visible_from <= now.real
        ]
        return next(
            (order for order in visible if order.is_live(now)), visible[0] if visible else None
        )

    def of(self, reference: str) -> list[Order]:
        """Give all orders with a reference, oldest first."""
        return self._by_reference.get(reference, [])

    def candidates(
        self, ids: Iterable[str] | None, references: Iterable[str] | None
    ) -> Iterator[Order]:
        """Give the orders that a search has to look at, newest first.

        Without ids and references these are all.
        """
        if ids is None and references is None:
            return reversed(self.orders.values())
        if ids is not None:
            found = [self.orders[key] for key in dict.fromkeys(ids) if key in self.orders]
        else:
            found = [
                order
                for reference in dict.fromkeys(references or ())
                for order in self.of(reference)
            ]
        # so that the parts of a split order, which are of one age, keep to "newest first" too
        found.reverse()
        found.sort(key=lambda order: order.created.real, reverse=True)
        return iter(found)
