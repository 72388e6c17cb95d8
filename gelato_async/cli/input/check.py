"""The command `check`: everything that can be known of a file of orders without a key and without sending any of it."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from attrs import define, field

from gelato_async.backends.connect import connect_backend
from gelato_async.backends.gelato import gelato_backend
from gelato_async.bulk import OrderLine, read_jsonl
from gelato_async.cli.apis import BackendName
from gelato_async.cli.console import CommandError, ExitCode, print_line
from gelato_async.cli.input.fixing import Fixer
from gelato_async.cli.input.formats import (
    Format,
    create_private,
    format_of,
    lines_of,
    open_to_write,
    stated_format,
)
from gelato_async.cli.input.sources import open_input, read_orders
from gelato_async.core.backend import Backend
from gelato_async.core.errors import Problem
from gelato_async.files.bounded_lines import MAX_BYTES
from gelato_async.files.csv_orders import read_records
from gelato_async.files.csv_records import Records
from gelato_async.files.references import SeenReferences
from gelato_async.models.new_order import NewOrder

_BACKENDS: Mapping[BackendName, Callable[[], Backend]] = {
    "gelato": lambda: gelato_backend("none"),
    "connect": lambda: connect_backend("none", "none", "none"),
}


def check(
    file: str,
    *,
    backend: BackendName,
    fix: Path | None,
    format_: Format | None,
    max_bytes: int = MAX_BYTES,
) -> int:
    """Tell every problem of a file with its line, write a fixed copy if one is wanted, and return the exit code.

    Raises:
        CommandError: the file cannot be read to its end, or the copy cannot be written; there is no
        copy then.
    """
    format_ = format_ or format_of(file)
    _check_copy(file, fix, format_)
    checked = _Check(file, _BACKENDS[backend](), max_bytes)
    fixed = ""
    with open_input(file) as stream:
        if fix is None:
            checked.note_all(read_orders(stream, format_, max_bytes))
        else:
            fixed = _with_copy(checked, stream, format_, fix)
    print_line(f"{checked}{fixed}")
    return ExitCode.REJECTED if checked.bad or checked.bad_header else ExitCode.FINE


def _check_copy(file: str, fix: Path | None, format_: Format) -> None:
    if fix is None:
        return
    if fix.exists() and Path(file).exists() and fix.samefile(file):
        raise CommandError(f"the copy {fix} is the file of orders itself")
    if stated_format(fix.name) not in {None, format_}:
        raise CommandError(
            f"the copy {fix} keeps the format of {file}: its name must end in .{format_}"
        )


def _with_copy(checked: "_Check", stream: BinaryIO, format_: Format, fix: Path) -> str:
    with _written_whole(fix) as copy:
        limit = checked.max_bytes
        fixer = Fixer(copy, checked.tell, limit)
        # the copy gets lines that are too long too, and in whole
        lines = lines_of(stream, limit, copy.write)
        if format_ == "csv":
            records = Records(lines, limit)
            fixed = fixer.fix_csv(records)
            checked.note_all(read_records(records.header, fixed, limit))
            # a header that keeps orders from being read does not keep them from being copied
            deque(fixed, maxlen=0)
        else:
            checked.note_all(read_jsonl(fixer.fix_jsonl(lines), max_bytes=limit))
    return f" {fixer.values} fixed on {fixer.lines} lines, written to {fix}."


@contextmanager
def _written_whole(path: Path) -> Iterator[BinaryIO]:
    # half a copy would be taken for a whole one
    part = path.with_name(f"{path.name}.part")
    try:
        create_private(part)
        with open_to_write(part, path.name) as stream:
            yield stream
        part.replace(path)
    except BrokenPipeError:
        # that is standard output
        raise
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@define
class _Check:
    file: str
    backend: Backend
    max_bytes: int
    fine: int = 0
    bad: int = 0
    bad_header: bool = False
    repeated: int = 0
    seen: SeenReferences = field(factory=SeenReferences)

    def note_all(self, lines: Iterable[OrderLine]) -> None:
        for line in lines:
            problems = line.problems if line.order is None else self._problems(line, line.order)
            for problem in problems:
                self.tell(line.number, problem)
            self.bad_header = self.bad_header or line.is_header
            self.bad += bool(problems) and not line.is_header
            self.fine += not problems

    def tell(self, number: int, problem: Problem) -> None:
        print_line(f"{self.file}:{number}: {problem}")

    def __str__(self) -> str:
        repeated = f" ({self.repeated} of them repeated)" if self.repeated else ""
        header = " The header has problems." if self.bad_header else ""
        return (
            f"{self.fine + self.bad} checked: {self.fine} fine{repeated}, {self.bad} with"
            f" problems.{header}"
        )

    def _problems(self, line: OrderLine, order: NewOrder) -> Iterable[Problem]:
        problems, content = self.backend.problems_and_body(self.backend.create_operation(order))
        if problems:
            return line.located(problems)
        return self._problems_of_reference(order.order_reference_id, line.number, content)

    def _problems_of_reference(
        self, reference: str, number: int, content: bytes
    ) -> Iterable[Problem]:
        digest = int.from_bytes(blake2b(content, digest_size=4).digest())
        before, digest_before = divmod(self.seen.note(reference, number << 32 | digest), 1 << 32)
        if before and digest_before != digest:
            return [
                Problem(
                    "orderReferenceId",
                    f"was used on line {before} for an order with other contents",
                )
            ]
        if before:
            self.repeated += 1
            self.tell(
                number,
                Problem(
                    "orderReferenceId", f"note: the order of line {before} again; it is sent once"
                ),
            )
        return ()
