"""Intake: asks the journal about the orders of the input, and hands each one on its way."""

from collections.abc import Sequence
from typing import Any

from anyio.lowlevel import checkpoint
from attrs import define

from gelato_async.bulk.journal.entries import ForgetIntents
from gelato_async.bulk.journal.look_ups import (
    Disposition,
    EarlierRun,
    FindUnfinished,
    ForgetLookUps,
    LookedUp,
    LookUps,
)
from gelato_async.bulk.journal.writer import JournalWriter
from gelato_async.bulk.outcomes import CONFLICT
from gelato_async.bulk.run.job_queue import JobQueue
from gelato_async.bulk.run.jobs import Job, JobState
from gelato_async.bulk.run.prepared_orders import PreparedOrder, PreparedOrders, pending_create
from gelato_async.bulk.run.preparer import AHEAD, AT_ONCE
from gelato_async.bulk.run.recorder import OutcomeRecorder
from gelato_async.bulk.run.run_state import RunState
from gelato_async.bulk.run.unresolved_jobs import UnresolvedJobs
from gelato_async.client.create_once import CreateOnce
from gelato_async.client.engine import Engine
from gelato_async.client.looks import look_before
from gelato_async.core.errors import NotSentError, ValidationError
from gelato_async.core.pending_create import PendingCreate
from gelato_async.models.enums import OrderType

# how many are looked for in one search before the first sends: half a page
LOOK_AT_ONCE = 50


