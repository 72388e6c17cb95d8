"""Reconciler: creates whose outcome is unclear wait here without a worker, and are looked for in batches."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import anyio
from anyio.abc import TaskGroup
from attrs import define, evolve, field

from gelato_async.bulk.run.circuit_breaker import LONGEST_PAUSE
from gelato_async.bulk.run.jobs import Job
from gelato_async.client.engine import Engine
from gelato_async.client.looks import look
from gelato_async.core.errors import (
    AuthenticationError,
    GelatoError,
    NotSentError,
    OutcomeUnknownError,
)
from gelato_async.core.judgement import Found
from gelato_async.core.retry import Delivery, delivery_of
from gelato_async.models.search import OrderSummary

# half a page, so that a batch whose orders were split or ordered before still fits on one
BATCH = 50
TICK = 0.25
# how long looks may fail, beyond the window, before an order is given up as unknown
PATIENCE = 300.0
# how often an order is sent again though requests get through: one that is always answered with a
# 5xx would go on for ever
RESENDS = 10


class ReconcilerOwner(Protocol):
    """What becomes of jobs that leave the reconciler."""

    async def found(self, job: Job, found: Found) -> None:
        """The order was made."""
        ...

    async def absent(self, job: Job) -> None:
        """It was not made, and may be sent again."""
        ...

    async def unclear(self, job: Job, error: GelatoError) -> None:
        """It cannot be told."""
        ...

    def left_reconciler(self) -> None:
        """There is room again."""
        ...

    def stop(self, failure: Exception) -> None:
        """The run cannot go on."""
        ...

    def nothing_else_goes(self) -> bool:
        """Whether no success of another can pay for a resend."""
        ...

    def ever_through(self) -> bool:
        """Whether any request of the run was answered."""
        ...

    def note_through(self) -> None:
        """A search was answered."""
        ...

    def note_absent(self, job: Job, others: Sequence[str]) -> None:
        """Its looks proved the order absent, and showed these orders of others."""
        ...


@define(eq=False)
class Reconciler:
    """Looks for unresolved jobs when they are due; while looks fail, at growing intervals.

    A job whose looks fail stays unresolved.
    """

    engine: Engine
    group: TaskGroup
    owner: ReconcilerOwner
    jobs: set[Job] = field(factory=set)
    from_earlier_run: int = 0
    absent: list[Job] = field(factory=list)
    single_look: Engine = field(init=False)
    _failures: int = 0
    _paused_until: float = -math.inf
    _news: anyio.Event = field(factory=anyio.Event)

    def __attrs_post_init__(self) -> None:
        # a look that fails is repeated by coming due again, at a pace that an outage does not
        # multiply
        self.single_look = evolve(self.engine, retry=evolve(self.engine.retry, attempts=1))

    def __len__(self) -> int:
        return len(self.jobs) + len(self.absent)

    def __iter__(self) -> Iterator[Job]:
        return iter((*self.jobs, *self.absent))

    def add(self, job: Job) -> None:
        """Add a job."""
        self.jobs.add(job)
        self.from_earlier_run += job.from_earlier_run
        self._news.set()

    def give_up(self, jobs: Iterable[Job]) -> None:
        """Look for these no more."""
        for job in jobs:
            self._drop(job)
        self.absent.clear()

    async def run(self) -> None:
        """Look for unresolved jobs until cancelled."""
        while True:
            if not len(self):
                self._news = anyio.Event()
                await self._news.wait()
            await self._send_absent_ones()
            self._start_looks()
            await self.engine.clock.sleep(TICK)

    def _start_looks(self) -> None:
        now = self.engine.clock.now()
        if now < self._paused_until:
            return
        due = [job for job in self.jobs if not job.looking and self._next_look(job) <= now]
        for start in range(0, len(due), BATCH):
            batch = due[start : start + BATCH]
            for job in batch:
                job.looking = True
            self.group.start_soon(self._look, batch)

    def _drop(self, job: Job) -> None:
        if job in self.jobs:
            self.jobs.discard(job)
            self.from_earlier_run -= job.from_earlier_run

    def _next_look(self, job: Job) -> float:
        due = job.pending.next_look(self.engine.retry.reconcile)
        return -math.inf if due is None else due

    async def _look(self, batch: Sequence[Job]) -> None:
        try:
            rows = await look(self.single_look, [job.pending for job in batch])
        except GelatoError as error:
            await self._look_failed(batch, error)
        except Exception as error:  # noqa: BLE001  a transport of the caller's own: the run ends with it
            self._end_with(batch, error)
        else:
            self.owner.note_through()
            self._failures, self._paused_until = 0, -math.inf
            asked_for = [job.reference for job in batch]
            for job in batch:
                # one order can wait no longer; a run can, until a look that begins after the window
                # tells
                job.pending.failed_look = None
                await self._judge(job, rows, asked_for)

    def _end_with(self, batch: Sequence[Job], error: Exception) -> None:
        for job in batch:
            job.looking = False
        self.owner.stop(error)

    async def _look_failed(self, batch: Sequence[Job], error: GelatoError) -> None:
        unreachable = isinstance(error, NotSentError)
        if isinstance(error, AuthenticationError) or (
            unreachable and not self.owner.ever_through()
        ):
            self._end_with(batch, error)
        elif delivery_of(error) is Delivery.REFUSED and not unreachable:
            await self._look_refused(batch)
        else:
            await self._look_later(batch)

    async def _look_refused(self, batch: Sequence[Job]) -> None:
        if len(batch) > 1:
            # one odd reference must not take the others along
            for job in batch:
                self.group.start_soon(self._look, [job])
            return
        (job,) = batch
        # it is being looked for until it was told, or it would be looked for and told again
        await self.owner.unclear(job, job.pending.unknown("looking for it was refused"))
        self._drop(job)
        self.owner.left_reconciler()

    async def _look_later(self, batch: Sequence[Job]) -> None:
        self._failures += 1
        self._paused_until = self.engine.clock.now() + min(
            LONGEST_PAUSE, 2.0 ** (self._failures - 1)
        )
        for job in batch:
            await self._put_off(job)

    async def _put_off(self, job: Job) -> None:
        since, reconcile = job.pending.unclear_since or 0.0, self.engine.retry.reconcile
        if self.engine.clock.now() > since + reconcile + PATIENCE:
            await self.owner.unclear(job, job.pending.unknown("looking for it failed for too long"))
            self._drop(job)
            self.owner.left_reconciler()
        else:
            # the look that decides is still to come
            job.pending.last_look = min(job.pending.last_look or since, since + reconcile / 2)
            job.looking = False

    async def _judge(
        self, job: Job, rows: Sequence[OrderSummary], asked_for: Sequence[str]
    ) -> None:
        try:
            judgement = await job.create.judge(rows, asked_for)
            found = judgement.found
            over = job.pending.next_look(self.engine.retry.reconcile) is None
            if found is None and over:
                self._check_resend(job)
                self.owner.note_absent(job, judgement.others)
        except OutcomeUnknownError as error:
            await self.owner.unclear(job, error)
        else:
            if found is None and not over:
                job.looking = False
                return
            if found is None:
                self.absent.append(job)
            else:
                await self.owner.found(job, found)
        # only now, so that the run does not end while an outcome waits to be told
        job.looking = False
        self._drop(job)
        self.owner.left_reconciler()

    def _check_resend(self, job: Job) -> None:
        # it was proved absent each time, so the policy's attempts, made for one caller who waits,
        # do not end this
        job.pending.attempts = 0
        job.resends += not job.during_outage
        job.during_outage = False
        if job.resends > RESENDS:
            raise job.pending.unknown("it failed each time, while others got through")
        job.create.check_resend()

    async def _send_absent_ones(self) -> None:
        while self.absent:
            paid = self.absent[0].create.pay_for_resend()
            if not paid and not self.owner.nothing_else_goes():
                return
            await self.owner.absent(self.absent.pop(0))
