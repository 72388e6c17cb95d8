"""The command `submit`: a file of orders to one of the APIs, and a row, a line and an exit code for what became of it."""

import shlex
from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import anyio
import attrs
from attrs import define, field, frozen

from gelato_async.bulk import Created, OrderLine, Outcome, Progress, Rejected
from gelato_async.cli.console import CommandError, ExitCode, complain, one_line, say
from gelato_async.cli.dry_run import dry_run
from gelato_async.cli.formats import Format, format_of
from gelato_async.cli.journals import settle_command
from gelato_async.cli.keys import VARIABLES, open_client
from gelato_async.cli.progress import Display, display_for
from gelato_async.cli.rejects import KeptLines, Rejects
from gelato_async.cli.report import Report, Row, check_name, open_report
from gelato_async.cli.running import run_orders
from gelato_async.cli.samples import BackendName
from gelato_async.cli.sources import STANDARD_INPUT, count_orders, open_input, read_lines, read_orders
from gelato_async.cli.tally import Tally
from gelato_async.client.clients import Client
from gelato_async.core.errors import AuthenticationError, GelatoError, ValidationError
from gelato_async.models.enums import OrderType
from gelato_async.models.new_order import NewOrder

SETTLE = 60.0


@frozen(kw_only=True)
class Wish:
    """What was asked for: the options of the command. Without `journal` there is none, and no way to resume."""

    file: str
    backend: BackendName = "gelato"
    format: Format | None = None
    base_url: str | None = None
    report: Path | None = None
    settle: float = SETTLE
    journal: Path | None = None
    resume_only: bool = False
    limit: int | None = None
    draft: bool = False

    def command(self) -> str:
        """The command line that asks for the same again."""
        valued = {
            "--backend": self.backend,
            "--format": self.format,
            "--base-url": self.base_url,
            "--report": self.report,
            "--settle": self.settle if self.settle != SETTLE else None,
            "--limit": self.limit,
            "--journal": self.journal,
        }
        options = [part for name, value in valued.items() if value is not None for part in (name, str(value))]
        flags = ["--draft"] * self.draft + ["--resume-only"] * self.resume_only
        return shlex.join(["gelato-async", "submit", self.file, *options, *flags])


def journal_for(file: str, journal: Path | None, *, none: bool) -> Path | None:
    """The journal to use: the one that is named, or one beside the file.

    Raises:
        CommandError: one is named, and none is wanted.
    """
    if none and journal is not None:
        raise CommandError("--journal and --no-journal contradict each other")
    if none or journal is not None:
        return journal
    if file == STANDARD_INPUT:
        complain("warning: a crash of this run cannot be resumed; with --journal PATH it can")
        return None
    return Path(f"{file}.journal")


def submit(wish: Wish, *, dry: bool = False) -> int:
    """Submit the orders of a file and return the exit code.

    Everything that can be checked beforehand is: the name of the report, the keys, the file, and that the report can be
    written. The file is read while orders go out, so its size does not matter.

    Raises:
        CommandError: it cannot begin; nothing was sent.
    """
    _check(wish)
    client = open_client(wish.backend, wish.base_url, wish.settle)
    stream = open_input(wish.file)
    if dry:
        with stream:
            lines = (_as_wished(line, wish) for line in read_orders(stream, wish.format))
            return dry_run(wish.file, islice(lines, wish.limit), client.engine.backend)
    try:
        opened = open_report(wish.report)
    except CommandError:
        stream.close()
        raise
    with opened as rows:
        return _Submission(wish, _kept(stream, wish), rows, display_for(_total(wish))).run(client)


def _check(wish: Wish) -> None:
    check_name(wish.report)
    for other in (wish.report, wish.journal):
        if other is not None and other.exists() and Path(wish.file).exists() and other.samefile(wish.file):
            raise CommandError(
                f"{'the report' if other is wish.report else 'the journal'} {other} is the file of orders itself"
            )
    if wish.report is not None and wish.journal is not None and wish.report.absolute() == wish.journal.absolute():
        raise CommandError(f"the report {wish.report} is the journal")
    if wish.draft and wish.backend != "gelato":
        raise CommandError("--draft: GelatoConnect has no drafts")
    if wish.resume_only and (wish.journal is None or not wish.journal.exists()):
        raise CommandError(f"--resume-only: there is no journal{f' {wish.journal}' if wish.journal else ''} to resume")


def _kept(stream: BinaryIO, wish: Wish) -> BinaryIO:
    return KeptLines(stream) if (wish.format or format_of(wish.file)) == "jsonl" else stream


def _total(wish: Wish) -> int | None:
    counted = count_orders(wish.file, wish.format)
    return counted if counted is None or wish.limit is None else min(counted, wish.limit)


