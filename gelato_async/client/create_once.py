"""Create-once: sends a create, and finds out what became of it before it is ever sent again.

What a lost answer leaves open, and how it is decided, is told in `core.reconciliation`.
"""

import json
import logging
import math
import secrets
from collections.abc import Callable, Collection, Sequence
from typing import Any, Generic, TypeVar

import attrs
from attrs import define, evolve

from gelato_async.client.references_in_flight import claim, key_of, release
from gelato_async.client.sender import Reply, Sender
from gelato_async.core import wire
from gelato_async.core.errors import (
    GelatoError,
    NoAnswerError,
    NotFoundError,
    NotSentError,
    Problem,
    ValidationError,
)
from gelato_async.core.evidence import (
    MARKER_KEY,
    is_same_reference,
    marker_of,
    may_be_reference,
)
from gelato_async.core.judgement import Found, Judgement, Moment, judge
from gelato_async.core.messages import Response
from gelato_async.core.operations.base import Kind
from gelato_async.core.operations.orders import CreateOperation
from gelato_async.core.pending_create import PendingCreate
from gelato_async.core.redaction import redact
from gelato_async.core.retry import Delivery, Step, delivery_of, next_step
from gelato_async.models.new_order import Metadata
from gelato_async.models.order import Order, SubmittedOrder
from gelato_async.models.search import OrderSummary

T = TypeVar("T")

_logger = logging.getLogger("gelato_async")

# documented for Gelato; for GelatoConnect nothing is, and no order needs more
MOST_METADATA = 20
_SUMMARY = [
    name for field in attrs.fields(OrderSummary) for name in wire.wire_names(field) if name != "raw"
]


class AnotherOrderError(NoAnswerError):
    """A create was answered with a 2xx about another order, which is no answer to it."""


def new_marker() -> str:
    """A random value that no other order has."""
    return secrets.token_hex(16)


def marked(operation: CreateOperation[T], marker: str) -> CreateOperation[T]:
    """The create with one metadata entry more, by which its order can be recognised.

    Raises:
        ValidationError: the order has no room for it, or would lose it.
    """
    if "metadata" in operation.order.extra:
        # merged last, it would replace the marker, and a lost order would count as another's
        problem = Problem(
            "extra.metadata", "has a field of its own: say it there, beside the marker"
        )
        raise ValidationError([problem], operation=operation.name)
    # one that was copied from an order before says nothing of this one
    entries = [entry for entry in operation.order.metadata or () if entry.key != MARKER_KEY]
    if len(entries) >= MOST_METADATA:
        problem = Problem(
            "metadata",
            f"has {len(entries)} entries: leave one of {MOST_METADATA} free for the marker, or"
            " switch it off (RetryPolicy(marker=False))",
        )
        raise ValidationError([problem], operation=operation.name)
    order = evolve(operation.order, metadata=(*entries, Metadata(MARKER_KEY, marker)))
    return evolve(operation, order=order)


def _nothing() -> None:
    pass


