"""Run: the inside of a submission.

Theory of operation
-------------------

An order goes through a pipeline. Each stage is a task that takes from the queue before it and puts
into the queue behind it; no stage calls another one, and none knows the run::

    source -> Preparer -> [prepared] -> Intake -> [jobs] -> Senders -> recorder -> [outcomes]
                                          |                    |
                  an earlier run may have |                    | nobody knows whether
                                  sent it |                    | it was made
                                          +--> [unresolved] <--+
                                                    |
                                                    v
                                                Reconciler -> [jobs]     it is proved absent
                                                           -> recorder   it is found, or given up

The preparer builds the request of each order. The intake asks the journal about it: a new one
becomes a `Job` in the queue, one that an earlier run may have sent, and of which the journal has no
outcome or an unknown one, goes to the reconciler. Preparer and intake also record outcomes: an
order that breaks a rule is rejected, one that an earlier run made is reported again. A worker of
the senders makes one create at a time. What is unclear afterwards is looked for by the reconciler,
in batches, until it is found or proved absent (`core.reconciliation` says how); an absent one goes
back to the queue, before new ones, once the retry budget has paid for it. While requests fail, the
circuit breaker lets one probe at a time out. All queues are bounded, so a slow caller slows
everything down and memory stays flat.

*The life of a job* is in `jobs.MOVES`, and any other move raises `IllegalMoveError`::

    QUEUED      -> WAITING (a worker took it)
    WAITING     -> SENT, PAUSED, QUEUED (held back by an outage or the end), UNRESOLVED
    SENT        -> PAUSED (429, refused, never arrived), UNRESOLVED (nobody knows)
    PAUSED      -> SENT (the next attempt), PAUSED (it never left), QUEUED (not now), UNRESOLVED
    UNRESOLVED  -> LOOKING (a look is due)
    LOOKING     -> UNRESOLVED (not over yet, or the look failed), ABSENT
    ABSENT      -> QUEUED (its resend is paid for)
    all         -> DONE (it has its outcome), and DONE -> nothing

SENT is entered at the moment of sending, by the gate through which the transport asks for
permission, so an order that the run believes to be anywhere else is stopped before a byte leaves.
A job that makes an illegal move shows that the run is wrong about this one order: it is recorded as
unknown, an error is logged, and the others go on. A job gets its outcome once, in the recorder:
recorded, counted and queued in one step that no cancellation divides.

*What is durable when.* The intent of an order is committed before the job is queued: its reference,
a digest, its marker, whether it is a draft, and the orders that were there before. While the
database's clock is unknown, `Intake` searches for those, 50 references at a time. All else is
committed with the next group, for which nothing waits but the end of the iteration: outcomes, that
a 2xx came which could not be read, that looks proved an order absent. A kill before that leaves the
intent, and the next run reconciles the order. The iteration ends only when all outcomes are
durable.

*How a run ends*, and what each end leaves:

- The input is exhausted and no job is open: the outcomes are closed, the caller's loop ends.
- The input raises: what was taken before goes on to its outcomes, then the caller sees the error.
- `break`, an exception, a timeout or Ctrl-C in the caller's block: `leave`. Nothing more is sent.
  Answers that are on their way are waited for, `grace` seconds at most. The intent of an order
  that certainly was not sent is forgotten; an order that may exist keeps its intent, and `leftover`
  reports it as unknown.
- 401 or 403, a host that was never reached, an error of the caller's own transport or callback:
  `RunState.stop`. As above, but answers and looks that are on their way end without a limit. Jobs
  that may exist come out as unknown, and then the caller sees the failure. Nothing is rejected.
- The journal cannot be written: `stop` too. Since no outcome is durable any more, orders are still
  looked for, and reported, before the caller sees the failure; none is sent again.
- kill -9, a power cut: the journal has all intents, and is whole. The next run reconciles the
  orders that have an intent and no outcome before it sends *them* again; new ones go at once.

The caller sees one failure, `RunState.failure`: the first that stopped the run.
"""

from collections.abc import Awaitable, Callable

from anyio.abc import TaskGroup
from attrs import define, evolve, field

from gelato_async.bulk.journal.entries import ForgetIntents
from gelato_async.bulk.journal.writer import JournalWriter
from gelato_async.bulk.outcomes import Outcome, Progress
from gelato_async.bulk.run.circuit_breaker import CircuitBreaker
from gelato_async.bulk.run.intake import Intake
from gelato_async.bulk.run.job_queue import JobQueue
from gelato_async.bulk.run.jobs import JobState
from gelato_async.bulk.run.outcome_queue import OutcomeQueue
from gelato_async.bulk.run.prepared_orders import PreparedOrders
from gelato_async.bulk.run.preparer import Preparer
from gelato_async.bulk.run.reconciler import Reconciler
from gelato_async.bulk.run.recorder import OutcomeRecorder
from gelato_async.bulk.run.run_state import RunState
from gelato_async.bulk.run.senders import Senders
from gelato_async.bulk.run.source import Source
from gelato_async.bulk.run.unresolved_jobs import MAX_UNRESOLVED, UnresolvedJobs
from gelato_async.client.engine import Engine


