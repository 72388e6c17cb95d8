"""What `submit` was asked for.

Its options, what contradicts in them, and the command lines that ask for what is left.
"""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

import attrs
from attrs import frozen

from gelato_async.cli.apis import BackendName
from gelato_async.cli.console import CommandError, print_error
from gelato_async.cli.input.formats import Format
from gelato_async.cli.input.sources import STANDARD_INPUT
from gelato_async.cli.submit.report import check_name
from gelato_async.files.bounded_lines import MAX_BYTES
from gelato_async.models.enums import OrderType
from gelato_async.models.new_order import NewOrder

RECONCILE = 60.0
REJECTED = ".rejected.jsonl"

_REJECTED_OF = re.compile(rf"(.+?)(?:{re.escape(REJECTED)}(?:\.old)?)+", re.DOTALL)


@frozen(kw_only=True)
class SubmitOptions:
    """What was asked for: the options of the command.

    Without `journal` there is none, and no way to resume.
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
        """An order as it is to be sent."""
        return attrs.evolve(order, order_type=OrderType.DRAFT) if self.draft else order

    def command(self) -> str:
        """The command line that asks for the same again."""
        valued = {
            "--backend": self.backend,
            "--format": self.format,
            "--base-url": self.base_url,
            "--report": self.report,
            "--reconcile": self.reconcile if self.reconcile != RECONCILE else None,
            "--limit": self.limit,
            "--max-bytes": self._other_max_bytes,
            "--journal": self.journal,
        }
        return _command_line(
            self.file,
            valued,
            {"--draft": self.draft, "--marker": self.marker, "--resume-only": self.resume_only},
        )

    def command_for(self, file: Path) -> str:
        """The command line that submits another file as this one was.

        To the same API, and with the same journal.
        """
        valued = {
            "--backend": self.backend if self.backend != "gelato" else None,
            "--base-url": self.base_url,
            "--reconcile": self.reconcile if self.reconcile != RECONCILE else None,
            "--max-bytes": self._other_max_bytes,
            "--journal": self.journal if self.journal != default_journal(str(file)) else None,
        }
        return _command_line(str(file), valued, {"--draft": self.draft, "--marker": self.marker})

    @property
    def _other_max_bytes(self) -> int | None:
        return self.max_bytes if self.max_bytes != MAX_BYTES else None


def _command_line(file: str, valued: Mapping[str, object], flags: Mapping[str, bool]) -> str:
    options = [
        part for name, value in valued.items() if value is not None for part in (name, str(value))
    ]
    set_flags = [name for name, is_set in flags.items() if is_set]
    return shlex.join(["gelato-async", "submit", file, *options, *set_flags])


def default_journal(file: str) -> Path:
    """The journal beside a file; a file of rejected orders has that of the file which they come from.

    One of its own would not know what was made of them.
    """
    of = _REJECTED_OF.fullmatch(file)
    return Path(f"{of[1] if of else file}.journal")


def journal_for(file: str, journal: Path | None, *, none: bool, dry: bool = False) -> Path | None:
    """The journal to use: the one that is named, or one beside the file.

    Raises:
        CommandError: one is named, and none is wanted.
    """
    if none and journal is not None:
        raise CommandError("--journal and --no-journal contradict each other")
    if none or journal is not None:
        return journal
    if file == STANDARD_INPUT:
        if not dry:
            print_error(
                "warning: a crash of this run cannot be resumed; with --journal PATH it can"
            )
        return None
    return default_journal(file)


def check_options(options: SubmitOptions) -> None:
    """See that nothing contradicts, and that no file is to be two things.

    Raises:
        CommandError: it does, or is.
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
    if options.resume_only and (options.journal is None or not options.journal.exists()):
        raise CommandError(
            f"--resume-only: there is no journal{f' {options.journal}' if options.journal else ''} to"
            " resume"
        )


def _check_files(options: SubmitOptions) -> None:
    for other in (options.report, options.journal):
        if (
            other is not None
            and other.exists()
            and Path(options.file).exists()
            and other.samefile(options.file)
        ):
            raise CommandError(
                f"{'the report' if other is options.report else 'the journal'} {other} is the file of"
                " orders itself"
            )
    if (
        options.report is not None
        and options.journal is not None
        and options.report.absolute() == options.journal.absolute()
    ):
        raise CommandError(f"the report {options.report} is the journal")