@define(eq=False)
class Intake:
    """Writes the intent of each new order, and queues the order once that is durable.

    `finished` says that all orders were handed on, or that nothing more will be.
    """

    engine: Engine
    prepared: PreparedOrders
    queue: JobQueue
    unresolved: UnresolvedJobs
    recorder: OutcomeRecorder
    journal: JournalWriter
    state: RunState
    resume_only: bool = False
    finished: bool = False
    # the question to the journal that has no answer yet
    _asked: LookUps | None = None

    async def run(self) -> None:
        """Hand on what is prepared, until the input is at its end."""
        try:
            while await self._next_comes():
                await self._hand_on_all(list(self.prepared.orders))
            await self._take_up_unfinished()
        finally:
            self.finished = self.queue.is_complete = True
            self.state.note_change()

    def withdraw(self) -> None:
        """Forget the intents of what was not handed on: it was not sent, and will not be."""
        if self._asked is not None:
            self.journal.add(ForgetLookUps(self._asked))
        intended = [order for order in self.prepared.orders if _is(order, Disposition.SEND)]
        self.journal.add(ForgetIntents([order.reference for order in intended]))

    async def _next_comes(self) -> bool:
        while not self.prepared.orders:
            if self.prepared.is_complete:
                return False
            await self.prepared.news.wait()
        if self.journal.resumed:
            await self._let_more_come()
        return self.state.may_go_on

    async def _let_more_come(self) -> None:
        # each look-up costs a commit, and the preparer gives way long before it has read ahead
        ready = 0
        while ready < len(self.prepared):
            ready = len(self.prepared)
            await checkpoint()

    async def _hand_on_all(self, batch: Sequence[PreparedOrder]) -> None:
        await self._look_up(batch, intend=self._may_intend_at_once())
        while batch:
            some, batch = self._next_few(batch)
            await self._intend([order for order in some if _is(order, Disposition.NEW)])
            for position, _ in enumerate(some, 1):
                # one by one: what is handed on may be sent at once, and must not be withdrawn then
                await self._hand_on(self.prepared.orders.popleft())
                if position % AT_ONCE == 0:
                    await self._give_way()
            await self._give_way()
            self.queue.room.notify()
            await self._wait_for_workers()

    async def _give_way(self) -> None:
        # what is replayed waits for no room by itself
        await self.recorder.outcome_queue.wait_for_room()
        await checkpoint()

    def _next_few(
        self, batch: Sequence[PreparedOrder]
    ) -> tuple[Sequence[PreparedOrder], Sequence[PreparedOrder]]:
        """Divide a batch before more are new than may wait for a worker."""
        new, room = 0, max(1, AHEAD - len(self.queue.new))
        for position, order in enumerate(batch):
            new += _is(order, Disposition.NEW)
            if new > room:
                return batch[:position], batch[position:]
        return batch, ()

    async def _wait_for_workers(self) -> None:
        while self.journal.resumed and len(self.queue.new) >= AHEAD and self.state.may_go_on:
            await self.queue.room.wait()

    def _may_intend_at_once(self) -> bool:
        if self.journal.resumed or self.resume_only:
            return False
        # while no clock separates an order from others of its reference, a look precedes the intent
        clock = self.engine.clock
        return self.engine.evidence.is_clock_known(clock.now(), clock.wall())

    # the journal

    async def _look_up(self, orders: Sequence[PreparedOrder], *, intend: bool) -> None:
        now = self.engine.clock.now()
        self._asked = LookUps([order.look_up(now) for order in orders], intend)
        answers = await self.journal.ask(self._asked)
        self._asked = None
        for order, looked_up in zip(orders, answers, strict=True):
            order.looked_up = looked_up

    async def _intend(self, new: Sequence[PreparedOrder]) -> None:
        if self.resume_only or not self.state.may_go_on:
            return
        valid = [order for order in new if self._is_valid(order)]
        for start in range(0, len(valid), LOOK_AT_ONCE):
            some = valid[start : start + LOOK_AT_ONCE]
            await look_before([order.pending for order in some], self.engine)
            if not self.state.may_go_on:
                return
            await self._look_up(some, intend=True)

    def _is_valid(self, order: PreparedOrder) -> bool:
        try:
            self.engine.backend.check(order.operation, validate=self.engine.validate)
            if self.engine.retry.marker and order.pending.marker is None:
                order.mark(self.engine.backend)
        except NotSentError as error:
            order.error = error
            return False
        return True

    # the ways on

    async def _hand_on(self, order: PreparedOrder) -> None:
        if order.error is not None:
            await self.recorder.unsent(order.operation.order, order.error, order.content)
        elif order.looked_up is not None:
            await self._dispose(order, order.looked_up)

    async def _dispose(self, order: PreparedOrder, looked_up: LookedUp) -> None:
        match looked_up.disposition:
            case Disposition.SEND:
                self._queue(order)
            case Disposition.RECONCILE if looked_up.earlier:
                await self._reconcile(order, looked_up.earlier)
            case Disposition.REPLAY if looked_up.created:
                self.recorder.replay(looked_up.created)
            case Disposition.CONFLICT:
                error = ValidationError([CONFLICT], operation=order.operation.name)
                await self.recorder.unsent(order.operation.order, error, None)
            case Disposition.DUPLICATE:
                self.recorder.counts.repeated += 1
            case Disposition.NEW if self.resume_only:
                self.recorder.counts.skipped += 1

    def _queue(self, order: PreparedOrder) -> None:
        job = Job(CreateOnce(self.engine, order.pending), begun=self.engine.clock.now())
        self.state.open(job)
        self.queue.put(job)

    async def _reconcile(self, order: PreparedOrder, earlier: EarlierRun) -> None:
        backend = self.engine.backend
        pending = pending_create(backend, order.operation, order.request, earlier.marker)
        await self._add_unresolved(pending, earlier)

    async def _take_up_unfinished(self) -> None:
        """Take up what an earlier run left open and the input of this one does not have."""
        if not self.journal.resumed or not self.state.may_go_on:
            return
        for unfinished in await self.journal.ask(FindUnfinished()):
            kind = OrderType.ORDER
            if unfinished.draft:
                kind = OrderType.DRAFT
            pending: PendingCreate[Any] = PendingCreate(
                operation=None, request=None, reference=unfinished.reference, order_type=kind
            )
            await self._add_unresolved(pending, unfinished.earlier)

    async def _add_unresolved(self, pending: PendingCreate[Any], earlier: EarlierRun) -> None:
        now = self.engine.clock.now()
        pending.first_sent, pending.clock = earlier.begun, earlier.clock
        pending.known_ids, pending.marker = earlier.known_ids, earlier.marker
        pending.sends = max(1, earlier.sends)
        # nobody knows when it left: the window begins anew
        pending.unclear_since = now
        pending.accepted = earlier.accepted
        create = CreateOnce(self.engine, pending)
        job = Job(create, begun=now, state=JobState.UNRESOLVED, from_earlier_run=True)
        self.state.open(job)
        while not self.unresolved.has_room_for_earlier and self.state.may_go_on:
            await self.unresolved.room.wait()
        self.unresolved.add(job)


def _is(order: PreparedOrder, disposition: Disposition) -> bool:
    return order.looked_up is not None and order.looked_up.disposition is disposition
