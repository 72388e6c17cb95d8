"""The journal's file: made, opened for one account, locked, committed to and closed.

With its neighbours the only user of sqlite3. `checks` says what a journal must be to be opened.
"""

import contextlib
import hashlib
import os
import secrets
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import define, field, frozen

from gelato_async.bulk.journal.checks import (
    APPLICATION,
    SALT,
    VERSION,
    check,
    check_header,
    is_fresh,
)
from gelato_async.bulk.journal.connections import LOG, beside, connect, lock, size_of, touch
from gelato_async.bulk.journal.errors import JournalError, as_journal_error
from gelato_async.bulk.journal.mark import Mark
from gelato_async.bulk.journal.schema import SCHEMA
from gelato_async.core.backend import Backend

# bytes that the log beside a journal may have before its contents are moved to the journal itself
LOG_BYTES = 4_000_000


@frozen(kw_only=True)
class Binding:
    """What a journal belongs to. `key` is a digest, which each file salts anew."""

    backend: str
    origin: str
    prefix: str
    key: str = field(repr=False)

    @classmethod
    def of(cls, backend: Backend) -> "Binding":
        """Bind to the account of a client's backend."""
        return cls(
            backend=backend.name,
            origin=backend.origins["order"],
            prefix=backend.path_values.get("prefix", ""),
            key=backend.credentials.digest,
        )

    def entries(self, salt: str) -> Mapping[str, str]:
        """List what the file holds of the binding."""
        key = hashlib.blake2b(
            self.key.encode(), salt=bytes.fromhex(salt), digest_size=16
        ).hexdigest()
        return {
            "backend": self.backend,
            "origin": self.origin,
            "prefix": self.prefix,
            "key": key,
            "salt": salt,
        }


