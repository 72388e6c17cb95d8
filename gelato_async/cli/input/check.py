"""The command `check`: everything that is wrong with a file of orders, without a key."""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from attrs import define

from gelato_async.cli.apis import offline_backend
from gelato_async.cli.choices import BackendName, Format
from gelato_async.cli.console import CommandError, ExitCode, print_line
from gelato_async.cli.input.fixing import Fixer
from gelato_async.cli.input.formats import (
    create_private,
    format_of,
    lines_of,
    open_to_write,
    stated_format,
)
from gelato_async.cli.input.review import Review, reviewed
from gelato_async.cli.input.sources import open_input, read_orders
from gelato_async.core.backend import Backend
from gelato_async.core.errors import Problem
from gelato_async.files.bounded_lines import MAX_BYTES
from gelato_async.files.csv_orders import read_records
from gelato_async.files.csv_records import Records
from gelato_async.files.jsonl import OrderLine, read_jsonl


def check(
    file: str,
    *,
    backend: BackendName,
    fix: Path | None,
    format_: Format | None,
    max_bytes: int = MAX_BYTES,
) -> int:
    """Print every problem of a file with its line, and return the exit code.

    With `fix`, write a fixed copy there.

    Raises:
        CommandError: the file cannot be read to its end, or the copy cannot be written; then there
            is no copy.
    """
    format_ = format_ or format_of(file)
    check = _Check(file, offline_backend(backend), max_bytes)
    fixed = ""
    if fix is not None:
        _refuse_copy(file, fix, format_)
    with open_input(file) as stream:
        if fix is None:
            check.note_all(read_orders(stream, format_, max_bytes))
        else:
            fixed = _with_copy(check, stream, format_, fix)
    print_line(f"{check.summary()}{fixed}")
    if check.bad or check.is_header_bad:
        return ExitCode.REJECTED
    return ExitCode.FINE


def _refuse_copy(file: str, fix: Path, format_: Format) -> None:
    if fix.exists() and Path(file).exists() and fix.samefile(file):
        raise CommandError(f"the copy {fix} is the file of orders itself")
    if stated_format(fix.name) not in {None, format_}:
        raise CommandError(
            f"the copy {fix} keeps the format of {file}: its name must end in .{format_}"
        )


def _with_copy(check: "_Check", stream: BinaryIO, format_: Format, fix: Path) -> str:
    with _written_whole(fix) as copy:
        fixer = Fixer(copy, check.print_problem, check.max_bytes)
        # the rest of a line that is too long goes to the copy unread
        lines = lines_of(stream, check.max_bytes, copy.write)
        if format_ == "csv":
            records = Records(lines, check.max_bytes)
            fixed = fixer.fix_csv(records)
            check.note_all(read_records(records.header, fixed, check.max_bytes))
            # a header that keeps orders from being read leaves rows that are still to be copied
            deque(fixed, maxlen=0)
        else:
            check.note_all(read_jsonl(fixer.fix_jsonl(lines), max_bytes=check.max_bytes))
    return f" {fixer.values} fixed on {fixer.lines} lines, written to {fix}."


@contextmanager
def _written_whole(path: Path) -> Iterator[BinaryIO]:
    # half a copy would be taken for a whole one: the name is given to it at its end
    part = path.with_name(f"{path.name}.part")
    try:
        create_private(part)
        with open_to_write(part, path.name) as stream:
            yield stream
        part.replace(path)
    except BrokenPipeError:
        # raised by standard output, not by the copy
        raise
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@define
class _Check:
    """Prints what is wrong with lines, and counts them."""

    file: str
    backend: Backend
    max_bytes: int
    fine: int = 0
    bad: int = 0
    is_header_bad: bool = False
    repeated: int = 0

    def note_all(self, lines: Iterable[OrderLine]) -> None:
        for review in reviewed(lines, self.backend):
            self._note(review)

    def _note(self, review: Review) -> None:
        number = review.line.number
        for problem in review.problems:
            self.print_problem(number, problem)
        if review.line.is_header:
            self.is_header_bad = True
        elif review.problems:
            self.bad += 1
        else:
            self.fine += 1
        if review.repeats is not None:
            self.repeated += 1
            note = f"note: the order of line {review.repeats} again; it is sent once"
            self.print_problem(number, Problem("orderReferenceId", note))

    def print_problem(self, number: int, problem: Problem) -> None:
        print_line(f"{self.file}:{number}: {problem}")

    def summary(self) -> str:
        fine = f"{self.fine} fine"
        if self.repeated:
            fine += f" ({self.repeated} of them repeated)"
        text = f"{self.fine + self.bad} checked: {fine}, {self.bad} with problems."
        if self.is_header_bad:
            text += " The header has problems."
        return text
