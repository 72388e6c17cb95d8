"""The mark of a journal: how many commits were acknowledged, in a file apart from them.

SQLite takes the end of a log that was cut for the end of what was written; the mark distinguishes
the two. The mark is written after a commit is durable and before the run acts on it, so a kill
leaves the mark equal to the journal or behind it, never ahead.
"""

import os
import sys
from binascii import crc32
from pathlib import Path
from typing import BinaryIO

from attrs import define, frozen

from gelato_async.bulk.journal.connections import MARK, beside, size_of, touch
from gelato_async.bulk.journal.errors import JournalError

# two records, written in turn and each in a sector of its own: a power cut while one is written
# leaves the other
_SECTOR = 512
_SIZE = 2 * _SECTOR


@frozen
class MarkRecord:
    """What a mark holds: `salt` names the journal, `commits` counts the acknowledged ones."""

    commits: int
    salt: str

    def to_bytes(self) -> bytes:
        """Write the record as a line with a checksum."""
        text = f"{self.salt} {self.commits:020d}"
        return f"{text} {crc32(text.encode()):08x}\n".encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "MarkRecord | None":
        """Read a record; None unless the bytes hold a whole one."""
        line = data.partition(b"\n")[0].decode(errors="replace")
        salt, _, rest = line.partition(" ")
        commits = rest.partition(" ")[0]
        if not commits.isdecimal():
            return None
        record = cls(int(commits), salt)
        if not data.startswith(record.to_bytes()):
            return None
        return record


def read_mark(path: Path) -> MarkRecord | None:
    """Read the mark of a journal; None if there is none yet, or an empty one.

    Raises:
        JournalError: the mark exists, and cannot be read.
    """
    mark = beside(path, MARK)
    if not mark.exists():
        return None
    data = mark.read_bytes()
    if not data.strip():
        # a kill while the mark is made leaves it blank, before the first commit
        return None
    found = [MarkRecord.from_bytes(data[start:]) for start in (0, _SECTOR)]
    whole = [record for record in found if record is not None]
    if not whole:
        raise JournalError(
            f"{mark} is damaged, so nothing shows whether the journal is whole: put back the file"
            f" that the last run left; if {path.name} and all else beside it is as that run left"
            " it, empty the mark instead"
        )
    return max(whole, key=lambda record: record.commits)


@define(eq=False)
class Mark:
    """The mark of a journal that is in use."""

    salt: str
    file: BinaryIO

    @classmethod
    def open(cls, path: Path, salt: str) -> "Mark":
        """Open the mark of a journal, and make it if it does not exist."""
        mark = beside(path, MARK)
        touch(mark)
        fresh = size_of(mark) < _SIZE
        # unbuffered: a write is one call, which a kill does not divide
        file = mark.open("r+b", buffering=0)
        if fresh:
            # at its full size from the start: a commit then writes no metadata of the file system
            file.seek(0, os.SEEK_END)
            file.write(b" " * (_SIZE - file.tell()))
            os.fsync(file.fileno())
        return cls(salt, file)

    def write(self, commits: int) -> None:
        """Record durably that so many commits were acknowledged."""
        self.file.seek(commits % 2 * _SECTOR)
        self.file.write(MarkRecord(commits, self.salt).to_bytes())
        _sync(self.file.fileno())

    def close(self) -> None:
        """Close the file; it stays beside the journal."""
        self.file.close()


def _sync(descriptor: int) -> None:
    # fdatasync leaves out the times of the file, which are not needed
    if sys.platform == "linux":
        os.fdatasync(descriptor)
    else:
        os.fsync(descriptor)
