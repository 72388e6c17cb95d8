"""What files of orders are, by their names: JSON lines or CSV, and compressed or not."""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal

from gelato_async.cli.console import CommandError
from gelato_async.files.bounded_lines import bounded_lines

Format = Literal["jsonl", "csv"]

_SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}


def stated_format(name: str) -> Format | None:
    """What a name tells: nothing if it has no suffix, or one that we do not know."""
    return _SUFFIXES.get(Path(name[:-3] if is_compressed(name) else name).suffix.lower())


def format_of(name: str) -> Format:
    """What a file is read as: JSON lines where the name does not say anything else."""
    return stated_format(name) or "jsonl"


def is_compressed(name: str) -> bool:
    """Whether a name ends in `.gz`."""
    return name.lower().endswith(".gz")


def open_to_read(path: Path) -> BinaryIO:
    """A file's contents, decompressed."""
    return (
        io.BufferedReader(gzip.GzipFile(path, "rb"))
        if is_compressed(path.name)
        else path.open("rb")
    )


def open_to_write(path: Path, name: str) -> BinaryIO:
    """A file to write, compressed if `name` says so."""
    return io.BufferedWriter(gzip.GzipFile(path, "wb")) if is_compressed(name) else path.open("wb")


def create_private(path: Path) -> None:
    """Create an empty file that only its owner can read, in place of any other: it is to hold recipients."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)


def lines_of(
    stream: BinaryIO, max_bytes: int, passed_over: Callable[[bytes], object] = lambda _: None
) -> Iterator[bytes]:
    """The lines of a stream, those that are too long cut as `bounded_lines` does.

    Raises:
        CommandError: it cannot be read, or decompressed, to its end.
    """
    try:
        yield from bounded_lines(stream, max_bytes, passed_over)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise CommandError(f"{stream.name} is no gzip file, or a damaged one: {error}") from error
    except OSError as error:
        raise CommandError(f"cannot read {stream.name}: {error.strerror}") from error
