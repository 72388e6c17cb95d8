"""Parking: creates whose fate is unclear wait here without a worker, and are looked for in batches."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import anyio
from anyio.abc import TaskGroup
from attrs import define, evolve, field

from gelato_async.bulk.job import Job
from gelato_async.bulk.outage import LONGEST_PAUSE
from gelato_async.client import create_once
from gelato_async.client.engine import Engine
from gelato_async.core.errors import (
    AuthenticationError,
    GelatoError,
    NotSentError,
    OutcomeUnknownError,
)
from gelato_async.core.retry import Fate, fate_of
from gelato_async.core.settling import Found
from gelato_async.models.search import OrderSummary

# half a page, so that a batch whose orders were split or ordered before still fits on one
BATCH = 50
TICK = 0.25
# how long looks may fail, beyond the window, before an order is given up as unknown
PATIENCE = 300.0
# how often an order is sent again though requests get through: one that is always answered with a
# 5xx would go on for ever
RESENDS = 10


class Keeper(Protocol):
    """What becomes of jobs that leave the parking."""

    async def found(self, job: Job, found: Found) -> None:
        """The order was made."""
        ...

    async def absent(self, job: Job) -> None:
        """It was not made, and may be sent again."""
        ...

    async def unclear(self, job: Job, error: GelatoError) -> None:
        """It cannot be told."""
        ...

    def left_parking(self) -> None:
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


@define(eq=False)
class Parking:
    """Looks for parked jobs when they are due; while looks fail, at growing intervals.

    A job whose looks fail stays parked.
    """

    engine: Engine
    group: TaskGroup
    keeper: Keeper
    jobs: set[Job] = field(factory=set)
    earlier: int = 0
    absent: list[Job] = field(factory=list)
    looking: Engine = field(init=False)
    _failures: int = 0
    _paused_until: float = -math.inf
    _news: anyio.Event = field(factory=anyio.Event)

    def __attrs_post_init__(self) -> None:
        # a look that fails is repeated by coming due again, at a pace that an outage does not
        # multiply
        self.looking = evolve(self.engine, retry=evolve(self.engine.retry, attempts=1))

    def __len__(self) -> int:
        return len(self.jobs) + len(self.absent)

    def __iter__(self) -> Iterator[Job]:
        return iter((*self.jobs, *self.absent))

    def add(self, job: Job) -> None:
        """Park a job."""
        self.jobs.add(job)
        self.earlier += job.earlier
        self._news.set()

    def give_up(self, jobs: Iterable[Job]) -> None:
        """Look for these no more."""
        for job in jobs:
            self._drop(job)
        self.absent.clear()

    async def run(self) -> None:
        """Look for parked jobs until cancelled."""
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
        due = [job for job in self.jobs if not job.looked and self._next_look(job) <= now]
        for start in range(0, len(due), BATCH):
            batch = due[start : start + BATCH]
            for job in batch:
                job.looked = True
            self.group.start_soon(self._look, batch)

    def _drop(self, job: Job) -> None:
        if job in self.jobs:
            self.jobs.discard(job)
            self.earlier -= job.earlier

    def _next_look(self, job: Job) -> float:
        due = job.creation.next_look(self.engine.retry.settle)
        return -math.inf if due is None else due

    async def _look(self, batch: Sequence[Job]) -> None:
        try:
            rows = await create_once.look(self.looking, [job.creation for job in batch])
        except GelatoError as error:
            await self._look_failed(batch, error)
        except Exception as error:  # noqa: BLE001  a transport of the caller's own: the run ends with it
            self._end_with(batch, error)
        else:
            self.keeper.note_through()
            self._failures, self._paused_until = 0, -math.inf
            for job in batch:
                # one order can wait no longer; a run can, until a look that begins after the window
                # tells
                job.creation.failed_look = None
                await self._judge(job, rows)

    def _end_with(self, batch: Sequence[Job], error: Exception) -> None:
        for job in batch:
            job.looked = False
        self.keeper.stop(error)

    async def _look_failed(self, batch: Sequence[Job], error: GelatoError) -> None:
        unreachable = isinstance(error, NotSentError)
        if isinstance(error, AuthenticationError) or (
            unreachable and not self.keeper.ever_through()
        ):
            self._end_with(batch, error)
        elif fate_of(error) is Fate.REFUSED and not unreachable:
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
        await self.keeper.unclear(job, job.creation.unknown("looking for it was refused"))
        self._drop(job)
        self.keeper.left_parking()

    async def _look_later(self, batch: Sequence[Job]) -> None:
        self._failures += 1
        self._paused_until = self.engine.clock.now() + min(
            LONGEST_PAUSE, 2.0 ** (self._failures - 1)
        )
        for job in batch:
            await self._put_off(job)

    async def _put_off(self, job: Job) -> None:
        since, settle = job.creation.unclear_since or 0.0, self.engine.retry.settle
        if self.engine.clock.now() > since + settle + PATIENCE:
            await self.keeper.unclear(
                job, job.creation.unknown("looking for it failed for too long")
            )
            self._drop(job)
            self.keeper.left_parking()
        else:
            # the look that decides is still to come
            job.creation.last_look = min(job.creation.last_look or since, since + settle / 2)
            job.looked = False

    async def _judge(self, job: Job, rows: Sequence[OrderSummary]) -> None:
        creation = job.creation
        try:
            found = create_once.judge(self.engine, creation, rows)
            over = creation.next_look(self.engine.retry.settle) is None
            if found is None and over:
                self._check_resend(job)
        except OutcomeUnknownError as error:
            await self.keeper.unclear(job, error)
        else:
            if found is None and not over:
                job.looked = False
                return
            if found is None:
                self.absent.append(job)
            else:
                await self.keeper.found(job, found)
        # only now, so that the run does not end while an outcome waits to be told
        job.looked = False
        self._drop(job)
        self.keeper.left_parking()

    def _check_resend(self, job: Job) -> None:
        # it was proved absent each time, so the policy's attempts, made for one caller who waits,
        # do not end this
        job.creation.attempts = 0
        job.resends += not job.excused
        job.excused = False
        if job.resends > RESENDS:
            raise job.creation.unknown("it failed each time, while others got through")
        create_once.check_resend(self.engine, job.creation)

    async def _send_absent_ones(self) -> None:
        while self.absent:
            paid = create_once.pay_for_resend(self.engine, self.absent[0].creation)
            if not paid and not self.keeper.nothing_else_goes():
                return
            await self.keeper.absent(self.absent.pop(0))
