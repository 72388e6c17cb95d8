"""Reconciler: looks for creates whose outcome is unknown, in batches and without a worker."""

import math
from collections import deque
from collections.abc import Sequence

from anyio.abc import TaskGroup
from attrs import define, field

from gelato_async.bulk.journal.entries import MarkAbsent
from gelato_async.bulk.journal.writer import JournalWriter
from gelato_async.bulk.run.circuit_breaker import LONGEST_PAUSE, CircuitBreaker
from gelato_async.bulk.run.job_queue import JobQueue
from gelato_async.bulk.run.jobs import IllegalMoveError, Job, JobState
from gelato_async.bulk.run.recorder import OutcomeRecorder
from gelato_async.bulk.run.run_state import RunState
from gelato_async.bulk.run.unresolved_jobs import UnresolvedJobs
from gelato_async.client.engine import Engine
from gelato_async.client.looks import look
from gelato_async.core.errors import (
    AuthenticationError,
    GelatoError,
    NotSentError,
    OutcomeUnknownError,
)
from gelato_async.core.retry import Delivery, delivery_of
from gelato_async.models.search import OrderSummary

# half a page, so that a batch whose orders were split or ordered before still fits on one
BATCH = 50
# seconds between two rounds
TICK = 0.25
# seconds that looks may fail, beyond the window, before an order is given up as unknown
PATIENCE = 300.0
# how often an order is sent again though requests get through: one that is always answered with a
# 5xx would go on for ever
RESENDS = 10


