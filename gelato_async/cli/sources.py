"""Files of orders, read in a thread of their own, so that a slow pipe never holds up what is in flight."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from gelato_async.bulk import OrderLine, read_jsonl
from gelato_async.cli.console import CommandError

STANDARD_INPUT = "-"
_AHEAD = 256


@frozen
class _End:
    failure: Exception | None = None


def open_input(file: str) -> BinaryIO:
    """The file to read, or standard input.

    Raises:
        CommandError: it cannot be read.
    """
    try:
        if file == STANDARD_INPUT:
            # A buffer of our own: one that a thread still reads as the process ends would abort it, were it sys.stdin's.
            return open(sys.stdin.fileno(), "rb", closefd=False)
        return Path(file).open("rb")
    except OSError as error:
        raise CommandError(f"cannot read {file}: {error.strerror}") from error


def count_orders(file: str) -> int | None:
    """How many lines hold something, or None where reading twice is not possible."""
    if file == STANDARD_INPUT or not Path(file).is_file():
        return None
    with Path(file).open("rb") as stream:
        return sum(1 for line in stream if line.strip())


async def read_lines(stream: BinaryIO) -> AsyncIterator[OrderLine]:
    """The lines of a stream, a few ahead of who takes them; the stream is closed at its end.

    Raises:
        OSError: it could not be read to the end.
    """
    arrived: asyncio.Queue[OrderLine | _End] = asyncio.Queue()
    room, left = threading.Semaphore(_AHEAD), threading.Event()
    loop = asyncio.get_running_loop()

    def hand_over(line: OrderLine | _End) -> bool:
        room.acquire()
        if not left.is_set():
            loop.call_soon_threadsafe(arrived.put_nowait, line)
        return not left.is_set()

    threading.Thread(target=_pump, args=(stream, hand_over), name="gelato-async input", daemon=True).start()
    try:
        while isinstance(line := await arrived.get(), OrderLine):
            room.release()
            yield line
        if line.failure is not None:
            raise line.failure
    finally:
        left.set()
        room.release()


def _pump(stream: BinaryIO, hand_over: Callable[[OrderLine | _End], bool]) -> None:
    try:
        with stream:
            all_taken = all(map(hand_over, _lines(stream)))
        if all_taken:
            hand_over(_End())
    except Exception as failure:  # noqa: BLE001  whoever takes the lines must hear of it
        hand_over(_End(failure))


def _lines(stream: BinaryIO) -> Iterator[OrderLine]:
    return read_jsonl(stream)
