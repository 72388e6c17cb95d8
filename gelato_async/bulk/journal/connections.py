"""Connections to the files of a journal, and the names of those files."""

import os
import sqlite3
from pathlib import Path

from gelato_async.bulk.journal.errors import JournalError

LOG = "-wal"
MARK = "-mark"
LOCK = "-lock"


def beside(path: Path, suffix: str) -> Path:
    """Name the file of the set that stands beside a journal under this suffix."""
    return path.with_name(path.name + suffix)


def size_of(path: Path) -> int:
    """Measure a file in bytes; 0 where there is no file."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def connect(path: Path, *, read_only: bool = False, alone: bool = False) -> sqlite3.Connection:
    """Connect to a file that exists; with `alone`, read it without the log beside it."""
    mode, timeout = "rw", 5.0
    if read_only:
        # seconds that a statement waits for another connection
        mode, timeout = "ro", 0.0
    if alone:
        mode = "ro&immutable=1"
    # one thread at a time uses it, but not always the same one
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=timeout,
    )


def touch(path: Path) -> None:
    """Make a file that only its owner may read, unless it exists."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def lock(path: Path) -> sqlite3.Connection:
    """Begin an exclusive transaction on a file beside the journal.

    The system ends it with the process, however that dies.

    Raises:
        JournalError: another process has it.
    """
    touch(beside(path, LOCK))
    held = connect(beside(path, LOCK))
    try:
        held.execute("PRAGMA busy_timeout = 0")
        # nothing is written, and a kill must not leave a rollback journal of the lock
        held.execute("PRAGMA journal_mode = OFF")
        held.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        held.close()
        raise JournalError(f"the journal {path} is in use by another process") from error
    return held
