"""Parking: creates whose fate is unclear wait here without a worker, and are looked for in batches."""

import math
from collections.abc import Awaitable, Callable, Sequence

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

from gelato_async.bulk.job import Job
from gelato_async.client import create_once
from gelato_async.client.engine import Engine
from gelato_async.core.errors import AuthenticationError, GelatoError, OutcomeUnknownError
from gelato_async.core.settling import Found
from gelato_async.models.search import OrderSummary

# half a page, so that a batch whose orders were split or ordered before still fits on one
BATCH = 50
TICK = 0.25


@define(eq=False)
class Parking:
    """Looks for parked jobs when they are due, and says what was found: an order, nothing at all, or no telling."""

    engine: Engine
    group: TaskGroup
    on_found: Callable[[Job, Found], Awaitable[None]]
    on_absent: Callable[[Job], Awaitable[None]]
    on_unknown: Callable[[Job, GelatoError], Awaitable[None]]
    on_refused: Callable[[AuthenticationError], None]
    jobs: set[Job] = field(factory=set)
    _news: anyio.Event = field(factory=anyio.Event)

    def add(self, job: Job) -> None:
        """Park a job."""
        self.jobs.add(job)
        self._news.set()

    async def run(self) -> None:
        """Look for parked jobs until cancelled."""
        while True:
            if not self.jobs:
                self._news = anyio.Event()
                await self._news.wait()
            now = self.engine.clock.now()
            due = [job for job in self.jobs if not job.looked and self._next_look(job) <= now]
            for start in range(0, len(due), BATCH):
                self._start_look(due[start : start + BATCH])
            await self.engine.clock.sleep(TICK)

    def _next_look(self, job: Job) -> float:
        due = job.creation.next_look(self.engine.retry.settle)
        return -math.inf if due is None else due

    def _start_look(self, batch: Sequence[Job]) -> None:
        for job in batch:
            job.looked = True
        self.group.start_soon(self._look, batch)

    async def _look(self, batch: Sequence[Job]) -> None:
        rows: Sequence[OrderSummary] = ()
        try:
            rows = await create_once.look(self.engine, [job.creation for job in batch])
        except AuthenticationError as error:
            self.on_refused(error)
        except GelatoError:
            pass  # noted with every creation, which is then not sent again
        for job in batch:
            job.looked = False
            await self._judge(job, rows)

    async def _judge(self, job: Job, rows: Sequence[OrderSummary]) -> None:
        try:
            found = create_once.judge(self.engine, job.creation, rows)
        except OutcomeUnknownError as error:
            self.jobs.discard(job)
            await self.on_unknown(job, error)
            return
        if found is not None:
            self.jobs.discard(job)
            await self.on_found(job, found)
        elif job.creation.next_look(self.engine.retry.settle) is None:
            self.jobs.discard(job)
            # each time it was proved absent, so only a spent quota ends this, and no number of attempts
            job.creation.attempts = 0
            try:
                create_once.pay_for_resend(self.engine, job.creation)
            except OutcomeUnknownError as error:
                await self.on_unknown(job, error)
            else:
                await self.on_absent(job)
