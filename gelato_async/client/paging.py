"""OrderSearch: all rows of a search, page after page, without a row twice."""

from collections.abc import AsyncIterator

from attrs import evolve

from gelato_async.client.engine import Engine
from gelato_async.core.backend import PAGE
from gelato_async.core.operations import SearchOrders
from gelato_async.models.search import OrderPage, OrderQuery, OrderSummary


class OrderSearch:
    """The orders that a query finds: `async for row in search` reads page after page, as often as you iterate.

    Rows are told apart by id, so none comes twice. Orders that are made meanwhile move the others down and may or may not
    appear; orders that vanish meanwhile (deleted drafts, statuses that no longer match) move others up, over the edge of a
    page already read: such rows can be missed.
    """

    def __init__(self, engine: Engine, query: OrderQuery) -> None:
        self._engine = engine
        self._query = query

    def __repr__(self) -> str:
        return f"OrderSearch({self._query!r})"

    def __aiter__(self) -> AsyncIterator[OrderSummary]:
        return _Rows(self._engine, self._query)


class _Rows:
    # a class, not an async generator: leaving the loop early leaves nothing suspended behind

    def __init__(self, engine: Engine, query: OrderQuery) -> None:
        self._engine = engine
        self._query = evolve(query, limit=query.limit or PAGE, offset=query.offset or 0)
        self._seen: set[str] = set()
        self._rows: list[OrderSummary] = []
        self._last = False

    def __aiter__(self) -> AsyncIterator[OrderSummary]:
        return self

    async def __anext__(self) -> OrderSummary:
        while not self._rows:
            if self._last:
                raise StopAsyncIteration
            self._keep(await self._engine.send(SearchOrders(self._query)))
        row = self._rows.pop()
        self._seen.add(row.id)
        return row

    def _keep(self, page: OrderPage) -> None:
        known = all(row.id in self._seen for row in page.orders)
        self._last = known or page.length < (self._query.limit or PAGE)
        self._query = evolve(self._query, offset=(self._query.offset or 0) + page.length)
        fresh = {row.id: row for row in page.orders if row.id not in self._seen}
        self._rows = list(fresh.values())[::-1]
