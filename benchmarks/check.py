"""`gelato-async check` of a file of orders, beside `json.loads` of the same orders' JSON lines.

The command reads each line strictly, makes an order of it, applies every documented rule and
remembers the reference. The peer is the least that any check does: parsing each line. Both are
measured in CPU time an order, in this process: the start of the command (`start.py` measures it) is
left out. Time and memory of a check grow with the number of orders alone, so 200,000 orders cost
ten times as much as the 20,000 of a full run.

    python benchmarks/check.py [--quick]
"""

import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from measure import MICROSECONDS, CpuTime, Result, interleaved, main, result_of

from gelato_async.cli.apis import BackendName
from gelato_async.cli.input.check import check
from gelato_async.cli.samples.sample import write_samples

SEED = 7
REACH = 6.0


def run(quick: bool) -> list[Result]:  # noqa: FBT001  the signature of every benchmark
    """Check the same orders as JSON lines and as CSV."""
    number, rounds = (2_000, 7) if quick else (20_000, 9)
    with TemporaryDirectory() as folder:
        lines, cells = Path(folder, "orders.jsonl"), Path(folder, "orders.csv")
        for file in (lines, cells):
            write_samples("gelato", number, SEED, file, as_csv=False)
        peer = _parsing(lines)
        return [
            _compare("check.jsonl", "JSON lines", lines, peer, number, rounds),
            _compare("check.csv", "CSV", cells, peer, number, rounds),
        ]


def _compare(
    key: str, form: str, file: Path, peer: Callable[[], object], number: int, rounds: int
) -> Result:
    ours = _checking(file, "gelato", number)
    costs: dict[Callable[[], object], list[float]] = {ours: [], peer: []}
    for call in interleaved([ours, peer], rounds):
        with CpuTime() as cpu:
            call()
        costs[call].append(cpu.seconds / number * MICROSECONDS)
    return result_of(
        key,
        f"gelato-async check of {form}, an order",
        "json.loads of its JSON line",
        costs[ours],
        costs[peer],
        reach=REACH,
        note=f"{number:,} sample orders in process, the command's start left out",
    )


def _checking(file: Path, backend: BackendName, number: int) -> Callable[[], object]:
    def call() -> None:
        printed = io.StringIO()
        with redirect_stdout(printed):
            check(str(file), backend=backend, fix=None, format_=None)
        assert printed.getvalue() == f"{number} checked: {number} fine, 0 with problems.\n"

    return call


def _parsing(file: Path) -> Callable[[], Any]:
    lines = file.read_bytes().splitlines()

    def call() -> None:
        for line in lines:
            json.loads(line)

    return call


if __name__ == "__main__":
    main(run, __doc__)
