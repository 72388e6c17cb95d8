"""Journal: what a run has sent and what became of it, written by a thread in grouped commits."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import anyio
from anyio import to_thread
from attrs import define, field, frozen

from gelato_async.bulk.journal_entries import Entry, State
from gelato_async.bulk.journal_file import (
    Binding,
    JournalError,
    JournalFile,
    check,
    lock,
    open_for_reading,
    open_journal,
    open_temporary,
    telling,
)

PathLike = str | Path


@frozen(kw_only=True)
class JournalRow:
    """What a journal holds of an order: never its address.

    `state` is created, rejected, unknown, or intended (in flight).
    """

    reference: str
    state: str
    order_id: str | None = None
    connected_order_ids: tuple[str, ...] = ()
    adopted: bool = False
    reason: str | None = None
    attempts: int | None = None
    seconds: float | None = None


class Journal:
    """A journal, opened to be read: it may be in use meanwhile.

    Raises:
        JournalError: there is none, or it is no journal that this release can read.
    """

    def __init__(self, path: PathLike) -> None:
        self.path: Path = Path(path).resolve()
        check(self.path)

    def about(self) -> Mapping[str, str]:
        """What it belongs to: backend, origin, prefix, and how many runs used it."""
        with telling(self.path, "read"), closing(open_for_reading(self.path)) as connection:
            about = dict(connection.execute("SELECT name, value FROM about"))
        return {name: about[name] for name in ("backend", "origin", "prefix", "run")}

    def count(self) -> Mapping[str, int]:
        """How many orders are in which state."""
        with telling(self.path, "read"), closing(open_for_reading(self.path)) as connection:
            found = dict(connection.execute("SELECT state, count(*) FROM orders GROUP BY state"))
        return {state.name.lower(): found.get(state, 0) for state in State}

    def rows(self, state: str | None = None) -> Iterator[JournalRow]:
        """All orders, or those in one state."""
        states = [State[state.upper()]] if state else list(State)
        marks = ", ".join("?" * len(states))
        with telling(self.path, "read"), closing(open_for_reading(self.path)) as connection:
            yield from map(
                _row,
                connection.execute(
                    "SELECT reference, state, order_id, connected, adopted, reason, attempts, seconds FROM orders"  # noqa: S608
                    f" WHERE state IN ({marks})",
                    states,
                ),
            )

    def purge(self) -> int:
        """Forget all rejected orders, which the next run would try again anyway, and say how many they were.

        Raises:
            JournalError: it is in use.
        """
        with (
            telling(self.path),
            closing(lock(self.path)),
            closing(sqlite3.connect(self.path)) as connection,
            connection,
        ):
            return connection.execute(
                "DELETE FROM orders WHERE state = ?", (State.REJECTED,)
            ).rowcount


def _row(
    row: tuple[str, int, str | None, str | None, int, str | None, int | None, float | None],
) -> JournalRow:
    reference, state, order_id, connected, adopted, reason, attempts, seconds = row
    return JournalRow(
        reference=reference,
        state=State(state).name.lower(),
        order_id=order_id,
        connected_order_ids=tuple(json.loads(connected)) if connected else (),
        adopted=bool(adopted),
        reason=reason,
        attempts=attempts,
        seconds=seconds,
    )


class _Nothing:
    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Nothing."""


@define(eq=False)
class JournalWriter:
    """The open journal of a run.

    Entries are committed together, in a thread, in the order in which they came.
    """

    file: JournalFile
    on_failure: Callable[[JournalError], None] = lambda _: None
    failure: JournalError | None = None
    _pending: list[tuple[Entry, anyio.Event | None]] = field(factory=list)
    _news: anyio.Event = field(factory=anyio.Event)

    @classmethod
    async def open(cls, path: PathLike | None, binding: Binding) -> "JournalWriter":
        """Open or make a journal; None takes a temporary one.

        Raises:
            JournalError: it cannot be used.
        """
        if path is None:
            return cls(await to_thread.run_sync(open_temporary))
        return cls(await to_thread.run_sync(open_journal, Path(path), binding))

    @property
    def resumed(self) -> bool:
        """Whether earlier runs used it."""
        return self.file.run > 1

    def add(self, entry: Entry) -> None:
        """Write it soon."""
        self._pending.append((entry, None))
        self._news.set()

    async def write(self, entry: Entry) -> None:
        """Write it, and wait until it is durable.

        Raises:
            JournalError: it could not be written.
        """
        done = anyio.Event()
        self._pending.append((entry, done))
        self._news.set()
        await done.wait()
        if self.failure is not None:
            raise self.failure

    async def barrier(self) -> None:
        """Wait until everything added so far is durable.

        Raises:
            JournalError: it could not be written.
        """
        await self.write(_Nothing())

    async def run(self) -> None:
        """Commit what is pending, over and over, until cancelled."""
        while True:
            while not self._pending:
                self._news = anyio.Event()
                await self._news.wait()
            await self.commit()

    async def commit(self) -> None:
        """Commit what is pending now. A failure is kept, and nothing is written after it."""
        batch, self._pending = self._pending, []
        try:
            if self.failure is None:
                with anyio.CancelScope(shield=True):
                    await to_thread.run_sync(self._write, [entry for entry, _ in batch])
        except Exception as error:  # noqa: BLE001  whatever it is, nothing more can be written
            failure = (
                error
                if isinstance(error, JournalError)
                else JournalError(f"the journal broke: {type(error).__name__}")
            )
            self.failure = failure
            self.on_failure(failure)
        for _, done in batch:
            if done is not None:
                done.set()

    async def aclose(self) -> None:
        """Commit what is left, and close the file."""
        with anyio.CancelScope(shield=True):
            if self._pending:
                await self.commit()
            await to_thread.run_sync(self.file.close)

    def _write(self, entries: list[Entry]) -> None:
        connection = self.file.connection
        with telling(self.file.path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                for entry in entries:
                    entry.write(connection, self.file.run)
                connection.execute("COMMIT")
                self.file.tidy()
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
