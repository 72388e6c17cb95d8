"""Lines of a file, read in pieces: a line of any length takes no more memory than a long order."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, runtime_checkable

# bytes: an order of a thousand items, each with files and metadata, has about half as many
MAX_BYTES = 1_048_576
# bytes of the rest of a line that are read at once
_PIECE = 65_536


@runtime_checkable
class _Readable(Protocol):
    def readline(self, size: int, /) -> bytes: ...


def bounded_lines(
    lines: Iterable[bytes],
    max_bytes: int = MAX_BYTES,
    passed_over: Callable[[bytes], object] = lambda _: None,
) -> Iterator[bytes]:
    """Yield lines, but only the first `max_bytes` + 1 bytes of a line longer than `max_bytes`.

    `passed_over` receives the rest of a long line, in pieces, before the next line is yielded. Only
    a file is read in pieces: another iterable holds its lines whole anyway.

    Raises:
        ValueError: `max_bytes` is less than 1.
    """
    if max_bytes < 1:
        raise ValueError(f"max_bytes must be 1 or more, not {max_bytes}")
    if isinstance(lines, _Readable):
        return _from_file(lines, max_bytes, passed_over)
    return _from_iterable(lines, max_bytes, passed_over)


def too_long(max_bytes: int) -> str:
    """Return what is wrong with a line, or an order, that is longer than the limit."""
    return (
        f"is longer than {max_bytes:,} bytes, the limit for an order (max_bytes, --max-bytes), and"
        " is not read"
    )


def _from_file(
    file: _Readable, max_bytes: int, passed_over: Callable[[bytes], object]
) -> Iterator[bytes]:
    while line := file.readline(max_bytes + 1):
        yield line
        piece = line
        while len(line) > max_bytes and piece and not piece.endswith(b"\n"):
            piece = file.readline(_PIECE)
            passed_over(piece)


def _from_iterable(
    lines: Iterable[bytes], max_bytes: int, passed_over: Callable[[bytes], object]
) -> Iterator[bytes]:
    for line in lines:
        yield line[: max_bytes + 1]
        if len(line) > max_bytes:
            passed_over(line[max_bytes + 1 :])
