"""Workers: they take jobs from the line, one each, and send them.

What comes of that is their desk's to say.
"""

from typing import Any, Protocol

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

from gelato_async.bulk.job import Job
from gelato_async.bulk.line import Line
from gelato_async.bulk.outage import Outage
from gelato_async.client import create_once
from gelato_async.client.engine import Engine
from gelato_async.core.errors import AuthenticationError, GelatoError, NotSentError, RateLimitError


class _LeavingError(Exception):
    """The run has failed, or is being left: what was not sent yet stays unsent."""


class _HeldBackError(Exception):
    """An outage began while it waited for its turn."""


class Desk(Protocol):
    """What workers are told, and whom they tell."""

    def may_go_on(self) -> bool:
        """Whether jobs are still to be taken and sent."""
        ...

    def may_take_fresh(self) -> bool:
        """Whether there is room for one more order whose fate could become unclear."""
        ...

    def no_more_come(self) -> bool:
        """Whether the line will have no more fresh jobs."""
        ...

    def note_taken(self) -> None:
        """A job was taken from the line."""
        ...

    def note_change(self) -> None:
        """A job is not in flight any more."""
        ...

    def note_end(self) -> None:
        """A job or a worker has come to its end."""
        ...

    def stop(self, failure: Exception) -> None:
        """The run cannot go on."""
        ...

    async def answered(self, job: Job, answer: Any) -> None:
        """It was sent; the answer is None where its fate is unclear."""
        ...

    async def turned_down(self, job: Job, error: GelatoError) -> None:
        """Gelato refused it for good."""
        ...


@define(eq=False)
class Workers:
    """As many as the rate needs, at most `limit`.

    One more only where otherwise nobody would wait for the next turn.
    """

    engine: Engine
    group: TaskGroup
    line: Line
    outage: Outage
    desk: Desk
    limit: int
    count: int = 0
    in_flight: set[Job] = field(factory=set)
    _waiting: int = 0
    _scopes: set[anyio.CancelScope] = field(factory=set)

    def grow(self) -> None:
        """Take on one more."""
        self.count += 1
        self.group.start_soon(self._work)

    def call(self) -> None:
        """There is a job: one who rests takes it, or one more."""
        if self.line.resting:
            self.line.wake_one()
        elif self.count < self.limit:
            self.grow()

    def cancel(self) -> None:
        """Wait for no answers."""
        for scope in self._scopes:
            scope.cancel()

    async def _work(self) -> None:
        # shielded, since a caller's timeout or Ctrl-C must not cut off the answers that are on
        # their way: `cancel` does that
        with anyio.CancelScope(shield=True) as scope:
            self._scopes.add(scope)
            try:
                await self._work_on()
            except Exception as failure:  # noqa: BLE001  the caller sees it, at the place where the outcomes come from
                self.desk.stop(failure)
        self._scopes.discard(scope)
        self.count -= 1
        self.desk.note_end()

    async def _work_on(self) -> None:
        try:
            while (job := await self._next_job()) is not None:
                await self._run(job)
        except _LeavingError:
            pass

    async def _next_job(self) -> Job | None:
        while self.desk.may_go_on():
            if not self.line and self.desk.no_more_come():
                break
            probing = await self.outage.wait()
            if probing is None or not self.desk.may_go_on():
                continue
            if job := self.line.take(fresh_too=self.desk.may_take_fresh()):
                job.probing = probing
                self.desk.note_taken()
                return job
            if probing:
                self.outage.stop_probing()
            await self.line.rest()
        # who rests has to see it too
        self.line.wake_all()
        return None

    async def _run(self, job: Job) -> None:
        self.in_flight.add(job)
        job.waiting = True
        self._waiting += 1
        try:
            await self._send(job)
        finally:
            self._end_waiting(job)
            self.desk.note_change()
        # not reached when cancelled or kept from being sent: what was sent then stays in flight,
        # and is told as unknown
        self.in_flight.discard(job)
        self.desk.note_end()

    async def _send(self, job: Job) -> None:
        try:
            reply = await create_once.attempt(
                self.engine,
                job.creation,
                on_sending=lambda: self._sending(job),
                on_pausing=lambda: self._pausing(job),
            )
        except _HeldBackError:
            job.creation.attempts -= 1
            self.line.again.append(job)
        except AuthenticationError as error:
            job.sent = False
            self.line.again.append(job)
            self.desk.stop(error)
        except (NotSentError, RateLimitError) as error:
            self._not_now(job, error)
        except GelatoError as error:
            self.outage.got_through(probe=job.probing)
            await self.desk.turned_down(job, error)
        else:
            await self._sent(job, None if reply is None else reply.answer)

    def _sending(self, job: Job) -> None:
        if not self.desk.may_go_on():
            job.sent = False
            raise _LeavingError
        if self.outage.active and not job.probing:
            raise _HeldBackError
        job.sent = True
        self._end_waiting(job)
        if self._waiting == 0 and self.count < self.limit and self._one_more_is_of_use():
            self.grow()

    def _one_more_is_of_use(self) -> bool:
        more = bool(self.line) or not self.desk.no_more_come()
        return more and not self.line.resting and self.desk.may_go_on()

    def _pausing(self, job: Job) -> None:
        job.sent = False
        self.desk.note_change()

    def _end_waiting(self, job: Job) -> None:
        if job.waiting:
            job.waiting = False
            self._waiting -= 1

    def _not_now(self, job: Job, error: GelatoError) -> None:
        job.sent = False
        job.creation.attempts = 0
        self.line.again.append(job)
        if isinstance(error, NotSentError) and not self.outage.ever_through:
            self.desk.stop(error)
        else:
            self.outage.failed(probe=job.probing, surely=True)

    async def _sent(self, job: Job, answer: Any) -> None:
        if answer is not None or job.creation.accepted:
            self.outage.got_through(probe=job.probing)
        else:
            self.outage.failed(probe=job.probing)
            job.excused = self.outage.active
        await self.desk.answered(job, answer)
