"""The report of a submission.

A row for every order, as JSON lines or CSV, on disk as soon as it is known.
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TextIO

import attrs
from attrs import define, frozen

from gelato_async.bulk import Created, Outcome, Rejected, Unknown
from gelato_async.cli.console import CommandError, one_line
from gelato_async.core.errors import GelatoError, OutcomeUnknownError


@frozen(kw_only=True)
class Row:
    """What became of an order, or of a line that holds none (`reference` is empty then where it cannot be read).

    `outcome` is created, rejected, unknown, repeated for a line that says again what an earlier one
    said, or skipped. CSV separates the `connected_order_ids` by spaces. `line` is None for an order
    whose line nobody knows.
    """

    line: int | None
    reference: str
    outcome: str
    order_id: str = ""
    connected_order_ids: tuple[str, ...] = ()
    reason: str = ""
    sends: int = 0
    seconds: float = 0.0


_STILL_OUT = "the run ended before its outcome was known: run again with the journal, which reconciles it first"
_NOT_FOUND = (
    "it was not found; `submit` with this journal and its file looks once more, and sends it where"
    " that is safe"
)


def row_of(outcome: Outcome, line: int | None, *, journaled: bool) -> Row:
    """The row for an outcome."""
    row = Row(
        line=line,
        reference=outcome.reference,
        outcome=word_for(outcome),
        sends=outcome.sends,
        seconds=outcome.seconds,
    )
    if not isinstance(outcome, Created):
        return attrs.evolve(row, reason=reason_of(outcome, line, journaled=journaled))
    ids = outcome.connected_order_ids
    return attrs.evolve(
        row, order_id=outcome.order_id, connected_order_ids=ids, reason=_history(outcome)
    )


def reason_of(outcome: Rejected | Unknown, line: int | None, *, journaled: bool) -> str:
    """Why it is not created; with a journal, running again is what helps where its outcome is open."""
    if journaled and is_in_flight(outcome):
        return _STILL_OUT
    if journaled and line is None and _was_not_found(outcome.error):
        return _NOT_FOUND
    return one_line(outcome.error)


def _was_not_found(error: GelatoError) -> bool:
    # no look failed, and none found anything
    return isinstance(error, OutcomeUnknownError) and error.reason is None and not error.order_ids


def word_for(outcome: Outcome) -> str:
    """What an outcome is called: created, rejected or unknown."""
    return type(outcome).__name__.lower()


def is_in_flight(outcome: Outcome) -> bool:
    """Whether a run was ended before this order's outcome was known."""
    return isinstance(outcome, Unknown) and outcome.in_flight


def _history(created: Created) -> str:
    replayed = ["replayed: an earlier run made it"] if created.replayed else []
    adopted = ["adopted: its answer was lost, and a search found it"] if created.adopted else []
    return "; ".join(replayed + adopted)


COLUMNS = tuple(column.name for column in attrs.fields(Row))
Write = Callable[[TextIO, Row], None]


def _write_json(stream: TextIO, row: Row) -> None:
    stream.write(json.dumps(attrs.asdict(row), ensure_ascii=False) + "\n")


def _write_csv(stream: TextIO, row: Row) -> None:
    values = attrs.asdict(row) | {"connected_order_ids": " ".join(row.connected_order_ids)}
    csv.DictWriter(stream, COLUMNS).writerow(values)


FORMATS: Mapping[str, Write] = {".jsonl": _write_json, ".csv": _write_csv}


@define
class Report:
    """Takes rows.

    After a row that could not be written it takes no more, so that the failure is told once.
    """

    path: Path
    stream: TextIO
    write_row: Write
    broken: bool = False

    def begin(self) -> None:
        """Forget the report of an earlier run: not before this one has really begun."""
        self.stream.truncate(0)
        if self.path.suffix.lower() == ".csv":
            csv.writer(self.stream).writerow(COLUMNS)

    def write(self, row: Row) -> None:
        """Write a row, and see that it is not lost.

        Raises:
            CommandError: the disk is full, or gone.
        """
        if self.broken:
            return
        try:
            self.write_row(self.stream, row)
            self.stream.flush()
        except OSError as error:
            self.broken = True
            raise CommandError(f"cannot write {self.path}: {error.strerror}") from error


def check_name(path: Path | None) -> None:
    """Refuse a name whose suffix tells no format.

    Raises:
        CommandError: it is neither .jsonl nor .csv.
    """
    if path is not None and path.suffix.lower() not in FORMATS:
        raise CommandError(
            f"the report {path} must end in {' or '.join(FORMATS)}: its suffix chooses the format"
        )


def open_report(path: Path | None) -> AbstractContextManager[Report | None]:
    """The report to write, open already, and as it was until it begins; None where none is wanted.

    Raises:
        CommandError: the file cannot be written.
    """
    if path is None:
        return nullcontext()
    try:
        stream = path.open("a", encoding="utf-8", errors="backslashreplace", newline="")
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
    return _closing(Report(path, stream, FORMATS[path.suffix.lower()]))


@contextmanager
def _closing(report: Report) -> Iterator[Report]:
    try:
        yield report
    finally:
        # what could not be flushed has been told already
        with suppress(OSError):
            report.stream.close()
