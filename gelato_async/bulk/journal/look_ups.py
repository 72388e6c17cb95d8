"""What a run asks its journal: which orders of the input it knows, and what earlier runs left.

Like `entries`, these run in the writer's thread, inside its transaction; the writer hands their
answers back.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

from attrs import define, field, frozen

from gelato_async.bulk.journal.entries import ForgetIntents, ids_to_text
from gelato_async.bulk.journal.schema import OrderState
from gelato_async.bulk.outcomes import Created
from gelato_async.core.database_clock import DatabaseClock, Sample

# what one statement may take, in all builds of SQLite
_AT_ONCE = 500
_EARLIER = "intended, begun, known, marker, accepted, sends"
_COLUMNS = f"reference, content, state, run, order_id, connected, adopted, seconds, {_EARLIER}"
_LOOK_UP = f"SELECT {_COLUMNS} FROM orders WHERE reference IN "  # noqa: S608  names alone
_SEEN = "UPDATE orders SET run = ? WHERE reference IN "
_UNFINISHED = f"""
SELECT reference, draft, {_EARLIER} FROM orders WHERE state IN (?, ?) AND run < ? ORDER BY begun
"""  # noqa: S608  names alone
_INTEND = """
INSERT INTO orders (reference, content, draft, state, run, intended, begun, known, marker)
VALUES (:reference, :content, :draft, :state, :run, :run, :begun, :known, :marker)
ON CONFLICT (reference) DO UPDATE SET content = excluded.content, draft = excluded.draft,
    state = excluded.state, run = excluded.run, intended = excluded.intended,
    begun = excluded.begun, known = excluded.known, marker = excluded.marker, reason = NULL,
    accepted = 0
"""


class Disposition(Enum):
    """What is to be done with an order of the input."""

    SEND = "it is new, or was rejected before: its intent is durable now"
    NEW = "it is not in the journal, and no intent was asked for"
    RECONCILE = "an earlier run may have sent it, and its outcome is not known"
    REPLAY = "an earlier run made it"
    DUPLICATE = "it came before in this run, with the same contents"
    CONFLICT = "its reference was used before, with other contents"


@frozen(kw_only=True)
class EarlierRun:
    """What an earlier run left of an order that it may have sent.

    `begun` is the moment of its intent on the monotonic clock of that run, `clock` what that run
    learned of the database's clock. `known_ids` are the orders that a look before showed.
    """

    begun: float
    clock: DatabaseClock = field(factory=DatabaseClock)
    known_ids: frozenset[str] | None = None
    marker: str | None = None
    accepted: bool = False
    sends: int = 0


class LookUp(NamedTuple):
    """A question to the journal about an order. `content` is a digest of its body."""

    reference: str
    content: bytes
    draft: bool
    begun: float
    marker: str | None = None
    known_ids: frozenset[str] | None = None


class LookedUp(NamedTuple):
    """What the journal answers about an order.

    `created` is its outcome where an earlier run made it, `earlier` what is known of it where one
    may have sent it.
    """

    disposition: Disposition
    created: Created | None = None
    earlier: EarlierRun | None = None


_SEND = LookedUp(Disposition.SEND)
_NEW = LookedUp(Disposition.NEW)
_DUPLICATE = LookedUp(Disposition.DUPLICATE)
_CONFLICT = LookedUp(Disposition.CONFLICT)


@define(eq=False)
class LookUps:
    """Look orders up, in their order, and with `intend` write the intents of the new ones.

    Answers one `LookedUp` for each.
    """

    look_ups: Sequence[LookUp]
    intend: bool
    # the references of the intents that this entry wrote, for `ForgetLookUps` in the same thread
    intended: list[str] = field(factory=list, init=False)

    def write(self, connection: sqlite3.Connection, run: int) -> list[LookedUp]:
        """Note that this run has met these orders, and say what is known of each."""
        clocks = _Clocks(connection)
        found: list[LookedUp] = []
        for start in range(0, len(self.look_ups), _AT_ONCE):
            some = self.look_ups[start : start + _AT_ONCE]
            found += self._write_some(connection, run, some, clocks)
        return found

    def _write_some(
        self,
        connection: sqlite3.Connection,
        run: int,
        some: Sequence[LookUp],
        clocks: "_Clocks",
    ) -> list[LookedUp]:
        rows = _rows(connection, [look_up.reference for look_up in some])
        found, new, seen = [], [], []
        for look_up in some:
            reference = look_up.reference
            looked_up = self._judge(look_up, rows.get(reference), run, clocks)
            found.append(looked_up)
            if looked_up.disposition is Disposition.SEND:
                new.append(_intent(look_up, run))
                self.intended.append(reference)
            elif looked_up.created is not None or looked_up.earlier is not None:
                seen.append(reference)
            else:
                continue
            # for the same reference later in the batch: this run has met it
            rows[reference] = (reference, look_up.content, OrderState.INTENDED, run)
        connection.executemany(_INTEND, new)
        connection.execute(_SEEN + _marks(seen), (run, *seen))
        return found

    def _judge(
        self, look_up: LookUp, row: Sequence[Any] | None, run: int, clocks: "_Clocks"
    ) -> LookedUp:
        fresh = _NEW
        if self.intend:
            fresh = _SEND
        if row is None:
            return fresh
        _, content, state, last_run = row[:4]
        same = content == look_up.content
        if state == OrderState.REJECTED and (last_run < run or not same):
            return fresh
        if not same:
            return _CONFLICT
        if last_run == run:
            return _DUPLICATE
        if state == OrderState.CREATED:
            return LookedUp(Disposition.REPLAY, created=_created(row))
        return LookedUp(Disposition.RECONCILE, earlier=_earlier_run(clocks, row[8:]))


@frozen
class ForgetLookUps:
    """Look-ups of which no order was handed on: their intents are forgotten."""

    look_ups: LookUps

    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Forget them, and nothing that was there before."""
        ForgetIntents(self.look_ups.intended).write(connection, run)


