"""What the pytest plugin adds to the start of a pytest run that has nothing to do with Gelato.

    python benchmarks/plugin_start.py [--quick]

A directory with one empty test, run by `python -m pytest` in a process of its own: with the plugin,
as installed, and with `-p no:gelato_async`, in turn (A B, B A ...). All other installed plugins are
switched off in both, for what they import our plugin would get for free. The first two runs are not
counted: they write the caches of compiled modules.

- ms: from the start of the process to its end, the median. CPU: the processor time of that.
- added: the median of the differences, turn by turn. Less than 20 ms are promised; exit code 1 if
  it is more. With --quick that proves nothing, and the exit code is 0.
"""

import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import entry_points
from pathlib import Path
from statistics import median
from typing import NamedTuple

from measure import interleaved, is_quick, print_table

PLUGIN = "gelato_async"
PROMISED_MS = 20.0
WITH: tuple[str, ...] = ()
WITHOUT = ("-p", f"no:{PLUGIN}")


class Turn(NamedTuple):
    """What a pytest run took, in milliseconds."""

    wall: float
    cpu: float


def main() -> None:
    quick = is_quick(__doc__)
    names = {entry.name for entry in entry_points(group="pytest11")}
    if PLUGIN not in names:
        sys.exit("the plugin is not installed here: pip install -e .")
    others = [part for name in sorted(names - {PLUGIN}) for part in ("-p", f"no:{name}")]
    added = run(others, rounds=5 if quick else 40)
    sys.exit(not quick and added.wall >= PROMISED_MS)


def run(others: list[str], rounds: int) -> Turn:
    turns: dict[tuple[str, ...], list[Turn]] = {WITH: [], WITHOUT: []}
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "test_nothing.py").write_text("def test_nothing(): pass\n")
        for options in interleaved([WITH, WITHOUT], 1):
            pytest_run(directory, [*others, *options])
        for options in interleaved([WITH, WITHOUT], rounds):
            turns[options].append(pytest_run(directory, [*others, *options]))
    pairs = zip(turns[WITH], turns[WITHOUT], strict=True)
    added = middle([Turn(ours.wall - none.wall, ours.cpu - none.cpu) for ours, none in pairs])
    rows = [
        ("with the plugin", *middle(turns[WITH])),
        ("without", *middle(turns[WITHOUT])),
        ("added", *added),
    ]
    print_table(
        f"A pytest run of one empty test, {rounds} times each; promised: less than 20 ms",
        ("", "ms", "CPU"),
        rows,
    )
    return added


def middle(turns: list[Turn]) -> Turn:
    return Turn(median(turn.wall for turn in turns), median(turn.cpu for turn in turns))


def pytest_run(directory: str, options: list[str]) -> Turn:
    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    started, cpu = time.perf_counter(), cpu_of_children()
    done = subprocess.run(line, cwd=directory, capture_output=True, check=False)  # noqa: S603  this very Python
    turn = Turn((time.perf_counter() - started) * 1000, (cpu_of_children() - cpu) * 1000)
    assert done.returncode == 0, done.stdout
    return turn


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