@define(eq=False)
class JournalFile:
    """An open journal. `run` numbers the runs that used it, `commits` counts what they wrote.

    `held` is the lock, `mark` the count outside; a temporary journal has neither. The log is moved
    into the file once it is longer than `log_bytes`.
    """

    path: Path
    connection: sqlite3.Connection
    run: int = 1
    commits: int = 0
    held: sqlite3.Connection | None = None
    mark: Mark | None = None
    temporary: bool = False
    log_bytes: int = LOG_BYTES
    # what stood at the path when the journal was opened; a temporary journal does not look again
    opened_as: os.stat_result | None = field(default=None, repr=False)
    _log_limit: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._log_limit = self.log_bytes

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit durably what is written inside the block; an exception rolls it back."""
        before = self.connection.total_changes
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
            changed = self.connection.total_changes > before
            if changed:
                self._count()
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        if changed and self.mark is not None:
            self.mark.write(self.commits)
            self._tidy()
        # last, so that as little time as possible is left until the run acts on the commit
        self.check_place()

    def check_place(self) -> None:
        """Check that the open file is still the one at its path.

        Raises:
            JournalError: it was removed, moved or replaced.
        """
        if self.opened_as is None:
            return
        # the system goes on writing to a file that was deleted, without an error
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            if os.path.samestat(self.path.stat(), self.opened_as):
                return
        raise JournalError(
            f"the journal {self.path} was removed or replaced during the run; put it back before"
            " you run again: without it a rerun makes its orders twice. If it is lost, find out"
            " what Gelato has (orders.find) and submit only the rest"
        )

    def _count(self) -> None:
        self.commits += 1
        self.connection.execute(
            "UPDATE about SET value = ? WHERE name = 'commit'", (str(self.commits),)
        )

    def _tidy(self) -> None:
        size = size_of(beside(self.path, LOG))
        if size > self._log_limit:
            self._log_limit = self.log_bytes
            if not _begin_log(self.connection):
                # while somebody reads the journal its log cannot be moved, and goes on growing
                self._log_limit += size

    def close(self) -> None:
        """Close the file; a temporary one is deleted."""
        self.connection.close()
        if self.mark is not None:
            self.mark.close()
        if self.held is not None:
            # the lock's file stays: another process may be waiting for it
            self.held.close()
        if self.temporary:
            self.path.unlink(missing_ok=True)


def open_temporary() -> JournalFile:
    """Open a journal for one run alone, which keeps memory flat and survives nothing."""
    handle, name = tempfile.mkstemp(prefix="gelato-async-", suffix=".journal")
    os.close(handle)
    connection = connect(Path(name))
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.executescript(SCHEMA)
    return JournalFile(Path(name), connection, temporary=True)


def open_journal(path: Path, binding: Binding, log_bytes: int = LOG_BYTES) -> JournalFile:
    """Open a journal for a run, or make it.

    The log beside it is moved into it once it is longer than `log_bytes`.

    Raises:
        JournalError: it cannot be used; the file is unchanged.
    """
    path = path.resolve()
    with as_journal_error(path), contextlib.ExitStack() as stack:
        if not is_fresh(path):
            check_header(path)
        held = stack.enter_context(contextlib.closing(lock(path)))
        if is_fresh(path):
            _make(path, binding)
        check(path)
        opened_as = path.stat()
        connection = stack.enter_context(contextlib.closing(connect(path)))
        about = _about(connection)
        changes = _rebinding(path, connection, binding)
        # before the first write: a log without a mark has lost the mark
        mark = stack.enter_context(contextlib.closing(Mark.open(path, about["salt"])))
        _prepare(connection, changes)
        run = _next_run(connection)
        commits = int(about["commit"])
        # a kill may have come before the mark; that commit is acted on now, and is durable with
        # that of the run's number
        mark.write(commits)
        _begin_log(connection)
        stack.pop_all()
    return JournalFile(
        path, connection, run, commits, held, mark, log_bytes=log_bytes, opened_as=opened_as
    )


def _make(path: Path, binding: Binding) -> None:
    # under another name at first: a kill leaves a whole journal, or no file of that name
    part = beside(path, "-part")
    for suffix in ("", "-wal", "-shm"):
        beside(part, suffix).unlink(missing_ok=True)
    touch(part)
    entries = {
        **binding.entries(secrets.token_hex(SALT)),
        **dict.fromkeys(("run", "commit", "checkpoint", "log"), "0"),
    }
    with contextlib.closing(connect(part)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(
            f"BEGIN; {SCHEMA} PRAGMA user_version = {VERSION};"
            f" PRAGMA application_id = {APPLICATION};"
        )
        connection.executemany("INSERT INTO about VALUES (?, ?)", entries.items())
        connection.execute("COMMIT")
    part.replace(path)


def _rebinding(path: Path, connection: sqlite3.Connection, binding: Binding) -> Mapping[str, str]:
    about = _about(connection)
    entries = binding.entries(about["salt"])
    others = [name for name, value in entries.items() if about[name] != value]
    # a journal without an order is rebound: the first run may have had a wrong key
    if others and connection.execute("SELECT 1 FROM orders LIMIT 1").fetchone():
        known = ""
        if others[0] != "key":
            known = f" ({about[others[0]]}, not {entries[others[0]]})"
        raise JournalError(
            f"the journal {path} belongs to another {others[0]}{known}: use it with the one it was"
            " made with, or another journal"
        )
    return {name: entries[name] for name in others}


def _prepare(connection: sqlite3.Connection, changes: Mapping[str, str]) -> None:
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    # cut the log's file when it begins anew, so that its size is that of its contents
    connection.execute("PRAGMA journal_size_limit = 0")
    connection.executemany(
        "UPDATE about SET value = ? WHERE name = ?",
        [(value, name) for name, value in changes.items()],
    )


def _about(connection: sqlite3.Connection) -> Mapping[str, str]:
    return dict(connection.execute("SELECT name, value FROM about"))


def _begin_log(connection: sqlite3.Connection) -> bool:
    """Move the log into the file and begin a new one; False while a reader needs the old one."""
    # `checks` says how these two numbers show which log belongs to which file
    connection.execute("UPDATE about SET value = value + 1 WHERE name = 'checkpoint'")
    # PASSIVE does not wait for readers
    busy, pages, moved = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    if busy or moved < pages:
        return False
    connection.execute(
        "UPDATE about SET value = (SELECT value FROM about WHERE name = 'checkpoint') WHERE name ="
        " 'log'"
    )
    return True


def _next_run(connection: sqlite3.Connection) -> int:
    connection.execute("UPDATE about SET value = value + 1 WHERE name = 'run'")
    return int(connection.execute("SELECT value FROM about WHERE name = 'run'").fetchone()[0])
