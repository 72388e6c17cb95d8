"""When the demo's processes sent their requests, and the second with the most of them.

All times are readings of `time.monotonic()`, which counts from one moment for all processes of a
machine: what several of them noted can be put in one order.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from attrs import frozen

from gelato_async.limiters.local import LocalLimiter

# Requests a second, below the limit of 100: on a busy machine a process may lose the processor
# between the moment that the limiter counts and the moment that is recorded.
RATE = 95


class RecordedLimiter(LocalLimiter):
    """A limiter that records the moment of each send, even if its process is killed right after."""

    def __init__(self, record: FileIO) -> None:
        super().__init__(RATE)
        self._record = record

    async def before_send(self) -> None:
        """Wait until the request may be sent, and record when that is."""
        await super().before_send()
        self._record.write(f"{time.monotonic()!r}\n".encode())


@contextmanager
def recorded(file: Path) -> Iterator[RecordedLimiter]:
    """A limiter that appends the moments of its sends to a file."""
    # without a buffer, so that a kill loses nothing
    with file.open("ab", buffering=0) as record:
        yield RecordedLimiter(record)


def read_times(file: Path) -> list[float]:
    """The moments in a file that `recorded` wrote.

    A process that ended before it opened the file sent nothing.
    """
    if not file.exists():
        return []
    return list(map(float, file.read_text(encoding="ascii").splitlines()))


@frozen(order=True)
class Moment:
    """When a request was sent, or arrived, and the process that sent it."""

    at: float
    process: str


def worst_second(moments: Iterable[Moment]) -> Sequence[Moment]:
    """The moments of the second that has most of them, in order."""
    ordered = sorted(moments)
    worst: Sequence[Moment] = ()
    first = 0
    for last, moment in enumerate(ordered, start=1):
        while moment.at - ordered[first].at >= 1.0:
            first += 1
        if last - first > len(worst):
            worst = ordered[first:last]
    return worst


def describe(second: Sequence[Moment], start: float) -> str:
    """How many moments a second has, when it began, and the share of each process."""
    if not second:
        return "0 requests"
    by_process = Counter(moment.process for moment in second)
    shares = ", ".join(f"{count} of the {process}" for process, count in by_process.items())
    began = second[0].at - start
    return f"{len(second)} requests from {began:.2f} s on ({shares})"
