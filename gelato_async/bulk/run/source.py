"""Source: takes orders from any iterable, async or not, one at a time and no sooner than they are wanted."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

import anyio

from gelato_async.models.new_order import NewOrder

Orders = Iterable[NewOrder] | AsyncIterable[NewOrder]

_END = object()


class Source:
    """An input that many workers draw from."""

    def __init__(self, orders: Orders) -> None:
        self._later: AsyncIterator[NewOrder] | None = (
            aiter(orders) if isinstance(orders, AsyncIterable) else None
        )
        self._now: Iterator[NewOrder] = (
            iter(()) if isinstance(orders, AsyncIterable) else iter(orders)
        )
        self._lock = anyio.Lock(fast_acquire=True)
        self.exhausted: bool = False

    async def take(self) -> NewOrder | None:
        """The next order, or None when there is none left."""
        order = await self._take_later() if self._later is not None else next(self._now, _END)
        if order is _END:
            self.exhausted = True
            return None
        if not isinstance(order, NewOrder):
            kind = type(order).__name__
            del order  # tools that show the variables of an error would show the recipient
            raise TypeError(f"orders must be of NewOrder; the input has a {kind}")
        return order

    async def _take_later(self) -> object:
        async with self._lock:
            return _END if self.exhausted or self._later is None else await anext(self._later, _END)
