"""The journal's file: made, locked, checked, and left untouched where it is not ours.

With its neighbours the only user of sqlite3.
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

from gelato_async.bulk.journal.entries import SCHEMA
from gelato_async.core.backend import Backend
from gelato_async.core.errors import GelatoError

APPLICATION = 0x67656C61
VERSION = 4
SALT = 8
_ABOUT = {"backend", "origin", "prefix", "key", "salt", "run", "checkpoint", "log"}
# how long the log beside a journal may grow before its contents are moved to the journal itself
_LOG_BYTES = 4_000_000


class JournalError(GelatoError):
    """A journal that cannot be used.

    Damaged, of something else, of another account, in use, or on a full disk.
    """


@frozen(kw_only=True)
class Binding:
    """What a journal belongs to. `key` is a digest, salted anew in each file."""

    backend: str
    origin: str
    prefix: str
    key: str = field(repr=False)

    @classmethod
    def of(cls, backend: Backend) -> "Binding":
        """The binding of a client's backend."""
        return cls(
            backend=backend.name,
            origin=backend.origins["order"],
            prefix=backend.path_values.get("prefix", ""),
            key=backend.credentials.digest,
        )

    def entries(self, salt: str) -> Mapping[str, str]:
        """What the file says of it."""
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
    """An open journal. `run` numbers the runs that used it."""

    path: Path
    connection: sqlite3.Connection
    run: int = 1
    held: sqlite3.Connection | None = None
    temporary: bool = False

    def tidy(self) -> None:
        """Move the log's contents to the file itself, if they have become many."""
        if not self.temporary and _size_of_log(self.path) > _LOG_BYTES:
            _begin_log(self.connection)

    def close(self) -> None:
        """Close it; a temporary one is gone then."""
        self.connection.close()
        if self.held is not None:
            # the lock's file stays: who waits for it must not be left with one that is gone
            self.held.close()
        if self.temporary:
            self.path.unlink(missing_ok=True)


def open_temporary() -> JournalFile:
    """A journal for one run alone: it keeps memory flat and survives nothing."""
    handle, name = tempfile.mkstemp(prefix="gelato-async-", suffix=".journal")
    os.close(handle)
    connection = _connect(Path(name))
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.executescript(SCHEMA)
    return JournalFile(Path(name), connection, temporary=True)


def open_journal(path: Path, binding: Binding) -> JournalFile:
    """Open a journal for a run, or make it.

    Raises:
        JournalError: it cannot be used; the file is left as it was.
    """
    path = path.resolve()
    with as_journal_error(path):
        if path.exists() and path.stat().st_size:
            _check_header(path)
        held = lock(path)
        try:
            fresh = not path.exists() or path.stat().st_size == 0
            if not fresh:
                check(path)
            connection = _made(path, binding) if fresh else _opened(path, binding)
            file = JournalFile(path, connection, _next_run(connection), held=held)
            _begin_log(connection)
        except BaseException:
            held.close()
            raise
        return file


def check(path: Path) -> None:
    """See that a file is a whole journal of the version that this release knows, without writing to it.

    Raises:
        JournalError: it is not.
    """
    if not path.exists():
        raise JournalError(f"there is no journal {path}")
    with as_journal_error(path, "read"):
        _check_header(path)
        has_log = _size_of_log(path) > 0
        with contextlib.closing(_connect(path, read_only=True)) as connection:
            (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if result != "ok":
                raise JournalError(f"the journal {path} is damaged: {result.splitlines()[-1]}")
            about = dict(connection.execute("SELECT name, value FROM about"))
            connection.execute("SELECT reference, content, state FROM orders LIMIT 1").fetchall()
    if not _is_whole(about):
        raise JournalError(f"the journal {path} is damaged: it does not say what it belongs to")
    if about["checkpoint"] != about["log"] and not has_log:
        raise JournalError(
            f"the journal {path} was left by a run that did not end, and part of it is missing: "
            f"put its {path.name}-wal beside it, or orders would be made twice"
        )


def _is_whole(about: Mapping[str, str]) -> bool:
    try:
        return (
            about.keys() >= _ABOUT
            and len(bytes.fromhex(about["salt"])) == SALT
            and int(about["run"]) >= 0
        )
    except ValueError:
        return False


def _check_header(path: Path) -> None:
    # read from the bytes, since SQLite would leave files beside one that it opens
    with path.open("rb") as file:
        header = file.read(100)
    if (
        len(header) < 100
        or not header.startswith(b"SQLite format 3")
        or header[68:72] != APPLICATION.to_bytes(4)
    ):
        raise JournalError(f"{path} is not a journal of gelato-async: choose another file")
    if int.from_bytes(header[60:64]) != VERSION:
        raise JournalError(
            f"{path} is of another version of gelato-async: upgrade, or choose another file"
        )


@contextlib.contextmanager
def as_journal_error(path: Path, doing: str = "written") -> Iterator[None]:
    """Tell what SQLite and the file system say in the journal's own words."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        full = "full" in str(error)
        kind = (
            f"cannot be {doing}"
            if full or isinstance(error, sqlite3.OperationalError)
            else "is no journal, or damaged"
        )
        raise JournalError(f"the journal {path} {kind}: {error}", reason=str(error)) from error
    except OSError as error:
        raise JournalError(
            f"the journal {path} cannot be opened: {error.strerror}", reason=str(error)
        ) from error


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write.

    Raises:
        JournalError: it is no journal.
    """
    with as_journal_error(path, "read"):
        _check_header(path)
        return _connect(path, read_only=True)


def _connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
    # one thread at a time uses it, but not always the same one
    return sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, timeout=0 if read_only else 5
    )


