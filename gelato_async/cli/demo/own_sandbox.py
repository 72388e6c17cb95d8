"""A sandbox in a process of its own, for the demo.

How it is started, asked for its audit, and ended.
"""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

from attrs import frozen

from gelato_async.cli.console import CommandError

Faults = Sequence[Mapping[str, Any]]

# seconds
SEARCH_LAG = 0.5
LATENCY = 0.15
# one request in eleven
FAULTS: Faults = (
    {"name": "503, not made", "kind": "status", "status": 503, "share": 0.02},
    {"name": "dropped, not made", "kind": "drop", "share": 0.02},
    {"name": "dropped, but made", "kind": "drop", "when": "after", "share": 0.02},
    {"name": "502, but made", "kind": "status", "status": 502, "when": "after", "share": 0.02},
    {
        "name": "504, made 1.5 s later",
        "kind": "status",
        "status": 504,
        "commit_delay": 1.5,
        "share": 0.01,
    },
)


@frozen
class DemoSandbox:
    """A sandbox that serves: the environment variables that lead to it, and its audit."""

    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        """Its origin."""
        return self.environment["GELATO_BASE_URL"]

    def audit(self) -> Mapping[str, Any]:
        """What really happened so far (`GET /_sandbox/audit`)."""
        # without proxies: the sandbox is on this machine
        opener = build_opener(ProxyHandler({}))
        with opener.open(f"{self.url}/_sandbox/audit", timeout=30) as answer:
            audit: Mapping[str, Any] = json.load(answer)
        return audit


@contextmanager
def started(seed: int, faults: Faults = FAULTS) -> Iterator[DemoSandbox]:
    """A faulty sandbox on a free port.

    Its process ends with the block, and with this process whatever happens.

    Raises:
        CommandError: the sandbox did not start; its own process has said why.
    """
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder, "faults.json")
        plan.write_text(json.dumps({"seed": seed, "faults": faults}), encoding="utf-8")
        with subprocess.Popen(  # noqa: S603  our own program
            _command(plan),
            env=_without_keys(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield DemoSandbox(_environment(process))
            finally:
                process.terminate()


def _command(plan: Path) -> list[str]:
    command = [sys.executable, "-m", "gelato_async.cli", "sandbox", "--until-input-ends"]
    options = {
        "--port": 0,
        "--faults": plan,
        "--search-lag": SEARCH_LAG,
        "--latency": LATENCY,
    }
    for name, value in options.items():
        command += [name, str(value)]
    return command


def _without_keys(environment: Mapping[str, str]) -> Mapping[str, str]:
    # it would take keys of the user's from there, and not print them
    return {name: value for name, value in environment.items() if not name.startswith("GELATO_")}


def _environment(process: "subprocess.Popen[str]") -> Mapping[str, str]:
    found: dict[str, str] = {}
    for line in process.stdout or ():
        if not line.startswith("export "):
            return found
        name, _, value = shlex.split(line)[1].partition("=")
        found[name] = value
    raise CommandError("the sandbox did not start")
