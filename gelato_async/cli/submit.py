"""The command `submit`: a file of orders to one of the APIs, and a row, a line and an exit code for what became of it."""

from collections.abc import AsyncIterator
from typing import BinaryIO

import anyio
from attrs import define, field

from gelato_async.bulk import Created, OrderLine, Outcome, Progress, Rejected
from gelato_async.cli.advice import advice
from gelato_async.cli.console import CommandError, ExitCode, complain, one_line, say
from gelato_async.cli.dry_run import dry_run
from gelato_async.cli.formats import format_of
from gelato_async.cli.keys import VARIABLES, open_client
from gelato_async.cli.lines import TakenLine, TakenLines, complain_of
from gelato_async.cli.progress import Display, display_for
from gelato_async.cli.rejects import KeptLines, Rejects
from gelato_async.cli.report import (
    Report,
    Row,
    is_in_flight,
    open_report,
    reason_of,
    row_of,
    word_for,
)
from gelato_async.cli.running import run_orders
from gelato_async.cli.sources import count_orders, open_input, read_lines, read_orders
from gelato_async.cli.tally import Tally
from gelato_async.cli.wish import Wish, check_wish
from gelato_async.client.clients import Client
from gelato_async.core.errors import AuthenticationError, GelatoError
from gelato_async.models.new_order import NewOrder


def submit(wish: Wish) -> int:
    """Submit the orders of a file and return the exit code.

    Everything that can be checked beforehand is: the name of the report, the keys, the file, and
    that the report can be written. The file is read while orders go out, so its size does not
    matter.

    Raises:
        CommandError: it cannot begin; nothing was sent.
    """
    check_wish(wish)
    client = open_client(wish.backend, wish.base_url, wish.settle)
    stream = open_input(wish.file)
    if wish.dry:
        with stream:
            return dry_run(wish, read_orders(stream, wish.format), client.engine.backend)
    try:
        opened = open_report(wish.report)
    except CommandError:
        stream.close()
        raise
    with opened as rows:
        return _Submission(wish, _kept(stream, wish), rows, display_for(_total(wish))).run(client)


def _kept(stream: BinaryIO, wish: Wish) -> BinaryIO:
    return KeptLines(stream) if (wish.format or format_of(wish.file)) == "jsonl" else stream


def _total(wish: Wish) -> int | None:
    counted = count_orders(wish.file, wish.format)
    return counted if counted is None or wish.limit is None else min(counted, wish.limit)


@define
class _Submission:
    wish: Wish
    stream: BinaryIO
    report: Report | None
    display: Display
    tally: Tally = field(factory=Tally)
    lines: TakenLines = field(factory=TakenLines)
    rejects: Rejects = field(init=False)
    begun: bool = False

    def __attrs_post_init__(self) -> None:
        self.rejects = Rejects.beside(self.wish.file, self.wish.backend)

    def run(self, client: Client) -> int:
        """Submit until the end, or until something ends it.

        Either way tell what was done, and return the exit code.
        """
        try:
            with self.display:
                anyio.run(self._run, client)
        except KeyboardInterrupt:
            complain(f"Interrupted: {self._summary()}")
            self._tell_how_to_go_on()
            return ExitCode.INTERRUPTED
        except (GelatoError, CommandError, OSError) as error:
            return self._failed(error)
        finally:
            self._close()
        self._note_left_out()
        say(self._summary())
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
        taken, journaled = self.lines.take(outcome), self.wish.journal is not None
        line = taken.number if taken else None
        self._write(row_of(outcome, line, journaled=journaled))
        if isinstance(outcome, Created) or (journaled and is_in_flight(outcome)):
            return
        if taken and isinstance(outcome, Rejected) and not outcome.is_clash:
            self.rejects.add(taken.raw, taken.order)
        reason = reason_of(outcome, line, journaled=journaled)
        complain(
            f"{self.wish.file}:{line or '?'}: {outcome.reference}: {word_for(outcome)}: {reason}"
        )

    def show(self, progress: Progress) -> None:
        self.display.show(self.tally, progress)

    async def _run(self, client: Client) -> None:
        await run_orders(
            client,
            self._orders(),
            self,
            journal=self.wish.journal,
            resume_only=self.wish.resume_only,
        )

    async def _orders(self) -> AsyncIterator[NewOrder]:
        left = self.wish.limit
        async for line in read_lines(self.stream, self.wish.format):
            raw = self.stream.take(line.number) if isinstance(self.stream, KeptLines) else None
            if line.is_warning:
                complain_of(self.wish.file, line, line.problems)
                continue
            if line.order is None:
                self._note_bad(line, raw)
            else:
                wished = self.wish.of(line.order)
                self.lines.add(TakenLine(line.number, raw, line.order, wished))
                yield wished
            left = left and left - 1
            if left == 0:
                return

    def _note_bad(self, line: OrderLine, raw: bytes | None) -> None:
        self.tally.rejected += 1
        complain_of(self.wish.file, line, line.problems)
        self.tally.unread += not self.rejects.add(raw, None)
        reason = "; ".join(map(str, line.problems))
        self._write(
            Row(line=line.number, reference=line.reference, outcome="rejected", reason=reason)
        )

    def _note_left_out(self) -> None:
        word = "skipped" if self.wish.resume_only else "repeated"
        reason = "the same order came before in this file; it was sent once"
        if self.wish.resume_only:
            reason = "this run only resumes what its journal has"
        for line in self.lines.left():
            setattr(self.tally, word, getattr(self.tally, word) + 1)
            reference = line.order.order_reference_id
            self._write(Row(line=line.number, reference=reference, outcome=word, reason=reason))

    def _write(self, row: Row) -> None:
        if self.report is not None:
            self.report.write(row)

    def _failed(self, error: Exception) -> int:
        complain(f"gelato-async: {one_line(error)}{self._remedy(error)}")
        if self.tally.done:
            complain(f"Stopped early: {self._summary()}")
            self._tell_how_to_go_on()
        return ExitCode.UNKNOWN if self.tally.unknown else ExitCode.USAGE

    def _remedy(self, error: Exception) -> str:
        refused = isinstance(error, AuthenticationError)
        return f" (it comes from {' and '.join(VARIABLES[self.wish.backend])})" if refused else ""

    def _summary(self) -> str:
        return "\n".join(
            [f"{self.tally.done} done: {self.tally}.", *advice(self.wish, self.tally, self.rejects)]
        )

    def _tell_how_to_go_on(self) -> None:
        if self.wish.journal is not None and self.begun:
            complain(f"To go on: {self.wish.command()}")
