"""Finds the changes since the last event of each order and store product.

Their status is computed from their age, so nothing here runs by itself: at each call of `detect`,
all changes since the last one are emitted, status after status.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import count

import attrs

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.orders.life_cycle import AGES, STAGES
from gelato_async.sandbox.orders.order import Order
from gelato_async.sandbox.stores import store_products
from gelato_async.sandbox.stores.store_products import StoreProduct
from gelato_async.sandbox.webhooks.bodies import order_changed, product_changed, product_deleted

# Added to the time of a change, because ages are differences of floats.
_ROUNDING_SECONDS = 1e-6


@attrs.define(eq=False)
class ChangeDetector:
    """Emits an event for each change of an order or store product.

    Args:
        emit: Takes the body of each event.
        on_expected: Called when a change by age is expected, perhaps an earlier one than before.
    """

    emit: Callable[[Body, Moment], None]
    on_expected: Callable[[], None]
    # By their ids, the orders and products with an entry in the heap of coming changes, and when that
    # is due; any other entry is void. The heap has ids alone, because a collection of garbage does not
    # follow those.
    _expected: dict[str, Order | StoreProduct] = attrs.field(factory=dict)
    _due: dict[str, float] = attrs.field(factory=dict)
    _coming: list[tuple[float, int, str]] = attrs.field(factory=list)
    _numbers: Iterator[int] = attrs.field(factory=count)

    def detect(self, now: Moment) -> None:
        """Emit the events of all changes by age."""
        while self._coming and self._coming[0][0] <= now.life:
            due, _, subject_id = heappop(self._coming)
            if self._due.get(subject_id) != due:
                continue
            del self._due[subject_id]
            subject = self._expected.pop(subject_id)
            if isinstance(subject, Order):
                self.order(subject, now)
            else:
                self.product(subject, now)

    def next_change(self) -> float | None:
        """Return the life-cycle second of the next change by age."""
        if not self._coming:
            return None
        return self._coming[0][0]

    def order(self, order: Order, now: Moment) -> None:
        """Emit the changes of an order, and detect its later changes by age."""
        for status in _statuses_since(order.announced, order, now):
            for body in order_changed(order, order.announced, status, now):
                self.emit(body, now)
            order.announced = status
        self._expect(order, _next_change(order, now), now)

    def product(self, product: StoreProduct, now: Moment) -> None:
        """Emit the changes of a store product, and detect its later changes by age."""
        for age in store_products.AGES[product.stages_announced :]:
            due = product.created.life + age
            if due > now.life:
                self._expect(product, due, now)
                break
            then = attrs.evolve(now, life=due + _ROUNDING_SECONDS)
            self.emit(product_changed(product, then, is_new=age == 0), now)
            product.stages_announced += 1

    def product_deleted(self, product: StoreProduct, now: Moment) -> None:
        """Emit the deletion of a store product, and no change of it from now on."""
        product.stages_announced = len(store_products.AGES)
        self.emit(product_deleted(product), now)

    def resume_order(self, order: Order, now: Moment, *, skips: bool) -> None:
        """Detect the changes of an order of an earlier run; with `skips`, only those from now on."""
        if skips:
            order.announced = order.status(now)
        self.order(order, now)

    def resume_product(self, product: StoreProduct, now: Moment, *, skips: bool) -> None:
        """Do the same for a store product."""
        if skips:
            age = now.life - product.created.life
            product.stages_announced = bisect_right(store_products.AGES, age)
        self.product(product, now)

    def _expect(self, subject: Order | StoreProduct, due: float, now: Moment) -> None:
        # At least a moment from now: a check may come early by a rounding error.
        due = max(due, math.nextafter(now.life + _ROUNDING_SECONDS, math.inf))
        if due >= self._due.get(subject.id, math.inf):
            return
        self._expected[subject.id], self._due[subject.id] = subject, due
        heappush(self._coming, (due, next(self._numbers), subject.id))
        self.on_expected()


def _statuses_since(last: str | None, order: Order, now: Moment) -> list[str]:
    """Return the statuses after `last`, those that were passed since and the present one."""
    status = order.status(now)
    if status == last:
        return []
    # After a forced status or a failure there are no stages to catch up on.
    is_aging = order.forced is None and order.order_type != "draft"
    if not is_aging or last not in {None, "draft", *STAGES}:
        return [status]
    first = 0
    if last in STAGES:
        first = STAGES.index(last) + 1
    age, end = now.life - order.began, _end(order)
    passed = []
    for stage, start in zip(STAGES[first:], AGES[first:], strict=True):
        if start <= age and start < end and stage != status:
            passed.append(stage)
    return [*passed, status]


def _next_change(order: Order, now: Moment) -> float:
    if order.forced is not None or order.order_type == "draft":
        return math.inf
    age, end = now.life - order.began, _end(order)
    if age >= end:
        return math.inf
    coming = min(start for start in (*AGES, end) if start > age)
    return order.began + coming


def _end(order: Order) -> float:
    if order.ends_after is None:
        return math.inf
    return order.ends_after
