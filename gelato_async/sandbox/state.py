"""Everything that a sandbox remembers; a reset replaces it as a whole.

Nothing in it runs by itself. Statuses are computed from an order's age, and what was postponed
happens at the next access, as of the moment it was due. From outside this cannot be distinguished
from a timer, and it works without an event loop.
"""

import random
from collections import deque
from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from typing import Any

from gelato_async.sandbox.answers import Answer, Backend
from gelato_async.sandbox.audit import AuditLog
from gelato_async.sandbox.clock import Clock, Moment
from gelato_async.sandbox.faults.fault import Fault
from gelato_async.sandbox.faults.plan import FaultInjector
from gelato_async.sandbox.options import Options
from gelato_async.sandbox.orders.documents import REFUSAL_CODE
from gelato_async.sandbox.orders.order import Body, Commit, Order, new_id
from gelato_async.sandbox.orders.order_index import OrderIndex
from gelato_async.sandbox.routes import Target
from gelato_async.sandbox.stores.store_products import StoreProducts
from gelato_async.sandbox.webhooks.change_detector import ChangeDetector
from gelato_async.sandbox.webhooks.outbox import Outbox

_DAYS_LATE = 2


class State:
    """Clock, orders, store products, audit log, fault injector and webhooks of one sandbox."""

    def __init__(self, options: Options, clock: Clock, on_webhooks: Callable[[], None]) -> None:
        self.options = options
        self.clock = clock
        self.orders: Mapping[Backend, OrderIndex] = {
            "gelato": OrderIndex(),
            "connect": OrderIndex(),
        }
        self.store_products: StoreProducts = StoreProducts()
        self.audit_log: AuditLog = AuditLog(clock.started)
        self.outbox: Outbox = Outbox(options, on_webhooks)
        self.changes: ChangeDetector | None = None
        if options.webhook_url:
            self.changes = ChangeDetector(self.outbox.add)
        self._injector = FaultInjector(options.faults) if options.faults else None
        self._random = random.Random(options.seed)  # noqa: S311  repeatable is the point, nothing is secret
        self._admitted: dict[str, deque[float]] = {}
        self._postponed: list[tuple[float, int, Callable[[Moment], Any]]] = []
        self._postponed_so_far = 0

    def now(self) -> Moment:
        """Let everything happen that is due by now, and return the present."""
        now = self.clock.moment()
        while self._postponed and self._postponed[0][0] <= now.real:
            due, _, action = heappop(self._postponed)
            then = self.clock.moment(due)
            self._detect_changes(then)
            action(then)
        self._detect_changes(now)
        return now

    def advance(self, seconds: float) -> None:
        """Advance the life-cycle clock."""
        self.now()
        self.clock.advanced += seconds
        self.now()

    def postpone(self, seconds: float, action: Callable[[Moment], Any]) -> None:
        """Let an action happen `seconds` later; it takes the moment at which it was due."""
        due = self.clock.real() + seconds
        # Numbered, so that the heap never compares two actions.
        self._postponed_so_far += 1
        heappush(self._postponed, (due, self._postponed_so_far, action))

    def seconds_until_admitted(self, key: str, now: float) -> float:
        """Count a request against its key's limit and return 0, or return the seconds to wait."""
        limit = self.options.rate_limit
        if limit is None:
            return 0.0
        admitted = self._admitted.setdefault(key, deque())
        while admitted and admitted[0] <= now - 1.0:
            admitted.popleft()
        if len(admitted) < limit:
            admitted.append(now)
            return 0.0
        # Rounding must not make the wait 0, which means admitted.
        return max(admitted[0] + 1.0 - now, 1e-6)

    def decide(self, route: str) -> Fault | None:
        """Return the fault that the next request to `route` meets, and record it."""
        if self._injector is None:
            return None
        fault = self._injector.decide(route)
        if fault is not None:
            self.audit_log.faults[fault.name] += 1
        return fault

    def commit(
        self, backend: Backend, body: Body, refuse_after: float | None, now: Moment
    ) -> Order:
        """Let a create take effect, and return the order, or the first part of a split one."""
        if asks_for(body, REFUSAL_CODE):
            refuse_after = self.options.refuse_after
        orders = [self._order(backend, body, part, refuse_after, now) for part in self._parts(body)]
        commit = Commit(backend, orders[0].reference, body, tuple(orders), now)
        for order in orders:
            if len(orders) > 1:
                order.connected = commit.order_ids
            self.orders[backend].add(order)
            if order.on_change is not None:
                order.on_change(order, now)
        self.audit_log.record_commit(commit)
        return orders[0]

    def find(self, order_id: str) -> Order | None:
        """Return an order of either API."""
        for index in self.orders.values():
            if order_id in index.by_id:
                return index.by_id[order_id]
        return None

    def _detect_changes(self, now: Moment) -> None:
        if self.changes is not None:
            self.changes.detect(now)

    def _parts(self, body: Body) -> list[list[Body]]:
        items = [item | {"id": new_id()} for item in body["items"]]
        if len(items) == 1:
            return [items]
        # Asked for in the order, or drawn. No number is drawn where it was asked for.
        if asks_for(body, "split") or self._random.random() < self.options.split:
            return [items[:1], items[1:]]
        return [items]

    def _order(
        self,
        backend: Backend,
        body: Body,
        items: list[Body],
        refuse_after: float | None,
        now: Moment,
    ) -> Order:
        order = Order(
            id=new_id(),
            backend=backend,
            reference=str(body["orderReferenceId"]),
            body=dict(body),
            items=items,
            created=now,
            visible_from=now.real + self.options.search_lag,
            order_type=body.get("orderType") or "order",
            ordered=now,
            refuse_after=refuse_after,
        )
        if asks_for(body, "delayed"):
            order.days_late = _DAYS_LATE
        # GelatoConnect has no webhooks of this kind.
        if self.changes is not None and backend == "gelato":
            order.on_change = self.changes.order
        return order


def asks_for(body: Body, value: str) -> bool:
    """Return whether the order's metadata has `{"key": "sandbox", "value": value}`."""
    entries = body.get("metadata") or []
    return any(entry["key"] == "sandbox" and entry["value"] == value for entry in entries)


Action = Callable[[State, Target, Body, Moment], Answer]
