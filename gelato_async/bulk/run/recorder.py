"""OutcomeRecorder: gives orders their outcomes, in the journal, in the counts and to the caller."""

import logging
import math
from typing import Any

from attrs import define, field

from gelato_async.bulk.journal.entries import Accepted, RecordOutcome, RecordRejection, RecordSample
from gelato_async.bulk.journal.writer import JournalWriter
from gelato_async.bulk.outcomes import Created, Outcome, Progress, Rejected, Unknown
from gelato_async.bulk.run.jobs import IllegalMoveError, Job, JobState
from gelato_async.bulk.run.outcome_queue import OutcomeQueue
from gelato_async.bulk.run.run_state import RunState
from gelato_async.client.engine import Engine
from gelato_async.core.database_clock import NEAR, SPACING
from gelato_async.core.errors import GelatoError
from gelato_async.models.new_order import NewOrder

_logger = logging.getLogger("gelato_async")


@define(eq=False)
class OutcomeRecorder:
    """The one place where a job ends, and ends once: `DONE` has no way out.

    An outcome is recorded, counted and queued without a pause in between, so no cancellation can
    divide these. After that each method waits until the outcome queue has room.
    """

    journal: JournalWriter
    outcome_queue: OutcomeQueue
    state: RunState
    engine: Engine
    counts: Progress = field(factory=Progress)
    _sampled: float = -math.inf

    async def created(
        self, job: Job, order_id: str, connected: tuple[str, ...] = (), *, adopted: bool = False
    ) -> None:
        """Record that the order was created."""
        self._record_sample()
        outcome = Created(
            reference=job.reference,
            order_id=order_id,
            adopted=adopted,
            connected_order_ids=connected,
            **self._effort(job),
        )
        await self._end(job, outcome)

    async def refused(self, job: Job, error: GelatoError) -> None:
        """Record that Gelato refused the order."""
        order = None
        if job.pending.operation is not None:
            order = job.pending.operation.order
        outcome = Rejected(reference=job.reference, error=error, order=order, **self._effort(job))
        await self._end(job, outcome)

    async def unclear(self, job: Job, error: GelatoError) -> None:
        """Record that the order's outcome is unknown."""
        outcome = Unknown(reference=job.reference, error=error, **self._effort(job))
        await self._end(job, outcome)

    async def moved_illegally(self, job: Job, error: IllegalMoveError) -> None:
        """Record an order as unknown, because the run is wrong about it; the others go on."""
        _logger.error("order %r: %s; it is taken for unknown", job.reference, error)
        if job.state is not JobState.DONE:
            await self.unclear(job, job.pending.unknown(f"the run lost track of it: {error}"))

    def accepted(self, job: Job) -> None:
        """Record that Gelato took the order, if it did: no later run may send it again."""
        if job.pending.accepted:
            self.journal.add(Accepted(job.reference))

    async def unsent(self, order: NewOrder, error: GelatoError, content: bytes | None) -> None:
        """Record that an order breaks rules and was not sent; with `content` in the journal too."""
        outcome = Rejected(reference=order.order_reference_id, error=error, order=order)
        if content is not None and outcome.reference:
            self.journal.add(RecordRejection(outcome, content))
        self._queue(outcome)
        await self.outcome_queue.wait_for_room()

    def replay(self, created: Created) -> None:
        """Repeat the outcome of an order that an earlier run created. Waits for no room."""
        self._queue(created)

    def give_up(self, job: Job) -> None:
        """End a job whose outcome stays open: the journal keeps what it knows of it."""
        outcome = self.left_unclear(job)
        self._close(job, outcome)
        self._queue(outcome)

    def left_unclear(self, job: Job) -> Unknown:
        """What can be said of an order whose outcome was still open when the run ended."""
        error = job.pending.unknown("the run ended before it was reconciled")
        return Unknown(reference=job.reference, error=error, in_flight=True, **self._effort(job))

    def record_samples(self) -> None:
        """Record what the client knew of the database's clock before this run."""
        for sample in self.engine.evidence.database.samples[-NEAR:]:
            self.journal.add(RecordSample(sample))

    def _record_sample(self) -> None:
        samples = self.engine.evidence.database.samples
        if samples and samples[-1].answered >= self._sampled + SPACING:
            self._sampled = samples[-1].answered
            self.journal.add(RecordSample(samples[-1]))

    def _effort(self, job: Job) -> dict[str, Any]:
        return {
            "sends": job.pending.sends,
            "seconds": round(self.engine.clock.now() - job.begun, 3),
        }

    async def _end(self, job: Job, outcome: Outcome) -> None:
        self._close(job, outcome)
        self.journal.add(RecordOutcome(outcome, accepted=job.pending.accepted))
        self._queue(outcome)
        await self.outcome_queue.wait_for_room()

    def _close(self, job: Job, outcome: Outcome) -> None:
        job.move_to(JobState.DONE)
        job.create.finish(getattr(outcome, "error", None))
        self.state.close(job)

    def _queue(self, outcome: Outcome) -> None:
        self.counts.count(outcome)
        self.outcome_queue.add(outcome)
