"""The demo's crash: `submit` in a process of its own, killed in the middle of its work."""

import gc
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from random import Random

import cyclopts
from attrs import frozen

from gelato_async.bulk.journal.reader import Journal
from gelato_async.cli.choices import BackendName
from gelato_async.cli.demo.send_times import read_times, recorded
from gelato_async.cli.samples.orders import sample_orders, to_line
from gelato_async.cli.submit.submit import submit
from gelato_async.cli.submit.submit_options import SubmitOptions

# the files of the run, in a folder of its own; JOURNAL is what another run goes on with
ORDERS = "orders.jsonl"
JOURNAL = "run.journal"
REPORT = "report.jsonl"
SENDS = "first-sends"
# seconds between two looks at the report of the run, and until it is killed whatever it has done
_LOOK = 0.01
_PATIENCE = 600.0


@frozen(kw_only=True)
class Crash:
    """How a run was killed.

    Attributes:
        reported: The orders whose outcome was in its report.
        open: The orders that were on their way, or about to be.
        killed: False where the run ended by itself before.
        sends: The moments at which it sent.
    """

    reported: int
    open: int
    killed: bool
    sends: list[float]

    def text(self) -> str:
        """The crash in one line, for people."""
        if not self.killed:
            return "the first run ended before it could be killed"
        return (
            f"killed after {self.reported} outcomes, with {self.open} on their way or about to be;"
            " run again with its journal"
        )


def crashed(
    folder: Path,
    backend: BackendName,
    orders: int,
    *,
    seed: int,
    environment: Mapping[str, str],
    reconcile: float,
) -> Crash:
    """Submit sample orders in another process, and kill it in between.

    That is when between a fifth and four fifths of the orders, as the seed decides, have their
    outcome.
    """
    with (folder / ORDERS).open("wb") as file:
        for order in sample_orders(backend, orders, seed):
            file.write(to_line(order, backend))
    share = Random(seed).uniform(0.2, 0.8)  # noqa: S311  repeatable is the point
    wanted = max(1, int(orders * share))
    arguments = [str(folder), backend, str(reconcile)]
    with subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-m", __name__, *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            reported = _wait(process, folder / REPORT, wanted)
        finally:
            process.kill()
    in_flight = 0
    if (folder / JOURNAL).exists():
        in_flight = Journal(folder / JOURNAL).count()["intended"]
    return Crash(
        reported=reported,
        open=in_flight,
        # a process that is gone already keeps the exit code that it had
        killed=process.returncode not in {0, 1, 2, 3},
        sends=read_times(folder / SENDS),
    )


def _wait(process: "subprocess.Popen[bytes]", report: Path, wanted: int) -> int:
    deadline = time.monotonic() + _PATIENCE
    reported = 0
    while reported < wanted and process.poll() is None and time.monotonic() < deadline:
        time.sleep(_LOOK)
        if report.exists():
            reported = report.read_bytes().count(b"\n")
    return reported


def first_run(folder: Path, backend: BackendName, reconcile: float) -> int:
    """Run `submit`, record when it sends, and return its exit code: the process that is killed."""
    options = SubmitOptions(
        file=str(folder / ORDERS),
        backend=backend,
        report=folder / REPORT,
        reconcile=reconcile,
        journal=folder / JOURNAL,
    )
    with recorded(folder / SENDS) as limiter:
        return submit(options, limiter=limiter)


if __name__ == "__main__":
    gc.freeze()  # for the reason that `console` gives
    cyclopts.run(first_run)
