"""One account's part of the sandbox: its orders and store products.

The actions of all routes read and change an account. What the accounts share (clock, audit log,
webhooks, faults) is the state's.
"""

import random
from collections.abc import Callable, Collection, Mapping, Sequence

import attrs

from gelato_async.sandbox.answers import Answer, Backend, Body
from gelato_async.sandbox.audit import AuditLog
from gelato_async.sandbox.catalog.assortment import Assortment
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.data.sandbox_data import Account
from gelato_async.sandbox.options import Options
from gelato_async.sandbox.orders.order import Commit, Order, Refusal
from gelato_async.sandbox.orders.order_index import OrderIndex
from gelato_async.sandbox.orders.placing import place
from gelato_async.sandbox.orders.terms import agree
from gelato_async.sandbox.orders.wishes import fulfil, wishes_of
from gelato_async.sandbox.records import Unsaved
from gelato_async.sandbox.routes import Target
from gelato_async.sandbox.stores.store_products import StoreProducts
from gelato_async.sandbox.webhooks.change_detector import ChangeDetector


def _indexes() -> Mapping[Backend, OrderIndex]:
    return {"gelato": OrderIndex(), "connect": OrderIndex()}


@attrs.define(eq=False, kw_only=True)
class AccountState:
    """The orders and store products of one account, and what it can buy.

    Attributes:
        account: The name and the keys.
        options: The options of the sandbox.
        changes: What emits the webhooks of changes, or None without a URL to deliver them to.
        unsaved: Notes what is to be written to the state file.
    """

    account: Account
    options: Options
    changes: ChangeDetector | None
    unsaved: Unsaved
    _audit_log: AuditLog = attrs.field(alias="audit_log")
    orders: Mapping[Backend, OrderIndex] = attrs.field(init=False, factory=_indexes)
    store_products: StoreProducts = attrs.field(init=False, factory=StoreProducts)
    assortment: Assortment = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        has_any = self.options.products == "any"
        self.assortment = self.options.data.assortment(any_products=has_any)

    @property
    def name(self) -> str:
        """The account's name."""
        return self.account.name

    def commit(self, backend: Backend, body: Body, refusal: Refusal | None, now: Moment) -> Order:
        """Let a create take effect, and return the order, or the first part of a split one."""
        wishes = wishes_of(body)
        divided = self.parts(str(body["orderReferenceId"]), len(body["items"]), wishes)
        parts = [agree(self.assortment, body, numbers) for numbers in divided]
        orders = place(self.name, backend, body, parts, now)
        index = self.orders[backend]
        earlier = index.with_reference(orders[0].reference)
        is_duplicate = any(order.is_live(now) for order in earlier)
        for order in orders:
            self.unsaved.add(order)
            if self.options.search_lag:
                order.visible_from += self.options.search_lag
            if refusal is not None:
                order.end(self.options.refuse_after, "failed", refusal)
            fulfil(order, wishes, self.options.refuse_after)
            index.add(order)
            self.changed(order, now)
        commit = Commit(
            account=self.name,
            backend=backend,
            reference=orders[0].reference,
            order_ids=tuple(order.id for order in orders),
            at=now,
            is_duplicate=is_duplicate,
        )
        self.unsaved.add(commit)
        self._audit_log.record_commit(commit)
        return orders[0]

    def changed(self, order: Order, now: Moment) -> None:
        """Take note of an order that is new or was changed, other than by its age."""
        self.orders[order.backend].changed(order)
        # GelatoConnect has no webhooks of this kind.
        if self.changes is not None and order.backend == "gelato":
            self.changes.order(order, now)

    def find(self, order_id: str) -> Order | None:
        """Return an order of either API."""
        for index in self.orders.values():
            if order_id in index.by_id:
                return index.by_id[order_id]
        return None

    def parts(self, reference: str, count: int, wishes: Collection[str] = ()) -> Sequence[range]:
        """Return the parts of an order of some items: the numbers of each part's items.

        The reference and the seed decide on a split, so that a quote foresees it.
        """
        numbers = range(count)
        if count == 1:
            return [numbers]
        drawn = random.Random(f"{self.options.seed} {reference}").random()  # noqa: S311  repeatable is the point, nothing is secret
        if "split" in wishes or drawn < self.options.split:
            return [numbers[:1], numbers[1:]]
        return [numbers]


Action = Callable[[AccountState, Target, Body, Moment], Answer]