@define(eq=False)
class Run:
    """Wires the stages and their queues together, and owns the end."""

    engine: Engine
    source: Source
    journal: JournalWriter
    group: TaskGroup
    limit: int
    resume_only: bool = False
    max_unresolved: int = MAX_UNRESOLVED
    state: RunState = field(factory=RunState)
    outcome_queue: OutcomeQueue = field(factory=OutcomeQueue)
    _prepared: PreparedOrders = field(init=False, factory=PreparedOrders)
    _queue: JobQueue = field(init=False, factory=JobQueue)
    _unresolved: UnresolvedJobs = field(init=False)
    _recorder: OutcomeRecorder = field(init=False)
    _breaker: CircuitBreaker = field(init=False)
    _preparer: Preparer = field(init=False)
    _intake: Intake = field(init=False)
    _senders: Senders = field(init=False)
    _reconciler: Reconciler = field(init=False)
    _began: float = field(init=False, default=0.0)

    def __attrs_post_init__(self) -> None:
        self.state.on_end = self._wake_all
        self.journal.on_failure = self.state.stop
        self._unresolved = UnresolvedJobs(self.max_unresolved)
        self._breaker = CircuitBreaker(self.engine)
        self._recorder = OutcomeRecorder(self.journal, self.outcome_queue, self.state, self.engine)
        self._wire_input()
        self._wire_sending()

    def _wire_input(self) -> None:
        self._preparer = Preparer(
            self.engine,
            self.source,
            self._prepared,
            self._queue,
            self._recorder,
            self.state,
            self.journal.resumed,
        )
        self._intake = Intake(
            self.engine,
            self._prepared,
            self._queue,
            self._unresolved,
            self._recorder,
            self.journal,
            self.state,
            self.resume_only,
        )

    def _wire_sending(self) -> None:
        self._senders = Senders(
            self.group,
            self._queue,
            self._unresolved,
            self._recorder,
            self._breaker,
            self.state,
            self.limit,
        )
        self._reconciler = Reconciler(
            self.engine,
            self.group,
            self._unresolved,
            self._queue,
            self._recorder,
            self.journal,
            self._breaker,
            self.state,
        )

    def start(self) -> None:
        """Start the stages."""
        self._began = self.engine.clock.now()
        self._recorder.record_samples()
        for stage in (self.journal, self._reconciler, self._preparer, self._intake, self._senders):
            self.group.start_soon(self._guarded, stage.run)
        self.group.start_soon(self._watch_end)

    def leave(self) -> None:
        """Send nothing more: the caller has left the block."""
        self.state.leave()
        self.outcome_queue.lift_limit()

    async def idle(self) -> None:
        """Wait until no answer is on its way."""
        while any(job.state is JobState.SENT for job in self._queue.in_hand):
            await self.state.changed.wait()

    def cancel(self) -> None:
        """Wait for nothing more."""
        self._senders.cancel()
        self.group.cancel_scope.cancel()

    def forget_unsent(self) -> None:
        """Forget the intents of orders that certainly were not sent.

        To be called when no task of the run is left: until then a job may still move.
        """
        unsent = []
        for job in self.state.open_jobs:
            if not job.may_exist:
                unsent.append(job.reference)
            job.create.release()
        self.journal.add(ForgetIntents(unsent))
        self._intake.withdraw()

    def progress(self) -> Progress:
        """Take a snapshot."""
        counts, rate = self._recorder.counts, 0.0
        seconds = self.engine.clock.now() - self._began
        if seconds > 0:
            rate = (counts.created - counts.replayed) / seconds
        return evolve(
            counts,
            started=self._preparer.started,
            in_flight=len(self._queue.in_hand),
            unresolved=len(self._unresolved),
            rate=rate,
            paused=self._breaker.active,
        )

    def leftover(self) -> tuple[Outcome, ...]:
        """List what the caller did not iterate over: outcomes, and open orders that may exist."""
        unclear = [job for job in self.state.open_jobs if job.may_exist]
        return (*self.outcome_queue.items, *map(self._recorder.left_unclear, unclear))

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as failure:  # noqa: BLE001  the caller sees it after the outcomes
            self.state.stop(failure)

    async def _watch_end(self) -> None:
        while not self._is_over():
            await self.state.changed.wait()
        for job in list(self.state.open_jobs):
            if job.may_exist:
                self._unresolved.discard(job)
                self._recorder.give_up(job)
        self.outcome_queue.close()

    def _is_over(self) -> bool:
        if not self.state.stopped:
            return self._intake.finished and not self.state.open_jobs
        if self._queue.in_hand or self._reconciler.looks:
            return False
        # a journal that is full does not keep orders from being looked for
        return not self.state.may_look or not len(self._unresolved)

    def _wake_all(self) -> None:
        self._breaker.end_for_good()
        self._queue.wake_all()
        self._unresolved.room.notify()
        self._prepared.news.notify()
