"""What it takes to start: importing a client, making one, and the help of the command line.

    python benchmarks/start.py [--quick]

Each is a process of its own, with the caches of compiled modules warm. Measured is its processor
time; the rows of the imports are net of an interpreter that does nothing, which is stricter than the
ratio of whole processes. The peer of a client is what it cannot do without: `import httpx, attrs,
cattrs, anyio`. The peer of `--help` is `import cyclopts, rich`; a note has what cyclopts itself takes
to print the help of one command that does nothing. A client imports the rest when it is first used:
another note has what a process takes that also builds and checks an order.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from measure import Result, interleaved, main, result_of

BARE = "pass"
DEPENDENCIES = "import httpx, attrs, cattrs, anyio"
IMPORT = "from gelato_async import GelatoClient"
CLIENT = f"{IMPORT}; GelatoClient('key')"
ORDER = """
from gelato_async import CatalogItem, CreateOrder, GelatoClient, NewOrder, ShippingAddress
address = ShippingAddress(
    country="SE", first_name="Ida", last_name="Ek", address_line1="Gatan 1", city="Lund",
    post_code="22100", email="ida@example.com",
)
item = CatalogItem(item_reference_id="1", product_uid="card", quantity=1)
order = NewOrder(
    order_reference_id="1", customer_reference_id="1", currency="EUR", items=[item],
    shipping_address=address,
)
GelatoClient("key").engine.backend.prepare(CreateOrder(order))
"""
CYCLOPTS = "import cyclopts, rich"
HELP = "import sys; from gelato_async.cli.__main__ import main; sys.exit(main(['--help']))"
ONE_COMMAND = """
import cyclopts
app = cyclopts.App(name="one", help="An app.", help_format="plaintext")
@app.command
def command(number: int = 1):
    "Do nothing."
app(["--help"], exit_on_error=False, result_action="return_value")
"""
MS = 1000


class Turn(NamedTuple):
    """What a process took, in milliseconds."""

    cpu: float
    wall: float


def run(quick: bool) -> list[Result]:  # noqa: FBT001  the form of all benchmarks
    rounds = 3 if quick else 15
    return [*of_client(rounds, with_order=not quick), of_help(rounds, with_floor=not quick)]


def of_client(rounds: int, *, with_order: bool) -> list[Result]:
    scripts = [BARE, DEPENDENCIES, IMPORT, CLIENT]
    if with_order:
        scripts.append(ORDER)
    turns = measured(scripts, rounds)
    bare = median(turn.cpu for turn in turns[BARE])
    net = {script: [turn.cpu - bare for turn in found] for script, found in turns.items()}
    note = whole_note(turns, CLIENT, DEPENDENCIES)
    if with_order:
        pairs = zip(net[ORDER], net[DEPENDENCIES], strict=True)
        note += f"; with an order built and checked {median(a / b for a, b in pairs):.2f} net"
    return [
        result_of(
            "start.import",
            f"`{IMPORT}`",
            f"`{DEPENDENCIES}`",
            net[IMPORT],
            net[DEPENDENCIES],
            reach=1.2,
            unit="ms",
            note=whole_note(turns, IMPORT, DEPENDENCIES),
        ),
        result_of(
            "start.client",
            "the same, and `GelatoClient('key')`",
            f"`{DEPENDENCIES}`",
            net[CLIENT],
            net[DEPENDENCIES],
            reach=1.2,
            unit="ms",
            note=note,
        ),
    ]


def of_help(rounds: int, *, with_floor: bool) -> Result:
    scripts = [CYCLOPTS, HELP]
    if with_floor:
        scripts.append(ONE_COMMAND)
    turns = measured(scripts, rounds)
    note = ""
    if with_floor:
        pairs = zip(turns[ONE_COMMAND], turns[CYCLOPTS], strict=True)
        floor = median(one.cpu / peer.cpu for one, peer in pairs)
        note = f"cyclopts' help of one command that does nothing: {floor:.2f}"
    return result_of(
        "start.help",
        "`gelato-async --help`",
        f'`python -c "{CYCLOPTS}"`',
        [turn.cpu for turn in turns[HELP]],
        [turn.cpu for turn in turns[CYCLOPTS]],
        reach=1.5,
        unit="ms",
        note=note,
    )


def whole_note(turns: Mapping[str, Sequence[Turn]], script: str, peer: str) -> str:
    """Whole processes side by side: the ratios of the processor time, and of the time on the wall."""
    pairs = list(zip(turns[script], turns[peer], strict=True))
    cpu = median(ours.cpu / other.cpu for ours, other in pairs)
    wall = median(ours.wall / other.wall for ours, other in pairs)
    return f"net of the interpreter; whole processes {cpu:.2f}, on the wall {wall:.2f}"


def measured(scripts: Sequence[str], rounds: int) -> dict[str, list[Turn]]:
    turns: dict[str, list[Turn]] = {script: [] for script in scripts}
    with tempfile.TemporaryDirectory() as directory:
        for script in scripts:
            process(script, directory)
        for script in interleaved(scripts, rounds):
            turns[script].append(process(script, directory))
    return turns


def process(script: str, directory: str) -> Turn:
    # the package of this checkout, installed or not
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    started, cpu = time.perf_counter(), cpu_of_children()
    subprocess.run(  # noqa: S603  this very Python
        [sys.executable, "-c", script],
        cwd=directory,
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return Turn((cpu_of_children() - cpu) * MS, (time.perf_counter() - started) * MS)


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(run, __doc__)
