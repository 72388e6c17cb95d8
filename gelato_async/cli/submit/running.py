"""One bulk run from its first order to its last outcome, whatever ends it."""

from pathlib import Path
from typing import Protocol

from gelato_async.bulk import Outcome, Progress, submit_orders
from gelato_async.bulk.run.source import Orders
from gelato_async.client.clients import Client


class Observer(Protocol):
    """Receives what happens in a run."""

    def begin(self) -> None:
        """Take notice that the journal is open and orders will be sent."""

    def note(self, outcome: Outcome) -> None:
        """Take the outcome of an order."""

    def show(self, progress: Progress) -> None:
        """Show how far the run is."""


async def run_orders(
    client: Client,
    orders: Orders,
    observer: Observer,
    *,
    journal: Path | None = None,
    resume_only: bool = False,
) -> None:
    """Submit orders and pass every outcome to `note`.

    Outcomes that are left over when an exception ends the run are passed too. `show` is called with
    each outcome, and every second.

    Raises:
        GelatoError: the run could not go on, or its journal cannot be used.
    """
    outcomes = submit_orders(
        client, orders, journal=journal, resume_only=resume_only, on_progress=observer.show
    )
    try:
        async with client, outcomes:
            observer.begin()
            async for outcome in outcomes:
                observer.note(outcome)
            observer.show(outcomes.progress)
    finally:
        for outcome in outcomes.leftover:
            observer.note(outcome)
