"""Teller: tells what became of orders, to the journal and to whoever iterates, and counts it."""

from collections.abc import Callable, Iterable
from typing import Any

from attrs import define, field

from gelato_async.bulk.job import Job
from gelato_async.bulk.journal import JournalWriter
from gelato_async.bulk.journal_entries import Past, Refused, Told, Verdict
from gelato_async.bulk.outbox import Outbox
from gelato_async.bulk.outcomes import Created, Outcome, Rejected, Unknown
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
class Teller:
    """Every order of a run is told here, once."""

    journal: JournalWriter
    outbox: Outbox
    now: Callable[[], float]
    counts: Counts = field(factory=Counts)

    async def created(
        self, job: Job, order_id: str, connected: tuple[str, ...] = (), *, adopted: bool = False
    ) -> None:
        """It was made."""
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
        order = job.creation.operation.order if job.creation.operation else None
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
            self.journal.add(Refused(outcome, content))
        await self._tell(outcome)

    async def replayed(self, reference: str, past: Past) -> None:
        """An earlier run made it."""
        self.counts.replayed += 1
        await self._tell(
            Created(
                reference=reference,
                order_id=past.order_id or "",
                adopted=past.adopted,
                replayed=True,
                connected_order_ids=past.connected_order_ids,
                attempts=past.attempts,
                seconds=past.seconds,
            )
        )

    def left_out(self, verdict: Verdict) -> None:
        """It has no outcome of its own."""
        if verdict is Verdict.REPEATED:
            self.counts.repeated += 1
        else:
            self.counts.skipped += 1

    def give_up(self, jobs: Iterable[Job]) -> None:
        """The run ends, and their fate stays open: the journal keeps what it knows of them."""
        found = list(map(self.left_unclear, jobs))
        self.counts.unknown += len(found)
        self.outbox.items.extend(found)

    def left_unclear(self, job: Job) -> Unknown:
        """What can be said of an order whose fate was still open when the run ended."""
        error = job.creation.unknown("the run ended before its fate was settled")
        return Unknown(reference=job.reference, error=error, in_flight=True, **self._effort(job))

    def _effort(self, job: Job) -> dict[str, Any]:
        return {"attempts": job.creation.sends, "seconds": round(self.now() - job.begun, 3)}

    async def _end(self, job: Job, outcome: Outcome) -> None:
        self.journal.add(Told(outcome, accepted=job.creation.accepted))
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
        await self.outbox.put(outcome)
