"""Source: takes orders from any iterable, async or not, one at a time as they are wanted."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

from gelato_async.models.new_order import NewOrder

Orders = Iterable[NewOrder] | AsyncIterable[NewOrder]

_END = object()


class Source:
    """The input of a run. `orders` that cannot be iterated over raise a `TypeError` at once."""

    def __init__(self, orders: Orders) -> None:
        self._later: AsyncIterator[NewOrder] | None = None
        self._now: Iterator[NewOrder] = iter(())
        if isinstance(orders, AsyncIterable):
            self._later = aiter(orders)
        else:
            self._now = iter(orders)

    async def take(self) -> NewOrder | None:
        """Take the next order; None at the end."""
        order: object
        if self._later is None:
            order = next(self._now, _END)
        else:
            order = await anext(self._later, _END)
        if order is _END:
            return None
        if not isinstance(order, NewOrder):
            kind = type(order).__name__
            # tools that show the variables of an error would show the recipient
            del order
            raise TypeError(f"orders must be of NewOrder; the input has a {kind}")
        return order
