"""What a run writes to its journal: outcomes, and what later runs have to know.

Each entry runs in the writer's thread, inside its transaction.
"""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from attrs import define, frozen

from gelato_async.bulk.journal.schema import OrderState
from gelato_async.bulk.outcomes import Created, Outcome, Rejected
from gelato_async.core.database_clock import Sample

T_co = TypeVar("T_co", covariant=True)

# characters of a reason that are kept
REASON_CUT = 500

_RECORD = """
UPDATE orders SET state = :state, order_id = :order_id, connected = :connected,
    adopted = :adopted, reason = :reason, sends = :sends, seconds = :seconds, accepted = :accepted
WHERE reference = :reference
"""


class Entry(Protocol[T_co]):
    """Something to be written, which may have an answer."""

    def write(self, connection: sqlite3.Connection, run: int) -> T_co:
        """Write it; `run` is the number of this run."""
        ...


@define(eq=False)
class RecordOutcome:
    """The outcome of an order that was intended."""

    outcome: Outcome
    accepted: bool = False

    def write(self, connection: sqlite3.Connection, run: int) -> None:  # noqa: ARG002
        """Write it over the intent."""
        connection.execute(_RECORD, self._values())

    def _values(self) -> dict[str, Any]:
        outcome = self.outcome
        values: dict[str, Any] = {
            "reference": outcome.reference,
            "order_id": None,
            "connected": None,
            "adopted": False,
            "reason": None,
            "sends": outcome.sends,
            "seconds": outcome.seconds,
            "accepted": self.accepted,
        }
        if isinstance(outcome, Created):
            values["state"] = OrderState.CREATED
            values["order_id"] = outcome.order_id
            values["adopted"] = outcome.adopted
            if outcome.connected_order_ids:
                values["connected"] = json.dumps(outcome.connected_order_ids)
            return values
        values["reason"] = str(outcome.error)[:REASON_CUT]
        values["state"] = OrderState.UNKNOWN
        if isinstance(outcome, Rejected):
            values["state"] = OrderState.REJECTED
        return values


@define(eq=False)
class RecordRejection:
    """An order that breaks rules.

    It was not intended, and must not touch one that has its reference rightly.
    """

    outcome: Rejected
    content: bytes

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Write it, unless the reference is known."""
        reason = str(self.outcome.error)[:REASON_CUT]
        connection.execute(
            "INSERT INTO orders (reference, content, draft, state, run, intended, begun, reason)"
            " VALUES (?, ?, 0, ?, ?, 0, 0, ?) ON CONFLICT (reference) DO NOTHING",
            (self.outcome.reference, self.content, OrderState.REJECTED, run, reason),
        )


@frozen
class Accepted:
    """A create was answered with a 2xx that could not be read: it must never be sent again."""

    reference: str

    def write(self, connection: sqlite3.Connection, run: int) -> None:  # noqa: ARG002
        """Mark it."""
        connection.execute("UPDATE orders SET accepted = 1 WHERE reference = ?", (self.reference,))


@frozen
class MarkAbsent:
    """Looks proved that no order was made; all they showed are orders of others."""

    reference: str
    known_ids: frozenset[str]

    def write(self, connection: sqlite3.Connection, run: int) -> None:  # noqa: ARG002
        """Keep what they showed: these looks precede the next send."""
        connection.execute(
            "UPDATE orders SET known = ? WHERE reference = ?",
            (ids_to_text(self.known_ids), self.reference),
        )


@frozen
class RecordSample:
    """An answered create, from which a later run learns where this run's clock stood."""

    sample: Sample

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Add it to those of this run."""
        sample = self.sample
        connection.execute(
            "INSERT INTO samples VALUES (?, ?, ?, ?, ?)",
            (run, sample.sent, sample.answered, sample.dated, sample.offset),
        )


@frozen
class ForgetIntents:
    """Intended orders that were certainly not sent: the next run need not look for them."""

    references: Iterable[str]

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Forget them, and nothing that has an outcome or that an earlier run left."""
        connection.executemany(
            "DELETE FROM orders WHERE reference = ? AND state = ? AND run = ?",
            [(reference, OrderState.INTENDED, run) for reference in self.references],
        )


def ids_to_text(ids: Iterable[str]) -> str:
    """Write ids of orders as the journal holds them."""
    return json.dumps(sorted(ids))
