"""Senders: workers that each take a job from the queue, send it, and pass on what becomes of it."""

from typing import Any

import anyio
from anyio.abc import TaskGroup
from attrs import define, field

from gelato_async.bulk.run.circuit_breaker import CircuitBreaker
from gelato_async.bulk.run.job_queue import JobQueue
from gelato_async.bulk.run.jobs import IllegalMoveError, Job, JobState
from gelato_async.bulk.run.recorder import OutcomeRecorder
from gelato_async.bulk.run.run_state import RunState
from gelato_async.bulk.run.unresolved_jobs import UnresolvedJobs
from gelato_async.client.create_once import AnotherOrderError
from gelato_async.client.references_in_flight import ReferenceInUseError
from gelato_async.client.sender import Reply
from gelato_async.core.errors import AuthenticationError, GelatoError, NotSentError, RateLimitError


class _LeavingError(Exception):
    """The run has failed, or is being left: what was not sent yet stays unsent."""


class _HeldBackError(Exception):
    """An outage began while the job waited for its turn."""


@define(eq=False)
class Senders:
    """As many workers as the rate needs, at most `limit`.

    One is added only when no other waits for the next turn: a server that takes long to answer gets
    many workers, a fast one few.
    """

    group: TaskGroup
    queue: JobQueue
    unresolved: UnresolvedJobs
    recorder: OutcomeRecorder
    breaker: CircuitBreaker
    state: RunState
    limit: int
    count: int = 0
    _waiting: set[Job] = field(factory=set)
    _scopes: set[anyio.CancelScope] = field(factory=set)

    async def run(self) -> None:
        """Begin with one worker, and add one when a job comes back while no worker is idle."""
        while self.state.may_go_on:
            if self.count < self.limit:
                self._grow()
            await self.queue.short_of_workers.wait()

    def cancel(self) -> None:
        """Wait for no more answers."""
        for scope in self._scopes:
            scope.cancel()

    def _grow(self) -> None:
        self.count += 1
        self.group.start_soon(self._work)

    async def _work(self) -> None:
        # shielded, since a caller's timeout or Ctrl-C must not cut off the answers that are on
        # their way: `cancel` does that
        with anyio.CancelScope(shield=True) as scope:
            self._scopes.add(scope)
            try:
                while (turn := await self._next_job()) is not None:
                    job, probing = turn
                    await self._run_job(job, probing=probing)
            except _LeavingError:
                pass
            except Exception as failure:  # noqa: BLE001  the caller sees it after the outcomes
                self.state.stop(failure)
        self._scopes.discard(scope)
        self.count -= 1

    async def _next_job(self) -> tuple[Job, bool] | None:
        """Wait for a job, and whether it is to probe; None at the end of the run."""
        while self.state.may_go_on:
            probing = await self.breaker.wait()
            if probing is None or not self.state.may_go_on:
                continue
            job = self.queue.take(new_too=self.unresolved.has_room)
            if job is not None:
                return job, probing
            if probing:
                self.breaker.stop_probing()
            if self.queue.new:
                # there are new jobs, and no room for what could become of them
                await self.unresolved.room.wait()
            else:
                await self.queue.rest()
        return None

    async def _run_job(self, job: Job, *, probing: bool) -> None:
        self._waiting.add(job)
        try:
            await self._send(job, probing=probing)
        except IllegalMoveError as error:
            if probing:
                self.breaker.stop_probing()
            await self.recorder.moved_illegally(job, error)
        finally:
            # a job that was cut off while Gelato had it stays open, and is reported as unknown
            self._waiting.discard(job)
            self.queue.in_hand.discard(job)
            self.state.note_change()

    async def _send(self, job: Job, *, probing: bool) -> None:
        try:
            reply = await job.create.attempt(
                may_send=lambda: self._check_may_send(probing=probing),
                on_sending=lambda: self._sending(job, probing=probing),
                on_pausing=lambda: self._pausing(job),
            )
        except _LeavingError:
            self.queue.put_back(job)
            raise
        except _HeldBackError:
            job.pending.attempts -= 1
            self.queue.put_back(job)
        except AuthenticationError as error:
            self.queue.put_back(job)
            self.state.stop(error)
        except ReferenceInUseError as error:
            if probing:
                # nothing was sent, which says nothing of the outage
                self.breaker.stop_probing()
            await self.recorder.refused(job, error)
        except (NotSentError, RateLimitError) as error:
            self._not_now(job, error, probing=probing)
        except GelatoError as error:
            self.breaker.got_through(probe=probing)
            await self.recorder.refused(job, error)
        else:
            await self._sent(job, reply, probing=probing)

    def _check_may_send(self, *, probing: bool) -> None:
        if not self.state.may_go_on:
            raise _LeavingError
        if self.breaker.active and not probing:
            raise _HeldBackError

    def _sending(self, job: Job, *, probing: bool) -> None:
        self._check_may_send(probing=probing)
        job.move_to(JobState.SENT)
        self._waiting.discard(job)
        if not self._waiting and self.count < self.limit and self._one_more_is_of_use():
            self._grow()

    def _one_more_is_of_use(self) -> bool:
        return self.queue.may_get_more and not self.queue.has_idle_workers

    def _pausing(self, job: Job) -> None:
        job.move_to(JobState.PAUSED)
        self.state.note_change()

    def _not_now(self, job: Job, error: GelatoError, *, probing: bool) -> None:
        job.pending.attempts = 0
        self.queue.put_back(job)
        if isinstance(error, NotSentError) and not self.breaker.ever_through:
            self.state.stop(error)
        else:
            self.breaker.failed(probe=probing, surely=True)

    async def _sent(self, job: Job, reply: Reply[Any] | None, *, probing: bool) -> None:
        answered = isinstance(job.pending.last_error, AnotherOrderError)
        if reply is not None or job.pending.accepted or answered:
            self.breaker.got_through(probe=probing)
        else:
            self.breaker.failed(probe=probing)
            job.during_outage = self.breaker.active
        if reply is None:
            # before anything is waited for, in which the run may end
            self.recorder.accepted(job)
            reply = await job.create.fetch()
        if reply is not None:
            connected = getattr(reply.answer, "connected_order_ids", ())
            await self.recorder.created(job, reply.answer.id, connected)
            return
        job.move_to(JobState.UNRESOLVED)
        self.unresolved.add(job)
