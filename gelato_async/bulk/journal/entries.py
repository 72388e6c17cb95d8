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
_RECORD = """
UPDATE orders SET state = :state, order_id = :order_id, connected = :connected, adopted = :adopted, reason = :reason,
    sends = :sends, seconds = :seconds, accepted = :accepted
WHERE reference = :reference
"""
# what one statement may take, in all builds of SQLite
_AT_ONCE = 500
_LOOK_UP = """
SELECT reference, content, state, run, begun, accepted, order_id, connected, adopted, sends, seconds
FROM orders WHERE reference IN"""
_INTEND = """
INSERT INTO orders (reference, content, draft, state, run, begun) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (reference) DO UPDATE SET content = excluded.content, draft = excluded.draft, state = excluded.state,
    run = excluded.run, begun = excluded.begun, reason = NULL
"""


class OrderState(IntEnum):
    """What the journal knows of an order."""

    INTENDED = 1
    CREATED = 2
    REJECTED = 3
    UNKNOWN = 4


class Disposition(Enum):
    """What is to be done with an order of the input."""

    SEND = "it is new, or was rejected before: its intent is durable now"
    NEW = "it is not in the journal, and no intent was asked for"
    RECONCILE = "an earlier run sent it, and its outcome is not known"
    REPLAY = "an earlier run made it"
    DUPLICATE = "it came before in this run, with the same contents"
    CONFLICT = "its reference was used before, with other contents"


@frozen(kw_only=True)
class EarlierRun:
    """What an earlier run left of an order. `begun` is when it was first sent, in Unix seconds."""

    begun: float
    accepted: bool = False
    order_id: str | None = None
    connected_order_ids: tuple[str, ...] = ()
    adopted: bool = False
    sends: int = 0
    seconds: float = 0.0


class Entry(Protocol):
    """Something to be written."""

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Write it."""
        ...


@define(eq=False, kw_only=True)
class LookUp:
    """Look an order up in the journal and, with `intend`, insert its intent if it is new."""

    reference: str
    content: bytes
    draft: bool
    now: float
    intend: bool
    disposition: Disposition | None = None
    earlier: EarlierRun | None = None

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Say what is known of it, and note that this run has met it."""
        self.judge(_rows(connection, [self.reference]).get(self.reference), run)
        if self.disposition is Disposition.SEND:
            connection.execute(
                _INTEND,
                (self.reference, self.content, self.draft, OrderState.INTENDED, run, self.now),
            )
        elif self.earlier is not None:
            _note_seen(connection, run, [self.reference])

    def judge(self, row: Sequence[Any] | None, run: int) -> None:
        """Find the disposition from what the journal holds."""
        if row is None:
            self.disposition = Disposition.SEND if self.intend else Disposition.NEW
            return
        content, state, last_run, *earlier = row
        same = content == self.content
        if state == OrderState.REJECTED and (last_run < run or not same):
            self.disposition = Disposition.SEND if self.intend else Disposition.NEW
        elif not same:
            self.disposition = Disposition.CONFLICT
        elif last_run == run:
            self.disposition = Disposition.DUPLICATE
        else:
            self.earlier = _earlier_run(*earlier)
            self.disposition = (
                Disposition.REPLAY if state == OrderState.CREATED else Disposition.RECONCILE
            )


@define(eq=False)
class LookUps:
    """Many orders of the input, met without an intent: a few statements for all of them."""

    look_ups: Sequence[LookUp]

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Say what is known of each."""
        for start in range(0, len(self.look_ups), _AT_ONCE):
            some = self.look_ups[start : start + _AT_ONCE]
            rows = _rows(connection, [look_up.reference for look_up in some])
            for look_up in some:
                look_up.judge(rows.get(look_up.reference), run)
                if look_up.earlier is not None:
                    content, state, _, *earlier = rows[look_up.reference]
                    rows[look_up.reference] = (content, state, run, *earlier)
            _note_seen(
                connection,
                run,
                [look_up.reference for look_up in some if look_up.earlier is not None],
            )


def _rows(connection: sqlite3.Connection, references: Sequence[str]) -> dict[str, Sequence[Any]]:
    found = connection.execute(_LOOK_UP + _marks(references), references)
    return {reference: row for reference, *row in found}


def _note_seen(connection: sqlite3.Connection, run: int, references: Sequence[str]) -> None:
    statement = "UPDATE orders SET run = ? WHERE reference IN" + _marks(references)  # noqa: S608  marks alone
    connection.execute(statement, (run, *references))


def _marks(references: Sequence[str]) -> str:
    return f" ({', '.join('?' * len(references))})"


def _earlier_run(
    begun: float,
    accepted: int,
    order_id: str | None,
    connected: str | None,
    adopted: int,
    sends: int | None,
    seconds: float | None,
) -> EarlierRun:
    return EarlierRun(
        begun=begun,
        accepted=bool(accepted),
        order_id=order_id,
        connected_order_ids=tuple(json.loads(connected)) if connected else (),
        adopted=bool(adopted),
        sends=sends or 0,
        seconds=seconds or 0.0,
    )


@define(eq=False)
class RecordOutcome:
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
                OrderState.CREATED
                if made
                else OrderState.REJECTED
                if isinstance(outcome, Rejected)
                else OrderState.UNKNOWN
            ),
            "order_id": made and made.order_id,
            "connected": connected,
            "adopted": bool(made and made.adopted),
            "reason": None if isinstance(outcome, Created) else str(outcome.error)[:REASON_CUT],
            "sends": outcome.sends,
            "seconds": outcome.seconds,
            "accepted": self.accepted,
        }
        connection.execute(_RECORD, {**values, "reference": outcome.reference})


@define(eq=False)
class RecordRejection:
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
            OrderState.REJECTED,
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
class ForgetIntent:
    """An intended order was not sent after all: the next run need not look for it."""

    reference: str

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Forget it."""
        connection.execute(
            "DELETE FROM orders WHERE reference = ? AND state = ? AND run = ?",
            (self.reference, OrderState.INTENDED, run),
        )


@frozen
class ForgetLookUp:
    """An order that was met and not handed on.

    Its intent, if this look-up made one, is forgotten.
    """

    look_up: LookUp

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Forget it, and nothing that an earlier run left."""
        if self.look_up.intend and self.look_up.disposition is Disposition.SEND:
            ForgetIntent(self.look_up.reference).write(connection, run)


@define(eq=False)
class FindUnfinished:
    """The orders that an earlier run left open and that the input of this one does not have."""

    found: list[tuple[str, bool, EarlierRun]] = field(factory=list)

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Find them."""
        rows = connection.execute(
            "SELECT reference, draft, begun, accepted, sends FROM orders WHERE state IN (?, ?)"
            " AND run < ? ORDER BY begun",
            (OrderState.INTENDED, OrderState.UNKNOWN, run),
        )
        self.found = [
            (
                reference,
                bool(draft),
                EarlierRun(begun=begun, accepted=bool(accepted), sends=sends or 1),
            )
            for reference, draft, begun, accepted, sends in rows
        ]