@frozen
class Unfinished:
    """An order that an earlier run left open."""

    reference: str
    draft: bool
    earlier: EarlierRun


@frozen
class FindUnfinished:
    """Find the orders that earlier runs left open and that the input of this run does not have."""

    def write(self, connection: sqlite3.Connection, run: int) -> list[Unfinished]:
        """Find them, those first that were intended first."""
        clocks = _Clocks(connection)
        rows = connection.execute(_UNFINISHED, (OrderState.INTENDED, OrderState.UNKNOWN, run))
        found = []
        # all at once, since the clocks are read over the same connection
        for reference, draft, *earlier in rows.fetchall():
            found.append(Unfinished(reference, bool(draft), _earlier_run(clocks, earlier)))
        return found


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
            samples = []
            for sent, answered, dated, offset in rows:
                samples.append(Sample(sent=sent, answered=answered, dated=dated, offset=offset))
            self._clocks[run] = DatabaseClock(samples)
        return self._clocks[run]


def _rows(connection: sqlite3.Connection, references: Sequence[str]) -> dict[str, Sequence[Any]]:
    found = connection.execute(_LOOK_UP + _marks(references), references)
    return {row[0]: row for row in found}


def _marks(references: Sequence[str]) -> str:
    return f"({', '.join('?' * len(references))})"


def _intent(look_up: LookUp, run: int) -> Mapping[str, Any]:
    known = None
    if look_up.known_ids is not None:
        known = ids_to_text(look_up.known_ids)
    return {
        "reference": look_up.reference,
        "content": look_up.content,
        "draft": look_up.draft,
        "state": OrderState.INTENDED,
        "run": run,
        "begun": look_up.begun,
        "known": known,
        "marker": look_up.marker,
    }


def _created(row: Sequence[Any]) -> Created:
    order_id, connected, adopted, seconds = row[4:8]
    connected_order_ids = ()
    if connected:
        connected_order_ids = tuple(json.loads(connected))
    return Created(
        reference=row[0],
        order_id=order_id or "",
        adopted=bool(adopted),
        replayed=True,
        connected_order_ids=connected_order_ids,
        sends=row[-1] or 0,
        seconds=seconds or 0.0,
    )


def _earlier_run(clocks: _Clocks, row: Sequence[Any]) -> EarlierRun:
    intended, begun, known, marker, accepted, sends = row
    known_ids = None
    if known is not None:
        known_ids = frozenset(json.loads(known))
    return EarlierRun(
        begun=begun,
        clock=clocks.of(intended),
        known_ids=known_ids,
        marker=marker,
        accepted=bool(accepted),
        sends=sends or 0,
    )
