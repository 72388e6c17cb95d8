"""The command `submit`: a file of orders to one of the APIs, and a row, a line and an exit code for what became of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

import anyio
from attrs import define, field

from gelato_async.bulk import Created, OrderLine, Outcome, Progress, Rejected
from gelato_async.cli.console import CommandError, ExitCode, complain, one_line, say
from gelato_async.cli.keys import VARIABLES, open_client
from gelato_async.cli.progress import Display, display_for
from gelato_async.cli.report import Report, Row, check_name, open_report
from gelato_async.cli.running import run_orders
from gelato_async.cli.samples import BackendName
from gelato_async.cli.sources import count_orders, open_input, read_lines
from gelato_async.cli.tally import Tally
from gelato_async.client.clients import Client
from gelato_async.core.errors import AuthenticationError, GelatoError, ValidationError
from gelato_async.models.new_order import NewOrder


def submit(file: str, *, backend: BackendName, base_url: str | None, report: Path | None, settle: float) -> int:
    """Submit the orders of a file and return the exit code.

    Everything that can be checked beforehand is: the name of the report, the keys, the file, and that the report can be
    written. The file is read while orders go out, so its size does not matter.

    Raises:
        CommandError: it cannot begin; nothing was sent.
    """
    check_name(report)
    _refuse_same(file, report)
    client = open_client(backend, base_url, settle)
    stream = open_input(file)
    try:
        opened = open_report(report)
    except CommandError:
        stream.close()
        raise
    with opened as rows:
        return _Submission(file, backend, stream, rows, display_for(count_orders(file))).run(client)


def _refuse_same(file: str, report: Path | None) -> None:
    if report is not None and report.exists() and Path(file).exists() and report.samefile(file):
        raise CommandError(f"the report {report} is the file of orders itself")


@define
class _Submission:
    file: str
    backend: BackendName
    stream: BinaryIO
    report: Report | None
    display: Display
    tally: Tally = field(factory=Tally)
    # The lines of references that are on their way; forgotten as their outcomes come.
    lines: dict[str, list[int]] = field(factory=dict)

    def run(self, client: Client) -> int:
        """Submit until the end, or until something ends it; either way tell what was done, and return the exit code."""
        try:
            with self.display:
                anyio.run(run_orders, client, self._orders(), self._note, self._show)
        except KeyboardInterrupt:
            complain(f"Interrupted: {self.tally.done} done: {self.tally}.{self._advice()}")
            return ExitCode.INTERRUPTED
        except (GelatoError, CommandError, OSError) as error:
            return self._failed(error)
        self._note_repeated()
        say(f"{self.tally.done} done: {self.tally}.{self._advice()}")
        return self.tally.exit_code

    async def _orders(self) -> AsyncIterator[NewOrder]:
        async for line in read_lines(self.stream):
            if line.order is None:
                self._note_bad(line)
            else:
                self.lines.setdefault(line.order.order_reference_id, []).append(line.number)
                yield line.order

    def _show(self, progress: Progress) -> None:
        self.display.show(self.tally, progress.parked)

    def _note_bad(self, line: OrderLine) -> None:
        self.tally.rejected += 1
        for problem in line.problems:
            complain(f"{self.file}:{line.number}: {problem}")
        self._write(Row(line=line.number, reference="", outcome="rejected", reason="; ".join(map(str, line.problems))))

    def _note(self, outcome: Outcome) -> None:
        self.tally.count(outcome)
        line = self._line_of(outcome)
        if isinstance(outcome, Created):
            self._write(_row(line, outcome))
            return
        word = "rejected" if isinstance(outcome, Rejected) else "unknown"
        reason = one_line(outcome.error)
        complain(f"{self.file}:{line or '?'}: {outcome.reference}: {word}: {reason}")
        self._write(Row(line=line, reference=outcome.reference, outcome=word, reason=reason))

    def _line_of(self, outcome: Outcome) -> int | None:
        lines = self.lines.get(outcome.reference, [])
        # Only what was refused before it was sent can be a reference that came a second time, with other contents.
        refused_unsent = isinstance(outcome, Rejected) and isinstance(outcome.error, ValidationError)
        line = lines.pop(-1 if refused_unsent else 0) if lines else None
        if not lines:
            self.lines.pop(outcome.reference, None)
        return line

    def _note_repeated(self) -> None:
        for reference, lines in self.lines.items():
            self.tally.repeated += len(lines)
            for line in lines:
                reason = "the same order came before in this file; it was sent once"
                self._write(Row(line=line, reference=reference, outcome="repeated", reason=reason))

    def _write(self, row: Row) -> None:
        if self.report is not None:
            self.report.write(row)

    def _failed(self, error: Exception) -> int:
        complain(f"gelato-async: {one_line(error)}{self._remedy(error)}")
        if self.tally.done:
            complain(f"Stopped early: {self.tally.done} done: {self.tally}.{self._advice()}")
        return ExitCode.UNKNOWN if self.tally.unknown else ExitCode.USAGE

    def _remedy(self, error: Exception) -> str:
        refused = isinstance(error, AuthenticationError)
        return f" (it comes from {' and '.join(VARIABLES[self.backend])})" if refused else ""

    def _advice(self) -> str:
        return (
            " Look unknown ones up before you submit them again: they may have been made." if self.tally.unknown else ""
        )


def _row(line: int | None, created: Created) -> Row:
    return Row(
        line=line,
        reference=created.reference,
        outcome="created",
        order_id=created.order_id,
        connected_order_ids=created.connected_order_ids,
        reason="adopted: its answer was lost, and a search found it" if created.adopted else "",
    )
