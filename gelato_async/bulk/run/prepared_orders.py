"""PreparedOrders: orders of the input that are built, on their way to the intake."""

from collections import deque
from typing import Any

from attrs import define, field

from gelato_async.bulk.journal.look_ups import LookedUp, LookUp
from gelato_async.bulk.signal import Signal
from gelato_async.client.markers import marked, new_marker
from gelato_async.core.backend import Backend
from gelato_async.core.errors import NotSentError
from gelato_async.core.messages import Request
from gelato_async.core.operations.orders import CreateOperation
from gelato_async.core.pending_create import PendingCreate


@define(eq=False)
class PreparedOrder:
    """An order that can be sent. `content` is a digest of its body, without the marker.

    `looked_up` is what the journal answered, `error` a broken rule that was found after that.
    """

    operation: CreateOperation[Any]
    request: Request
    content: bytes
    looked_up: LookedUp | None = None
    error: NotSentError | None = None
    # not made for the many orders that the journal of an earlier run shows as finished
    _pending: PendingCreate[Any] | None = None

    @property
    def reference(self) -> str:
        """The caller's reference."""
        return self.operation.order.order_reference_id

    @property
    def pending(self) -> PendingCreate[Any]:
        """The create that is about to be sent."""
        if self._pending is None:
            self._pending = PendingCreate(operation=self.operation, request=self.request)
        return self._pending

    def mark(self, backend: Backend) -> None:
        """Give it a marker of its own.

        Raises:
            ValidationError: the order has no room for one.
        """
        self._pending = pending_create(backend, self.operation, self.request, new_marker())

    def look_up(self, now: float) -> LookUp:
        """What the journal is asked about it."""
        marker = known_ids = None
        if self._pending is not None:
            marker, known_ids = self._pending.marker, self._pending.known_ids
        is_draft = self.operation.order.order_type != "order"
        return LookUp(self.reference, self.content, is_draft, now, marker, known_ids)


@define(eq=False)
class PreparedOrders:
    """The way from the preparer to the intake.

    An order leaves it when it is handed on, so what is left at the end was not. `is_complete` says
    that no more will come.
    """

    orders: deque[PreparedOrder] = field(factory=deque)
    is_complete: bool = False
    news: Signal = field(factory=Signal)

    def __len__(self) -> int:
        return len(self.orders)

    def add(self, order: PreparedOrder) -> None:
        """Add an order."""
        self.orders.append(order)
        self.news.notify()

    def complete(self) -> None:
        """Note that no more will come."""
        self.is_complete = True
        self.news.notify()


def pending_create(
    backend: Backend, operation: CreateOperation[Any], request: Request, marker: str | None
) -> PendingCreate[Any]:
    """Begin a create that carries this marker, if there is one.

    Raises:
        ValidationError: the order has no room for the marker.
    """
    if marker is not None:
        request = backend.build(marked(operation, marker))
    return PendingCreate(operation=operation, request=request, marker=marker)
