"""The state file: a SQLite database that one sandbox at a time has open."""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from gelato_async.sandbox.errors import StateFileError

# "gSbx", by which a state file is known from another application's database.
APPLICATION = 0x67536278
# Pages of the log that are moved into the file at once. More of them make fewer, longer pauses: with
# 250 the longest takes a millisecond.
LOG_PAGES = 250
# Seconds to wait for a sandbox that is just ending.
_PATIENCE = 0.2

_REASONS = {
    sqlite3.SQLITE_BUSY: "another sandbox has it open; stop that one, or choose another file",
    sqlite3.SQLITE_NOTADB: "it is not a state file of a sandbox; choose another file",
    sqlite3.SQLITE_CORRUPT: (
        "it is damaged, as after a loss of power; delete it to start anew, or put a copy back"
    ),
    sqlite3.SQLITE_FULL: "the disk is full; make room on it",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; does its folder exist, and may it be written to?",
    sqlite3.SQLITE_READONLY: "it may not be written to; change its permissions or choose another",
}


class StateFile:
    """An open state file, locked until it is closed or the process ends, however it does.

    Nothing is synchronised with the disk: what was written survives the end of the process, a kill
    too, but not a loss of power.

    Args:
        path: The file, which is made if it does not exist.
        schema: The statements that make its tables.
        version: The number of the format.
    """

    def __init__(self, path: Path, schema: Iterable[str], version: int) -> None:
        self.path: Path = path
        self._touch()
        with self._explained():
            # One thread at a time uses it, but not always the same one.
            self._connection = sqlite3.connect(
                path.absolute(), timeout=_PATIENCE, isolation_level=None, check_same_thread=False
            )
        try:
            self._prepare(schema, version)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file, which another sandbox may open then."""
        self._connection.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all that is written inside the block, or in case of an exception nothing."""
        with self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk has ended the transaction already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def damaged(self) -> StateFileError:
        """Return the error for contents that no sandbox has written."""
        return self._error(_REASONS[sqlite3.SQLITE_CORRUPT])

    def _touch(self) -> None:
        # Only its owner may read it, since it holds addresses. An existing file is not opened:
        # closing it would release the lock that another sandbox of this process has on it.
        try:
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            pass
        except OSError as error:
            raise self._error(f"it cannot be made: {error.strerror}") from error

    def _make_private(self) -> None:
        # The file may have been there, empty, for everybody to read.
        try:
            self.path.chmod(0o600)
        except OSError as error:
            raise self._error(f"its permissions cannot be set: {error.strerror}") from error

    def _prepare(self, schema: Iterable[str], version: int) -> None:
        with self._explained():
            # Kept for good: the lock is the reason why no second sandbox opens the file.
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            is_new = self._is_new(version)
            if is_new:
                self._make_private()
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = OFF")
            self._connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        with self.transaction() as connection:
            if is_new:
                connection.execute(f"PRAGMA application_id = {APPLICATION}")
                connection.execute(f"PRAGMA user_version = {version}")
                for statement in schema:
                    connection.execute(statement)

    def _is_new(self, version: int) -> bool:
        (tables,) = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (application,) = self._connection.execute("PRAGMA application_id").fetchone()
        (found,) = self._connection.execute("PRAGMA user_version").fetchone()
        if (tables, application) == (0, 0):
            return True
        if application != APPLICATION:
            raise self._error(_REASONS[sqlite3.SQLITE_NOTADB])
        if found != version:
            raise self._error(
                "another version of the library wrote it; use that version, or delete the file to start"
                " anew"
            )
        return False

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            # The lowest byte is the kind, the others are details.
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            raise self._error(_REASONS.get(code, f"it cannot be used: {error}")) from error

    def _error(self, reason: str) -> StateFileError:
        return StateFileError(f"The state file {self.path}: {reason}")
