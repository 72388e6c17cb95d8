"""JournalWriter: writes the journal of a run from a thread, in grouped commits."""

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import anyio
from anyio import to_thread
from attrs import define, field

from gelato_async.bulk.journal.entries import Entry
from gelato_async.bulk.journal.errors import JournalError, as_journal_error
from gelato_async.bulk.journal.file import (
    LOG_BYTES,
    Binding,
    JournalFile,
    open_journal,
    open_temporary,
)
from gelato_async.bulk.journal.reader import PathLike
from gelato_async.bulk.signal import Signal

T = TypeVar("T")


class _Nothing:
    def write(self, connection: sqlite3.Connection, run: int) -> None:
        """Write nothing."""


@define(eq=False)
class _Opening:
    """A file that a thread opens, and closes again if the caller has given up meanwhile."""

    open: Callable[[], JournalFile]
    _file: JournalFile | None = None
    _given_up: bool = False
    _lock: Lock = field(factory=Lock)

    def run(self) -> JournalFile:
        """Open the file; called in the thread."""
        file = self.open()
        with self._lock:
            self._file = file
            if self._given_up:
                file.close()
        return file

    def give_up(self) -> None:
        """Close the file, or have the thread close it once it is open."""
        with self._lock:
            self._given_up = True
            if self._file is not None:
                self._file.close()


@define(eq=False)
class _Pending:
    entry: Entry[Any]
    # set once the entry is durable; None where nobody waits
    done: anyio.Event | None = None
    answer: Any = None


def _ignore(_: JournalError) -> None:
    pass


@define(eq=False)
class JournalWriter:
    """The open journal of a run.

    Entries are committed together, in a thread, in the order in which they came. After a failure
    nothing is written any more; `on_failure` hears of it first.
    """

    file: JournalFile
    on_failure: Callable[[JournalError], None] = _ignore
    _failure: JournalError | None = None
    _in_use: Lock = field(factory=Lock)
    _pending: list[_Pending] = field(factory=list)
    _news: Signal = field(factory=Signal)

    @classmethod
    async def open(
        cls, path: PathLike | None, binding: Binding, log_bytes: int = LOG_BYTES
    ) -> "JournalWriter":
        """Open or make a journal; None takes a temporary one.

        Raises:
            JournalError: it cannot be used.
        """
        opening = _Opening(open_temporary)
        if path is not None:
            opening = _Opening(partial(open_journal, Path(path), binding, log_bytes))
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

    def add(self, entry: Entry[Any]) -> None:
        """Write an entry soon."""
        self._pending.append(_Pending(entry))
        self._news.notify()

    async def ask(self, entry: Entry[T]) -> T:
        """Write an entry, wait until it is durable, and return its answer.

        Raises:
            JournalError: it could not be written.
        """
        done = anyio.Event()
        pending = _Pending(entry, done)
        self._pending.append(pending)
        self._news.notify()
        await done.wait()
        if self._failure is not None:
            raise self._failure
        answer: T = pending.answer
        return answer

    async def barrier(self) -> None:
        """Wait until everything added so far is durable.

        Raises:
            JournalError: it could not be written.
        """
        await self.ask(_Nothing())

    async def run(self) -> None:
        """Commit what is pending, over and over, until cancelled."""
        while True:
            while not self._pending:
                await self._news.wait()
            await self.commit()

    async def commit(self) -> None:
        """Commit what is pending now. A failure is kept, and nothing is written after it."""
        batch, self._pending = self._pending, []
        try:
            if self._failure is None:
                entries = [pending.entry for pending in batch]
                with anyio.CancelScope(shield=True):
                    answers = await to_thread.run_sync(self._write, entries)
                    for pending, answer in zip(batch, answers, strict=True):
                        pending.answer = answer
        except JournalError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001  whatever it is, nothing more can be written
            self._fail(JournalError(f"the journal broke: {type(error).__name__}"))
        for pending in batch:
            if pending.done is not None:
                pending.done.set()

    async def aclose(self) -> None:
        """Commit what is left, and close the file.

        Raises:
            JournalError: the file is not at its path any more.
        """
        with anyio.CancelScope(shield=True):
            try:
                if self._pending:
                    await self.commit()
            finally:
                # asyncio's own cancel goes through shields, and leaves the thread at its commit
                await to_thread.run_sync(self._close)

    def _fail(self, failure: JournalError) -> None:
        self._failure = failure
        self.on_failure(failure)

    def _close(self) -> None:
        with self._in_use:
            try:
                with as_journal_error(self.file.path):
                    self.file.check_place()
            finally:
                self.file.close()

    def _write(self, entries: list[Entry[Any]]) -> list[Any]:
        run = self.file.run
        with (
            self._in_use,
            as_journal_error(self.file.path),
            self.file.transaction() as connection,
        ):
            return [entry.write(connection, run) for entry in entries]
