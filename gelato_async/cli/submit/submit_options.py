"""The options of `submit`: what contradicts in them, and the command lines that continue a run."""

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import attrs
from attrs import frozen

from gelato_async.bulk import OrderLine
from gelato_async.cli.choices import RECONCILE, BackendName, Format
from gelato_async.cli.console import CommandError, print_error
from gelato_async.cli.input.sources import STANDARD_INPUT, read_orders
from gelato_async.cli.submit.report import check_name
from gelato_async.files.bounded_lines import MAX_BYTES
from gelato_async.models.enums import OrderType
from gelato_async.models.new_order import NewOrder

REJECTED = ".rejected.jsonl"

# also orders.csv.rejected.jsonl.rejected.jsonl, and the .old one that was replaced
_REJECTED_OF = re.compile(rf"(.+?)(?:{re.escape(REJECTED)}(?:\.old)?)+", re.DOTALL)


@frozen(kw_only=True)
class SubmitOptions:
    """The options of the command.

    Without `journal` a run keeps none, and cannot be resumed.
    """

    file: str
    backend: BackendName = "gelato"
    format: Format | None = None
    base_url: str | None = None
    report: Path | None = None
    reconcile: float = RECONCILE
    marker: bool = False
    journal: Path | None = None
    resume_only: bool = False
    limit: int | None = None
    draft: bool = False
    dry: bool = False
    max_bytes: int = MAX_BYTES

    def of(self, order: NewOrder) -> NewOrder:
        """Return an order as it is to be sent."""
        if self.draft:
            return attrs.evolve(order, order_type=OrderType.DRAFT)
        return order

    def read(self, stream: BinaryIO) -> Iterator[OrderLine]:
        """Read the orders of the input.

        Raises:
            CommandError: the input cannot be read, or decompressed, to its end.
        """
        return read_orders(stream, self.format, self.max_bytes, self.limit)

    def command(self) -> str:
        """Return the command line that asks for the same again."""
        valued = {
            "--backend": self.backend,
            "--format": self.format,
            "--base-url": self.base_url,
            "--report": self.report,
            "--reconcile": _unless(self.reconcile, RECONCILE),
            "--limit": self.limit,
            "--max-bytes": _unless(self.max_bytes, MAX_BYTES),
            "--journal": self.journal,
        }
        flags = {
            "--draft": self.draft,
            "--marker": self.marker,
            "--resume-only": self.resume_only,
        }
        return _command_line(self.file, valued, flags)

    def command_for(self, file: Path) -> str:
        """Return the command line that submits another file with the same API and journal."""
        # --format, --limit and --report were about the file of this run
        valued = {
            "--backend": _unless(self.backend, "gelato"),
            "--base-url": self.base_url,
            "--reconcile": _unless(self.reconcile, RECONCILE),
            "--max-bytes": _unless(self.max_bytes, MAX_BYTES),
            "--journal": _unless(self.journal, default_journal(str(file))),
        }
        return _command_line(str(file), valued, {"--draft": self.draft, "--marker": self.marker})


def _unless(value: object, default: object) -> object:
    if value == default:
        return None
    return value


def _command_line(file: str, valued: Mapping[str, object], flags: Mapping[str, bool]) -> str:
    words = ["gelato-async", "submit", file]
    for name, value in valued.items():
        if value is not None:
            words += [name, str(value)]
    words += [name for name, is_set in flags.items() if is_set]
    return shlex.join(words)


def default_journal(file: str) -> Path:
    """Return the journal beside a file.

    A file of rejected orders has the journal of the file that they come from: a journal of its own
    would not know what was made of them.
    """
    source = _REJECTED_OF.fullmatch(file)
    if source:
        file = source[1]
    return Path(f"{file}.journal")


def journal_for(file: str, journal: Path | None, *, none: bool, dry: bool = False) -> Path | None:
    """Return the journal to use: the one given, or the one beside the file.

    Raises:
        CommandError: a journal is given, and none is wanted.
    """
    if none and journal is not None:
        raise CommandError("--journal and --no-journal contradict each other")
    if none or journal is not None:
        return journal
    if file != STANDARD_INPUT:
        return default_journal(file)
    if not dry:
        print_error("warning: a crash of this run cannot be resumed; with --journal PATH it can")
    return None


def check_options(options: SubmitOptions) -> None:
    """Check that no options contradict each other, and that no file is to be two things.

    Raises:
        CommandError: some do, or one is.
    """
    check_name(options.report)
    _check_files(options)
    if options.dry and options.report is not None:
        raise CommandError(
            "--report and --dry-run contradict each other: what is not sent has no outcome to"
            " report"
        )
    if options.dry and options.resume_only:
        raise CommandError(
            "--resume-only and --dry-run contradict each other: a dry run does not look at the"
            " journal"
        )
    if options.draft and options.backend != "gelato":
        raise CommandError("--draft: GelatoConnect has no drafts")
    if options.resume_only:
        _check_resumable(options.journal)


def _check_resumable(journal: Path | None) -> None:
    if journal is None:
        raise CommandError("--resume-only: there is no journal to resume")
    if not journal.exists():
        raise CommandError(f"--resume-only: there is no journal {journal} to resume")


def _check_files(options: SubmitOptions) -> None:
    report, journal = options.report, options.journal
    if _is_same_file(report, options.file):
        raise CommandError(f"the report {report} is the file of orders itself")
    if _is_same_file(journal, options.file):
        raise CommandError(f"the journal {journal} is the file of orders itself")
    if report is not None and journal is not None and report.absolute() == journal.absolute():
        raise CommandError(f"the report {report} is the journal")


def _is_same_file(path: Path | None, file: str) -> bool:
    if path is None or not path.exists() or not Path(file).exists():
        return False
    return path.samefile(file)
