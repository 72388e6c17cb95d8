"""One account's part of the sandbox: its orders and store products.

The actions of all routes read and change an account. What the accounts share (clock, audit log,
webhooks, faults) is the state's.
"""

import random
from collections.abc import Callable, Mapping

import attrs

from gelato_async.sandbox.answers import Answer, Backend
from gelato_async.sandbox.audit import AuditLog
from gelato_async.sandbox.catalog.assortment import Assortment, built_in_assortment
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.data.sandbox_data import Account
from gelato_async.sandbox.options import Options
from gelato_async.sandbox.orders.documents import REFUSAL_CODE
from gelato_async.sandbox.orders.order import Body, Commit, Order, new_id
from gelato_async.sandbox.orders.order_index import OrderIndex
from gelato_async.sandbox.routes import Target
from gelato_async.sandbox.stores.store_products import StoreProducts
from gelato_async.sandbox.webhooks.change_detector import ChangeDetector

_DAYS_LATE = 2


def _indexes() -> Mapping[Backend, OrderIndex]:
    return {"gelato": OrderIndex(), "connect": OrderIndex()}


@attrs.define(eq=False, kw_only=True)
class AccountState:
    """The orders and store products of one account, and what it can buy.

    Attributes:
        account: The name and the keys.
        options: The options of the sandbox.
        changes: What emits the webhooks of changes, or None without a URL to deliver them to.
    """

    account: Account
    options: Options
    changes: ChangeDetector | None
    _audit_log: AuditLog
    # Shared by all accounts: the same seed splits the same orders.
    _random: random.Random
    orders: Mapping[Backend, OrderIndex] = attrs.field(init=False, factory=_indexes)
    store_products: StoreProducts = attrs.field(init=False, factory=StoreProducts)
    assortment: Assortment = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        has_any = self.options.products == "any"
        self.assortment = built_in_assortment(any_products=has_any)

    @property
    def name(self) -> str:
        """The account's name."""
        return self.account.name

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
        self._audit_log.record_commit(commit, self.name)
        return orders[0]

    def find(self, order_id: str) -> Order | None:
        """Return an order of either API."""
        for index in self.orders.values():
            if order_id in index.by_id:
                return index.by_id[order_id]
        return None

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


Action = Callable[[AccountState, Target, Body, Moment], Answer]