def _lock_path(path: Path) -> Path:
    return path.with_name(f"{path.name}-lock")


def lock(path: Path) -> sqlite3.Connection:
    """An exclusive transaction on a file beside the journal: the system ends it with the process, however that dies.

    Raises:
        JournalError: another process has it.
    """
    _touch(_lock_path(path))
    held = _connect(_lock_path(path))
    held.execute("PRAGMA busy_timeout = 0")
    try:
        held.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        held.close()
        raise JournalError(f"the journal {path} is in use by another process") from error
    return held


def _touch(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _made(path: Path, binding: Binding) -> sqlite3.Connection:
    _touch(path)
    path.chmod(0o600)
    connection = _connect(path)
    try:
        # one transaction, so that a kill leaves either a journal or an empty file; not yet in WAL
        # mode, where the header that tells a journal would not be in the file itself
        connection.executescript(
            f"BEGIN; {SCHEMA} PRAGMA user_version = {VERSION}; PRAGMA application_id ="
            f" {APPLICATION};"
        )
        entries = {
            **binding.entries(secrets.token_hex(SALT)),
            "run": "0",
            "checkpoint": "0",
            "log": "0",
        }
        connection.executemany("INSERT INTO about VALUES (?, ?)", entries.items())
        connection.execute("COMMIT")
        _durable(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _opened(path: Path, binding: Binding) -> sqlite3.Connection:
    connection = _connect(path)
    about = dict(connection.execute("SELECT name, value FROM about"))
    entries = binding.entries(about["salt"])
    others = [name for name, value in entries.items() if about[name] != value]
    # one that has no order yet is nobody's: the first run may have had a wrong key
    if others and connection.execute("SELECT 1 FROM orders LIMIT 1").fetchone():
        connection.close()
        known = "" if others[0] == "key" else f" ({about[others[0]]}, not {entries[others[0]]})"
        raise JournalError(
            f"the journal {path} belongs to another {others[0]}{known}: use it with the one it was"
            " made with, or another journal"
        )
    _durable(connection)
    connection.executemany(
        "UPDATE about SET value = ? WHERE name = ?", [(entries[name], name) for name in others]
    )
    return connection


def _durable(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")


def _begin_log(connection: sqlite3.Connection) -> None:
    # while a journal is open, the file alone says that a checkpoint was made, and its log alone
    # that there is a log since: a copy without its log, as a kill may leave one, is told by that
    connection.execute("UPDATE about SET value = value + 1 WHERE name = 'checkpoint'")
    connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
    connection.execute(
        "UPDATE about SET value = (SELECT value FROM about WHERE name = 'checkpoint') WHERE name ="
        " 'log'"
    )


def _size_of_log(path: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return path.with_name(f"{path.name}-wal").stat().st_size
    return 0


def _next_run(connection: sqlite3.Connection) -> int:
    connection.execute("UPDATE about SET value = value + 1 WHERE name = 'run'")
    return int(connection.execute("SELECT value FROM about WHERE name = 'run'").fetchone()[0])
