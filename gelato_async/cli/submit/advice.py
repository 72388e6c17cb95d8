"""What a user may do after a submission, a line each.

A command line stands at the end of its line, ready to be copied.
"""

from collections.abc import Iterator

from gelato_async.cli.input.sources import STANDARD_INPUT
from gelato_async.cli.submit.journals import reconcile_command
from gelato_async.cli.submit.rejects import Rejects
from gelato_async.cli.submit.submit_options import SubmitOptions
from gelato_async.cli.submit.tally import Tally


def advice(options: SubmitOptions, tally: Tally, rejects: Rejects) -> Iterator[str]:
    """Yield the lines that stand under the summary."""
    if tally.unknown:
        yield from _for_unknown(options, tally)
    if rejects.written and rejects.path:
        command = options.command_for(rejects.path)
        yield (
            f"Rejected orders written to {rejects.path}: {rejects.written}. Fix them there, then"
            f" run: {command}"
        )
    if tally.conflicts:
        yield _for_conflicts(options, tally)
    if tally.unread:
        yield _for_unread(options, tally)


def _for_unknown(options: SubmitOptions, tally: Tally) -> Iterator[str]:
    if options.journal is None:
        yield "Look unknown ones up before you submit them again: they may have been made."
        return
    if tally.left_open:
        yield (
            f"In flight when the run ended: {tally.left_open}. The next run with the journal"
            " reconciles them first."
        )
    if tally.unknown > tally.left_open:
        command = reconcile_command(options.journal, options.backend, options.base_url)
        yield f"To look for the unknown ones again: {command}"


def _for_conflicts(options: SubmitOptions, tally: Tally) -> str:
    line = (
        f"References used before, for orders with other contents: {tally.conflicts}. Another order"
        " needs a reference of its own."
    )
    if options.backend == "gelato":
        line += " Sent with --draft, an order has other contents than without."
    return line


def _for_unread(options: SubmitOptions, tally: Tally) -> str:
    place = options.file
    if place == STANDARD_INPUT:
        place = "the input"
    line = f"Lines that could not be read as orders: {tally.unread}. Fix them in {place} itself"
    if options.journal is None:
        return f"{line}, and submit them alone: without a journal the others would be made again."
    return f"{line}, and submit it again: what was made is not made again."
