"""JournalError: a journal that cannot be used, and why."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from gelato_async.core.errors import GelatoError


class JournalError(GelatoError):
    """A journal that cannot be used.

    The file is damaged, something else, of another account, in use, on a full disk, or one of its
    companions is lost, cut or an older copy. The message names the file and says what to do.
    """


@contextlib.contextmanager
def as_journal_error(path: Path, doing: str = "written") -> Iterator[None]:
    """Raise errors of SQLite and the file system as a `JournalError` that names the journal."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        kind = "is not a journal, or damaged"
        if "full" in str(error) or isinstance(error, sqlite3.OperationalError):
            kind = f"cannot be {doing}"
        raise JournalError(f"the journal {path} {kind}: {error}", reason=str(error)) from error
    except OSError as error:
        raise JournalError(
            f"the journal {path} cannot be {doing}: {error.strerror}", reason=str(error)
        ) from error
