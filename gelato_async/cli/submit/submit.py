"""The command `submit`: sends a file of orders to an API, and reports what became of each."""

from collections.abc import AsyncIterator
from typing import BinaryIO

import anyio
from attrs import define, field

from gelato_async.bulk import Created, OrderLine, Outcome, Progress, Rejected
from gelato_async.cli.apis import APIS, open_client
from gelato_async.cli.console import CommandError, ExitCode, one_line, print_error, print_line
from gelato_async.cli.input.sources import count_orders, open_input, read_ahead
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
from gelato_async.limiters.base import RateLimiter
from gelato_async.models.new_order import NewOrder


def submit(options: SubmitOptions, limiter: RateLimiter | None = None) -> int:
    """Submit the orders of a file and return the exit code.

    Everything that can be checked before is: the name of the report, the keys, the file, and
    whether the report can be written. The file is read while orders are sent, so its size does not
    matter. `limiter` replaces the one that all clients with the same key share in this process.

    Raises:
        CommandError: the command cannot begin; nothing was sent.
    """
    check_options(options)
    client = open_client(
        options.backend, options.base_url, options.reconcile, marker=options.marker
    )
    if limiter is not None:
        client = client.with_options(limiter=limiter)
    stream = open_input(options.file)
    if options.dry:
        with stream:
            return dry_run(options, options.read(stream), client.engine.backend)
    try:
        with open_report(options.report) as report:
            display = display_for(_total(options))
            return _Submission(options, stream, report, display).run(client)
    except CommandError:
        stream.close()
        raise


def _total(options: SubmitOptions) -> int | None:
    counted = count_orders(options.file, options.format, options.max_bytes)
    if counted is None or options.limit is None:
        return counted
    return min(counted, options.limit)


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
        """Submit until something ends the run, print the summary, and return the exit code."""
        try:
            with self.display:
                anyio.run(self._run, client)
        except KeyboardInterrupt:
            print_error(f"Interrupted: {self._summary()}")
            self._print_how_to_go_on()
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
            # otherwise the thread that reads the stream closes it: closing it here would wait for
            # that thread, which may wait for a silent pipe
            self.stream.close()

    def begin(self) -> None:
        self.begun = True
        if self.report is not None:
            self.report.begin()

    def note(self, outcome: Outcome) -> None:
        self.tally.count(outcome)
        line = self.lines.take(outcome)
        number = None
        if line is not None:
            number = line.number
        journaled = self.options.journal is not None
        self._write(row_of(outcome, number, journaled=journaled))
        if isinstance(outcome, Created) or (journaled and is_in_flight(outcome)):
            # nothing to do about it: the next run with the journal reconciles what is in flight
            return
        # a conflict is only solved in the input itself, where the other order is
        if line is not None and isinstance(outcome, Rejected) and not outcome.is_conflict:
            self.rejects.add(line.raw, line.order)
        place = f"{self.options.file}:{number or '?'}"
        reason = reason_of(outcome, number, journaled=journaled)
        print_error(f"{place}: {outcome.reference}: {word_for(outcome)}: {reason}")

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
        async for line in read_ahead(self.stream, lambda: self.options.read(self.stream)):
            if line.is_warning:
                print_problems(self.options.file, line, line.problems)
            elif line.order is None:
                self._note_unread(line)
            else:
                sent = self.options.of(line.order)
                self.lines.add(LineInFlight(line.number, line.raw, line.order, sent))
                yield sent

    def _note_unread(self, line: OrderLine) -> None:
        self.tally.rejected += 1
        print_problems(self.options.file, line, line.problems)
        # there is no copy of a CSV row, nor of a line that was not read whole
        if not self.rejects.add(line.raw, None):
            self.tally.unread += 1
        reason = "; ".join(map(str, line.problems))
        self._write(
            Row(line=line.number, reference=line.reference, outcome="rejected", reason=reason)
        )

    def _note_left_out(self) -> None:
        for line in self.lines.left():
            reference = line.order.order_reference_id
            if self.options.resume_only:
                self.tally.skipped += 1
                outcome, reason = "skipped", "this run only resumes what its journal has"
            else:
                self.tally.repeated += 1
                outcome = "repeated"
                reason = "the same order came before in this file; it was sent once"
            self._write(Row(line=line.number, reference=reference, outcome=outcome, reason=reason))

    def _write(self, row: Row) -> None:
        if self.report is not None:
            self.report.write(row)

    def _failed(self, error: Exception) -> int:
        message = f"gelato-async: {one_line(error)}"
        if isinstance(error, AuthenticationError):
            message += f" ({APIS[self.options.backend].key_source})"
        print_error(message)
        if self.tally.done:
            print_error(f"Stopped early: {self._summary()}")
            self._print_how_to_go_on()
        if self.tally.unknown:
            return ExitCode.UNKNOWN
        return ExitCode.USAGE

    def _summary(self) -> str:
        lines = [f"{self.tally.done} done: {self.tally}."]
        lines += advice(self.options, self.tally, self.rejects)
        return "\n".join(lines)

    def _print_how_to_go_on(self) -> None:
        if self.options.journal is not None and self.begun:
            print_error(f"To go on: {self.options.command()}")
