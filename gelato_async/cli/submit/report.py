"""The report of a submission: a row for every order, as JSON lines or CSV.

Each row is written as soon as the outcome is known.
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

import attrs
from attrs import define, frozen

from gelato_async.bulk import Created, Outcome, Rejected, Unknown
from gelato_async.cli.console import CommandError, one_line
from gelato_async.core.errors import GelatoError, OutcomeUnknownError


@frozen(kw_only=True)
class Row:
    """What became of an order, or of a line that holds no order.

    `reference` is empty if the line does not show it; `line` is None if the order has no line in
    this file. `outcome` is created, rejected, unknown, repeated (the line has the order of an
    earlier line) or skipped. CSV separates the `connected_order_ids` by spaces.
    """

    line: int | None
    reference: str
    outcome: str
    order_id: str = ""
    connected_order_ids: tuple[str, ...] = ()
    reason: str = ""
    sends: int = 0
    seconds: float = 0.0


_STILL_OPEN = (
    "the run ended before its outcome was known: run again with the journal, which reconciles it"
    " first"
)
_NOT_FOUND = (
    "it was not found; `submit` with this journal and its file looks once more, and sends it where"
    " that is safe"
)


def row_of(outcome: Outcome, line: int | None, *, journaled: bool) -> Row:
    """Return the row for an outcome."""
    row = Row(
        line=line,
        reference=outcome.reference,
        outcome=word_for(outcome),
        sends=outcome.sends,
        seconds=outcome.seconds,
    )
    if not isinstance(outcome, Created):
        return attrs.evolve(row, reason=reason_of(outcome, line, journaled=journaled))
    return attrs.evolve(
        row,
        order_id=outcome.order_id,
        connected_order_ids=outcome.connected_order_ids,
        reason=_history(outcome),
    )


def reason_of(outcome: Rejected | Unknown, line: int | None, *, journaled: bool) -> str:
    """Return why an order is not created; with a journal, what to do about an open outcome."""
    if journaled and is_in_flight(outcome):
        return _STILL_OPEN
    if journaled and line is None and _was_not_found(outcome.error):
        return _NOT_FOUND
    return one_line(outcome.error)


def _was_not_found(error: GelatoError) -> bool:
    # no look failed, and no look found an order
    return isinstance(error, OutcomeUnknownError) and error.reason is None and not error.order_ids


def word_for(outcome: Outcome) -> str:
    """Return the word for an outcome: created, rejected or unknown."""
    return type(outcome).__name__.lower()


def is_in_flight(outcome: Outcome) -> bool:
    """Return whether a run was ended before this order's outcome was known."""
    return isinstance(outcome, Unknown) and outcome.in_flight


def _history(created: Created) -> str:
    history = []
    if created.replayed:
        history.append("replayed: an earlier run made it")
    if created.adopted:
        history.append("adopted: its answer was lost, and a search found it")
    return "; ".join(history)


COLUMNS = tuple(column.name for column in attrs.fields(Row))
Write = Callable[[TextIO, Row], None]


def _write_json(stream: TextIO, row: Row) -> None:
    stream.write(json.dumps(attrs.asdict(row), ensure_ascii=False) + "\n")


def _write_csv(stream: TextIO, row: Row) -> None:
    values = attrs.asdict(row)
    # a space is in no id, and needs no quotes
    values["connected_order_ids"] = " ".join(row.connected_order_ids)
    csv.DictWriter(stream, COLUMNS).writerow(values)


FORMATS: Mapping[str, Write] = {".jsonl": _write_json, ".csv": _write_csv}


@define
class Report:
    """Writes rows, until one cannot be written: a failure is reported once."""

    path: Path
    stream: TextIO
    write_row: Write
    is_broken: bool = False

    def begin(self) -> None:
        """Remove the report of an earlier run, now that this run has really begun."""
        self.stream.truncate(0)
        if self.path.suffix.lower() == ".csv":
            csv.writer(self.stream).writerow(COLUMNS)

    def write(self, row: Row) -> None:
        """Write a row, and flush it.

        Raises:
            CommandError: the row cannot be written.
        """
        if self.is_broken:
            return
        try:
            self.write_row(self.stream, row)
            self.stream.flush()
        except OSError as error:
            self.is_broken = True
            raise CommandError(f"cannot write {self.path}: {error.strerror}") from error


def check_name(path: Path | None) -> None:
    """Refuse a name whose suffix states no format.

    Raises:
        CommandError: the suffix is neither .jsonl nor .csv.
    """
    if path is not None and path.suffix.lower() not in FORMATS:
        raise CommandError(
            f"the report {path} must end in {' or '.join(FORMATS)}: its suffix chooses the format"
        )


@contextmanager
def open_report(path: Path | None) -> Iterator[Report | None]:
    """Open the report to write; None without a path. The file keeps its contents until `begin`.

    Raises:
        CommandError: the file cannot be written.
    """
    if path is None:
        yield None
        return
    try:
        # append leaves an earlier report as it is until this run begins; a reason may hold half a
        # surrogate pair, which UTF-8 lacks
        stream = path.open("a", encoding="utf-8", errors="backslashreplace", newline="")
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
    try:
        yield Report(path, stream, FORMATS[path.suffix.lower()])
    finally:
        # a row that could not be flushed has been reported by `write`
        with suppress(OSError):
            stream.close()
