"""What the benchmarks share: CPU time, interleaved turns, and the table that they print."""

import argparse
import gc
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Self, TypeVar

Row = Sequence[object]
T = TypeVar("T")


class CpuTime:
    """The processor time of this process within a `with` block; `seconds` has it afterwards.

    Garbage of former turns is collected before, so that nobody pays for somebody else's.
    """

    seconds = 0.0

    def __enter__(self) -> Self:
        gc.collect()
        self._start = time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.process_time() - self._start


def interleaved(contenders: Sequence[T], rounds: int) -> Iterator[T]:
    """A B, B A, A B ...: whatever else the machine does meets all contenders alike, and nobody always goes first."""
    for number in range(rounds):
        yield from contenders if number % 2 == 0 else reversed(contenders)


def is_quick(description: str | None) -> bool:
    """Read the command line, whose only option is --quick."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer and shorter rounds: to see that it runs"
    )
    return bool(parser.parse_args().quick)


def print_table(title: str, head: Row, rows: Iterable[Row]) -> None:
    """Print a table: the first column to the left, numbers to the right."""
    cells = [[_cell(value) for value in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    print(f"\n{title}")
    for first, *others in cells:
        numbers = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        print("  " + "   ".join((first.ljust(widths[0]), *numbers)))


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
