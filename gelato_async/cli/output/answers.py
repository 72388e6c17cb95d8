"""What commands answer: a view of things as rows of text, and how these are written to a terminal, a pipe, or as JSON."""

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
    """Writes what was asked for. `batch` is how many things are best written at once."""

    batch: int

    def write_rows(self, view: View[A], things: Sequence[A]) -> None:
        """Write some of many things."""

    def write_whole(self, thing: Answered, facts: Facts, *tables: Table) -> None:
        """Write one thing with everything about it."""


class JsonLines:
    """A line of JSON for each thing, just as it came."""

    batch = 1

    def write_rows(self, view: View[A], things: Sequence[A]) -> None:  # noqa: ARG002  JSON has it all
        """Write a line for each."""
        for thing in things:
            _write(_json(thing.raw))

    def write_whole(self, thing: Answered, facts: Facts, *tables: Table) -> None:  # noqa: ARG002
        """Write one line."""
        _write(_json(thing.raw))


class PlainLines:
    """Values with tabs between them, without heads: for `cut`, `grep` and `xargs`."""

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
    """Takes things as they come and writes them in batches.

    What is left is written however the block ends.
    """

    answers: Answers
    view: View[A]
    count: int = 0
    _waiting: list[A] = field(factory=list)

    def add(self, thing: A) -> None:
        """Take one more."""
        self.count += 1
        self._waiting.append(thing)
        if len(self._waiting) >= self.answers.batch:
            self._write()

    def add_all(self, things: Iterable[A]) -> None:
        """Take them all."""
        for thing in things:
            self.add(thing)

    async def take(self, things: AsyncIterable[A], limit: int | None = None) -> None:
        """Take them all, or as many as are wanted."""
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
    to_terminal = sys.stdout.isatty()
    # a terminal of another encoding takes some bytes of UTF-8 for what steers it
    ascii_alone = to_terminal and codecs.lookup(sys.stdout.encoding).name != "utf-8"
    line = json.dumps(raw, ensure_ascii=ascii_alone, separators=(",", ":"))
    return "".join(map(_escaped, line)) if to_terminal else line


def _escaped(letter: str) -> str:
    return letter if letter.isprintable() else json.dumps(letter)[1:-1]


def _write(line: str) -> None:
    # at once, for whoever follows; what UTF-8 cannot say is escaped just as JSON escapes it
    stream = raw_output()
    stream.write(line.encode(errors="backslashreplace") + b"\n")
    stream.flush()


def answers(*, as_json: bool) -> Answers:
    """What fits standard output."""
    escape_what_cannot_be_shown()
    if as_json:
        return JsonLines()
    if not sys.stdout.isatty():
        return PlainLines()
    from gelato_async.cli.output.drawn_tables import DrawnTables  # noqa: PLC0415  the other two do without rich

    return DrawnTables()
