"""Checks that a journal is whole before anything is written to it.

A journal is a set of files: `run.journal`, `run.journal-wal` (SQLite's log, while a run is open or
after a kill) and `run.journal-mark`. SQLite opens what is left of a set without a warning, and the
orders that are lost would be made a second time. Three numbers in the table `about` show a loss:

- `commit` counts commits, and the mark repeats it outside: a journal that holds fewer than its mark
  has lost the end of its log, the whole log, or is an older copy.
- `checkpoint` counts how often the log was moved into the file, and `log` says after which of those
  moves the log began. While a run is open the file alone holds two that differ, so a copy without
  its log and its mark is seen. A file that holds a lower `checkpoint` than its log's `log` is an
  older copy under a newer log.
- A log without a mark has lost the mark, which is made before the first write. An empty mark passes:
  its owner vouches for the log.

Every state that a kill can leave passes. What no check can see: all files of the set together
restored from an older copy or deleted; two of them lost or cut at once in a way that fits (the end
of the log, and an emptied mark); bytes that changed inside the file and leave its structure in order.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from attrs import frozen

from gelato_async.bulk.journal.connections import LOG, MARK, beside, connect, size_of
from gelato_async.bulk.journal.errors import JournalError, as_journal_error
from gelato_async.bulk.journal.mark import MarkRecord, read_mark

APPLICATION = 0x67656C61
VERSION = 4
SALT = 8

_ABOUT = {"backend", "origin", "prefix", "key", "salt", "run", "commit", "checkpoint", "log"}
_REMEDY = (
    "put back the file that the last run left. Without it orders would be made twice: if it is"
    " lost, find out what Gelato has (orders.find) and submit only the rest, with another journal"
)


def is_fresh(path: Path) -> bool:
    """Whether a journal is still to be made here.

    Raises:
        JournalError: there was one, and its file is missing or empty.
    """
    if size_of(path) > 0:
        return False
    left = _left_beside(path)
    if not left:
        return True
    raise JournalError(
        f"the journal {path} {_emptiness(path)}, and {left} beside it shows that orders were"
        f" recorded: {_REMEDY}. To begin anew on purpose, delete {left} too"
    )


def check(path: Path) -> None:
    """Check that a file is a whole journal of this version, without writing to it.

    Raises:
        JournalError: it is not, or does not exist.
    """
    with as_journal_error(path, "read"):
        if is_fresh(path) and not path.exists():
            raise JournalError(f"there is no journal {path}")
        check_header(path)
        # in this order: a run that goes on meanwhile only raises both
        mark = read_mark(path)
        # SQLite would make a log that is missing
        has_log = size_of(beside(path, LOG)) > 0
        with closing(connect(path, read_only=True, alone=not has_log)) as connection:
            # a log is not moved into the file beyond what an open transaction has seen, so the two
            # can be compared while a run goes on
            connection.execute("BEGIN")
            found = _read(path, connection)
            alone = _alone(path)
    if alone is not None:
        _compare_with_file(path, found, alone)
    # asked for again: a first run that began meanwhile has made its mark before the log
    if has_log and not beside(path, MARK).exists():
        raise JournalError(
            f"{path.name}{MARK} is missing beside the journal {path}, so nothing shows whether"
            f" {path.name}{LOG} is whole: put back the file that the last run left; if it is lost"
            f" and all else is as that run left it, make an empty file {path.name}{MARK}"
        )
    if mark is not None:
        _compare_with_mark(path, found, mark)
    elif found.checkpoint != found.log:
        raise JournalError(
            f"the journal {path} was left by a run that did not end, and part of it is missing: "
            f"put its {path.name}{LOG} beside it, and its {path.name}{MARK}, or orders would be"
            " made twice"
        )


def check_header(path: Path) -> None:
    """Check that a file is a journal, of the version that this release knows.

    Raises:
        JournalError: it is not.
    """
    # read from the bytes, since SQLite would leave files beside one that it opens
    with path.open("rb") as file:
        header = file.read(100)
    if (
        len(header) < 100
        or not header.startswith(b"SQLite format 3")
        or header[68:72] != APPLICATION.to_bytes(4)
    ):
        left = _left_beside(path)
        if left:
            raise JournalError(
                f"the journal {path} was overwritten or cut, as {left} beside it shows: {_REMEDY}"
            )
        raise JournalError(f"{path} is not a journal of gelato-async: choose another file")
    # SQLite reads what is missing of the last page as zeros
    if size_of(path) % _page_size(header):
        raise JournalError(f"the journal {path} was cut: {_REMEDY}")
    if int.from_bytes(header[60:64]) != VERSION:
        raise JournalError(
            f"{path} is of another version of gelato-async: upgrade, or choose another file"
        )


def _page_size(header: bytes) -> int:
    size = int.from_bytes(header[16:18])
    if size == 1:
        # 65,536 does not fit into the two bytes
        return 65_536
    return size or 1


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Connect without being able to write.

    Raises:
        JournalError: it is no journal.
    """
    with as_journal_error(path, "read"):
        check_header(path)
        return connect(path, read_only=True)


