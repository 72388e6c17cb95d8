"""Journal: shows what runs have recorded, also while one goes on."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from attrs import frozen

from gelato_async.bulk.journal.checks import check, open_for_reading
from gelato_async.bulk.journal.connections import lock
from gelato_async.bulk.journal.errors import as_journal_error
from gelato_async.bulk.journal.schema import OrderState

PathLike = str | Path

_SELECT = (
    "SELECT reference, state, order_id, connected, adopted, reason, sends, seconds FROM orders"
)


@frozen(kw_only=True)
class JournalRow:
    """What a journal holds of an order: never its address.

    `state` is created, rejected, unknown, or intended (in flight). `sends` and `seconds` are those
    of the run that gave the order its outcome.
    """

    reference: str
    state: str
    order_id: str | None = None
    connected_order_ids: tuple[str, ...] = ()
    adopted: bool = False
    reason: str | None = None
    sends: int | None = None
    seconds: float | None = None


class Journal:
    """A journal, opened to be read. A run may use it at the same time.

    Raises:
        JournalError: it does not exist, has lost a part, or is not a journal that this release can
            read.
    """

    def __init__(self, path: PathLike) -> None:
        self.path: Path = Path(path).resolve()
        check(self.path)

    def about(self) -> Mapping[str, str]:
        """Say what the journal belongs to: backend, origin, prefix, and how many runs used it."""
        with (
            as_journal_error(self.path, "read"),
            closing(open_for_reading(self.path)) as connection,
        ):
            about = dict(connection.execute("SELECT name, value FROM about"))
        return {name: about[name] for name in ("backend", "origin", "prefix", "run")}

    def count(self) -> Mapping[str, int]:
        """Count the orders in each state."""
        with (
            as_journal_error(self.path, "read"),
            closing(open_for_reading(self.path)) as connection,
        ):
            found = dict(connection.execute("SELECT state, count(*) FROM orders GROUP BY state"))
        return {state.name.lower(): found.get(state, 0) for state in OrderState}

    def rows(self, state: str | None = None) -> Iterator[JournalRow]:
        """Iterate over all orders, or those in one state."""
        states = list(OrderState)
        if state:
            states = [OrderState[state.upper()]]
        marks = ", ".join("?" * len(states))
        with (
            as_journal_error(self.path, "read"),
            closing(open_for_reading(self.path)) as connection,
        ):
            yield from map(_row, connection.execute(f"{_SELECT} WHERE state IN ({marks})", states))

    def purge(self) -> int:
        """Forget all rejected orders, which the next run tries anyway; return their number.

        Raises:
            JournalError: it is in use.
        """
        with (
            as_journal_error(self.path),
            closing(lock(self.path)),
            closing(sqlite3.connect(self.path)) as connection,
            connection,
        ):
            return connection.execute(
                "DELETE FROM orders WHERE state = ?", (OrderState.REJECTED,)
            ).rowcount


def _row(
    row: tuple[str, int, str | None, str | None, int, str | None, int | None, float | None],
) -> JournalRow:
    reference, state, order_id, connected, adopted, reason, sends, seconds = row
    connected_order_ids = ()
    if connected:
        connected_order_ids = tuple(json.loads(connected))
    return JournalRow(
        reference=reference,
        state=OrderState(state).name.lower(),
        order_id=order_id,
        connected_order_ids=connected_order_ids,
        adopted=bool(adopted),
        reason=reason,
        sends=sends,
        seconds=seconds,
    )
