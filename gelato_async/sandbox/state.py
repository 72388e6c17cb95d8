"""All that a sandbox remembers; a reset replaces it as a whole.

Nothing in it runs by itself. Statuses follow from an order's age, and what was postponed happens
when somebody next looks, as of the moment it was due; from outside that cannot be told from a
timer, and it works without an event loop.
"""

import random
from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

from gelato_async.sandbox.answers import Answer, Backend
from gelato_async.sandbox.audit import Ledger
from gelato_async.sandbox.clock import Clock, Moment
from gelato_async.sandbox.faults.fault import Fault
from gelato_async.sandbox.faults.plan import FaultInjector
from gelato_async.sandbox.options import Options
from gelato_async.sandbox.orders.documents import REFUSAL_CODE
from gelato_async.sandbox.orders.order import Body, Commit, Order, new_id
from gelato_async.sandbox.orders.order_book import OrderBook
from gelato_async.sandbox.routes import Target
from gelato_async.sandbox.stores.store_products import StoreProducts
from gelato_async.sandbox.webhooks.change_detector import ChangeDetector
from gelato_async.sandbox.webhooks.outbox import Outbox

_DAYS_LATE = 2


class State:
    """Clock, orders, store products, ledger, fault injector and webhooks of one sandbox."""

    def __init__(self, options: Options, on_webhooks: Callable[[], None] = lambda: None) -> None:
        self.options = options
        self.clock: Clock = Clock(options.speed)
        self.stores: dict[Backend, OrderBook] = {"gelato": OrderBook(), "connect": OrderBook()}
        self.store_products: StoreProducts = StoreProducts()
        self.ledger: Ledger = Ledger()
        self.outbox: Outbox = Outbox(options, on_webhooks)
        self.changes: ChangeDetector | None = (
            ChangeDetector(self.outbox.add) if options.webhook_url else None
        )
        self._injector = FaultInjector(options.faults) if options.faults else None
        self._random = random.Random(options.seed)  # noqa: S311  repeatable is the point, nothing is secret
        self._accepted: dict[str, deque[float]] = {}
        self._pending: list[tuple[float, int, Callable[[Moment], Any]]] = []
        self._postponed = 0

    def now(self) -> Moment:
        """Give the present, after everything that was to happen by now has happened."""
        now = self.clock.moment()
        while self._pending and self._pending[0][0] <= now.real:
            due, _, action = heappop(self._pending)
            then = self.clock.moment(due)
            self._look(then)
            action(then)
        self._look(now)
        return now

    def advance(self, seconds: float) -> None:
        """Step the life-cycle clock."""
        self.now()
        self.clock.advanced += seconds
        self.now()

    def postpone(self, seconds: float, action: Callable[[Moment], Any]) -> None:
        """Let something happen later.

        It is done when somebody next looks, as of the moment it was due.
        """
        self._postponed += 1
        heappush(self._pending, (self.clock.real() + seconds, self._postponed, action))

    def wait_for_token(self, key: str, now: float) -> float:
        """Accept a request of a key, or give the seconds until its sliding second has room again."""
        limit = self.options.rate_limit
        if limit is None:
            return 0.0
        accepted = self._accepted.setdefault(key, deque())
        while accepted and accepted[0] <= now - 1.0:
            accepted.popleft()
        if len(accepted) >= limit:
            return max(
                accepted[0] + 1.0 - now, 1e-6
            )  # rounding must not make it 0, which means accepted
        accepted.append(now)
        return 0.0

    def decide(self, route: str) -> Fault | None:
        """Give the fault that the next request to `route` meets, and note it."""
        fault = self._injector.decide(route) if self._injector else None
        if fault is not None:
            self.ledger.faults[fault.name] += 1
        return fault

    def commit(
        self, backend: Backend, body: Body, refuse_after: float | None, now: Moment
    ) -> Order:
        """Let a create take effect and give the order, or the first part of a split one."""
        items = [item | {"id": new_id()} for item in body["items"]]
        parts = [items[:1], items[1:]] if self._splits(body) else [items]
        orders = [self._order(backend, body, part, refuse_after, now) for part in parts]
        for order in orders:
            order.connected = tuple(part.id for part in orders) if len(orders) > 1 else ()
            self.stores[backend].add(order)
            if order.on_change is not None:
                order.on_change(order, now)
        self.ledger.committed(Commit(backend, orders[0].reference, body, tuple(orders), now))
        return orders[0]

    def find(self, order_id: str) -> Order | None:
        """Give an order of either API."""
        return self.stores["gelato"].orders.get(order_id) or self.stores["connect"].orders.get(
            order_id
        )

    def _look(self, now: Moment) -> None:
        if self.changes is not None:
            self.changes.look(now)

    def _splits(self, body: Body) -> bool:
        return len(body["items"]) > 1 and (
            asks_for(body, "split") or self._random.random() < self.options.split
        )

    def _order(
        self,
        backend: Backend,
        body: Body,
        items: list[Body],
        refuse_after: float | None,
        now: Moment,
    ) -> Order:
        return Order(
            id=new_id(),
            backend=backend,
            reference=str(body["orderReferenceId"]),
            body=dict(body),
            items=items,
            created=now,
            visible_from=now.real + self.options.search_lag,
            order_type=body.get("orderType") or "order",
            ordered=now,
            refuse_after=self.options.refuse_after
            if asks_for(body, REFUSAL_CODE)
            else refuse_after,
            days_late=_DAYS_LATE if asks_for(body, "delayed") else 0,
            on_change=self.changes.order
            if self.changes is not None and backend == "gelato"
            else None,
        )


def asks_for(body: Body, value: str) -> bool:
    """Tell whether the order's metadata ask the sandbox for something.

    `{"key": "sandbox", "value": ...}`.
    """
    return any(
        entry["key"] == "sandbox" and entry["value"] == value
        for entry in body.get("metadata") or []
    )


Action = Callable[[State, Target, Body, Moment], Answer]