@define(eq=False)
class Reconciler:
    """Looks for unresolved jobs when they are due; while looks fail, at growing intervals.

    A job whose looks fail stays unresolved. One that was found is recorded, one that was proved
    absent goes back to the queue once its resend is paid for.
    """

    engine: Engine
    group: TaskGroup
    unresolved: UnresolvedJobs
    queue: JobQueue
    recorder: OutcomeRecorder
    journal: JournalWriter
    breaker: CircuitBreaker
    state: RunState
    looks: int = 0
    _single: Engine = field(init=False)
    _absent: deque[Job] = field(factory=deque)
    _failures: int = 0
    _paused_until: float = -math.inf

    def __attrs_post_init__(self) -> None:
        # a look that fails is repeated by coming due again, at a pace that an outage does not
        # multiply
        self._single = self.engine.without_retries()

    async def run(self) -> None:
        """Look for unresolved jobs until cancelled."""
        while True:
            while not len(self.unresolved):
                await self.unresolved.news.wait()
            if self.state.may_look:
                await self._resend_absent_ones()
                self._start_looks()
            await self.engine.clock.sleep(TICK)

    # looks

    def _start_looks(self) -> None:
        now = self.engine.clock.now()
        if now < self._paused_until:
            return
        due = [job for job in self.unresolved if self._is_due(job, now)]
        for start in range(0, len(due), BATCH):
            batch = due[start : start + BATCH]
            for job in batch:
                job.move_to(JobState.LOOKING)
            self._start_look(batch)

    def _is_due(self, job: Job, now: float) -> bool:
        if job.state is not JobState.UNRESOLVED:
            return False
        due = self._next_look(job)
        return due is None or due <= now

    def _next_look(self, job: Job) -> float | None:
        return job.pending.next_look(self.engine.retry.reconcile)

    def _start_look(self, batch: Sequence[Job]) -> None:
        self.looks += 1
        self.group.start_soon(self._look, batch)

    async def _look(self, batch: Sequence[Job]) -> None:
        try:
            await self._look_for(batch)
        except Exception as error:  # noqa: BLE001  the caller's own transport: the run ends
            self._end_with(batch, error)
        finally:
            self.looks -= 1
            self.state.note_change()

    async def _look_for(self, batch: Sequence[Job]) -> None:
        try:
            rows = await look(self._single, [job.pending for job in batch])
        except GelatoError as error:
            await self._look_failed(batch, error)
            return
        self.breaker.ever_through = True
        self._failures, self._paused_until = 0, -math.inf
        asked_for = [job.reference for job in batch]
        for job in batch:
            # one order can wait no longer; a run can, until a look that begins after the window
            # succeeds
            job.pending.failed_look = None
            try:
                await self._judge(job, rows, asked_for)
            except IllegalMoveError as error:
                self.unresolved.discard(job)
                await self.recorder.moved_illegally(job, error)

    def _end_with(self, batch: Sequence[Job], error: Exception) -> None:
        for job in batch:
            if job.state is JobState.LOOKING:
                job.move_to(JobState.UNRESOLVED)
        self.state.stop(error)

    # looks that failed

    async def _look_failed(self, batch: Sequence[Job], error: GelatoError) -> None:
        unreachable = isinstance(error, NotSentError)
        never_through = unreachable and not self.breaker.ever_through
        if isinstance(error, AuthenticationError) or never_through:
            self._end_with(batch, error)
        elif delivery_of(error) is Delivery.REFUSED and not unreachable:
            await self._look_refused(batch)
        else:
            await self._look_later(batch)

    async def _look_refused(self, batch: Sequence[Job]) -> None:
        if len(batch) > 1:
            # one odd reference must not take the others along
            for job in batch:
                self._start_look([job])
            return
        (job,) = batch
        await self._end_as_unknown(job, job.pending.unknown("looking for it was refused"))

    async def _look_later(self, batch: Sequence[Job]) -> None:
        now = self.engine.clock.now()
        self._failures += 1
        self._paused_until = now + min(LONGEST_PAUSE, 2.0 ** (self._failures - 1))
        reconcile = self.engine.retry.reconcile
        for job in batch:
            since = job.pending.unclear_since or 0.0
            if now > since + reconcile + PATIENCE:
                why = "looking for it failed for too long"
                await self._end_as_unknown(job, job.pending.unknown(why))
                continue
            # the look that decides is still to come
            last_look = job.pending.last_look or since
            job.pending.last_look = min(last_look, since + reconcile / 2)
            job.move_to(JobState.UNRESOLVED)

    # looks that were answered

    async def _judge(
        self, job: Job, rows: Sequence[OrderSummary], asked_for: Sequence[str]
    ) -> None:
        try:
            judgement = await job.create.judge(rows, asked_for)
            found = judgement.found
            if found is None and self._next_look(job) is not None:
                job.move_to(JobState.UNRESOLVED)
                return
            if found is None:
                self._check_resend(job)
                job.pending.mark_others(judgement.others)
        except OutcomeUnknownError as error:
            await self._end_as_unknown(job, error)
            return
        if found is None:
            self.journal.add(MarkAbsent(job.reference, job.pending.known_ids or frozenset()))
            job.move_to(JobState.ABSENT)
            self._absent.append(job)
        else:
            self.unresolved.discard(job)
            await self.recorder.created(job, found.row.id, found.connected, adopted=True)

    async def _end_as_unknown(self, job: Job, error: GelatoError) -> None:
        self.unresolved.discard(job)
        await self.recorder.unclear(job, error)

    def _check_resend(self, job: Job) -> None:
        # it was proved absent each time, so the policy's attempts, made for one caller that waits,
        # do not end this
        job.pending.attempts = 0
        job.resends += not job.during_outage
        job.during_outage = False
        if job.resends > RESENDS:
            raise job.pending.unknown("it failed each time, while others got through")
        job.create.check_resend()

    # resends

    async def _resend_absent_ones(self) -> None:
        while self._absent:
            job = self._absent[0]
            if not job.create.pay_for_resend() and not self._nothing_else_goes():
                return
            self._absent.popleft()
            if self.state.stopped:
                why = "the run stopped before it could be sent again"
                await self._end_as_unknown(job, job.pending.unknown(why))
            else:
                self.unresolved.discard(job)
                self.queue.put_again(job)

    def _nothing_else_goes(self) -> bool:
        """Whether no success of others can be hoped for, which would pay for the resend."""
        if self.state.stopped:
            return True
        new_ones_go = self.queue.new and self.unresolved.has_room
        return not (self.queue.in_hand or self.queue.retries or new_ones_go)