@define(eq=False)
class CreateOnce(Generic[T]):
    """One create: its attempts, the looks for it, and the decision to send it again.

    A single call runs it whole; a bulk run drives the same steps for many at once.
    """

    sender: Sender
    pending: PendingCreate[T]

    async def run(self, deadline: float) -> Reply[T]:
        """Make the order once, whatever happens on the way.

        Raises:
            OutcomeUnknownError: it was sent, and what became of it could not be found out.
            GelatoError: it was refused or never left.
        """
        self.claim()
        try:
            return await self._run(deadline)
        finally:
            self.release()

    def claim(self) -> None:
        """Let no other create of this reference begin in this process until `release`.

        Raises:
            ReferenceInUseError: one is on its way.
        """
        claim(key_of(self.sender.backend, self.pending.reference), self)

    def release(self) -> None:
        """What became of the order is known, or nobody waits for it any more."""
        release(key_of(self.sender.backend, self.pending.reference), self)

    async def _run(self, deadline: float) -> Reply[T]:
        await look_before([self.pending], self.sender, deadline)
        while True:
            reply = await self._attempt(deadline) or await self.fetch(deadline)
            if reply is not None:
                return reply
            found = await self._reconcile(deadline)
            if found is not None:
                return await self._adopt(found.row, deadline)
            self.check_resend()
            if not self.pay_for_resend():
                raise self.pending.unknown(
                    "it was not found, and too many requests fail at the moment to send it again"
                )

    async def attempt(
        self,
        deadline: float = math.inf,
        on_sending: Callable[[], None] = _nothing,
        on_pausing: Callable[[], None] = _nothing,
    ) -> Reply[T] | None:
        """Send the create until it is answered; None if it has to be looked for.

        `on_sending` is called at the moment of sending and may raise to prevent it, `on_pausing`
        when a refused or failed attempt is about to wait for the next one.

        Raises:
            GelatoError: it was refused, or never left and the policy gives up.
        """
        pending = self.pending
        self.claim()
        while True:
            pending.attempt_started(self.sender.clock.now())
            sent_before = pending.is_unclear
            try:
                return await self._send(deadline, on_sending)
            except GelatoError as error:
                step = next_step(Kind.CREATE, delivery_of(error), sent_before=sent_before)
                if step is Step.RECONCILE:
                    pending.mark_unclear(error, self.sender.clock.now())
                    return None
                pending.mark_refused()
                on_pausing()
                if step is Step.RAISE:
                    raise
                pending.retry_cost = await self.sender.pause(error, pending.attempts, deadline)

    async def fetch(self, deadline: float = math.inf) -> Reply[T] | None:
        """Get the order that an unreadable answer named; None if it cannot be had, or is not ours.

        The search goes on looking for it then.
        """
        order_id, operation = self.pending.order_id, self.pending.operation
        if order_id is None or operation is None:
            return None
        try:
            order, response = await self.sender.get(order_id, deadline)
        except GelatoError as error:
            self.mask(error)
            self.pending.last_error = error
            return None
        if order.id != order_id or not self.pending.is_answered_by(order, self.sender.evidence):
            self.pending.order_id = None
            return None
        self._note_id(order.id)
        return Reply(operation.answer_from(order), response)

    async def judge(
        self,
        rows: Sequence[OrderSummary],
        asked_for: Collection[str] = (),
        deadline: float = math.inf,
    ) -> Judgement:
        """Decide which of these orders the create made; what is in doubt stays with `pending`.

        `asked_for` are all references of the look: another one's order is not in question here,
        unless a server may have made its reference of ours.
        """
        clock, evidence = self.sender.clock, self.sender.evidence
        ours = self.pending.reference
        strangers = {other for other in asked_for if not is_same_reference(other, ours)}
        rows = [row for row in rows if row.order_reference_id not in strangers]
        if self.pending.marker is not None:
            await self._read_markers(rows, deadline)
        judgement = judge(self.pending, rows, evidence, Moment(clock.now(), clock.wall()))
        self.pending.in_doubt = judgement.in_doubt
        found = judgement.found
        if found is not None:
            self._note_id(found.row.id)
            _warn_of_others(self.pending.reference, found)
        return judgement

    def check_resend(self) -> None:
        """See that a create which was not found may be sent once more.

        Raises:
            OutcomeUnknownError: it may not.
        """
        pending = self.pending
        if pending.in_doubt:
            raise pending.in_doubt_error()
        if pending.request is None:
            raise pending.unknown("it was not found, and it is not in the input any more")
        if pending.answered_with is not None:
            raise pending.unknown(
                f"it was answered with the order {pending.answered_with}, whose reference or type is"
                " another, and no search shows one with its own: compare that one with yours",
                [pending.answered_with],
            )
        if pending.accepted:
            ids = [] if pending.order_id is None else [pending.order_id]
            raise pending.unknown(
                "Gelato accepted it, but its answer was lost and no search shows it", ids
            )
        if pending.failed_look is not None:
            raise pending.unknown("looking for it failed")
        if pending.mixed_up > 1:
            # something took the request each time: a third one would be a guess
            raise pending.unknown("it was answered with another order, twice")
        if not pending.may_resend(self.sender.retry):
            raise pending.unknown(
                "it was not found, and may not be sent again under this retry policy"
            )

    def pay_for_resend(self) -> bool:
        """Pay for sending it again; False if too many requests fail at the moment."""
        cause = self.pending.last_error or self.pending.unknown("it was in flight")
        paid = self.sender.quota.buy(cause)
        self.pending.retry_cost = paid or 0
        return paid is not None

    async def _attempt(self, deadline: float) -> Reply[T] | None:
        try:
            return await self.attempt(deadline)
        except GelatoError as error:
            if not self.pending.is_unclear or _is_refusal(error):
                raise
            raise self.pending.unknown("it could not be sent again") from error

    async def _send(self, deadline: float, on_sending: Callable[[], None]) -> Reply[T]:
        pending, clock = self.pending, self.sender.clock
        operation, request = pending.operation, pending.request
        if operation is None or request is None:
            raise pending.unknown("its contents are not known")

        def sending() -> None:
            on_sending()
            pending.mark_sent(clock.now(), clock.wall())

        reply = await self.sender.once(operation, request, deadline, sending)
        if not pending.is_answered_by(reply.answer, self.sender.evidence):
            raise self._mixed_up(operation, reply)
        self._learn(reply.answer)
        self.sender.quota.succeeded(pending.retry_cost)
        return reply

    def _learn(self, answer: object) -> None:
        if not isinstance(answer, (Order, SubmittedOrder)):
            return
        evidence, clock = self.sender.evidence, self.sender.clock
        if self.pending.sends > 1:
            # a server that refuses duplicates may answer with the order of the first send
            self._note_id(answer.id)
            return
        evidence.note_created(
            answer,
            self.pending.reference,
            sent=self.pending.last_sent,
            answered=clock.now(),
            wall=clock.wall(),
        )
        marker = self.pending.marker
        if marker is not None and isinstance(answer, Order) and marker_of(answer) == marker:
            evidence.keeps_markers = True

    def _mixed_up(self, operation: CreateOperation[T], reply: Reply[T]) -> AnotherOrderError:
        pending, status = self.pending, None
        pending.mixed_up += 1
        answered = getattr(reply.answer, "id", "")
        if not pending.was_there_before(answered, self.sender.evidence):
            # an order that nobody knows may be ours, with a reference that the server keeps otherwise
            # masked, since an answer may echo the key there
            masked = self.sender.backend.redactor(operation).text(answered)
            status, pending.answered_with = reply.response.status, masked
        return AnotherOrderError(
            "it was answered with another order than it was sent for",
            status=status,
            operation=operation.name,
        )

    def _note_id(self, order_id: str) -> None:
        self.sender.evidence.note_id(order_id, self.pending.reference, self.sender.clock.now())

    async def _reconcile(self, deadline: float) -> Found | None:
        pending, sender = self.pending, self.sender
        others: tuple[str, ...] = ()
        while (due := pending.next_look(sender.retry.reconcile)) is not None:
            if due >= deadline:
                raise pending.unknown("the time for the whole call does not suffice to find out")
            await sender.clock.sleep(max(0.0, due - sender.clock.now()))
            try:
                rows = await look(sender, [pending], deadline)
            except GelatoError as error:
                if delivery_of(error) is Delivery.REFUSED:
                    raise pending.unknown("looking for it was refused") from error
                continue
            judgement = await self.judge(rows, deadline=deadline)
            if judgement.found is not None:
                return judgement.found
            others = judgement.others
        if not pending.in_doubt and pending.failed_look is None:
            pending.mark_others(others)
        return None

    async def _adopt(self, row: OrderSummary, deadline: float) -> Reply[T]:
        operation = self.pending.operation
        if operation is None:
            raise self.pending.unknown("its contents are not known")
        try:
            order, response = await self.sender.get(row.id, deadline)
        except GelatoError:
            return _reply_from(operation, row)
        if not _is_of_row(order, row):
            return _reply_from(operation, row)
        return Reply(operation.answer_from(order), response)

    async def _read_markers(self, rows: Sequence[OrderSummary], deadline: float) -> None:
        pending, evidence = self.pending, self.sender.evidence
        for row in rows:
            strange = not may_be_reference(row.order_reference_id, pending.reference)
            if strange or row.id in pending.markers or pending.knows_id(row.id):
                continue
            pending.unmarked.discard(row.id)
            try:
                order = (await self.sender.get(row.id, deadline)).answer
            except NotFoundError:
                continue
            except GelatoError as error:
                self.mask(error)
                continue
            if not _is_of_row(order, row):
                continue
            shown = marker_of(order)
            evidence.keeps_markers = evidence.keeps_markers or shown == pending.marker
            if shown is not None:
                pending.markers[row.id] = shown == pending.marker
            elif evidence.keeps_markers:
                # until the next look: it may be shown before its metadata are
                pending.unmarked.add(row.id)

    def mask(self, error: GelatoError) -> None:
        """Take the recipient out of the error of a look or a GET, which does not know them."""
        if self.pending.operation is not None:
            redact(error, self.sender.backend.redactor(self.pending.operation).text)


