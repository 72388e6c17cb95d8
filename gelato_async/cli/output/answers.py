"""Writers of answers: tabs for a pipe, JSON lines, or drawn tables, whatever the view."""

import codecs
import json
import sys
from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Generic, Protocol, Self

from attrs import define, field

from gelato_async.cli.console import escape_what_cannot_be_shown, raw_output
from gelato_async.cli.output.views import A, Answered, Facts, Table, View, table, text


class Answers(Protocol):
    """Writes an answer. `batch` is how many things are best written at once."""

    batch: int

    def write_rows(self, view: View[A], things: Sequence[A]) -> None:
        """Write rows for some of many things."""

    def write_whole(self, thing: Answered, facts: Facts, *tables: Table) -> None:
        """Write one thing with everything about it."""


class JsonLines:
    """A line of JSON for each thing, just as the API answered it."""

    # a reader of the pipe sees each thing as it comes
    batch = 1

    def write_rows(self, view: View[A], things: Sequence[A]) -> None:  # noqa: ARG002  JSON has it all
        """Write a line for each thing."""
        for thing in things:
            _write(_json(thing.raw))

    def write_whole(self, thing: Answered, facts: Facts, *tables: Table) -> None:  # noqa: ARG002
        """Write one line."""
        _write(_json(thing.raw))


class PlainLines:
    """Values separated by tabs, without headings: for `cut`, `grep` and `xargs`."""

    batch = 1

    def write_rows(self, view: View[A], things: Sequence[A]) -> None:
        """Write a line for each row."""
        for row in table("", view, things).rows:
            _write("\t".join(row))

    def write_whole(self, thing: Answered, facts: Facts, *tables: Table) -> None:  # noqa: ARG002
        """Write a line for each fact, then one for each row, which begins with what the row is."""
        for name, value in facts.items():
            _write(f"{name}\t{text(value)}")
        for part in tables:
            for row in part.rows:
                _write("\t".join([part.name, *row]))


@define
class Rows(Generic[A]):
    """Collects things and writes them in batches; the rest when the block ends, however it ends."""

    answers: Answers
    view: View[A]
    count: int = 0
    _waiting: list[A] = field(factory=list)

    def add(self, thing: A) -> None:
        """Add a thing."""
        self.count += 1
        self._waiting.append(thing)
        if len(self._waiting) >= self.answers.batch:
            self._write()

    def add_all(self, things: Iterable[A]) -> None:
        """Add all of them."""
        for thing in things:
            self.add(thing)

    async def take(self, things: AsyncIterable[A], limit: int | None = None) -> None:
        """Add all of them, or the first `limit`."""
        async for thing in things:
            self.add(thing)
            if self.count == limit:
                return

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self.answers.write_rows(self.view, waiting)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Write what is left."""
        self._write()


def _json(raw: Mapping[str, Any]) -> str:
    is_terminal = sys.stdout.isatty()
    # to a terminal of another encoding, some bytes of UTF-8 are control characters
    ascii_only = is_terminal and codecs.lookup(sys.stdout.encoding).name != "utf-8"
    line = json.dumps(raw, ensure_ascii=ascii_only, separators=(",", ":"))
    if is_terminal:
        return "".join(map(_escaped, line))
    return line


def _escaped(letter: str) -> str:
    if letter.isprintable():
        return letter
    return json.dumps(letter)[1:-1]


def _write(line: str) -> None:
    # flushed, so that a reader of the pipe sees each line at once; half of a surrogate pair, which
    # UTF-8 lacks, is escaped as JSON escapes it
    stream = raw_output()
    stream.write(line.encode(errors="backslashreplace") + b"\n")
    stream.flush()


def answers(*, as_json: bool) -> Answers:
    """Return the writer that fits standard output."""
    escape_what_cannot_be_shown()
    if as_json:
        return JsonLines()
    if not sys.stdout.isatty():
        return PlainLines()
    from gelato_async.cli.output.drawn_tables import DrawnTables  # noqa: PLC0415  only this needs rich

    return DrawnTables()
