"""Records: the rows of a CSV stream with the numbers of their lines.

A broken row costs none of those that follow it: after a quote that is never closed, every line
behind the first is read again, as a row of its own.
"""

import csv
from codecs import BOM_UTF8
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Self

from attrs import define, evolve, field

from gelato_async.files.bounded_lines import MAX_BYTES, bounded_lines, too_long

# of those that the header has equally often, the first
_DELIMITERS = (",", ";", "\t")
_NOT_UTF8 = "not UTF-8 text"


@define(kw_only=True)
class Record:
    """A row. If it has a `problem`, its `cells` are only what could be read of it.

    `raw` is the row as it was read.
    """

    number: int
    cells: list[str]
    raw: bytes
    problem: str = ""

    @property
    def names(self) -> list[str]:
        """The names of columns that a header's cells are, without white space around them."""
        return list(map(str.strip, self.cells))


class Records:
    """Rows, read as they are needed.

    The first that is not empty is the `header`, whose width all must have. The header's line
    decides the delimiter: comma, semicolon or tab, whichever it has most often. A row of more than
    `max_bytes` is a problem; of a file, no more of such a row is held.
    """

    def __init__(self, lines: Iterable[bytes], max_bytes: int = MAX_BYTES) -> None:
        self.max_bytes: int = max_bytes
        self._lines = _Lines(bounded_lines(lines, max_bytes), max_bytes)
        self.delimiter: str = self._lines.find_delimiter()
        self.header: Record = self._next(None) or Record(
            number=1, cells=[], raw=b"", problem="the file is empty"
        )

    def __iter__(self) -> Iterator[Record]:
        width = len(self.header.cells)
        while (record := self._next(width)) is not None:
            yield record

    def _next(self, width: int | None) -> Record | None:
        try:
            cells = self._cells(self._lines.begin())
        except StopIteration:
            return None
        except _TooLongError:
            return self._too_long()
        except csv.Error as error:
            return self._broken(f"not CSV: {error}; look at its quotes")
        if width is not None and cells and len(cells) != width:
            return self._broken(f"has {len(cells)} fields, and the header {width}")
        return self._record(cells)

    def _cells(self, text: str) -> list[str]:
        """Split a row, which begins with this text and goes on with as many lines as it needs."""
        line = text.removesuffix("\n").removesuffix("\r")
        is_special = '"' in line or "\r" in line or "\n" in line
        if is_special or len(line) > csv.field_size_limit():
            lines = chain([text], self._lines)
            return next(csv.reader(lines, delimiter=self.delimiter, strict=True))
        if not line:
            return []
        # without quotes the delimiter has no other meaning
        return line.split(self.delimiter)

    def _too_long(self) -> Record:
        problem = too_long(self.max_bytes)
        if len(self._lines.taken) > 1:
            problem += "; look at its quotes"
        # whatever else is wrong: the cut may have left half a character at the end
        return evolve(self._broken(""), problem=problem)

    def _broken(self, problem: str) -> Record:
        text = self._lines.keep_first()
        try:
            cells = next(csv.reader([text], delimiter=self.delimiter), [])
        except csv.Error:
            cells = text.split(self.delimiter)
        return self._record(cells, problem)

    def _record(self, cells: list[str], problem: str = "") -> Record:
        if not self._lines.is_readable:
            problem = _NOT_UTF8
        raw = b"".join(self._lines.taken)
        return Record(number=self._lines.first, cells=cells, raw=raw, problem=problem)


class _TooLongError(ValueError):
    pass


@define(eq=False)
class _Lines:
    """Lines of text, of which those of the last record can be put back to be read again."""

    source: Iterator[bytes]
    max_bytes: int
    size: int = 0
    number: int = 0
    first: int = 1
    is_readable: bool = True
    taken: list[bytes] = field(factory=list)
    _put_back: deque[bytes] = field(factory=deque)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._put_back.popleft() if self._put_back else next(self.source)
        self.number += 1
        self.taken.append(line)
        self.size += len(line)
        if self.size > self.max_bytes:
            raise _TooLongError
        return self._text(line)

    def begin(self) -> str:
        """Begin a record, and return its first line."""
        self._reset()
        return next(self)

    def _reset(self) -> None:
        self.first = self.number + 1
        self.is_readable = True
        self.taken = []
        self.size = 0

    def keep_first(self) -> str:
        """Put all lines of the record back but its first, and return the text of that."""
        self._put_back.extendleft(reversed(self.taken[1:]))
        self.number = self.first
        del self.taken[1:]
        self.is_readable = True
        return self._text(self.taken[0])

    def find_delimiter(self) -> str:
        """Return the delimiter of the first line that is not empty, and put that line back."""
        try:
            text = self._first_text()
        except _TooLongError:
            text = self._text(self.taken[-1])
        if text:
            self._put_back.append(self.taken[-1])
            self.number -= 1
        return max(_DELIMITERS, key=text.count)

    def _first_text(self) -> str:
        for text in self:
            if text.strip():
                return text
            self._reset()
        return ""

    def _text(self, line: bytes) -> str:
        if self.number == 1:
            # Excel writes one before a file that it calls UTF-8
            line = line.removeprefix(BOM_UTF8)
        try:
            return line.decode()
        except UnicodeDecodeError:
            # the text is needed to find where the record ends; the record itself is refused
            self.is_readable = False
            return line.decode(errors="replace")