async def look_before(
    creates: Sequence[PendingCreate[Any]], sender: Sender, deadline: float = math.inf
) -> None:
    """Look for orders of these references before they are sent, if no clock could tell them later.

    One attempt, the best that can be done: if it fails, an order that gets lost may stay unknown.
    """
    clock = sender.clock
    known = sender.evidence.is_clock_known(clock.now(), clock.wall())
    if known or not creates or not sender.retry.reconcile:
        return
    once = evolve(sender, retry=evolve(sender.retry, attempts=1))
    try:
        references = [pending.reference for pending in creates]
        rows = await once.find(references, deadline, similar=True)
    except GelatoError as error:
        _logger.debug("the look before the first create failed: %s", type(error).__name__)
        return
    for pending in creates:
        pending.mark_others(
            [row.id for row in rows if may_be_reference(row.order_reference_id, pending.reference)]
        )


async def look(
    sender: Sender, creates: Sequence[PendingCreate[Any]], deadline: float = math.inf
) -> tuple[OrderSummary, ...]:
    """Look once for several creates: all orders with their references, for `judge`.

    Raises:
        GelatoError: the look failed, which is noted with every create.
    """
    began = sender.clock.now()
    try:
        references = [pending.reference for pending in creates]
        rows = await sender.find(references, deadline, similar=True)
    except GelatoError as error:
        for pending in creates:
            pending.failed_look = error
            CreateOnce(sender, pending).mask(error)
        raise
    finally:
        # a look tells of the moment it began, not of the one its answer came: the last one must
        # begin after the window
        for pending in creates:
            pending.last_look = began
    ended = sender.clock.now()
    for pending in creates:
        pending.note_hits(rows, ended)
    return rows


def _is_of_row(order: Order, row: OrderSummary) -> bool:
    # a cache may answer a GET with another order
    return order.id == row.id and is_same_reference(
        order.order_reference_id, row.order_reference_id
    )


def _reply_from(operation: CreateOperation[T], row: OrderSummary) -> Reply[T]:
    try:
        order = wire.load(Order, row.raw)
    except wire.MalformedError:
        # what a row has beyond a summary may be malformed, and what was read of it was not
        order = wire.load(Order, {name: row.raw.get(name) for name in _SUMMARY})
    return Reply(
        operation.answer_from(order), Response(body=json.dumps(row.raw).encode(), status=200)
    )


def _is_refusal(error: GelatoError) -> bool:
    refused = delivery_of(error) in {Delivery.REFUSED, Delivery.CONFLICT}
    return refused and not isinstance(error, NotSentError)


def _warn_of_others(reference: str, found: Found) -> None:
    if found.others:
        _logger.warning(
            "order %r: took %s for the order that was sent, but %s have the same reference and may"
            " be duplicates",
            reference,
            found.row.id,
            ", ".join(found.others),
        )
