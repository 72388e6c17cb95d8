"""What is known of a create whose answer was lost.

When to look for it, and which of the orders found is the one. Pure.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from attrs import define, field, frozen

from gelato_async.core.errors import DecodeError, GelatoError, OutcomeUnknownError
from gelato_async.core.messages import Request, Response
from gelato_async.core.operations.orders import CreateOperation
from gelato_async.core.responses import server_date
from gelato_async.core.retry import Delivery, RetryPolicy, delivery_of
from gelato_async.models.enums import FulfillmentStatus, OrderType
from gelato_async.models.search import OrderSummary

T = TypeVar("T")

FIRST_LOOK = 0.5
SLACK = timedelta(seconds=5)


@define(eq=False)
class ServerClock:
    """What time it is at Gelato, from the last `Date` header.

    From our own wall clock until one came.
    """

    _offset: timedelta | None = None

    def note(self, response: Response, now: float) -> None:
        """Read the `Date` of an answer that came at `now` (monotonic seconds)."""
        date = server_date(response)
        if date is not None:
            self._offset = date - _from_seconds(now)

    def at(self, moment: float, now: float, wall: float) -> datetime:
        """The server's time at a monotonic moment.

        A lower bound, at most a second and a round trip too early.
        """
        offset = (
            self._offset if self._offset is not None else _from_seconds(wall) - _from_seconds(now)
        )
        return _from_seconds(moment) + offset


def _from_seconds(seconds: float) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)


@frozen(kw_only=True)
class Found:
    """The order that a create made.

    `connected` are the ids of its parts, `others` other orders that may be ours too.
    """

    row: OrderSummary
    connected: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@define(eq=False, kw_only=True)
class PendingCreate(Generic[T]):
    """A create on its way. Times are monotonic seconds.

    `operation` and `request` are None where only its outcome is of interest.

    `attempts` counts against the policy, `sends` is how often it left in all. `accepted` is set
    once a 2xx came, after which it is never sent again; `order_id` when that answer named the
    order.
    """

    operation: CreateOperation[T] | None
    request: Request | None = field(repr=False)
    reference: str = ""
    order_type: OrderType | None = None
    begun: float | None = None
    first_attempt: float | None = None
    first_wall: float | None = None
    attempts: int = 0
    sends: int = 0
    unclear_since: float | None = None
    last_look: float | None = None
    accepted: bool = False
    order_id: str | None = None
    retry_cost: int = 0
    last_error: GelatoError | None = None
    failed_look: GelatoError | None = None

    def __attrs_post_init__(self) -> None:
        if self.operation is not None:
            self.reference = self.operation.order.order_reference_id
            self.order_type = self.operation.order.order_type

    def attempt_started(self, now: float) -> None:
        """It is about to wait for its turn."""
        self.attempts += 1
        self.begun = now

    def mark_sent(self, now: float, wall: float) -> None:
        """It is sent at this moment."""
        self.sends += 1
        if self.first_attempt is None:
            self.first_attempt, self.first_wall = now, wall

    def seconds_since_first(self, now: float, wall: float) -> float:
        """How long ago it was first sent.

        The wall clock tells where the other one stood still (a machine asleep).
        """
        first = now if self.first_attempt is None else self.first_attempt
        return max(now - first, wall - self.first_wall if self.first_wall is not None else 0.0)

    def mark_unclear(self, error: GelatoError, now: float) -> None:
        """The outcome of an attempt is unknown: from now on the order is looked for."""
        self.last_error = error
        if self.first_attempt is None:
            self.first_attempt = self.begun
        self.accepted = self.accepted or delivery_of(error) is Delivery.ACCEPTED
        self.order_id = error.order_id if isinstance(error, DecodeError) else None
        self.unclear_since, self.last_look = now, None

    def next_look(self, reconcile: float) -> float | None:
        """When to look next: at growing intervals, the last time when `reconcile` seconds are over.

        None: it is over.
        """
        since = self.unclear_since or 0.0
        if self.last_look is None:
            return since + min(FIRST_LOOK, reconcile)
        end = since + reconcile
        return min(end, since + 2 * (self.last_look - since)) if self.last_look < end else None

    def may_resend(self, policy: RetryPolicy) -> bool:
        """Whether it may be sent again once all looks were empty."""
        return (
            policy.resend
            and self.request is not None
            and not self.accepted
            and self.failed_look is None
            and self.attempts < policy.attempts
        )

    def unknown(self, why: str, order_ids: Sequence[str] = ()) -> OutcomeUnknownError:
        """The error for a caller when nothing more can be done."""
        return OutcomeUnknownError(
            f"order {self.reference!r} was sent {self.sends} time(s) and nobody knows whether it"
            f" was made: {why}. Do not send it again; ask orders.find() with its reference later",
            order_reference_id=self.reference,
            sends=self.sends,
            order_ids=order_ids,
            operation="orders.create",
            reason=str(cause) if (cause := self.failed_look or self.last_error) else None,
        )


def match_created(
    pending: PendingCreate[Any], rows: Sequence[OrderSummary], first_attempt: datetime
) -> Found | None:
    """The order among `rows` that this create made, if any; `first_attempt` is in the server's time.

    Raises:
        OutcomeUnknownError: an order without a date may be it or not.
    """
    candidates = [row for row in rows if _has_our_reference(pending, row)]
    undated = [row.id for row in candidates if row.created_at is None]
    mine = sorted((row for row in candidates if _is_recent(row, first_attempt)), key=_age)
    if not mine:
        if undated:
            raise pending.unknown("an order with its reference has no date", undated)
        return None
    first, tied = mine[0], {mine[0].id, *mine[0].connected_order_ids}
    tied |= {row.id for row in mine if tied & {row.id, *row.connected_order_ids}}
    return Found(
        row=first,
        connected=(
            tuple(dict.fromkeys((*first.connected_order_ids, *sorted(tied))))
            if len(tied) > 1
            else ()
        ),
        others=tuple(row.id for row in mine if row.id not in tied),
    )


def _has_our_reference(pending: PendingCreate[Any], row: OrderSummary) -> bool:
    same_type = (
        row.order_type is None or pending.order_type is None or row.order_type == pending.order_type
    )
    return row.order_reference_id == pending.reference and same_type


def _is_recent(row: OrderSummary, first_attempt: datetime) -> bool:
    if row.created_at is None:
        return False
    # dates come in whole seconds, and the server's time is known to a second or so: whoever
    # canceled an order of this very moment did so before we came, while one that failed by itself
    # is more likely to be ours
    if row.fulfillment_status == FulfillmentStatus.CANCELED:
        return row.created_at > first_attempt + timedelta(seconds=2)
    if row.fulfillment_status == FulfillmentStatus.FAILED:
        return row.created_at >= first_attempt.replace(microsecond=0)
    return row.created_at >= first_attempt - SLACK


def _age(row: OrderSummary) -> tuple[datetime, str]:
    return row.created_at or datetime.max.replace(tzinfo=UTC), row.id
