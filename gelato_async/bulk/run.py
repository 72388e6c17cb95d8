"""Run: the inside of a submission. The workers, and what becomes of their jobs."""

from collections import deque
from typing import Any

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

from gelato_async.bulk.job import Job
from gelato_async.bulk.outage import Outage
from gelato_async.bulk.outbox import Outbox
from gelato_async.bulk.outcomes import Created, Outcome, Progress, Rejected, Unknown
from gelato_async.bulk.parking import Parking
from gelato_async.bulk.seen import Seen, SeenReferences
from gelato_async.bulk.source import Source
from gelato_async.client import create_once
from gelato_async.client.engine import Engine
from gelato_async.core.errors import (
    AuthenticationError,
    GelatoError,
    NotSentError,
    OutcomeUnknownError,
    Problem,
    RateLimitError,
    ValidationError,
)
from gelato_async.core.settling import Creation, Found
from gelato_async.models.new_order import NewOrder

PARKED = 5_000


class _LeavingError(Exception):
    """The run is being left: what was not sent yet stays unsent."""


@define(eq=False)
class Counts:
    """What `Progress` shows, while it changes."""

    started: int = 0
    created: int = 0
    adopted: int = 0
    rejected: int = 0
    unknown: int = 0
    repeated: int = 0


@define(eq=False)
class Run:
    """Everything of a run. A `failure` ends it, `leave` makes it end."""

    engine: Engine
    source: Source
    outbox: Outbox
    group: TaskGroup
    limit: int
    failure: Exception | None = None
    leaving: bool = False
    workers: int = 0
    waiting: int = 0
    counts: Counts = field(factory=Counts)
    in_flight: set[Job] = field(factory=set)
    scopes: set[anyio.CancelScope] = field(factory=set)
    again: deque[Job] = field(factory=deque)
    seen: SeenReferences = field(factory=SeenReferences)
    outage: Outage = field(init=False)
    parking: Parking = field(init=False)
    _changed: anyio.Event = field(init=False, factory=anyio.Event)

    def __attrs_post_init__(self) -> None:
        self.outage = Outage(self.engine)
        self.parking = Parking(self.engine, self.group, self._found, self._absent, self._unknown, self.stop)

    def start(self) -> None:
        """Begin with one worker; more come as they are needed."""
        self.group.start_soon(self.parking.run)
        self._grow()

    def stop(self, failure: Exception) -> None:
        """End the run: no more orders are taken, and the first failure is what the caller sees."""
        self.failure = self.failure or failure
        self.outage.got_through()
        self._note_change()

    def leave(self) -> None:
        """The caller has left: send nothing more."""
        self.leaving = True
        self.outbox.lift_limit()

    def end(self) -> None:
        """Wait for nothing more."""
        for scope in self.scopes:
            scope.cancel()
        self.group.cancel_scope.cancel()

    async def idle(self) -> None:
        """Wait until nothing is in flight."""
        while any(job.sent for job in self.in_flight):
            await self._changed.wait()

    def progress(self) -> Progress:
        """A snapshot."""
        counts = self.counts
        return Progress(
            started=counts.started,
            created=counts.created,
            adopted=counts.adopted,
            rejected=counts.rejected,
            unknown=counts.unknown,
            repeated=counts.repeated,
            in_flight=len(self.in_flight),
            parked=len(self.parking.jobs),
        )

    def leftover(self) -> tuple[Outcome, ...]:
        """What nobody iterated over: outcomes, and jobs that may have reached Gelato."""
        jobs = [*self.in_flight, *self.parking.jobs, *self.again]
        return (*self.outbox.items, *(_left_unclear(job) for job in jobs if _may_exist(job)))

    def _grow(self) -> None:
        self.workers += 1
        self.group.start_soon(self._work)

    async def _work(self) -> None:
        # shielded, since a caller's timeout or Ctrl-C must not cut off the answers that are on their way: `end` does that
        with anyio.CancelScope(shield=True) as scope:
            self.scopes.add(scope)
            await self._work_on()
        self.scopes.discard(scope)

    async def _work_on(self) -> None:
        try:
            while (job := await self._next_job()) is not None:
                await self._run(job)
        except _LeavingError:
            pass
        except Exception as failure:  # noqa: BLE001  the caller sees it, at the place where the outcomes come from
            self.stop(failure)
        finally:
            self.workers -= 1
        self._finish_if_done()

    async def _next_job(self) -> Job | None:
        while self._may_go_on():
            await self.outage.wait()
            if self.again:
                return self.again.popleft()
            if len(self.parking.jobs) >= PARKED:
                await self._changed.wait()
                continue
            if self.source.exhausted or (order := await self.source.take()) is None:
                return None
            self.counts.started += 1
            if job := await self._prepared(order):
                return job
        return None

    def _may_go_on(self) -> bool:
        return self.failure is None and not self.leaving

    async def _prepared(self, order: NewOrder) -> Job | None:
        operation = self.engine.backend.creates(order)
        try:
            request = self.engine.backend.prepare(operation, validate=self.engine.validate)
        except NotSentError as error:
            await self._reject(order.order_reference_id, error)
            return None
        seen = self.seen.add(order.order_reference_id, request.body)
        if seen is Seen.SAME:
            self.counts.repeated += 1
        elif seen is Seen.OTHER:
            problem = Problem("orderReferenceId", "was used before in this run, for an order with other contents")
            await self._reject(order.order_reference_id, ValidationError([problem], operation=operation.name))
        return Job(Creation(operation=operation, request=request)) if seen is Seen.NEW else None

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

    async def _send(self, job: Job) -> None:
        try:
            reply = await create_once.attempt(
                self.engine,
                job.creation,
                on_sending=lambda: self._sending(job),
                on_pausing=lambda: self._pausing(job),
            )
        except AuthenticationError as error:
            self.stop(error)
        except (NotSentError, RateLimitError) as error:
            self._not_now(job, error)
        except OutcomeUnknownError as error:
            await self._unknown(job, error)
        except GelatoError as error:
            self.outage.got_through()
            await self._reject(job.reference, error)
        else:
            self.outage.got_through()
            await self._answered(job, None if reply is None else reply.answer)

    def _sending(self, job: Job) -> None:
        if self.leaving:
            raise _LeavingError
        job.sent = True
        self._end_waiting(job)
        # nobody else waits for a turn: one more worker keeps the next turn from going unused
        if self.waiting == 0 and self.workers < self.limit and self._may_go_on() and not self.source.exhausted:
            self._grow()

    def _pausing(self, job: Job) -> None:
        job.sent = False
        self._note_change()

    def _end_waiting(self, job: Job) -> None:
        if job.waiting:
            job.waiting = False
            self.waiting -= 1

    def _not_now(self, job: Job, error: GelatoError) -> None:
        if isinstance(error, NotSentError) and not self.outage.ever_through:
            self.stop(error)
            return
        self.outage.failed()
        job.sent = False
        job.creation.attempts = 0
        self.again.append(job)

    async def _answered(self, job: Job, answer: Any) -> None:
        creation = job.creation
        if answer is not None:
            await self._create(job, answer.id, getattr(answer, "connected_order_ids", ()))
        elif creation.order_id is not None:
            await self._create(job, creation.order_id)
        else:
            self.parking.add(job)

    async def _create(self, job: Job, order_id: str, connected: tuple[str, ...] = (), *, adopted: bool = False) -> None:
        self.counts.created += 1
        self.counts.adopted += adopted
        await self.outbox.put(
            Created(reference=job.reference, order_id=order_id, adopted=adopted, connected_order_ids=connected)
        )

    async def _reject(self, reference: str, error: GelatoError) -> None:
        self.counts.rejected += 1
        await self.outbox.put(Rejected(reference=reference, error=error))

    async def _found(self, job: Job, found: Found) -> None:
        await self._create(job, found.row.id, found.connected, adopted=True)
        self._left_parking()

    async def _absent(self, job: Job) -> None:
        if self.failure is None:
            job.sent = False
            self.again.append(job)
            if self.workers < self.limit:
                self._grow()
            self._note_change()
        else:
            await self._unknown(job, job.creation.unknown("the run stopped before it could be sent again"))

    async def _unknown(self, job: Job, error: GelatoError) -> None:
        self.counts.unknown += 1
        await self.outbox.put(Unknown(reference=job.reference, error=error))
        self._left_parking()

    def _left_parking(self) -> None:
        self._note_change()
        self._finish_if_done()

    def _note_change(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()

    def _finish_if_done(self) -> None:
        if self.workers or self.outbox.closed:
            return
        if isinstance(self.failure, (AuthenticationError, NotSentError)):
            open_ = [job for job in (*self.parking.jobs, *self.again) if _may_exist(job)]
            self.parking.jobs.clear()
            self.again.clear()
            self.counts.unknown += len(open_)
            self.outbox.items.extend(map(_left_unclear, open_))
        if not self.parking.jobs:
            self.outbox.close()


def _may_exist(job: Job) -> bool:
    return job.sent or job.creation.unclear_since is not None


def _left_unclear(job: Job) -> Unknown:
    return Unknown(reference=job.reference, error=job.creation.unknown("the run ended before its fate was settled"))
