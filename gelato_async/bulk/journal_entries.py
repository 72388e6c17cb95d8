"""What is written to a journal, and what it answers.

Each entry runs in the writer's thread, inside its transaction.
"""

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
# what one statement may take, in all builds of SQLite
_AT_ONCE = 500
_LOOK_UP = """
SELECT reference, content, state, run, begun, accepted, order_id, connected, adopted, attempts, seconds
FROM orders WHERE reference IN"""
_INTEND = """
INSERT INTO orders (reference, content, draft, state, run, begun) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (reference) DO UPDATE SET content = excluded.content, draft = excluded.draft, state = excluded.state,
    run = excluded.run, begun = excluded.begun, reason = NULL
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
    """An order of the input is met.

    With `intend`, its intent to be sent is written where it is new.
    """

    reference: str
    content: bytes
    draft: bool
    now: float
    intend: bool
    verdict: Verdict | None = None
    past: Past | None = None

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Say what is known of it, and note that this run has met it."""
        self.judge(_rows(connection, [self.reference]).get(self.reference), run)
        if self.verdict is Verdict.SEND:
            connection.execute(
                _INTEND, (self.reference, self.content, self.draft, State.INTENDED, run, self.now)
            )
        elif self.past is not None:
            _note_met(connection, run, [self.reference])

    def judge(self, row: Sequence[Any] | None, run: int) -> None:
        """Find the verdict from what the journal holds."""
        if row is None:
            self.verdict = Verdict.SEND if self.intend else Verdict.CHECK
            return
        content, state, met, *past = row
        same = content == self.content
        if state == State.REJECTED and (met < run or not same):
            self.verdict = Verdict.SEND if self.intend else Verdict.CHECK
        elif not same:
            self.verdict = Verdict.CLASH
        elif met == run:
            self.verdict = Verdict.REPEATED
        else:
            self.past = _past(*past)
            self.verdict = Verdict.REPLAY if state == State.CREATED else Verdict.SETTLE


@define(eq=False)
class Meetings:
    """Many orders of the input, met without an intent: a few statements for all of them."""

    meetings: Sequence[Meeting]

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Say what is known of each."""
        for start in range(0, len(self.meetings), _AT_ONCE):
            some = self.meetings[start : start + _AT_ONCE]
            rows = _rows(connection, [meeting.reference for meeting in some])
            for meeting in some:
                meeting.judge(rows.get(meeting.reference), run)
                if meeting.past is not None:
                    content, state, _, *past = rows[meeting.reference]
                    rows[meeting.reference] = (content, state, run, *past)
            _note_met(
                connection, run, [meeting.reference for meeting in some if meeting.past is not None]
            )


def _rows(connection: sqlite3.Connection, references: Sequence[str]) -> dict[str, Sequence[Any]]:
    found = connection.execute(_LOOK_UP + _marks(references), references)
    return {reference: row for reference, *row in found}


def _note_met(connection: sqlite3.Connection, run: int, references: Sequence[str]) -> None:
    statement = "UPDATE orders SET run = ? WHERE reference IN" + _marks(references)  # noqa: S608  marks alone
    connection.execute(statement, (run, *references))


def _marks(references: Sequence[str]) -> str:
    return f" ({', '.join('?' * len(references))})"


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
        connected = (
            json.dumps(made.connected_order_ids) if made and made.connected_order_ids else None
        )
        values = {
            "state": (
                State.CREATED
                if made
                else State.REJECTED
                if isinstance(outcome, Rejected)
                else State.UNKNOWN
            ),
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
    """An order that breaks rules.

    It was not intended, and must not touch one that has its reference rightly.
    """

    outcome: Rejected
    content: bytes

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Write it, unless the reference is known."""
        row = (
            self.outcome.reference,
            self.content,
            State.REJECTED,
            run,
            str(self.outcome.error)[:REASON_CUT],
        )
        connection.execute(
            "INSERT INTO orders (reference, content, draft, state, run, begun, reason) VALUES (?,"
            " ?, 0, ?, ?, 0, ?) ON CONFLICT (reference) DO NOTHING",
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
            "DELETE FROM orders WHERE reference = ? AND state = ? AND run = ?",
            (self.reference, State.INTENDED, run),
        )


@frozen
class Withdrawn:
    """An order that was met and not handed on.

    Its intent, if this meeting made one, is forgotten.
    """

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
            "SELECT reference, draft, begun, accepted, attempts FROM orders WHERE state IN (?, ?)"
            " AND run < ? ORDER BY begun",
            (State.INTENDED, State.UNKNOWN, run),
        )
        self.found = [
            (
                reference,
                bool(draft),
                Past(begun=begun, accepted=bool(accepted), attempts=attempts or 1),
            )
            for reference, draft, begun, accepted, attempts in rows
        ]
