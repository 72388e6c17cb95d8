"""What was told by webhooks, held against what is: orders and store products whose status follows from their age.

Nothing here runs by itself. Somebody looks, and what has changed since then is told, status after
status.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial
from heapq import heappop, heappush
from itertools import count

import attrs

from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.life_cycle import AGES, DEAD, STAGES
from gelato_async.sandbox.orders.order import Body, Order
from gelato_async.sandbox.stores import store_products
from gelato_async.sandbox.stores.store_products import StoreProduct
from gelato_async.sandbox.webhooks.bodies import order_changed, product_changed, product_deleted

_A_MOMENT = 1e-6  # later, for ages are differences of floats


@attrs.define(eq=False)
class ChangeDetector:
    """Reports what has changed in orders and store products since the last look.

    Args:
        tell: Takes the body of each event.
    """

    tell: Callable[[Body, Moment], None]
    _told: dict[str, str] = attrs.field(factory=dict)
    _product_stages: dict[str, int] = attrs.field(factory=dict)
    _expected: set[str] = attrs.field(factory=set)
    _coming: list[tuple[float, int, str, Callable[[Moment], None]]] = attrs.field(factory=list)
    _numbers: Iterator[int] = attrs.field(factory=count)

    def look(self, now: Moment) -> None:
        """Tell all that has changed with age."""
        while self._coming and self._coming[0][0] <= now.life:
            _, _, subject, check = heappop(self._coming)
            self._expected.remove(subject)
            check(now)

    def next_change(self) -> float | None:
        """Give the life-cycle second of the next change with age."""
        return self._coming[0][0] if self._coming else None

    def order(self, order: Order, now: Moment) -> None:
        """Report what has become of an order, and look for its changes from now on."""
        for status in _statuses_since(self._told.get(order.id), order, now):
            for body in order_changed(order, self._told.get(order.id), status, now):
                self.tell(body, now)
            self._told[order.id] = status
        self._expect(order.id, _next_change(order, now), partial(self.order, order), now)

    def product(self, product: StoreProduct, now: Moment) -> None:
        """Report what has become of a product of a store, and look for its changes from now on."""
        first = self._product_stages.get(product.id, 0)
        for age in store_products.AGES[first:]:
            due = product.created.life + age
            if due > now.life:
                self._expect(product.id, due, partial(self.product, product), now)
                break
            then = attrs.evolve(now, life=due + _A_MOMENT)
            self.tell(product_changed(product, then, is_new=age == 0), now)
            self._product_stages[product.id] = self._product_stages.get(product.id, 0) + 1

    def product_deleted(self, product: StoreProduct, now: Moment) -> None:
        """Tell that a product of a store is gone, and nothing about it from now on."""
        self._product_stages[product.id] = len(store_products.AGES)
        self.tell(product_deleted(product), now)

    def _expect(
        self, subject: str, due: float, check: Callable[[Moment], None], now: Moment
    ) -> None:
        if due < math.inf and subject not in self._expected:
            self._expected.add(subject)
            heappush(
                self._coming, (max(due, now.life + _A_MOMENT), next(self._numbers), subject, check)
            )


def _statuses_since(told: str | None, order: Order, now: Moment) -> list[str]:
    status = order.status(now)
    if status == told:
        return []
    is_living = order.forced is None and order.order_type != "draft"
    if not is_living or told not in {None, "draft", *STAGES}:
        return [status]
    first = STAGES.index(told) + 1 if told in STAGES else 0
    passed = [
        stage
        for stage, age in zip(STAGES, AGES, strict=True)
        if age <= _age(order, now) and age < _end(order)
    ]
    return [*(stage for stage in passed[first:] if stage != status), status]


def _next_change(order: Order, now: Moment) -> float:
    if order.forced is not None or order.order_type == "draft" or order.status(now) in DEAD:
        return math.inf
    coming = [age for age in (*AGES, _end(order)) if age > _age(order, now)]
    return order.ordered.life + min(coming)


def _age(order: Order, now: Moment) -> float:
    return now.life - order.ordered.life


def _end(order: Order) -> float:
    return math.inf if order.refuse_after is None else order.refuse_after