def _as_wished(line: OrderLine, wish: Wish) -> OrderLine:
    if line.order is None or not wish.draft:
        return line
    return attrs.evolve(line, order=attrs.evolve(line.order, order_type=OrderType.DRAFT))


@frozen
class _Taken:
    """A line whose order is on its way."""

    number: int
    raw: bytes | None
    order: NewOrder


@define
class _Submission:
    wish: Wish
    stream: BinaryIO
    report: Report | None
    display: Display
    tally: Tally = field(factory=Tally)
    # The lines of references that are on their way; forgotten as their outcomes come.
    lines: dict[str, list[_Taken]] = field(factory=dict)
    rejects: Rejects = field(init=False)
    begun: bool = False

    def __attrs_post_init__(self) -> None:
        self.rejects = Rejects.beside(self.wish.file, self.wish.backend)

    def run(self, client: Client) -> int:
        """Submit until the end, or until something ends it; either way tell what was done, and return the exit code."""
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
        taken = self._taken(outcome)
        line = taken.number if taken else None
        self._write(_row(line, outcome))
        if isinstance(outcome, Created):
            return
        if isinstance(outcome, Rejected):
            self.rejects.add(taken.raw if taken else None, taken.order if taken else None)
        complain(f"{self.wish.file}:{line or '?'}: {outcome.reference}: {_word(outcome)}: {one_line(outcome.error)}")

    def show(self, progress: Progress) -> None:
        self.display.show(self.tally, progress)

    async def _run(self, client: Client) -> None:
        await run_orders(client, self._orders(), self, journal=self.wish.journal, resume_only=self.wish.resume_only)

    async def _orders(self) -> AsyncIterator[NewOrder]:
        left = self.wish.limit
        async for line in read_lines(self.stream, self.wish.format):
            raw = self.stream.take(line.number) if isinstance(self.stream, KeptLines) else None
            if line.order is None:
                self._note_bad(line, raw)
            else:
                taken = _Taken(line.number, raw, line.order)
                self.lines.setdefault(line.order.order_reference_id, []).append(taken)
                yield _as_wished(line, self.wish).order or line.order
            left = left and left - 1
            if left == 0:
                return

    def _note_bad(self, line: OrderLine, raw: bytes | None) -> None:
        self.tally.rejected += 1
        for problem in line.problems:
            complain(f"{self.wish.file}:{line.number}: {problem}")
        self.rejects.add(raw, None)
        self._write(Row(line=line.number, reference="", outcome="rejected", reason="; ".join(map(str, line.problems))))

    def _taken(self, outcome: Outcome) -> _Taken | None:
        lines = self.lines.get(outcome.reference, [])
        # Only what was refused before it was sent can be a reference that came a second time, with other contents.
        refused_unsent = isinstance(outcome, Rejected) and isinstance(outcome.error, ValidationError)
        taken = lines.pop(-1 if refused_unsent else 0) if lines else None
        if not lines:
            self.lines.pop(outcome.reference, None)
        return taken

    def _note_left_out(self) -> None:
        word = "skipped" if self.wish.resume_only else "repeated"
        reason = "the same order came before in this file; it was sent once"
        if self.wish.resume_only:
            reason = "this run only resumes what its journal has"
        for reference, lines in self.lines.items():
            setattr(self.tally, word, getattr(self.tally, word) + len(lines))
            for line in lines:
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
        return f"{self.tally.done} done: {self.tally}.{self._advice()}{self.rejects}"

    def _advice(self) -> str:
        if not self.tally.unknown:
            return ""
        if self.wish.journal is None:
            return " Look unknown ones up before you submit them again: they may have been made."
        command = settle_command(self.wish.journal, self.wish.backend, self.wish.base_url)
        return f" To look for the unknown ones again: {command}."

    def _tell_how_to_go_on(self) -> None:
        if self.wish.journal is not None and self.begun:
            complain(f"To go on: {self.wish.command()}")


def _word(outcome: Outcome) -> str:
    return type(outcome).__name__.lower()


def _row(line: int | None, outcome: Outcome) -> Row:
    row = Row(
        line=line,
        reference=outcome.reference,
        outcome=_word(outcome),
        attempts=outcome.attempts,
        seconds=outcome.seconds,
    )
    if not isinstance(outcome, Created):
        return attrs.evolve(row, reason=one_line(outcome.error))
    ids = outcome.connected_order_ids
    return attrs.evolve(row, order_id=outcome.order_id, connected_order_ids=ids, reason=_history(outcome))


def _history(created: Created) -> str:
    replayed = ["replayed: an earlier run made it"] if created.replayed else []
    adopted = ["adopted: its answer was lost, and a search found it"] if created.adopted else []
    return "; ".join(replayed + adopted)
