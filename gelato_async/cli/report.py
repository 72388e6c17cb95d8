"""The report of a submission: a row for every order, as JSON lines or CSV, on disk as soon as it is known."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TextIO

import attrs
from attrs import define, frozen

from gelato_async.cli.console import CommandError


@frozen(kw_only=True)
class Row:
    """What became of an order, or of a line that holds none (`reference` is empty then).

    `outcome` is created, rejected, unknown, repeated for a line that says again what an earlier one said, or skipped. CSV
    separates the `connected_order_ids` by spaces. `line` is None for an order whose line nobody knows.
    """

    line: int | None
    reference: str
    outcome: str
    order_id: str = ""
    connected_order_ids: tuple[str, ...] = ()
    reason: str = ""
    attempts: int = 0
    seconds: float = 0.0


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
    """Takes rows. After a row that could not be written it takes no more, so that the failure is told once."""

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
        raise CommandError(f"the report {path} must end in {' or '.join(FORMATS)}: its suffix chooses the format")


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
