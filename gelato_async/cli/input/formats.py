"""What files of orders are, by their names: JSON lines or CSV, and compressed or not."""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from gelato_async.cli.choices import Format
from gelato_async.cli.console import CommandError
from gelato_async.files.bounded_lines import bounded_lines

_SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}


def stated_format(name: str) -> Format | None:
    """Return the format that a name states, or None if its suffix is missing or unknown."""
    if is_compressed(name):
        name = name[:-3]
    return _SUFFIXES.get(Path(name).suffix.lower())


def format_of(name: str) -> Format:
    """Return the format that a file is read as: JSON lines unless its name states another."""
    return stated_format(name) or "jsonl"


def is_compressed(name: str) -> bool:
    """Return whether a name ends in `.gz`."""
    return name.lower().endswith(".gz")


def open_to_read(path: Path) -> BinaryIO:
    """Open a file, and decompress it if its name says that it is compressed."""
    if is_compressed(path.name):
        # GzipFile reads lines and small pieces slowly
        return io.BufferedReader(gzip.GzipFile(path, "rb"))
    return path.open("rb")


def open_to_write(path: Path, name: str) -> BinaryIO:
    """Open a file to write, compressed if `name` says so."""
    if is_compressed(name):
        return io.BufferedWriter(gzip.GzipFile(path, "wb"))
    return path.open("wb")


def create_private(path: Path) -> None:
    """Create an empty file in place of any other.

    Only its owner can read it: it will hold recipients.
    """
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)


def lines_of(
    stream: BinaryIO, max_bytes: int, passed_over: Callable[[bytes], object] = lambda _: None
) -> Iterator[bytes]:
    """Yield the lines of a stream, long ones cut as `bounded_lines` does.

    Raises:
        CommandError: the stream cannot be read, or decompressed, to its end.
    """
    try:
        yield from bounded_lines(stream, max_bytes, passed_over)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise CommandError(
            f"{stream.name} is not a gzip file, or a damaged one: {error}"
        ) from error
    except OSError as error:
        raise CommandError(f"cannot read {stream.name}: {error.strerror}") from error
