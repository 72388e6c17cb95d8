"""Run: the inside of a submission. The workers, and what becomes of their jobs."""

from collections import deque
from typing import Any

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

from gelato_async.bulk.intake import Intake
from gelato_async.bulk.job import Job
from gelato_async.bulk.journal import JournalWriter
from gelato_async.bulk.journal_entries import Accepted, Past, Refused, Told, Unsent, Verdict
from gelato_async.bulk.outage import Outage
from gelato_async.bulk.outbox import Outbox
from gelato_async.bulk.outcomes import Created, Outcome, Progress, Rejected, Unknown
from gelato_async.bulk.parking import Parking
from gelato_async.bulk.source import Source
from gelato_async.client import create_once
from gelato_async.client.engine import Engine
from gelato_async.core.errors import AuthenticationError, GelatoError, NotSentError, RateLimitError
from gelato_async.core.settling import Found

PARKED = 5_000


class _LeavingError(Exception):
    """The run is being left: what was not sent yet stays unsent."""


@define(eq=False)
class Counts:
    """What `Progress` shows, while it changes."""

    created: int = 0
    adopted: int = 0
    replayed: int = 0
    rejected: int = 0
    unknown: int = 0
    repeated: int = 0
    skipped: int = 0


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
    workers: int = 0
    waiting: int = 0
    counts: Counts = field(factory=Counts)
    jobs: deque[Job] = field(factory=deque)
    in_flight: set[Job] = field(factory=set)
    again: deque[Job] = field(factory=deque)
    scopes: set[anyio.CancelScope] = field(factory=set)
    outage: Outage = field(init=False)
    parking: Parking = field(init=False)
    intake: Intake = field(init=False)
    _began: float = field(init=False, default=0.0)
    _resting: deque[anyio.Event] = field(init=False, factory=deque)
    _changed: anyio.Event = field(init=False, factory=anyio.Event)

    def __attrs_post_init__(self) -> None:
        self.outage = Outage(self.engine)
        self.parking = Parking(self.engine, self.group, self)
        self.intake = Intake(
            self.engine, self.source, self.journal, self, self._may_go_on, lambda: len(self.jobs), self.resume_only
        )

    def start(self) -> None:
        """Begin with one worker; more come as they are needed."""
        self._began = self.engine.clock.now()
        for task in (self._keep_journal, self.parking.run, self._take_in, self._sort_in):
            self.group.start_soon(task)
        self._grow()

    def stop(self, failure: Exception) -> None:
        """End the run: no more orders are taken, and the first failure is what the caller sees."""
        self.failure = self.failure or failure
        self.outage.end()
        self._wake_all()
        self._finish_if_done()

    def leave(self) -> None:
        """The caller has left: send nothing more."""
        self.leaving = True
        self.outbox.lift_limit()
        self._wake_all()

    def end(self) -> None:
        """Wait for nothing more, and note what was never sent."""
        for scope in self.scopes:
            scope.cancel()
        self.group.cancel_scope.cancel()
        for job in (*self.jobs, *self.in_flight, *self.again):
            if not job.may_exist:
                self.journal.add(Unsent(job.reference))
        self.intake.withdraw()

    async def idle(self) -> None:
        """Wait until nothing is in flight."""
        while any(job.sent for job in self.in_flight):
            await self._changed.wait()

    async def settle_journal(self) -> None:
        """Wait until all outcomes are durable; a journal that cannot be written is the run's failure."""
        try:
            await self.journal.barrier()
        except GelatoError as error:
            self.failure = self.failure or error

    def progress(self) -> Progress:
        """A snapshot."""
        counts, seconds = self.counts, self.engine.clock.now() - self._began
        return Progress(
            started=self.intake.started,
            created=counts.created,
            adopted=counts.adopted,
            replayed=counts.replayed,
            rejected=counts.rejected,
            unknown=counts.unknown,
            repeated=counts.repeated,
            skipped=counts.skipped,
            in_flight=len(self.in_flight),
            parked=len(self.parking),
            rate=(counts.created - counts.replayed) / seconds if seconds > 0 else 0.0,
            paused=self.outage.active,
        )

    def leftover(self) -> tuple[Outcome, ...]:
        """What nobody iterated over: outcomes, and jobs that may have reached Gelato."""
        jobs = (*self.in_flight, *self.parking, *self.again)
        return (*self.outbox.items, *(self._left_unclear(job) for job in jobs if job.may_exist))

    # what the intake hands on

    def ready(self, job: Job) -> None:
        """A job for the next worker."""
        self.jobs.append(job)
        if self._resting:
            self._resting.popleft().set()

    def unsettled(self, job: Job) -> None:
        """A job of an earlier run."""
        self.parking.add(job)

    async def replay(self, reference: str, past: Past) -> None:
        """An order that an earlier run made."""
        self.counts.created += 1
        self.counts.replayed += 1
        self.counts.adopted += past.adopted
        await self.outbox.put(
            Created(
                reference=reference,
                order_id=past.order_id or "",
                adopted=past.adopted,
                replayed=True,
                connected_order_ids=past.connected_order_ids,
            )
        )

    async def reject(self, reference: str, error: GelatoError, content: bytes | None) -> None:
        """An order that is not sent, or was refused."""
        outcome = Rejected(reference=reference, error=error)
        if content is not None and reference:
            self.journal.add(Refused(outcome, content))
        await self._tell(outcome)

    def left_out(self, verdict: Verdict) -> None:
        """An order that has no outcome of its own."""
        if verdict is Verdict.REPEATED:
            self.counts.repeated += 1
        else:
            self.counts.skipped += 1

    # what the parking hands back

    async def found(self, job: Job, found: Found) -> None:
        """The order was made."""
        await self._create(job, found.row.id, found.connected, adopted=True)

    async def absent(self, job: Job) -> None:
        """It was not made: send it again."""
        if self.failure is not None:
            await self.unclear(job, job.creation.unknown("the run stopped before it could be sent again"))
            return
        job.sent = False
        self.again.append(job)
        if self._resting:
            self._resting.popleft().set()
        elif self.workers < self.limit:
            self._grow()

    async def unclear(self, job: Job, error: GelatoError) -> None:
        """It cannot be told."""
        await self._end_of(job, Unknown(reference=job.reference, error=error, **self._effort(job)))

    def left_parking(self) -> None:
        """There is room again."""
        self._note_change()
        self._finish_if_done()

    def refused(self, error: AuthenticationError) -> None:
        """The key was refused while looking."""
        self.stop(error)

    def nothing_else_goes(self) -> bool:
        """Whether no success of others can be hoped for."""
        return not self.in_flight and not self.jobs and not self.again and self.intake.finished

    async def _take_in(self) -> None:
        await self._guarded(self.intake.take)

    async def _sort_in(self) -> None:
        await self._guarded(self.intake.sort)
        self._wake_all()
        self._finish_if_done()

    async def _keep_journal(self) -> None:
        self.journal.on_failure = self.stop
        await self.journal.run()

    async def _guarded(self, work: Any) -> None:
        try:
            await work()
        except Exception as failure:  # noqa: BLE001  the caller sees it, at the place where the outcomes come from
            self.stop(failure)
            self.intake.fail()

    def _grow(self) -> None:
        self.workers += 1
        self.group.start_soon(self._work)

    async def _work(self) -> None:
        # shielded, since a caller's timeout or Ctrl-C must not cut off the answers that are on their way: `end` does that
        with anyio.CancelScope(shield=True) as scope:
            self.scopes.add(scope)
            await self._guarded(self._work_on)
        self.scopes.discard(scope)
        self.workers -= 1
        self._finish_if_done()

    async def _work_on(self) -> None:
        try:
            while (job := await self._next_job()) is not None:
                await self._run(job)
        except _LeavingError:
            pass

    async def _next_job(self) -> Job | None:
        while self._may_go_on():
            probing = await self.outage.wait()
            if job := self._take_job():
                job.probing = probing
                return job
            if probing:
                self.outage.stop_probing()
            if self.intake.finished and not self.jobs:
                return None
            await self._rest()
        return None

    def _take_job(self) -> Job | None:
        if self.again:
            return self.again.popleft()
        if not self.jobs or len(self.parking) >= PARKED:
            return None
        self.intake.note_room()
        return self.jobs.popleft()

    async def _rest(self) -> None:
        turn = anyio.Event()
        self._resting.append(turn)
        await turn.wait()

    def _may_go_on(self) -> bool:
        return self.failure is None and not self.leaving

    async def _run(self, job: Job) -> None:
        self.in_flight.add(job)
        job.waiting = True
        self.waiting += 1
        try:
            await self._send(job)
        finally:
            self._end_waiting(job)
            self._note_change()
        # not reached when cancelled: what was sent then stays in flight, and is told as unknown
        self.in_flight.discard(job)
        self._finish_if_done()

    async def _send(self, job: Job) -> None:
        try:
            reply = await create_once.attempt(
                self.engine,
                job.creation,
                on_sending=lambda: self._sending(job),
                on_pausing=lambda: self._pausing(job),
            )
        except AuthenticationError as error:
            job.sent = False
            self.again.append(job)
            self.stop(error)
        except (NotSentError, RateLimitError) as error:
            self._not_now(job, error)
        except GelatoError as error:
            self.outage.got_through(probe=job.probing)
            await self._end_of(job, Rejected(reference=job.reference, error=error, **self._effort(job)))
        else:
            await self._answered(job, None if reply is None else reply.answer)

    def _sending(self, job: Job) -> None:
        if self.leaving:
            job.sent = False
            raise _LeavingError
        job.sent = True
        self._end_waiting(job)
        # nobody else waits for a turn: one more worker keeps the next turn from going unused
        if self.waiting == 0 and not self._resting and self.workers < self.limit and self._may_go_on() and self._more():
            self._grow()

    def _more(self) -> bool:
        return bool(self.jobs or self.again) or not self.intake.finished

    def _pausing(self, job: Job) -> None:
        job.sent = False
        self._note_change()

    def _end_waiting(self, job: Job) -> None:
        if job.waiting:
            job.waiting = False
            self.waiting -= 1

    def _not_now(self, job: Job, error: GelatoError) -> None:
        job.sent = False
        job.creation.attempts = 0
        self.again.append(job)
        if isinstance(error, NotSentError) and not self.outage.ever_through:
            self.stop(error)
        else:
            self.outage.failed(probe=job.probing, surely=True)

    async def _answered(self, job: Job, answer: Any) -> None:
        creation = job.creation
        if answer is not None or creation.accepted:
            self.outage.got_through(probe=job.probing)
        else:
            self.outage.failed(probe=job.probing)
        if answer is not None:
            await self._create(job, answer.id, getattr(answer, "connected_order_ids", ()))
        elif creation.order_id is not None:
            await self._create(job, creation.order_id)
        else:
            if creation.accepted:
                self.journal.add(Accepted(job.reference))
            self.parking.add(job)

    async def _create(self, job: Job, order_id: str, connected: tuple[str, ...] = (), *, adopted: bool = False) -> None:
        outcome = Created(
            reference=job.reference,
            order_id=order_id,
            adopted=adopted,
            connected_order_ids=connected,
            **self._effort(job),
        )
        await self._end_of(job, outcome)

    def _effort(self, job: Job) -> dict[str, Any]:
        return {"attempts": job.creation.sends, "seconds": round(self.engine.clock.now() - job.begun, 3)}

    async def _end_of(self, job: Job, outcome: Outcome) -> None:
        self.journal.add(Told(outcome, accepted=job.creation.accepted))
        await self._tell(outcome)

    async def _tell(self, outcome: Outcome) -> None:
        match outcome:
            case Created():
                self.counts.created += 1
                self.counts.adopted += outcome.adopted
            case Rejected():
                self.counts.rejected += 1
            case Unknown():
                self.counts.unknown += 1
        await self.outbox.put(outcome)
        self._note_change()
        self._finish_if_done()

    def _note_change(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()
        if self._resting and self.jobs and len(self.parking) < PARKED:
            self._resting.popleft().set()

    def _wake_all(self) -> None:
        while self._resting:
            self._resting.popleft().set()
        self.intake.note_room()
        self._note_change()

    def _finish_if_done(self) -> None:
        if self.workers or self.outbox.closed or not (self.intake.finished or self.failure):
            return
        if isinstance(self.failure, (AuthenticationError, NotSentError)):
            self._give_up()
        if not len(self.parking):
            self.outbox.close()

    def _give_up(self) -> None:
        open_ = [job for job in (*self.parking, *self.again) if job.may_exist and not job.looked]
        for job in self.again:
            if not job.may_exist:
                self.journal.add(Unsent(job.reference))
        self.parking.give_up(open_)
        self.again.clear()
        self.counts.unknown += len(open_)
        self.outbox.items.extend(map(self._left_unclear, open_))

    def _left_unclear(self, job: Job) -> Unknown:
        error = job.creation.unknown("the run ended before its fate was settled")
        return Unknown(reference=job.reference, error=error, **self._effort(job))
