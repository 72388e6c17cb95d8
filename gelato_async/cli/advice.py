"""What a user may do after a submission, a line each.

A command line stands at the end of its line, ready to be copied.
"""

from collections.abc import Iterator
from pathlib import Path

from gelato_async.cli.journals import settle_command
from gelato_async.cli.rejects import Rejects
from gelato_async.cli.sources import STANDARD_INPUT
from gelato_async.cli.tally import Tally
from gelato_async.cli.wish import Wish


def advice(wish: Wish, tally: Tally, rejects: Rejects) -> Iterator[str]:
    """The lines that stand under the summary."""
    if tally.unknown:
        yield from _for_unknown(wish, tally)
    if rejects.written and rejects.path:
        yield _for_rejected(rejects.path, rejects.written, wish, tally)
    if tally.clashes:
        yield _for_clashes(tally.clashes, wish)
    if tally.unread:
        yield _for_unread(tally.unread, wish)


def _for_unknown(wish: Wish, tally: Tally) -> Iterator[str]:
    if wish.journal is None:
        yield "Look unknown ones up before you submit them again: they may have been made."
        return
    if tally.in_flight:
        yield (
            f"In flight when it ended: {tally.in_flight}. Whoever goes on with the journal has them"
            " settled first."
        )
    if tally.unknown > tally.in_flight:
        command = settle_command(wish.journal, wish.backend, wish.base_url)
        yield f"To look for the unknown ones again: {command}"


def _for_rejected(path: Path, count: int, wish: Wish, tally: Tally) -> str:
    those = (
        "The rejected ones are"
        if count == tally.rejected
        else f"{count} of the rejected ones {'is' if count == 1 else 'are'}"
    )
    return f"{those} in {path}: mend them there, then run: {wish.command_for(path)}"


def _for_clashes(count: int, wish: Wish) -> str:
    draft = (
        " Sent with --draft, an order has other contents than without."
        if wish.backend == "gelato"
        else ""
    )
    have, them = ("has", "it") if count == 1 else ("have", "them")
    return (
        f"{count} {have} a reference that was used before: give {them} one of"
        f" {'its' if count == 1 else 'their'} own, if"
        f" {'it is another order' if count == 1 else 'they are other orders'}.{draft}"
    )


def _for_unread(count: int, wish: Wish) -> str:
    lines, them = (
        ("1 line could not be read as an order", "it")
        if count == 1
        else (f"{count} lines could not be read as orders", "them")
    )
    told = (
        f"{lines}: mend {them} in {'the input' if wish.file == STANDARD_INPUT else wish.file}"
        " itself"
    )
    if wish.journal is None:
        return f"{told}, and submit {them} alone: without a journal the others would be made again."
    return f"{told}, and submit it again: what was made is not made again."
