"""OutcomeRecorder: tells what became of orders, to the journal and to whoever iterates, and counts it."""

import math
from collections.abc import Iterable
from typing import Any

from attrs import define, field

from gelato_async.bulk.journal.entries import (
    Disposition,
    EarlierRun,
    RecordOutcome,
    RecordRejection,
    RecordSample,
)
from gelato_async.bulk.journal.writer import JournalWriter
from gelato_async.bulk.outcomes import Created, Outcome, Rejected, Unknown
from gelato_async.bulk.run.jobs import Job
from gelato_async.bulk.run.outcome_queue import OutcomeQueue
from gelato_async.client.engine import Engine
from gelato_async.core.database_clock import NEAR, SPACING
from gelato_async.core.errors import GelatoError
from gelato_async.models.new_order import NewOrder


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
class OutcomeRecorder:
    """Every order of a run is told here, once."""

    journal: JournalWriter
    outcome_queue: OutcomeQueue
    engine: Engine
    counts: Counts = field(factory=Counts)
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
        """Gelato refused it."""
        order = job.pending.operation.order if job.pending.operation else None
        await self._end(
            job, Rejected(reference=job.reference, error=error, order=order, **self._effort(job))
        )

    async def unclear(self, job: Job, error: GelatoError) -> None:
        """It cannot be told."""
        await self._end(job, Unknown(reference=job.reference, error=error, **self._effort(job)))

    async def unsent(self, order: NewOrder, error: GelatoError, content: bytes | None) -> None:
        """It breaks rules and was not sent; without `content` the journal is not told."""
        outcome = Rejected(reference=order.order_reference_id, error=error, order=order)
        if content is not None and outcome.reference:
            self.journal.add(RecordRejection(outcome, content))
        await self._tell(outcome)

    async def replayed(self, reference: str, earlier: EarlierRun) -> None:
        """An earlier run made it."""
        self.counts.replayed += 1
        await self._tell(
            Created(
                reference=reference,
                order_id=earlier.order_id or "",
                adopted=earlier.adopted,
                replayed=True,
                connected_order_ids=earlier.connected_order_ids,
                sends=earlier.sends,
                seconds=earlier.seconds,
            )
        )

    def left_out(self, disposition: Disposition) -> None:
        """It has no outcome of its own."""
        if disposition is Disposition.DUPLICATE:
            self.counts.repeated += 1
        else:
            self.counts.skipped += 1

    def give_up(self, jobs: Iterable[Job]) -> None:
        """The run ends, and their outcome stays open: the journal keeps what it knows of them."""
        found = list(map(self.left_unclear, jobs))
        self.counts.unknown += len(found)
        self.outcome_queue.items.extend(found)

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
        job.create.finish(getattr(outcome, "error", None))
        self.journal.add(RecordOutcome(outcome, accepted=job.pending.accepted))
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
        await self.outcome_queue.put(outcome)
