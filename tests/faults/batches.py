"""A bulk submission with a journal, which may take several runs; all but the last are killed."""

import shutil
from pathlib import Path

import anyio
from attrs import define
from faults.intentions import Report, Told
from faults.processes import make_order
from faults.simulation import LEFT, Simulation
from faults.virtual_time import on_thread

from gelato_async import ConnectionFailedError, GelatoError
from gelato_async.bulk import Created, Outcome, Unknown, submit_orders

WORKERS = 8
NOT_TOLD = "an order of the input has no outcome"
TOLD_TWICE = "an order has two outcomes"


@define(eq=False)
class Batch:
    """Orders that are submitted together. The intentions of `references` exist already.

    A kill copies the journal, as it is at that step, to where the next run opens it; the killed
    run goes on with the original, unheard, until its tasks have ended.
    """

    simulation: Simulation
    folder: Path
    references: list[str]
    finished: bool = False
    is_running: bool = False
    runs: int = 0
    scope: anyio.CancelScope | None = None
    _copies: int = 0

    @property
    def journal(self) -> Path:
        return self.folder / str(self._copies) / "run.sqlite"

    def snapshot(self) -> None:
        """Leave the journal's files as a kill at this moment leaves them."""
        left = self.journal.parent
        self._copies += 1
        if left.exists():
            shutil.copytree(left, self.journal.parent)

    async def run(self) -> None:
        """Submit the orders, to the end or until the run is killed, left or fails."""
        process = self.simulation.process
        on_thread.set(process.step)
        self._begin()
        told: list[str] = []
        try:
            with anyio.CancelScope() as self.scope:
                await self._submit(told)
                self._check(told)
        except ConnectionFailedError:
            self._note_left()
        except Exception as error:
            if not process.is_dead:
                self.simulation.breaches.append(f"a bulk run ended with {error!r}")
        if not process.is_dead:
            self.is_running = False

    async def leave(self) -> None:
        """Cancel the run as its caller may: it waits for answers, and reports what is left."""
        self._note_left()
        if self.scope is not None:
            self.scope.cancel()

    def _begin(self) -> None:
        self.is_running = True
        self.runs += 1
        self.journal.parent.mkdir(parents=True, exist_ok=True)
        for reference in self.references:
            self.simulation.intentions[reference].begin_again()

    async def _submit(self, told: list[str]) -> None:
        process = self.simulation.process
        orders = map(make_order, self.references)
        submission = submit_orders(process.client, orders, journal=self.journal, workers=WORKERS)
        try:
            async with submission as outcomes:
                async for outcome in outcomes:
                    if not process.is_dead:
                        self._note(outcome, told)
        finally:
            if not process.is_dead:
                for outcome in submission.leftover:
                    self._note(outcome, told)

    def _check(self, told: list[str]) -> None:
        self.finished = True
        if set(told) != set(self.references):
            self.simulation.breaches.append(NOT_TOLD)
        if len(set(told)) < len(told):
            self.simulation.breaches.append(TOLD_TWICE)

    def _note_left(self) -> None:
        for reference in self.references:
            self.simulation.intentions[reference].excuses.add(LEFT)

    def _note(self, outcome: Outcome, told: list[str]) -> None:
        told.append(outcome.reference)
        intention = self.simulation.intentions[outcome.reference]
        intention.reports.append(report_of(outcome))
        intention.under_way = False


def report_of(outcome: Outcome) -> Report:
    """What an outcome of a bulk run says."""
    if isinstance(outcome, Created):
        return Report(
            told=Told.MADE,
            order_id=outcome.order_id,
            connected=outcome.connected_order_ids,
            detail=outcome.order_id,
        )
    if isinstance(outcome, Unknown):
        if "the run lost track of it" in str(outcome.error):
            return Report(told=Told.BROKEN, detail=str(outcome.error))
        return Report(told=Told.UNKNOWN, detail=str(outcome.error))
    if isinstance(outcome.error, GelatoError):
        return Report(told=Told.REFUSED, detail=repr(outcome.error))
    return Report(told=Told.BROKEN, detail=repr(outcome.error))
