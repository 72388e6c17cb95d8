"""CreateOnce: sends a create, and finds out what became of it before it is ever sent again.

`core.reconciliation` explains what a lost answer leaves open, and how that is decided.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Generic, TypeVar

from attrs import define

from gelato_async.client.engine import Engine
from gelato_async.client.looks import is_of_row, look, look_before, mask, reply_from_row
from gelato_async.client.markers import marked, new_marker, read_markers
from gelato_async.client.references_in_flight import Key, claim, key_of, release
from gelato_async.client.sender import Reply, nothing
from gelato_async.core.errors import GelatoError, NoAnswerError, OutcomeUnknownError
from gelato_async.core.events import OperationBegan, OperationEnded
from gelato_async.core.evidence import is_same_reference
from gelato_async.core.judgement import Found, Judgement, Moment, judge
from gelato_async.core.operations.base import Kind
from gelato_async.core.operations.orders import CreateOperation
from gelato_async.core.pending_create import NAME, PendingCreate
from gelato_async.core.retry import Delivery, Step, delivery_of, is_refusal, next_step
from gelato_async.models.search import OrderSummary

T = TypeVar("T")


class AnotherOrderError(NoAnswerError):
    """A create was answered with a 2xx about another order, which is no answer to it."""


async def create(engine: Engine, operation: CreateOperation[T]) -> Reply[T]:
    """Make an order once, whatever happens on the way.

    Raises:
        OutcomeUnknownError: it was sent, and what became of it could not be found out.
        GelatoError: it was refused or never left.
    """
    marker, sent = None, operation
    if engine.retry.marker:
        marker = new_marker()
        sent = marked(operation, marker)
    request = engine.backend.prepare(sent, validate=engine.validate)
    call = engine.new_call()
    call.maps_errors = True  # a bulk run ends with such an error: its journal has the intent
    pending = PendingCreate(operation=operation, request=request, marker=marker, call=call)
    return await CreateOnce(engine, pending).run()


@define(eq=False)
class CreateOnce(Generic[T]):
    """One create: its attempts, the looks for it, and the decision to send it again.

    A single call runs it whole; a bulk run drives the same steps for many at once.
    """

    engine: Engine
    pending: PendingCreate[T]
    _began: float | None = None
    _claimed: Key | None = None

    def __attrs_post_init__(self) -> None:
        # a bulk run makes its pending creates without a call of a client
        self.pending.call.reporter = self.engine.sender.reporter

    async def run(self) -> Reply[T]:
        """Make the order, within the deadline of its call.

        Raises:
            OutcomeUnknownError: it was sent, and what became of it could not be found out.
            GelatoError: it was refused or never left.
        """
        self.claim()
        try:
            reply = await self._run()
        except BaseException as error:
            if isinstance(error, OutcomeUnknownError) and error.__cause__ is None:
                # it may be an error of the caller's own transport, which says where that failed
                error.__cause__ = self.pending.failed_look or self.pending.last_error
            self.finish(error)
            raise
        self.finish()
        return reply

    def claim(self) -> None:
        """Let no other create of this reference begin in this process until `release`.

        Raises:
            ReferenceInUseError: one is on its way.
        """
        if self._claimed is not None:
            return
        key = key_of(self.engine.backend, self.pending.reference)
        claim(key, self)
        self._claimed = key
        if self._began is None:
            self._began = self.engine.clock.now()
            self.pending.call.emit(OperationBegan, NAME)

    def release(self) -> None:
        """Let others use the reference: the outcome is known, or nobody waits for it any more."""
        if self._claimed is not None:
            release(self._claimed)
            self._claimed = None

    def finish(self, error: BaseException | None = None) -> None:
        """Report the outcome, and let others use the reference."""
        self.release()
        if isinstance(error, OutcomeUnknownError):
            self.pending.mark_unknown(error)
        if self._began is not None:
            seconds = self.engine.clock.now() - self._began
            kind = None if error is None else type(error).__name__
            self.pending.call.emit(OperationEnded, NAME, seconds=seconds, error=kind)

    async def attempt(
        self,
        on_sending: Callable[[], None] = nothing,
        on_pausing: Callable[[], None] = nothing,
        may_send: Callable[[], None] = nothing,
    ) -> Reply[T] | None:
        """Send the create until it is answered; None if it has to be looked for.

        `may_send` and `on_sending` may raise to prevent the sending, see `AttemptGate`.
        `on_pausing` is called when a refused or failed attempt is about to wait for the next one.

        Raises:
            GelatoError: it was refused, or never left and the policy gives up.
        """
        pending, clock = self.pending, self.engine.clock
        self.claim()
        while True:
            pending.attempt_started(clock.now())
            sent_before = pending.is_unclear
            try:
                return await self._send(may_send, on_sending)
            except GelatoError as error:
                step = next_step(Kind.CREATE, delivery_of(error), sent_before=sent_before)
                # creates have three of the table's steps: reconcile, raise, repeat
                if step is Step.RECONCILE:
                    pending.mark_unclear(error, clock.now())
                    return None
                pending.mark_not_made()
                on_pausing()
                if step is Step.RAISE:
                    raise
                pending.retry_cost = await self.engine.pause(
                    error, pending.attempts, pending.call, NAME
                )

    async def fetch(self) -> Reply[T] | None:
        """Get the order that an unreadable answer named; None if it cannot be had, or is not ours.

        The search goes on looking for it then.
        """
        pending, evidence = self.pending, self.engine.evidence
        if pending.order_id is None:
            return None
        operation, _ = pending.contents()
        # the answer could not be read: only the order itself shows whose it is
        try:
            order, response = await self.engine.get(pending.order_id, pending.call)
        except GelatoError as error:
            mask(self.engine, pending, error)
            pending.mark_not_fetched(error)
            return None
        if order.id != pending.order_id or not pending.is_answered_by(order, evidence):
            pending.mark_misnamed()
            return None
        evidence.note_order(order, pending.reference, self.engine.clock.now())
        return Reply(operation.answer_from(order), response)

    async def judge(
        self, rows: Sequence[OrderSummary], asked_for: Collection[str] = ()
    ) -> Judgement:
        """Decide which of these orders the create made; what is in doubt stays with `pending`.

        `asked_for` are all references of the look: another one's order is not in question here,
        unless a server may have made its reference of ours.
        """
        pending, clock, evidence = self.pending, self.engine.clock, self.engine.evidence
        ours = pending.reference
        strangers = {other for other in asked_for if not is_same_reference(other, ours)}
        rows = [row for row in rows if row.order_reference_id not in strangers]
        if pending.marker is not None:
            await read_markers(self.engine, pending, rows)
        judgement = judge(pending, rows, evidence, Moment(clock.now(), clock.wall()))
        pending.in_doubt = judgement.in_doubt
        found = judgement.found
        if found is not None:
            evidence.note_id(found.row.id, ours, clock.now(), found.connected)
            pending.mark_adopted(found.row.id, found.others)
        return judgement

    def check_resend(self) -> None:
        """See that a create which was not found may be sent once more.

        Raises:
            OutcomeUnknownError: it may not.
        """
        self.pending.check_resend(self.engine.retry)

    def pay_for_resend(self) -> bool:
        """Pay for sending it again; False if too many requests fail at the moment."""
        pending = self.pending
        paid = self.engine.quota.buy(pending.last_error or pending.unknown("it was in flight"))
        pending.retry_cost = paid or 0
        return paid is not None

    async def _run(self) -> Reply[T]:
        await look_before([self.pending], self.engine, self.pending.call)
        while True:
            reply = await self._attempt_or_unknown() or await self.fetch()
            if reply is not None:
                return reply
            found = await self._reconcile()
            if found is not None:
                return await self._adopt(found.row)
            self.check_resend()
            if not self.pay_for_resend():
                raise self.pending.unknown(
                    "it was not found, and too many requests fail at the moment to send it again"
                )

    async def _attempt_or_unknown(self) -> Reply[T] | None:
        try:
            return await self.attempt()
        except Exception as error:
            # That a resend never left says nothing about the attempt before it. That it was refused
            # does: the looks proved the order absent, so the refusal is the outcome.
            if not self.pending.is_unclear or is_refusal(error):
                raise
            raise self.pending.unknown("it could not be sent again") from error

    async def _send(self, may_send: Callable[[], None], on_sending: Callable[[], None]) -> Reply[T]:
        pending, sender = self.pending, self.engine.sender
        clock, evidence = sender.clock, sender.evidence
        operation, request = pending.contents()

        def sending() -> None:
            on_sending()
            pending.mark_sent(clock.now(), clock.wall())

        reply = await sender.attempt(
            pending.call, operation, request, may_send=may_send, on_sending=sending
        )
        if not pending.is_answered_by(reply.answer, evidence):
            raise self._another_order(operation, reply)
        pending.teach(evidence, reply.answer, clock.now(), clock.wall())
        self.engine.quota.succeeded(pending.retry_cost)
        return reply

    def _another_order(self, operation: CreateOperation[T], reply: Reply[T]) -> AnotherOrderError:
        status, kept = None, None
        answered = getattr(reply.answer, "id", "")
        if not self.pending.was_there_before(answered, self.engine.evidence):
            # An order that nobody knows may be ours, with a reference that the server keeps
            # otherwise. Masked, since an answer may echo the key there.
            kept = self.engine.backend.redactor(operation).text(answered)
            status = reply.response.status
        self.pending.mark_mixed_up(kept)
        return AnotherOrderError(
            "it was answered with another order than it was sent for",
            status=status,
            operation=operation.name,
        )

    async def _reconcile(self) -> Found | None:
        pending, engine = self.pending, self.engine
        others: tuple[str, ...] = ()
        while (due := pending.next_look(engine.retry.reconcile)) is not None:
            # without the look at the end of the window absence cannot be proved
            if due >= pending.call.deadline:
                raise pending.unknown("the time for the whole call does not suffice to find out")
            await engine.clock.sleep(max(0.0, due - engine.clock.now()))
            try:
                rows = await look(engine, [pending], pending.call)
            except GelatoError as error:
                if delivery_of(error) is Delivery.REFUSED:
                    raise pending.unknown("looking for it was refused") from error
                continue
            judgement = await self.judge(rows)
            if judgement.found is not None:
                return judgement.found
            others = judgement.others
        # looks over the whole window without a doubt: what they showed was there before the resend
        if not pending.in_doubt and pending.failed_look is None:
            pending.mark_others(others)
        return None

    async def _adopt(self, row: OrderSummary) -> Reply[T]:
        operation, _ = self.pending.contents()
        try:
            order, response = await self.engine.get(row.id, self.pending.call)
        except GelatoError:
            return reply_from_row(operation, row)
        if not is_of_row(order, row):
            return reply_from_row(operation, row)
        return Reply(operation.answer_from(order), response)
