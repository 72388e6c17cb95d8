"""What is written to a journal, and what it answers: each entry runs in the writer's thread, inside its transaction."""

import json
import sqlite3
from collections.abc import Sequence
from enum import Enum, IntEnum
from typing import Any, Protocol

from attrs import define, field, frozen

from gelato_async.bulk.outcomes import Created, Outcome, Rejected

REASON_CUT = 500
_TELL = """
UPDATE orders SET state = :state, order_id = :order_id, connected = :connected, adopted = :adopted, reason = :reason,
    attempts = :attempts, seconds = :seconds, accepted = :accepted
WHERE reference = :reference
"""


class State(IntEnum):
    """What the journal knows of an order."""

    INTENDED = 1
    CREATED = 2
    REJECTED = 3
    UNKNOWN = 4


class Verdict(Enum):
    """What is to be done with an order of the input."""

    SEND = "it is new, or was rejected before: its intent is durable now"
    CHECK = "it is not in the journal, and no intent was asked for"
    SETTLE = "an earlier run sent it, and its fate is not known"
    REPLAY = "an earlier run made it"
    REPEATED = "it came before in this run, with the same contents"
    CLASH = "its reference was used before, with other contents"


@frozen(kw_only=True)
class Past:
    """What an earlier run left of an order. `begun` is when it was first sent, in Unix seconds."""

    begun: float
    accepted: bool = False
    order_id: str | None = None
    connected_order_ids: tuple[str, ...] = ()
    adopted: bool = False
    attempts: int = 0
    seconds: float = 0.0


class Entry(Protocol):
    """Something to be written."""

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Write it."""
        ...


@define(eq=False, kw_only=True)
class Meeting:
    """An order of the input is met; with `intend`, its intent to be sent is written where it is new."""

    reference: str
    content: bytes
    draft: bool
    now: float
    intend: bool
    verdict: Verdict | None = None
    past: Past | None = None

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Say what is known of it, and note that this run has met it."""
        row = connection.execute(
            "SELECT content, state, run, begun, accepted, order_id, connected, adopted, attempts, seconds"
            " FROM orders WHERE reference = ?",
            (self.reference,),
        ).fetchone()
        self.verdict = self._new(connection, run) if row is None else self._known(connection, run, row)

    def _new(self, connection: sqlite3.Connection, run: int) -> Verdict:
        if not self.intend:
            return Verdict.CHECK
        connection.execute(
            "INSERT INTO orders (reference, content, draft, state, run, begun) VALUES (?, ?, ?, ?, ?, ?)",
            (self.reference, self.content, self.draft, State.INTENDED, run, self.now),
        )
        return Verdict.SEND

    def _known(self, connection: sqlite3.Connection, run: int, row: Sequence[Any]) -> Verdict:
        content, state, met, *past = row
        same = content == self.content
        if state == State.REJECTED and (met < run or not same):
            return self._again(connection, run)
        if not same:
            return Verdict.CLASH
        if met == run:
            return Verdict.REPEATED
        connection.execute("UPDATE orders SET run = ? WHERE reference = ?", (run, self.reference))
        self.past = _past(*past)
        return Verdict.REPLAY if state == State.CREATED else Verdict.SETTLE

    def _again(self, connection: sqlite3.Connection, run: int) -> Verdict:
        if not self.intend:
            return Verdict.CHECK
        connection.execute(
            "UPDATE orders SET content = ?, draft = ?, state = ?, run = ?, begun = ?, reason = NULL WHERE reference = ?",
            (self.content, self.draft, State.INTENDED, run, self.now, self.reference),
        )
        return Verdict.SEND


def _past(
    begun: float,
    accepted: int,
    order_id: str | None,
    connected: str | None,
    adopted: int,
    attempts: int | None,
    seconds: float | None,
) -> Past:
    return Past(
        begun=begun,
        accepted=bool(accepted),
        order_id=order_id,
        connected_order_ids=tuple(json.loads(connected)) if connected else (),
        adopted=bool(adopted),
        attempts=attempts or 0,
        seconds=seconds or 0.0,
    )


@define(eq=False)
class Told:
    """The outcome of an order that was intended."""

    outcome: Outcome
    accepted: bool = False

    def write(self, connection: sqlite3.Connection, run: int) -> None:  # noqa: ARG002
        """Write it over the intent."""
        outcome = self.outcome
        made = outcome if isinstance(outcome, Created) else None
        connected = json.dumps(made.connected_order_ids) if made and made.connected_order_ids else None
        values = {
            "state": State.CREATED if made else State.REJECTED if isinstance(outcome, Rejected) else State.UNKNOWN,
            "order_id": made and made.order_id,
            "connected": connected,
            "adopted": bool(made and made.adopted),
            "reason": None if isinstance(outcome, Created) else str(outcome.error)[:REASON_CUT],
            "attempts": outcome.attempts,
            "seconds": outcome.seconds,
            "accepted": self.accepted,
        }
        connection.execute(_TELL, {**values, "reference": outcome.reference})


@define(eq=False)
class Refused:
    """An order that breaks rules: it was not intended, and must not touch one that has its reference rightly."""

    outcome: Rejected
    content: bytes

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Write it, unless the reference is known."""
        row = (self.outcome.reference, self.content, State.REJECTED, run, str(self.outcome.error)[:REASON_CUT])
        connection.execute(
            "INSERT INTO orders (reference, content, draft, state, run, begun, reason) VALUES (?, ?, 0, ?, ?, 0, ?)"
            " ON CONFLICT (reference) DO NOTHING",
            row,
        )


@frozen
class Accepted:
    """A create was answered with a 2xx that could not be read: it must never be sent again."""

    reference: str

    def write(self, connection: sqlite3.Connection, run: int) -> None:  # noqa: ARG002
        """Mark it."""
        connection.execute("UPDATE orders SET accepted = 1 WHERE reference = ?", (self.reference,))


@frozen
class Unsent:
    """An intended order was not sent after all: the next run need not look for it."""

    reference: str

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Forget it."""
        connection.execute(
            "DELETE FROM orders WHERE reference = ? AND state = ? AND run = ?", (self.reference, State.INTENDED, run)
        )


@frozen
class Withdrawn:
    """An order that was met and not handed on: its intent, if this meeting made one, is forgotten."""

    meeting: Meeting

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Forget it, and nothing that an earlier run left."""
        if self.meeting.intend and self.meeting.verdict is Verdict.SEND:
            Unsent(self.meeting.reference).write(connection, run)


@define(eq=False)
class Orphans:
    """The orders that an earlier run left open and that the input of this one does not have."""

    found: list[tuple[str, bool, Past]] = field(factory=list)

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Find them."""
        rows = connection.execute(
            "SELECT reference, draft, begun, accepted FROM orders WHERE state IN (?, ?) AND run < ? ORDER BY begun",
            (State.INTENDED, State.UNKNOWN, run),
        )
        self.found = [
            (reference, bool(draft), Past(begun=begun, accepted=bool(accepted)))
            for reference, draft, begun, accepted in rows
        ]
