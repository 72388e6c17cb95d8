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
from gelato_async.core.database_clock import DatabaseClock, Sample

REASON_CUT = 500

# `begun` is the moment of the intent on the monotonic clock of run `intended`; `known` are the ids
# that a look before the send showed, as JSON, NULL if there was no look. `samples` are the answered
# creates from which a later run learns where that clock stood against the database's.
SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE orders (
    reference TEXT PRIMARY KEY,
    content BLOB NOT NULL,
    draft INTEGER NOT NULL,
    state INTEGER NOT NULL,
    run INTEGER NOT NULL,
    intended INTEGER NOT NULL,
    begun REAL NOT NULL,
    known TEXT,
    marker TEXT,
    accepted INTEGER NOT NULL DEFAULT 0,
    order_id TEXT,
    connected TEXT,
    adopted INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    sends INTEGER,
    seconds REAL
) WITHOUT ROWID;
CREATE TABLE samples (
    run INTEGER NOT NULL,
    sent REAL NOT NULL,
    answered REAL NOT NULL,
    dated REAL NOT NULL,
    offset REAL NOT NULL
);
"""
_RECORD = """
UPDATE orders SET state = :state, order_id = :order_id, connected = :connected,
    adopted = :adopted, reason = :reason, sends = :sends, seconds = :seconds, accepted = :accepted
WHERE reference = :reference
"""
# what one statement may take, in all builds of SQLite
_AT_ONCE = 500
_EARLIER = "intended, begun, known, marker, accepted, order_id, connected, adopted, sends, seconds"
_LOOK_UP = f"SELECT reference, content, state, run, {_EARLIER} FROM orders WHERE reference IN"  # noqa: S608
_UNFINISHED = f"""
SELECT reference, draft, {_EARLIER} FROM orders WHERE state IN (?, ?) AND run < ? ORDER BY begun
"""  # noqa: S608
_INTEND = """
INSERT INTO orders (reference, content, draft, state, run, intended, begun, known, marker)
VALUES (:reference, :content, :draft, :state, :run, :run, :begun, :known, :marker)
ON CONFLICT (reference) DO UPDATE SET content = excluded.content, draft = excluded.draft,
    state = excluded.state, run = excluded.run, intended = excluded.intended,
    begun = excluded.begun, known = excluded.known, marker = excluded.marker, reason = NULL,
    accepted = 0
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
    """What an earlier run left of an order.

    `begun` is the moment of its intent on the monotonic clock of that run, `clock` what that run
    learned of the database's clock. `known_ids` are the orders that a look before showed.
    """

    begun: float
    clock: DatabaseClock = field(factory=DatabaseClock)
    known_ids: frozenset[str] | None = None
    marker: str | None = None
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
    begun: float
    intend: bool
    marker: str | None = None
    known_ids: frozenset[str] | None = None
    disposition: Disposition | None = None
    earlier: EarlierRun | None = None

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Say what is known of it, and note that this run has met it."""
        row = _rows(connection, [self.reference]).get(self.reference)
        self.judge(row, run, _Clocks(connection))
        if self.disposition is Disposition.SEND:
            connection.execute(_INTEND, self._intent(run))
        elif self.earlier is not None:
            _note_seen(connection, run, [self.reference])

    def judge(self, row: Sequence[Any] | None, run: int, clocks: "_Clocks") -> None:
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
            self.earlier = _earlier_run(clocks, earlier)
            self.disposition = (
                Disposition.REPLAY if state == OrderState.CREATED else Disposition.RECONCILE
            )

    def _intent(self, run: int) -> dict[str, Any]:
        return {
            "reference": self.reference,
            "content": self.content,
            "draft": self.draft,
            "state": OrderState.INTENDED,
            "run": run,
            "begun": self.begun,
            "known": _as_json(self.known_ids),
            "marker": self.marker,
        }


@define(eq=False)
class LookUps:
    """Many orders of the input, met without an intent: a few statements for all of them."""

    look_ups: Sequence[LookUp]

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Say what is known of each."""
        clocks = _Clocks(connection)
        for start in range(0, len(self.look_ups), _AT_ONCE):
            some = self.look_ups[start : start + _AT_ONCE]
            rows = _rows(connection, [look_up.reference for look_up in some])
            for look_up in some:
                look_up.judge(rows.get(look_up.reference), run, clocks)
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


class _Clocks:
    """The clocks of earlier runs, each read once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._clocks: dict[int, DatabaseClock] = {}

    def of(self, run: int) -> DatabaseClock:
        """What a run learned of the database's clock."""
        if run not in self._clocks:
            rows = self._connection.execute(
                "SELECT sent, answered, dated, offset FROM samples WHERE run = ? ORDER BY sent",
                (run,),
            )
            self._clocks[run] = DatabaseClock(
                [
                    Sample(sent=sent, answered=answered, dated=dated, offset=offset)
                    for sent, answered, dated, offset in rows
                ]
            )
        return self._clocks[run]


def _earlier_run(clocks: _Clocks, row: Sequence[Any]) -> EarlierRun:
    intended, begun, known, marker, accepted, order_id, connected, adopted, sends, seconds = row
    return EarlierRun(
        begun=begun,
        clock=clocks.of(intended),
        known_ids=None if known is None else frozenset(json.loads(known)),
        marker=marker,
        accepted=bool(accepted),
        order_id=order_id,
        connected_order_ids=tuple(json.loads(connected)) if connected else (),
        adopted=bool(adopted),
        sends=sends or 0,
        seconds=seconds or 0.0,
    )


def _as_json(ids: frozenset[str] | None) -> str | None:
    return None if ids is None else json.dumps(sorted(ids))


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
            "INSERT INTO orders (reference, content, draft, state, run, intended, begun, reason)"
            " VALUES (?, ?, 0, ?, ?, 0, 0, ?) ON CONFLICT (reference) DO NOTHING",
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
class MarkAbsent:
    """Looks over the whole window proved that no order was made; they showed only others' orders."""

    reference: str
    known_ids: frozenset[str]

    def write(self, connection: sqlite3.Connection, run: int) -> None:  # noqa: ARG002
        """Keep what they showed: these looks precede the next send."""
        connection.execute(
            "UPDATE orders SET known = ? WHERE reference = ?",
            (_as_json(self.known_ids), self.reference),
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
        clocks = _Clocks(connection)
        rows = connection.execute(_UNFINISHED, (OrderState.INTENDED, OrderState.UNKNOWN, run))
        self.found = [
            (reference, bool(draft), _earlier_run(clocks, earlier))
            for reference, draft, *earlier in rows.fetchall()
        ]
