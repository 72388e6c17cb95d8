"""PendingCreate: a create from its first attempt to its outcome.

Its methods are the changes that it goes through, and each reports itself to the client's observer.
`client.create_once` calls them in order, a bulk run for many at once.
"""

from collections.abc import Collection, Sequence
from typing import Generic, TypeVar

from attrs import define, field

from gelato_async.core.database_clock import DatabaseClock
from gelato_async.core.errors import DecodeError, GelatoError, OutcomeUnknownError
from gelato_async.core.events import (
    Call,
    OutcomeStaysUnknown,
    ReconciliationAdopted,
    ReconciliationBegan,
    ReconciliationLooked,
    ReconciliationResent,
)
from gelato_async.core.evidence import Evidence, is_same_reference, marker_of, may_be_reference
from gelato_async.core.messages import Request
from gelato_async.core.operations.orders import CreateOperation
from gelato_async.core.retry import Delivery, RetryPolicy, delivery_of
from gelato_async.models.enums import OrderType
from gelato_async.models.order import Order, SubmittedOrder
from gelato_async.models.search import OrderSummary

T = TypeVar("T")

# seconds from the failure to the first look
FIRST_LOOK = 0.5
# the short name of creates, of both APIs
NAME = "orders.create"


@define(eq=False, kw_only=True)
class PendingCreate(Generic[T]):
    """A create on its way. Times are monotonic seconds.

    `operation` and `request` are None where there is nothing to send, only an outcome to find.
    `attempts` counts against the policy, `sends` is how often it left in all. `accepted` is set
    once a 2xx came, after which it is never sent again; `order_id` when that answer named the
    order.

    `known_ids` are the orders that were there before: those that a look before the send showed,
    None if there was no look. `mixed_up` counts 2xx answers about another order, `answered_with` is
    the id of the last one that nothing proves to be another's. `clock` and `first_sent` belong
    together: an order of an earlier run has that run's clock, and was sent at some time after
    `first_sent`. `markers` says whether the marker that an order showed is ours; `unmarked` are the
    orders that showed none at the last look.
    """

    operation: CreateOperation[T] | None
    request: Request | None = field(repr=False)
    call: Call = field(factory=Call, repr=False)
    reference: str = ""
    order_type: OrderType | None = None
    marker: str | None = field(default=None, repr=False)
    begun: float | None = None
    first_sent: float | None = None
    first_wall: float | None = None
    last_sent: float = 0.0
    clock: DatabaseClock | None = None
    known_ids: frozenset[str] | None = None
    attempts: int = 0
    sends: int = 0
    unclear_since: float | None = None
    last_look: float | None = None
    accepted: bool = False
    order_id: str | None = None
    retry_cost: int = 0
    last_error: GelatoError | None = None
    failed_look: GelatoError | None = None
    in_doubt: tuple[str, ...] = ()
    mixed_up: int = 0
    answered_with: str | None = None
    markers: dict[str, bool] = field(factory=dict)
    unmarked: set[str] = field(factory=set)
    _first_seen: dict[str, float] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        if self.operation is not None:
            self.reference = self.operation.order.order_reference_id
            self.order_type = self.operation.order.order_type

    @property
    def is_unclear(self) -> bool:
        """Whether an attempt may have taken effect."""
        return self.unclear_since is not None

    def contents(self) -> tuple[CreateOperation[T], Request]:
        """Return what is sent.

        Raises:
            OutcomeUnknownError: there is nothing to send.
        """
        if self.operation is None or self.request is None:
            raise self.unknown("its contents are not known")
        return self.operation, self.request

    def attempt_started(self, now: float) -> None:
        """Note that the next attempt is about to wait for its turn."""
        self.attempts += 1
        self.begun = now

    def mark_sent(self, now: float, wall: float) -> None:
        """Note that the request leaves at this moment."""
        if self.is_unclear:
            self.call.emit(ReconciliationResent, NAME, self.reference)
        self.sends += 1
        self.last_sent = now
        if self.first_sent is None:
            self.first_sent, self.first_wall = now, wall

    def mark_not_made(self) -> None:
        """Note that an attempt made nothing, like a 429: if it was the first, the next one is."""
        if not self.is_unclear:
            self.first_sent = self.first_wall = None

    def mark_mixed_up(self, order_id: str | None) -> None:
        """Note that a 2xx was about another order: this one, if nothing proves it another's."""
        self.mixed_up += 1
        if order_id is not None:
            self.answered_with = order_id

    def mark_unclear(self, error: GelatoError, now: float) -> None:
        """Note that the outcome of an attempt is unknown: from now on the order is looked for."""
        self.last_error = error
        if self.first_sent is None:
            self.first_sent = self.begun
        self.accepted = self.accepted or delivery_of(error) is Delivery.ACCEPTED
        self.order_id = None
        if isinstance(error, DecodeError):
            self.order_id = error.order_id
        self.unclear_since, self.last_look = now, None
        self.call.emit(ReconciliationBegan, NAME, self.reference, error=type(error).__name__)

    def mark_not_fetched(self, error: GelatoError) -> None:
        """Note that the order which an answer named could not be got."""
        self.last_error = error

    def mark_misnamed(self) -> None:
        """Note that an answer named another order."""
        self.order_id = None

    def next_look(self, window: float) -> float | None:
        """When to look next: at growing intervals to the end of the window (s), then None."""
        since = self.unclear_since or 0.0
        if self.last_look is None:
            return since + min(FIRST_LOOK, window)
        end = since + window
        if self.last_look >= end:
            return None
        return min(end, since + 2 * (self.last_look - since))

    def mark_others(self, ids: Collection[str]) -> None:
        """Note what a look before the first send showed, or the looks over a whole window."""
        self.known_ids = (self.known_ids or frozenset()) | frozenset(ids)

    def look_failed(self, error: GelatoError, began: float) -> None:
        """Note that a look which began at this moment failed: absence is not proved any more."""
        self.failed_look, self.last_look = error, began
        self.call.emit(ReconciliationLooked, NAME, self.reference, error=type(error).__name__)

    def look_showed(self, rows: Sequence[OrderSummary], began: float, ended: float) -> None:
        """Note a look, which shows what there was when it began, and what it is the first to show."""
        self.last_look = began
        hits = 0
        for row in rows:
            if may_be_reference(row.order_reference_id, self.reference):
                self._first_seen.setdefault(row.id, ended)
                hits += 1
        self.call.emit(ReconciliationLooked, NAME, self.reference, hits=hits)

    def note_marker(self, order_id: str, shown: str | None, *, kept: bool) -> None:
        """Remember the marker that an order showed; `kept`: this server keeps markers."""
        if shown is not None:
            self.markers[order_id] = shown == self.marker
        elif kept:
            # until the next look: an order may be shown before its metadata are
            self.unmarked.add(order_id)

    def has_our_marker(self, order_id: str) -> bool | None:
        """Whether an order has our marker; None if nothing can be said."""
        if order_id in self.unmarked:
            return False
        return self.markers.get(order_id)

    def first_seen(self, order_id: str) -> float | None:
        """When a look first showed an order."""
        return self._first_seen.get(order_id)

    def knows_id(self, order_id: str) -> bool:
        """Whether a look before this create was sent showed an order."""
        return self.known_ids is not None and order_id in self.known_ids

    def was_there_before(self, order_id: str, evidence: Evidence) -> bool:
        """Whether a look, or the answer to another create, proves that an order is not this one's."""
        # a moment on the clock of an earlier run cannot be compared with one of this run
        first_sent = self.first_sent
        if self.clock is not None:
            first_sent = None
        return self.knows_id(order_id) or evidence.knows_id(order_id, self.reference, first_sent)

    def is_another_type(self, shown: OrderType | None) -> bool:
        """Whether an order of this type cannot be ours; one of a type that is news may be."""
        if shown is None or self.order_type is None or shown == self.order_type:
            return False
        return OrderType(shown).is_known

    def is_answered_by(self, answer: object, evidence: Evidence) -> bool:
        """Whether the answer of an attempt is about this order."""
        if not isinstance(answer, (Order, SubmittedOrder)):
            return True
        if not is_same_reference(answer.order_reference_id, self.reference):
            return False
        if isinstance(answer, Order) and self.is_another_type(answer.order_type):
            return False
        return bool(answer.id) and not self.was_there_before(answer.id, evidence)

    def teach(self, evidence: Evidence, answer: object, now: float, wall: float) -> None:
        """Let the client learn from an answer to this create."""
        if not isinstance(answer, (Order, SubmittedOrder)):
            return
        if self.sends > 1:
            # a server that refuses duplicates may answer with the order of the first send
            evidence.note_order(answer, self.reference, now)
            return
        evidence.note_created(answer, self.reference, sent=self.last_sent, answered=now, wall=wall)
        if isinstance(answer, Order) and self.marker is not None:
            evidence.keeps_markers = evidence.keeps_markers or marker_of(answer) == self.marker

    def mark_adopted(self, order_id: str, others: tuple[str, ...]) -> None:
        """Note that the order was found. `others` may be ours too."""
        self.call.emit(
            ReconciliationAdopted, NAME, self.reference, order_id=order_id, others=others
        )

    def check_resend(self, policy: RetryPolicy) -> None:
        """See that it may be sent again, now that the window is over and no look found it.

        Raises:
            OutcomeUnknownError: it may not.
        """
        if self.in_doubt:
            ids = ", ".join(self.in_doubt)
            raise self.unknown(
                f"an order with its reference may be this one or another ({ids}): compare it with"
                " yours",
                self.in_doubt,
            )
        if self.request is None:
            raise self.unknown("it was not found, and it is not in the input any more")
        if self.answered_with is not None:
            raise self.unknown(
                f"it was answered with the order {self.answered_with}, whose reference or type is"
                " another, and no search shows one with its own: compare that one with yours",
                [self.answered_with],
            )
        if self.accepted:
            named = () if self.order_id is None else (self.order_id,)
            raise self.unknown(
                "Gelato accepted it, but its answer was lost and no search shows it", named
            )
        if self.failed_look is not None:
            raise self.unknown("looking for it failed")
        if self.mixed_up > 1:
            # something took the request each time: a third one would be a guess
            raise self.unknown("it was answered with another order, twice")
        if not policy.resend or self.attempts >= policy.attempts:
            raise self.unknown(
                "it was not found, and may not be sent again under this retry policy"
            )

    def mark_unknown(self, error: OutcomeUnknownError) -> None:
        """Note that nothing more is tried."""
        self.call.emit(
            OutcomeStaysUnknown,
            NAME,
            order_reference_id=self.reference,
            order_ids=error.order_ids,
        )

    def unknown(self, why: str, order_ids: Sequence[str] = ()) -> OutcomeUnknownError:
        """Return the error for a caller when nothing more can be done."""
        cause = self.failed_look or self.last_error
        return OutcomeUnknownError(
            f"order {self.reference!r} was sent {self.sends} time(s) and nobody knows whether it"
            f" was made: {why}. Do not send it again; ask orders.find() with its reference later",
            order_reference_id=self.reference,
            sends=self.sends,
            order_ids=order_ids,
            operation=NAME,
            reason=None if cause is None else str(cause),
        )
