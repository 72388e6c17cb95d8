"""Files of orders, read in a thread of their own: a slow pipe never delays what is in flight."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from gelato_async.cli.choices import Format
from gelato_async.cli.console import CommandError
from gelato_async.cli.input.formats import format_of, is_compressed, lines_of, open_to_read
from gelato_async.files.bounded_lines import MAX_BYTES, bounded_lines
from gelato_async.files.csv_columns import REFERENCE
from gelato_async.files.csv_orders import read_csv
from gelato_async.files.csv_records import Records
from gelato_async.files.jsonl import OrderLine, read_jsonl

STANDARD_INPUT = "-"
# orders that are read ahead: few, since each may be as long as the limit permits
_AHEAD = 64


@frozen
class _End:
    failure: Exception | None = None


def open_input(file: str) -> BinaryIO:
    """Open a file, decompressed if its name ends in `.gz`, or standard input.

    Raises:
        CommandError: it cannot be read.
    """
    try:
        if file != STANDARD_INPUT:
            return open_to_read(Path(file))
        if sys.stdin is None:
            raise CommandError("standard input is closed: name a file, or pipe orders in")
        # with a buffer of its own: the process would abort if it ended while a thread still read
        # from the buffer of sys.stdin
        return open(sys.stdin.fileno(), "rb", closefd=False)
    except OSError as error:
        raise CommandError(f"cannot read {file}: {error.strerror}") from error


def count_orders(
    file: str, format_: Format | None = None, max_bytes: int = MAX_BYTES
) -> int | None:
    """Estimate how many orders a file holds; None if reading it twice is impossible or slow."""
    if file == STANDARD_INPUT or is_compressed(file) or not Path(file).is_file():
        return None
    with Path(file).open("rb") as stream:
        if (format_ or format_of(file)) == "csv":
            return _count_csv(Records(stream, max_bytes))
        return sum(1 for line in bounded_lines(stream, max_bytes) if line.strip())


def _count_csv(records: Records) -> int:
    names = records.header.names
    if REFERENCE not in names:
        return 0
    position = names.index(REFERENCE)
    references = (record.cells[position] for record in records if len(record.cells) > position)
    return sum(1 for _ in groupby(references))


def read_orders(
    stream: BinaryIO,
    format_: Format | None = None,
    max_bytes: int = MAX_BYTES,
    limit: int | None = None,
) -> Iterator[OrderLine]:
    """Read the orders of a stream, at most `limit` of them.

    The stream's name decides the format if none is given.

    Raises:
        CommandError: the stream cannot be read, or decompressed, to its end.
    """
    orders = _all_orders(stream, format_ or format_of(str(stream.name)), max_bytes)
    if limit is None:
        return orders
    return _first(orders, limit)


def _all_orders(stream: BinaryIO, format_: Format, max_bytes: int) -> Iterator[OrderLine]:
    lines = lines_of(stream, max_bytes)
    if format_ == "csv":
        return read_csv(lines, max_bytes=max_bytes)
    return read_jsonl(lines, max_bytes=max_bytes)


def _first(lines: Iterator[OrderLine], limit: int) -> Iterator[OrderLine]:
    left = limit
    for line in lines:
        yield line
        if not line.is_warning:
            left -= 1
        if left == 0:
            return


async def read_ahead(
    stream: BinaryIO, read: Callable[[], Iterator[OrderLine]]
) -> AsyncIterator[OrderLine]:
    """Yield what `read` reads from the stream in a thread, and close the stream at its end.

    Raises:
        CommandError: the stream cannot be read, or decompressed, to its end.
    """
    arrived: asyncio.Queue[OrderLine | _End] = asyncio.Queue()
    room, is_abandoned = threading.Semaphore(_AHEAD), threading.Event()
    loop = asyncio.get_running_loop()

    def hand_over(line: OrderLine | _End) -> bool:
        room.acquire()
        if is_abandoned.is_set():
            return False
        loop.call_soon_threadsafe(arrived.put_nowait, line)
        return True

    # a daemon, so that a silent pipe does not keep the process from ending
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
        is_abandoned.set()
        # the thread may wait for room
        room.release()


def _pump(
    stream: BinaryIO,
    read: Callable[[], Iterator[OrderLine]],
    hand_over: Callable[[OrderLine | _End], bool],
) -> None:
    try:
        with stream:
            for line in read():
                if not hand_over(line):
                    return
        hand_over(_End())
    except Exception as failure:  # noqa: BLE001  raised where the lines are taken
        hand_over(_End(failure))
