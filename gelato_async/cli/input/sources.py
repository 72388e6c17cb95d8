"""Files of orders, read in a thread of their own, so that a slow pipe never holds up what is in flight."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from gelato_async.bulk import OrderLine, read_csv, read_jsonl
from gelato_async.cli.console import CommandError
from gelato_async.cli.input.formats import Format, format_of, is_compressed, lines_of, open_to_read
from gelato_async.files.bounded_lines import MAX_BYTES, bounded_lines
from gelato_async.files.csv_columns import REFERENCE
from gelato_async.files.csv_records import Records

STANDARD_INPUT = "-"
# orders that are read ahead: few, since each may be as long as the limit permits
_AHEAD = 64


@frozen
class _End:
    failure: Exception | None = None


def open_input(file: str) -> BinaryIO:
    """The file to read, decompressed if its name ends in `.gz`, or standard input.

    Raises:
        CommandError: it cannot be read.
    """
    try:
        if file == STANDARD_INPUT and sys.stdin is None:
            raise CommandError("standard input is closed: name a file, or pipe orders in")
        if file == STANDARD_INPUT:
            # A buffer of our own: one that a thread still reads as the process ends would abort it,
            # were it sys.stdin's.
            return open(sys.stdin.fileno(), "rb", closefd=False)
        return open_to_read(Path(file))
    except OSError as error:
        raise CommandError(f"cannot read {file}: {error.strerror}") from error


def count_orders(
    file: str, format_: Format | None = None, max_bytes: int = MAX_BYTES
) -> int | None:
    """How many orders a file seems to hold, or None where reading twice is not possible, or takes long."""
    if file == STANDARD_INPUT or is_compressed(file) or not Path(file).is_file():
        return None
    with Path(file).open("rb") as stream:
        if (format_ or format_of(file)) == "csv":
            return _count_csv(Records(stream, max_bytes))
        return sum(1 for line in bounded_lines(stream, max_bytes) if line.strip())


def _count_csv(records: Records) -> int:
    names = [name.strip() for name in records.header.cells]
    if REFERENCE not in names:
        return 0
    position = names.index(REFERENCE)
    return sum(
        1
        for _ in groupby(
            record.cells[position] for record in records if len(record.cells) > position
        )
    )


def read_orders(
    stream: BinaryIO, format_: Format | None = None, max_bytes: int = MAX_BYTES
) -> Iterator[OrderLine]:
    """The orders of a stream in this format, or else in the one that its name tells.

    Raises:
        CommandError: it cannot be read, or decompressed, to its end.
    """
    read = read_csv if (format_ or format_of(str(stream.name))) == "csv" else read_jsonl
    return read(lines_of(stream, max_bytes), max_bytes=max_bytes)


async def read_lines(
    stream: BinaryIO, format_: Format | None = None, max_bytes: int = MAX_BYTES
) -> AsyncIterator[OrderLine]:
    """What `read_orders` reads, a few ahead of who takes them; the stream is closed at its end.

    Raises:
        CommandError: it cannot be read, or decompressed, to its end.
    """
    arrived: asyncio.Queue[OrderLine | _End] = asyncio.Queue()
    room, left = threading.Semaphore(_AHEAD), threading.Event()
    loop = asyncio.get_running_loop()

    def hand_over(line: OrderLine | _End) -> bool:
        room.acquire()
        if not left.is_set():
            loop.call_soon_threadsafe(arrived.put_nowait, line)
        return not left.is_set()

    read = partial(read_orders, stream, format_, max_bytes)
    threading.Thread(
        target=_pump, args=(stream, read, hand_over), name="gelato-async input", daemon=True
    ).start()
    try:
        while isinstance(line := await arrived.get(), OrderLine):
            room.release()
            yield line
        if line.failure is not None:
            raise line.failure
    finally:
        left.set()
        room.release()


def _pump(
    stream: BinaryIO,
    read: Callable[[], Iterator[OrderLine]],
    hand_over: Callable[[OrderLine | _End], bool],
) -> None:
    try:
        with stream:
            all_taken = all(map(hand_over, read()))
        if all_taken:
            hand_over(_End())
    except Exception as failure:  # noqa: BLE001  whoever takes the lines must hear of it
        hand_over(_End(failure))
