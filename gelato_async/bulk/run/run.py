"""Run: the inside of a submission. Brings intake, senders, reconciler and journal together."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

from gelato_async.bulk.journal.entries import (
    Accepted,
    Disposition,
    EarlierRun,
    ForgetIntent,
    MarkAbsent,
)
from gelato_async.bulk.journal.errors import JournalError
from gelato_async.bulk.journal.writer import JournalWriter
from gelato_async.bulk.outcomes import Outcome, Progress
from gelato_async.bulk.run.circuit_breaker import CircuitBreaker
from gelato_async.bulk.run.intake import Intake
from gelato_async.bulk.run.jobs import Job, JobQueue
from gelato_async.bulk.run.outcome_queue import OutcomeQueue
from gelato_async.bulk.run.reconciler import Reconciler
from gelato_async.bulk.run.recorder import OutcomeRecorder
from gelato_async.bulk.run.senders import Senders
from gelato_async.bulk.run.source import Source
from gelato_async.client.engine import Engine
from gelato_async.core.errors import GelatoError
from gelato_async.core.judgement import Found
from gelato_async.models.new_order import NewOrder

MAX_UNRESOLVED = 5_000


@define(eq=False)
class Run:
    """Everything of a run. A `failure` ends it, `leave` makes it end."""

    engine: Engine
    source: Source
    journal: JournalWriter
    outcome_queue: OutcomeQueue
    group: TaskGroup
    limit: int
    resume_only: bool = False
    failure: Exception | None = None
    leaving: bool = False
    queue: JobQueue = field(factory=JobQueue)
    senders: Senders = field(init=False)
    recorder: OutcomeRecorder = field(init=False)
    breaker: CircuitBreaker = field(init=False)
    reconciler: Reconciler = field(init=False)
    intake: Intake = field(init=False)
    _began: float = field(init=False, default=0.0)
    _changed: anyio.Event = field(init=False, factory=anyio.Event)
    _room: anyio.Event = field(init=False, factory=anyio.Event)

    def __attrs_post_init__(self) -> None:
        self.recorder = OutcomeRecorder(self.journal, self.outcome_queue, self.engine)
        self.breaker = CircuitBreaker(self.engine)
        self.senders = Senders(self.engine, self.group, self.queue, self.breaker, self, self.limit)
        self.reconciler = Reconciler(self.engine, self.group, self)
        self.intake = Intake(
            self.engine,
            self.source,
            self.journal,
            self,
            self.may_go_on,
            lambda: len(self.queue.new),
            self.resume_only,
        )

    def start(self) -> None:
        """Begin with one worker; more come as they are needed."""
        self._began = self.engine.clock.now()
        self.recorder.record_samples()
        for task in (self._keep_journal, self._keep_reconciling, self._take_in, self._sort_in):
            self.group.start_soon(task)
        self.senders.grow()

    def stop(self, failure: Exception) -> None:
        """End the run: no more orders are taken, and the first failure is what the caller sees."""
        self.failure = self.failure or failure
        self.breaker.end_for_good()
        self._wake_all()
        self._finish_if_done()

    def leave(self) -> None:
        """The caller has left: send nothing more."""
        self.leaving = True
        self.breaker.end_for_good()
        self.outcome_queue.lift_limit()
        self._wake_all()

    def end(self) -> None:
        """Wait for nothing more, and note what was never sent."""
        self.senders.cancel()
        self.group.cancel_scope.cancel()
        for job in (*self.queue, *self.senders.in_flight):
            if not job.may_exist:
                self.journal.add(ForgetIntent(job.reference))
        for job in (*self.queue, *self.senders.in_flight, *self.reconciler):
            job.create.release()
        self.intake.withdraw()

    async def idle(self) -> None:
        """Wait until nothing is in flight."""
        while any(job.sent for job in self.senders.in_flight):
            self._changed = anyio.Event()
            await self._changed.wait()

    async def flush_journal(self) -> None:
        """Wait until all outcomes are durable.

        A journal that cannot be written is the run's failure.
        """
        try:
            await self.journal.barrier()
        except GelatoError as error:
            self.failure = self.failure or error

    def progress(self) -> Progress:
        """A snapshot."""
        counts, seconds = self.recorder.counts, self.engine.clock.now() - self._began
        return Progress(
            started=self.intake.started,
            created=counts.created,
            adopted=counts.adopted,
            replayed=counts.replayed,
            rejected=counts.rejected,
            unknown=counts.unknown,
            repeated=counts.repeated,
            skipped=counts.skipped,
            in_flight=len(self.senders.in_flight),
            unresolved=len(self.reconciler),
            rate=(counts.created - counts.replayed) / seconds if seconds > 0 else 0.0,
            paused=self.breaker.active,
        )

    def leftover(self) -> tuple[Outcome, ...]:
        """What nobody iterated over: outcomes, and jobs that may have reached Gelato."""
        jobs = (*self.senders.in_flight, *self.reconciler, *self.queue.retries)
        return (
            *self.outcome_queue.items,
            *(self.recorder.left_unclear(job) for job in jobs if job.may_exist),
        )

    # what the intake hands on

    def ready(self, job: Job) -> None:
        """A job for the next worker."""
        self.queue.new.append(job)
        self.queue.wake_one()

    async def unresolved(self, job: Job) -> None:
        """A job of an earlier run."""
        while self.reconciler.from_earlier_run >= MAX_UNRESOLVED and self.may_go_on():
            self._room = anyio.Event()
            await self._room.wait()
        self.reconciler.add(job)

    async def replay(self, reference: str, earlier: EarlierRun) -> None:
        """An order that an earlier run made."""
        await self.recorder.replayed(reference, earlier)
        self.note_end()

    async def reject(self, order: NewOrder, error: GelatoError, content: bytes | None) -> None:
        """An order that is not sent."""
        await self.recorder.unsent(order, error, content)
        self.note_end()

    def left_out(self, disposition: Disposition) -> None:
        """An order that has no outcome of its own."""
        self.recorder.left_out(disposition)

    # what the reconciler hands back

    async def found(self, job: Job, found: Found) -> None:
        """The order was made."""
        await self.recorder.created(job, found.row.id, found.connected, adopted=True)
        self.note_end()

    async def absent(self, job: Job) -> None:
        """It was not made: send it again."""
        if self.failure is not None:
            await self.unclear(
                job, job.pending.unknown("the run stopped before it could be sent again")
            )
            return
        job.sent = False
        self.queue.retries.append(job)
        self.senders.call()

    async def unclear(self, job: Job, error: GelatoError) -> None:
        """It cannot be told."""
        await self.recorder.unclear(job, error)
        self.note_end()

    def left_reconciler(self) -> None:
        """There is room again."""
        self.note_end()

    def nothing_else_goes(self) -> bool:
        """Whether no success of others can be hoped for, which would pay for sending again."""
        new = self.queue.new and self.may_take_new()
        return self.failure is not None or not (self.senders.in_flight or self.queue.retries or new)

    def ever_through(self) -> bool:
        """Whether any request of this run was answered."""
        return self.breaker.ever_through

    def note_absent(self, job: Job, others: Sequence[str]) -> None:
        """Its looks proved the order absent, and showed these orders of others."""
        job.pending.mark_others(others)
        self.journal.add(MarkAbsent(job.reference, job.pending.known_ids or frozenset()))

    def note_through(self) -> None:
        """A search was answered."""
        self.breaker.ever_through = True

    # the tasks

    async def _take_in(self) -> None:
        await self._guarded(self.intake.take)

    async def _sort_in(self) -> None:
        await self._guarded(self.intake.sort)
        self._wake_all()
        self._finish_if_done()

    async def _keep_journal(self) -> None:
        self.journal.on_failure = self.stop
        await self._guarded(self.journal.run)

    async def _keep_reconciling(self) -> None:
        await self._guarded(self.reconciler.run)

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as failure:  # noqa: BLE001  the caller sees it, at the place where the outcomes come from
            self.stop(failure)
            self.intake.fail()

    # what the workers ask and tell

    def may_go_on(self) -> bool:
        """Whether orders are still taken and sent."""
        return self.failure is None and not self.leaving

    def may_take_new(self) -> bool:
        """Whether the reconciler has room."""
        return len(self.reconciler) - self.reconciler.from_earlier_run < MAX_UNRESOLVED

    def no_more_come(self) -> bool:
        """Whether the intake is at its end, and what it handed on is taken."""
        return self.intake.finished and not self.queue.new

    def note_taken(self) -> None:
        """There is room for the intake."""
        self.intake.note_room()

    async def turned_down(self, job: Job, error: GelatoError) -> None:
        """Gelato refused it."""
        await self.recorder.refused(job, error)
        self.note_end()

    async def answered(self, job: Job, answer: Any) -> None:
        """It was made, or has to be looked for."""
        if answer is not None:
            await self.recorder.created(job, answer.id, getattr(answer, "connected_order_ids", ()))
        else:
            self.reconciler.add(job)
        self.note_end()

    def accepted(self, job: Job) -> None:
        """It was answered with a 2xx that does not tell its order."""
        self.journal.add(Accepted(job.reference))

    def note_change(self) -> None:
        """Something is not in flight any more, or the reconciler has room."""
        self._changed.set()
        self._room.set()
        if self.queue.new and self.may_take_new():
            self.queue.wake_one()

    def note_end(self) -> None:
        """An order or a worker has come to its end: perhaps the run has too."""
        self.note_change()
        self._finish_if_done()

    def _wake_all(self) -> None:
        self.queue.wake_all()
        self.intake.note_room()
        self.note_change()

    def _finish_if_done(self) -> None:
        if (
            self.senders.count
            or self.outcome_queue.closed
            or not (self.intake.finished or self.failure)
        ):
            return
        # a journal that is full does not keep what is still looked for from being told
        if self.failure is not None and not isinstance(self.failure, JournalError):
            self._give_up()
        if not len(self.reconciler):
            self.outcome_queue.close()

    def _give_up(self) -> None:
        unlooked = [
            job
            for job in (*self.reconciler, *self.queue.retries)
            if job.may_exist and not job.looking
        ]
        for job in self.queue.retries:
            if not job.may_exist:
                self.journal.add(ForgetIntent(job.reference))
        for job in (*self.reconciler, *self.queue.retries):
            job.create.release()
        self.reconciler.give_up(unlooked)
        self.queue.retries.clear()
        self.recorder.give_up(unlooked)