@frozen
class _Generation:
    """What a journal says of its own age."""

    salt: str
    commit: int
    checkpoint: int
    log: int

    @classmethod
    def of(cls, about: Mapping[str, str]) -> "_Generation | None":
        """Read the numbers from the table; None if one is missing."""
        if not about.keys() >= _ABOUT:
            return None
        try:
            salt, run = bytes.fromhex(about["salt"]), int(about["run"])
            numbers = [int(about[name]) for name in ("commit", "checkpoint", "log")]
        except ValueError:
            return None
        if len(salt) != SALT or run < 0:
            return None
        return cls(about["salt"], *numbers)


def _read(path: Path, connection: sqlite3.Connection) -> _Generation:
    (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        raise JournalError(f"the journal {path} is damaged: {result.splitlines()[-1]}; {_REMEDY}")
    found = _generation(connection)
    connection.execute("SELECT reference, content, state FROM orders LIMIT 1").fetchall()
    if found is None:
        raise JournalError(f"the journal {path} is damaged: it does not say what it belongs to")
    return found


def _alone(path: Path) -> _Generation | None:
    # a power cut while the log is moved may leave the file unreadable; the log has all of it then
    try:
        with closing(connect(path, read_only=True, alone=True)) as connection:
            return _generation(connection)
    except sqlite3.DatabaseError:
        return None


def _generation(connection: sqlite3.Connection) -> _Generation | None:
    return _Generation.of(dict(connection.execute("SELECT name, value FROM about")))


def _compare_with_file(path: Path, found: _Generation, alone: _Generation) -> None:
    log = f"{path.name}{LOG}"
    if alone.salt != found.salt:
        raise JournalError(f"{log} is the log of another journal than {path}: {_REMEDY}")
    if alone.checkpoint < found.log:
        raise JournalError(f"the journal {path} is older than {log} beside it: {_REMEDY}")
    if alone.checkpoint > found.checkpoint:
        raise JournalError(f"{log} is older than the journal {path}: {_REMEDY}")


def _compare_with_mark(path: Path, found: _Generation, mark: MarkRecord) -> None:
    name = f"{path.name}{MARK}"
    if mark.salt != found.salt:
        raise JournalError(
            f"{name} is the mark of another journal than {path}: {_REMEDY}; if the journal is the"
            f" right one, empty {name}"
        )
    if found.commit < mark.commits:
        raise JournalError(
            f"{_what_is_short(path, found)}: it has {found.commit} of the {mark.commits} commits"
            f" that {name} counts: {_REMEDY}"
        )


def _what_is_short(path: Path, found: _Generation) -> str:
    log = beside(path, LOG)
    if size_of(log) > 0:
        return f"{log} was cut, overwritten or replaced by an older copy"
    if found.checkpoint == found.log:
        return f"the journal {path} is an older copy"
    return f"{log} {_emptiness(log)}"


def _emptiness(path: Path) -> str:
    if path.exists():
        return "is empty"
    return "is missing"


def _left_beside(path: Path) -> str:
    names = [f"{path.name}{suffix}" for suffix in (LOG, MARK) if size_of(beside(path, suffix)) > 0]
    return " and ".join(names)
