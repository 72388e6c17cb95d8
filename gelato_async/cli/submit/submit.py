"""The command `submit`: a file of orders to one of the APIs, and a row, a line and an exit code for what became of it."""

from collections.abc import AsyncIterator
from typing import BinaryIO

import anyio
from attrs import define, field

from gelato_async.bulk import Created, OrderLine, Outcome, Progress, Rejected
from gelato_async.cli.apis import VARIABLES, open_client
from gelato_async.cli.console import CommandError, ExitCode, one_line, print_error, print_line
from gelato_async.cli.input.sources import count_orders, open_input, read_lines, read_orders
from gelato_async.cli.submit.advice import advice
from gelato_async.cli.submit.dry_run import dry_run
from gelato_async.cli.submit.lines_in_flight import LineInFlight, LinesInFlight, print_problems
from gelato_async.cli.submit.progress import Display, display_for
from gelato_async.cli.submit.rejects import Rejects
from gelato_async.cli.submit.report import (
    Report,
    Row,
    is_in_flight,
    open_report,
    reason_of,
    row_of,
    word_for,
)
from gelato_async.cli.submit.running import run_orders
from gelato_async.cli.submit.submit_options import SubmitOptions, check_options
from gelato_async.cli.submit.tally import Tally
from gelato_async.client.clients import Client
from gelato_async.core.errors import AuthenticationError, GelatoError
from gelato_async.models.new_order import NewOrder


def submit(options: SubmitOptions) -> int:
    """Submit the orders of a file and return the exit code.

    Everything that can be checked beforehand is: the name of the report, the keys, the file, and
    that the report can be written. The file is read while orders go out, so its size does not
    matter.

    Raises:
        CommandError: it cannot begin; nothing was sent.
    """
    check_options(options)
    client = open_client(
        options.backend, options.base_url, options.reconcile, marker=options.marker
    )
    stream = open_input(options.file)
    if options.dry:
        with stream:
            lines = read_orders(stream, options.format, options.max_bytes)
            return dry_run(options, lines, client.engine.backend)
    try:
        opened = open_report(options.report)
    except CommandError:
        stream.close()
        raise
    with opened as rows:
        return _Submission(options, stream, rows, display_for(_total(options))).run(client)


def _total(options: SubmitOptions) -> int | None:
    counted = count_orders(options.file, options.format, options.max_bytes)
    return counted if counted is None or options.limit is None else min(counted, options.limit)


@define
class _Submission:
    options: SubmitOptions
    stream: BinaryIO
    report: Report | None
    display: Display
    tally: Tally = field(factory=Tally)
    lines: LinesInFlight = field(factory=LinesInFlight)
    rejects: Rejects = field(init=False)
    begun: bool = False

    def __attrs_post_init__(self) -> None:
        self.rejects = Rejects.beside(self.options.file, self.options.backend)

    def run(self, client: Client) -> int:
        """Submit until the end, or until something ends it.

        Either way tell what was done, and return the exit code.
        """
        try:
            with self.display:
                anyio.run(self._run, client)
        except KeyboardInterrupt:
            print_error(f"Interrupted: {self._summary()}")
            self._tell_how_to_go_on()
            return ExitCode.INTERRUPTED
        except (GelatoError, CommandError, OSError) as error:
            return self._failed(error)
        finally:
            self._close()
        self._note_left_out()
        print_line(self._summary())
        return self.tally.exit_code

    def _close(self) -> None:
        self.rejects.close()
        if not self.begun:
            # nobody has read it, so nobody else closes it
            self.stream.close()

    def begin(self) -> None:
        self.begun = True
        if self.report is not None:
            self.report.begin()

    def note(self, outcome: Outcome) -> None:
        self.tally.count(outcome)
        taken, journaled = self.lines.take(outcome), self.options.journal is not None
        line = taken.number if taken else None
        self._write(row_of(outcome, line, journaled=journaled))
        if isinstance(outcome, Created) or (journaled and is_in_flight(outcome)):
            return
        if taken and isinstance(outcome, Rejected) and not outcome.is_conflict:
            self.rejects.add(taken.raw, taken.order)
        reason = reason_of(outcome, line, journaled=journaled)
        print_error(
            f"{self.options.file}:{line or '?'}: {outcome.reference}: {word_for(outcome)}: {reason}"
        )

    def show(self, progress: Progress) -> None:
        self.display.show(self.tally, progress)

    async def _run(self, client: Client) -> None:
        await run_orders(
            client,
            self._orders(),
            self,
            journal=self.options.journal,
            resume_only=self.options.resume_only,
        )

    async def _orders(self) -> AsyncIterator[NewOrder]:
        left = self.options.limit
        async for line in read_lines(self.stream, self.options.format, self.options.max_bytes):
            if line.is_warning:
                print_problems(self.options.file, line, line.problems)
                continue
            if line.order is None:
                self._note_bad(line)
            else:
                order_to_send = self.options.of(line.order)
                self.lines.add(LineInFlight(line.number, line.raw, line.order, order_to_send))
                yield order_to_send
            left = left and left - 1
            if left == 0:
                return

    def _note_bad(self, line: OrderLine) -> None:
        self.tally.rejected += 1
        print_problems(self.options.file, line, line.problems)
        self.tally.unread += not self.rejects.add(line.raw, None)
        reason = "; ".join(map(str, line.problems))
        self._write(
            Row(line=line.number, reference=line.reference, outcome="rejected", reason=reason)
        )

    def _note_left_out(self) -> None:
        word = "skipped" if self.options.resume_only else "repeated"
        reason = "the same order came before in this file; it was sent once"
        if self.options.resume_only:
            reason = "this run only resumes what its journal has"
        for line in self.lines.left():
            setattr(self.tally, word, getattr(self.tally, word) + 1)
            reference = line.order.order_reference_id
            self._write(Row(line=line.number, reference=reference, outcome=word, reason=reason))

    def _write(self, row: Row) -> None:
        if self.report is not None:
            self.report.write(row)

    def _failed(self, error: Exception) -> int:
        print_error(f"gelato-async: {one_line(error)}{self._remedy(error)}")
        if self.tally.done:
            print_error(f"Stopped early: {self._summary()}")
            self._tell_how_to_go_on()
        return ExitCode.UNKNOWN if self.tally.unknown else ExitCode.USAGE

    def _remedy(self, error: Exception) -> str:
        refused = isinstance(error, AuthenticationError)
        return (
            f" (it comes from {' and '.join(VARIABLES[self.options.backend])})" if refused else ""
        )

    def _summary(self) -> str:
        return "\n".join(
            [
                f"{self.tally.done} done: {self.tally}.",
                *advice(self.options, self.tally, self.rejects),
            ]
        )

    def _tell_how_to_go_on(self) -> None:
        if self.options.journal is not None and self.begun:
            print_error(f"To go on: {self.options.command()}")
