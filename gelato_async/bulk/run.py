"""Run: the inside of a submission. Brings intake, workers, parking and journal together."""

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

from gelato_async.bulk.intake import Intake
from gelato_async.bulk.job import Job
from gelato_async.bulk.journal import JournalWriter
from gelato_async.bulk.journal_entries import Accepted, Past, Unsent, Verdict
from gelato_async.bulk.journal_file import JournalError
from gelato_async.bulk.line import Line
from gelato_async.bulk.outage import Outage
from gelato_async.bulk.outbox import Outbox
from gelato_async.bulk.outcomes import Outcome, Progress
from gelato_async.bulk.parking import Parking
from gelato_async.bulk.source import Source
from gelato_async.bulk.telling import Teller
from gelato_async.bulk.workers import Workers
from gelato_async.client.engine import Engine
from gelato_async.core.errors import GelatoError
from gelato_async.core.settling import Found
from gelato_async.models.new_order import NewOrder

PARKED = 5_000


@define(eq=False)
class Run:
    """Everything of a run. A `failure` ends it, `leave` makes it end."""

    engine: Engine
    source: Source
    journal: JournalWriter
    outbox: Outbox
    group: TaskGroup
    limit: int
    resume_only: bool = False
    failure: Exception | None = None
    leaving: bool = False
    line: Line = field(factory=Line)
    workers: Workers = field(init=False)
    teller: Teller = field(init=False)
    outage: Outage = field(init=False)
    parking: Parking = field(init=False)
    intake: Intake = field(init=False)
    _began: float = field(init=False, default=0.0)
    _changed: anyio.Event = field(init=False, factory=anyio.Event)
    _room: anyio.Event = field(init=False, factory=anyio.Event)

    def __attrs_post_init__(self) -> None:
        self.teller = Teller(self.journal, self.outbox, self.engine.clock.now)
        self.outage = Outage(self.engine)
        self.workers = Workers(self.engine, self.group, self.line, self.outage, self, self.limit)
        self.parking = Parking(self.engine, self.group, self)
        self.intake = Intake(
            self.engine,
            self.source,
            self.journal,
            self,
            self.may_go_on,
            lambda: len(self.line.fresh),
            self.resume_only,
        )

    def start(self) -> None:
        """Begin with one worker; more come as they are needed."""
        self._began = self.engine.clock.now()
        for task in (self._keep_journal, self._keep_parking, self._take_in, self._sort_in):
            self.group.start_soon(task)
        self.workers.grow()

    def stop(self, failure: Exception) -> None:
        """End the run: no more orders are taken, and the first failure is what the caller sees."""
        self.failure = self.failure or failure
        self.outage.end_for_good()
        self._wake_all()
        self._finish_if_done()

    def leave(self) -> None:
        """The caller has left: send nothing more."""
        self.leaving = True
        self.outage.end_for_good()
        self.outbox.lift_limit()
        self._wake_all()

    def end(self) -> None:
        """Wait for nothing more, and note what was never sent."""
        self.workers.cancel()
        self.group.cancel_scope.cancel()
        for job in (*self.line, *self.workers.in_flight):
            if not job.may_exist:
                self.journal.add(Unsent(job.reference))
        self.intake.withdraw()

    async def idle(self) -> None:
        """Wait until nothing is in flight."""
        while any(job.sent for job in self.workers.in_flight):
            self._changed = anyio.Event()
            await self._changed.wait()

    async def settle_journal(self) -> None:
        """Wait until all outcomes are durable.

        A journal that cannot be written is the run's failure.
        """
        try:
            await self.journal.barrier()
        except GelatoError as error:
            self.failure = self.failure or error

    def progress(self) -> Progress:
        """A snapshot."""
        counts, seconds = self.teller.counts, self.engine.clock.now() - self._began
        return Progress(
            started=self.intake.started,
            created=counts.created,
            adopted=counts.adopted,
            replayed=counts.replayed,
            rejected=counts.rejected,
            unknown=counts.unknown,
            repeated=counts.repeated,
            skipped=counts.skipped,
            in_flight=len(self.workers.in_flight),
            parked=len(self.parking),
            rate=(counts.created - counts.replayed) / seconds if seconds > 0 else 0.0,
            paused=self.outage.active,
        )

    def leftover(self) -> tuple[Outcome, ...]:
        """What nobody iterated over: outcomes, and jobs that may have reached Gelato."""
        jobs = (*self.workers.in_flight, *self.parking, *self.line.again)
        return (
            *self.outbox.items,
            *(self.teller.left_unclear(job) for job in jobs if job.may_exist),
        )

    # what the intake hands on

    def ready(self, job: Job) -> None:
        """A job for the next worker."""
        self.line.fresh.append(job)
        self.line.wake_one()

    async def unsettled(self, job: Job) -> None:
        """A job of an earlier run."""
        while self.parking.earlier >= PARKED and self.may_go_on():
            self._room = anyio.Event()
            await self._room.wait()
        self.parking.add(job)

    async def replay(self, reference: str, past: Past) -> None:
        """An order that an earlier run made."""
        await self.teller.replayed(reference, past)
        self.note_end()

    async def reject(self, order: NewOrder, error: GelatoError, content: bytes | None) -> None:
        """An order that is not sent."""
        await self.teller.unsent(order, error, content)
        self.note_end()

    def left_out(self, verdict: Verdict) -> None:
        """An order that has no outcome of its own."""
        self.teller.left_out(verdict)

    # what the parking hands back

    async def found(self, job: Job, found: Found) -> None:
        """The order was made."""
        await self.teller.created(job, found.row.id, found.connected, adopted=True)
        self.note_end()

    async def absent(self, job: Job) -> None:
        """It was not made: send it again."""
        if self.failure is not None:
            await self.unclear(
                job, job.creation.unknown("the run stopped before it could be sent again")
            )
            return
        job.sent = False
        self.line.again.append(job)
        self.workers.call()

    async def unclear(self, job: Job, error: GelatoError) -> None:
        """It cannot be told."""
        await self.teller.unclear(job, error)
        self.note_end()

    def left_parking(self) -> None:
        """There is room again."""
        self.note_end()

    def nothing_else_goes(self) -> bool:
        """Whether no success of others can be hoped for, which would pay for sending again."""
        fresh = self.line.fresh and self.may_take_fresh()
        return self.failure is not None or not (self.workers.in_flight or self.line.again or fresh)

    def ever_through(self) -> bool:
        """Whether any request of this run was answered."""
        return self.outage.ever_through

    def note_through(self) -> None:
        """A search was answered."""
        self.outage.ever_through = True

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

    async def _keep_parking(self) -> None:
        await self._guarded(self.parking.run)

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

    def may_take_fresh(self) -> bool:
        """Whether the parking has room."""
        return len(self.parking) - self.parking.earlier < PARKED

    def no_more_come(self) -> bool:
        """Whether the intake is at its end, and what it handed on is taken."""
        return self.intake.finished and not self.line.fresh

    def note_taken(self) -> None:
        """There is room for the intake."""
        self.intake.note_room()

    async def turned_down(self, job: Job, error: GelatoError) -> None:
        """Gelato refused it."""
        await self.teller.refused(job, error)
        self.note_end()

    async def answered(self, job: Job, answer: Any) -> None:
        """It was made, or has to be looked for."""
        if answer is not None:
            await self.teller.created(job, answer.id, getattr(answer, "connected_order_ids", ()))
        elif job.creation.order_id is not None:
            await self.teller.created(job, job.creation.order_id)
        else:
            self._park(job)
        self.note_end()

    def _park(self, job: Job) -> None:
        if job.creation.accepted:
            self.journal.add(Accepted(job.reference))
        self.parking.add(job)

    def note_change(self) -> None:
        """Something is not in flight any more, or the parking has room."""
        self._changed.set()
        self._room.set()
        if self.line.fresh and self.may_take_fresh():
            self.line.wake_one()

    def note_end(self) -> None:
        """An order or a worker has come to its end: perhaps the run has too."""
        self.note_change()
        self._finish_if_done()

    def _wake_all(self) -> None:
        self.line.wake_all()
        self.intake.note_room()
        self.note_change()

    def _finish_if_done(self) -> None:
        if self.workers.count or self.outbox.closed or not (self.intake.finished or self.failure):
            return
        # a journal that is full does not keep what is still looked for from being told
        if self.failure is not None and not isinstance(self.failure, JournalError):
            self._give_up()
        if not len(self.parking):
            self.outbox.close()

    def _give_up(self) -> None:
        unlooked = [
            job for job in (*self.parking, *self.line.again) if job.may_exist and not job.looked
        ]
        for job in self.line.again:
            if not job.may_exist:
                self.journal.add(Unsent(job.reference))
        self.parking.give_up(unlooked)
        self.line.again.clear()
        self.teller.give_up(unlooked)
