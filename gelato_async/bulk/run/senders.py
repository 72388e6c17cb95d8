"""Senders: tasks that each take a job from the queue and send it.

The run decides what becomes of a job.
"""

from typing import Any, Protocol

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

from gelato_async.bulk.run.circuit_breaker import CircuitBreaker
from gelato_async.bulk.run.jobs import Job, JobQueue
from gelato_async.client.create_once import AnotherOrderError
from gelato_async.client.engine import Engine
from gelato_async.client.references_in_flight import ReferenceInUseError
from gelato_async.core.errors import AuthenticationError, GelatoError, NotSentError, RateLimitError


class _LeavingError(Exception):
    """The run has failed, or is being left: what was not sent yet stays unsent."""


class _HeldBackError(Exception):
    """An outage began while it waited for its turn."""


class SendersOwner(Protocol):
    """What senders ask of the run, and report to it."""

    def may_go_on(self) -> bool:
        """Whether jobs are still to be taken and sent."""
        ...

    def may_take_new(self) -> bool:
        """Whether there is room for one more order whose outcome could become unclear."""
        ...

    def no_more_come(self) -> bool:
        """Whether the queue will get no more new jobs."""
        ...

    def note_taken(self) -> None:
        """A job was taken from the queue."""
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

    def accepted(self, job: Job) -> None:
        """It was answered with a 2xx that does not tell its order: it must never be sent again."""
        ...

    async def answered(self, job: Job, answer: Any) -> None:
        """It was sent; the answer is None where its outcome is unclear."""
        ...

    async def turned_down(self, job: Job, error: GelatoError) -> None:
        """Gelato refused it for good."""
        ...


@define(eq=False)
class Senders:
    """As many as the rate needs, at most `limit`.

    One more only where otherwise nobody would wait for the next turn.
    """

    engine: Engine
    group: TaskGroup
    queue: JobQueue
    breaker: CircuitBreaker
    owner: SendersOwner
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
        if self.queue.has_idle_workers:
            self.queue.wake_one()
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
                self.owner.stop(failure)
        self._scopes.discard(scope)
        self.count -= 1
        self.owner.note_end()

    async def _work_on(self) -> None:
        try:
            while (job := await self._next_job()) is not None:
                await self._run(job)
        except _LeavingError:
            pass

    async def _next_job(self) -> Job | None:
        while self.owner.may_go_on():
            if not self.queue and self.owner.no_more_come():
                break
            probing = await self.breaker.wait()
            if probing is None or not self.owner.may_go_on():
                continue
            if job := self.queue.take(new_too=self.owner.may_take_new()):
                job.probing = probing
                self.owner.note_taken()
                return job
            if probing:
                self.breaker.stop_probing()
            await self.queue.rest()
        # who rests has to see it too
        self.queue.wake_all()
        return None

    async def _run(self, job: Job) -> None:
        self.in_flight.add(job)
        job.waiting = True
        self._waiting += 1
        try:
            await self._send(job)
        finally:
            self._end_waiting(job)
            self.owner.note_change()
        # not reached when cancelled or kept from being sent: what was sent then stays in flight,
        # and is told as unknown
        self.in_flight.discard(job)
        self.owner.note_end()

    async def _send(self, job: Job) -> None:
        try:
            reply = await job.create.attempt(
                may_send=lambda: self._check_may_send(job),
                on_sending=lambda: self._sending(job),
                on_pausing=lambda: self._pausing(job),
            )
        except _HeldBackError:
            job.pending.attempts -= 1
            self.queue.retries.append(job)
        except AuthenticationError as error:
            job.sent = False
            self.queue.retries.append(job)
            self.owner.stop(error)
        except ReferenceInUseError as error:
            await self.owner.turned_down(job, error)
        except (NotSentError, RateLimitError) as error:
            self._not_now(job, error)
        except GelatoError as error:
            self.breaker.got_through(probe=job.probing)
            await self.owner.turned_down(job, error)
        else:
            await self._sent(job, None if reply is None else reply.answer)

    def _check_may_send(self, job: Job) -> None:
        if not self.owner.may_go_on():
            job.sent = False
            raise _LeavingError
        if self.breaker.active and not job.probing:
            raise _HeldBackError

    def _sending(self, job: Job) -> None:
        self._check_may_send(job)
        job.sent = True
        self._end_waiting(job)
        if self._waiting == 0 and self.count < self.limit and self._one_more_is_of_use():
            self.grow()

    def _one_more_is_of_use(self) -> bool:
        more = bool(self.queue) or not self.owner.no_more_come()
        return more and not self.queue.has_idle_workers and self.owner.may_go_on()

    def _pausing(self, job: Job) -> None:
        job.sent = False
        self.owner.note_change()

    def _end_waiting(self, job: Job) -> None:
        if job.waiting:
            job.waiting = False
            self._waiting -= 1

    def _not_now(self, job: Job, error: GelatoError) -> None:
        job.sent = False
        job.pending.attempts = 0
        self.queue.retries.append(job)
        if isinstance(error, NotSentError) and not self.breaker.ever_through:
            self.owner.stop(error)
        else:
            self.breaker.failed(probe=job.probing, surely=True)

    async def _sent(self, job: Job, answer: Any) -> None:
        answered = isinstance(job.pending.last_error, AnotherOrderError)
        if answer is not None or job.pending.accepted or answered:
            self.breaker.got_through(probe=job.probing)
        else:
            self.breaker.failed(probe=job.probing)
            job.during_outage = self.breaker.active
        if answer is None and job.pending.accepted:
            # before anything is waited for, in which the run may end
            self.owner.accepted(job)
        if answer is None and (fetched := await job.create.fetch()) is not None:
            answer = fetched.answer
        await self.owner.answered(job, answer)
