"""What the benchmarks share: CPU time, interleaved turns, results, and the command line.

A benchmark is a module with `run(quick) -> list[Result]`, which `main` makes a script. Ratios are
taken pair by pair: ours and the peer take turns (A B, B A ...), so that whatever else the machine
does meets both alike. Ratios hold on other machines, microseconds do not.
"""

import argparse
import gc
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple, Self, TypeVar

Row = Sequence[object]
T = TypeVar("T")

MICROSECONDS = 1e6
# of what was reached, before a ratio counts as a regression
SLACK = 1.5


class Result(NamedTuple):
    """One row: what was measured, beside what, and the ratio of the two.

    `ours` and `peer` are medians in `unit`; `ratio`, `low` and `high` are the median, the least and
    the greatest of the pairs' ratios. `reach` is the ratio that the project wants to reach at most.
    Where that is an absolute figure, the peer is the figure and `reach` is 1.
    """

    key: str
    what: str
    against: str
    ours: float
    peer: float
    unit: str
    ratio: float
    low: float
    high: float
    reach: float
    note: str = ""

    @property
    def is_absolute(self) -> bool:
        """Whether this is beside a figure instead of something else that was measured."""
        return self.against.startswith("at most ")

    @property
    def bound(self) -> float | None:
        """The greatest ratio that is no regression; None where that depends on the machine."""
        if not self.is_absolute:
            return round(self.ratio * SLACK, 2)
        # as many requests or bytes everywhere, but not as many seconds
        return None if self.unit in {"us", "ms", "s"} else self.reach


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


def compare(
    key: str,
    what: str,
    against: str,
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    times: int,
    rounds: int,
    reach: float,
    note: str = "",
) -> Result:
    """Compare the CPU time of two functions, called so many times in each of the rounds."""
    costs: dict[Callable[[], object], list[float]] = {ours: [], peer: []}
    for call in (ours, peer):
        call()
    for call in interleaved([ours, peer], rounds):
        with CpuTime() as cpu:
            for _ in range(times):
                call()
        costs[call].append(cpu.seconds / times * MICROSECONDS)
    return result_of(key, what, against, costs[ours], costs[peer], reach=reach, note=note)


async def acompare(
    key: str,
    what: str,
    against: str,
    ours: Callable[[], Awaitable[object]],
    peer: Callable[[], Awaitable[object]],
    *,
    times: int,
    rounds: int,
    reach: float,
    note: str = "",
) -> Result:
    """Compare the CPU time of two coroutine functions, called one after the other."""
    costs: dict[Callable[[], Awaitable[object]], list[float]] = {ours: [], peer: []}
    for call in (ours, peer):
        await call()
    for call in interleaved([ours, peer], rounds):
        with CpuTime() as cpu:
            for _ in range(times):
                await call()
        costs[call].append(cpu.seconds / times * MICROSECONDS)
    return result_of(key, what, against, costs[ours], costs[peer], reach=reach, note=note)


def result_of(
    key: str,
    what: str,
    against: str,
    ours: Sequence[float],
    peer: Sequence[float],
    *,
    reach: float,
    unit: str = "us",
    note: str = "",
) -> Result:
    """Make a result of the pairs that were measured, one after the other."""
    ratios = [mine / other for mine, other in zip(ours, peer, strict=True)]
    spread = (median(ratios), min(ratios), max(ratios))
    return Result(key, what, against, median(ours), median(peer), unit, *spread, reach, note)


def absolute(
    key: str, what: str, found: Sequence[float], wanted: float, unit: str, *, note: str = ""
) -> Result:
    """Make a result of a figure that is to stay below another, whatever the machine."""
    against = f"at most {wanted:g} {unit}"
    peer = [wanted] * len(found)
    return result_of(key, what, against, found, peer, reach=1.0, unit=unit, note=note)


def main(run: Callable[[bool], list[Result]], description: str | None) -> None:
    """Run a benchmark as a script: print its rows, and write them to a file if asked to."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows to a file too")
    options = parser.parse_args()
    results = run(options.quick)
    print_results(results)
    if options.json:
        options.json.write_text(json.dumps([result._asdict() for result in results]))


def print_results(results: Iterable[Result]) -> None:
    """Print one line a row."""
    head = ("", "ours", "peer", "", "ratio", "min", "max", "reach", "")
    rows = [
        (
            f"{found.what}\n    / {found.against}",
            found.ours,
            found.peer,
            found.unit,
            found.ratio,
            found.low,
            found.high,
            found.reach,
            "" if found.ratio <= found.reach else "not reached",
        )
        for found in results
    ]
    print_table("", head, rows)


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
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    print(f"\n{title}")
    for first, *others in cells:
        numbers = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        *above, last = first.split("\n")
        for line in above:
            print(f"  {line}")
        print("  " + "   ".join((last.ljust(widths[0]), *numbers)).rstrip())


def _width(cell: str) -> int:
    return max(map(len, cell.split("\n")))


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
