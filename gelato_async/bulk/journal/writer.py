"""Journal: what a run has sent and what became of it, written by a thread in grouped commits."""

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Lock

import anyio
from anyio import to_thread
from attrs import define, field

from gelato_async.bulk.journal.entries import Entry
from gelato_async.bulk.journal.errors import JournalError, as_journal_error
from gelato_async.bulk.journal.file import Binding, JournalFile, open_journal, open_temporary
from gelato_async.bulk.journal.reader import PathLike


class _Nothing:
    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Nothing."""


@define(eq=False)
class _Opening:
    """A file that is being opened in a thread, and closed again if nobody waits for it any more."""

    open: Callable[[], JournalFile]
    _file: JournalFile | None = None
    _given_up: bool = False
    _lock: Lock = field(factory=Lock)

    def run(self) -> JournalFile:
        """Open it."""
        file = self.open()
        with self._lock:
            self._file = file
            if self._given_up:
                file.close()
        return file

    def give_up(self) -> None:
        """Close it, or have it closed once it is open."""
        with self._lock:
            self._given_up = True
            if self._file is not None:
                self._file.close()


@define(eq=False)
class JournalWriter:
    """The open journal of a run.

    Entries are committed together, in a thread, in the order in which they came.
    """

    file: JournalFile
    on_failure: Callable[[JournalError], None] = lambda _: None
    failure: JournalError | None = None
    _in_use: Lock = field(factory=Lock)
    _pending: list[tuple[Entry, anyio.Event | None]] = field(factory=list)
    _news: anyio.Event = field(factory=anyio.Event)

    @classmethod
    async def open(cls, path: PathLike | None, binding: Binding) -> "JournalWriter":
        """Open or make a journal; None takes a temporary one.

        Raises:
            JournalError: it cannot be used.
        """
        opening = _Opening(
            open_temporary if path is None else partial(open_journal, Path(path), binding)
        )
        try:
            return cls(await to_thread.run_sync(opening.run))
        except BaseException:
            # a cancellation does not wait for the thread, or drops what it returned
            opening.give_up()
            raise

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
            try:
                if self._pending:
                    await self.commit()
            finally:
                # asyncio's own cancel goes through shields, and leaves the thread at its commit
                await to_thread.run_sync(self._close)

    def _close(self) -> None:
        with self._in_use:
            self.file.close()

    def _write(self, entries: list[Entry]) -> None:
        with (
            self._in_use,
            as_journal_error(self.file.path),
            self.file.transaction() as connection,
        ):
            for entry in entries:
                entry.write(connection, self.file.run)
