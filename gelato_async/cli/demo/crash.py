"""The demo's crash: a `submit` in a process of its own, killed in the middle of its work."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from attrs import frozen

from gelato_async.bulk.journal.reader import Journal
from gelato_async.cli.apis import BackendName
from gelato_async.cli.samples.orders import sample_orders, to_line

_LOOK = 0.01
_PATIENCE = 600.0


@frozen(kw_only=True)
class Crash:
    """What was killed when.

    `told` orders had their outcome in the report; `open` ones were on their way, or about to be.
    """

    journal: Path
    told: int
    open: int
    killed: bool

    def text(self) -> str:
        """For people."""
        if not self.killed:
            return "the first run ended before it could be killed"
        return (
            f"killed after {self.told} outcomes, with {self.open} on their way or about to be; run"
            " again with its journal"
        )


def crashed(
    folder: Path,
    backend: BackendName,
    orders: int,
    seed: int,
    environment: Mapping[str, str],
    reconcile: float,
) -> Crash:
    """Submit sample orders in another process, and kill it when between a fifth and four fifths of them are done."""
    file, journal, report = folder / "orders.jsonl", folder / "run.journal", folder / "report.jsonl"
    file.write_bytes(
        b"".join(to_line(order, backend) for order in sample_orders(backend, orders, seed))
    )
    wanted = max(1, int(orders * Random(seed).uniform(0.2, 0.8)))  # noqa: S311  repeatable is the point, nothing is secret
    command = [sys.executable, "-m", "gelato_async.cli", "submit", str(file), "--backend", backend]
    options = ["--journal", str(journal), "--report", str(report), "--reconcile", str(reconcile)]
    with _started([*command, *options], environment) as process:
        try:
            told = _wait(process, report, wanted)
        finally:
            process.kill()
    # a process that is gone already keeps the exit code that it had
    killed = process.returncode not in {0, 1, 2, 3}
    open_ = Journal(journal).count()["intended"] if journal.exists() else 0
    return Crash(journal=journal, told=told, open=open_, killed=killed)


def _started(command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  our own program
        command,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _wait(process: "subprocess.Popen[bytes]", report: Path, wanted: int) -> int:
    deadline, told = time.monotonic() + _PATIENCE, 0
    while told < wanted and process.poll() is None and time.monotonic() < deadline:
        time.sleep(_LOOK)
        told = report.read_bytes().count(b"\n") if report.exists() else 0
    return told
