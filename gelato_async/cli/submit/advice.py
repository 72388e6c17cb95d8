"""What a user may do after a submission, a line each.

A command line stands at the end of its line, ready to be copied.
"""

from collections.abc import Iterator
from pathlib import Path

from gelato_async.cli.input.sources import STANDARD_INPUT
from gelato_async.cli.submit.journals import reconcile_command
from gelato_async.cli.submit.rejects import Rejects
from gelato_async.cli.submit.submit_options import SubmitOptions
from gelato_async.cli.submit.tally import Tally


def advice(options: SubmitOptions, tally: Tally, rejects: Rejects) -> Iterator[str]:
    """The lines that stand under the summary."""
    if tally.unknown:
        yield from _for_unknown(options, tally)
    if rejects.written and rejects.path:
        yield _for_rejected(rejects.path, rejects.written, options, tally)
    if tally.conflicts:
        yield _for_conflicts(tally.conflicts, options)
    if tally.unread:
        yield _for_unread(tally.unread, options)


def _for_unknown(options: SubmitOptions, tally: Tally) -> Iterator[str]:
    if options.journal is None:
        yield "Look unknown ones up before you submit them again: they may have been made."
        return
    if tally.in_flight:
        yield (
            f"In flight when it ended: {tally.in_flight}. Whoever goes on with the journal has them"
            " reconciled first."
        )
    if tally.unknown > tally.in_flight:
        command = reconcile_command(options.journal, options.backend, options.base_url)
        yield f"To look for the unknown ones again: {command}"


def _for_rejected(path: Path, count: int, options: SubmitOptions, tally: Tally) -> str:
    those = (
        "The rejected ones are"
        if count == tally.rejected
        else f"{count} of the rejected ones {'is' if count == 1 else 'are'}"
    )
    return f"{those} in {path}: fix them there, then run: {options.command_for(path)}"


def _for_conflicts(count: int, options: SubmitOptions) -> str:
    draft = (
        " Sent with --draft, an order has other contents than without."
        if options.backend == "gelato"
        else ""
    )
    have, them = ("has", "it") if count == 1 else ("have", "them")
    return (
        f"{count} {have} a reference that was used before: give {them} one of"
        f" {'its' if count == 1 else 'their'} own, if"
        f" {'it is another order' if count == 1 else 'they are other orders'}.{draft}"
    )


def _for_unread(count: int, options: SubmitOptions) -> str:
    lines, them = (
        ("1 line could not be read as an order", "it")
        if count == 1
        else (f"{count} lines could not be read as orders", "them")
    )
    told = (
        f"{lines}: fix {them} in {'the input' if options.file == STANDARD_INPUT else options.file}"
        " itself"
    )
    if options.journal is None:
        return f"{told}, and submit {them} alone: without a journal the others would be made again."
    return f"{told}, and submit it again: what was made is not made again."
