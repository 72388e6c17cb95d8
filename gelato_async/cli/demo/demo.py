"""The command `demo`: the whole job against faulty sandboxes, judged by the sandboxes' own books."""

import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import anyio
from attrs import define, field

from gelato_async.bulk import Outcome, Progress
from gelato_async.cli.apis import APIS, BackendName, make_client
from gelato_async.cli.console import ExitCode, print_error, print_line
from gelato_async.cli.demo.comparison import Comparison, judge
from gelato_async.cli.demo.crash import crashed
from gelato_async.cli.demo.own_sandbox import DemoSandbox, started
from gelato_async.cli.samples.orders import sample_orders
from gelato_async.cli.submit.progress import Display, display_for
from gelato_async.cli.submit.running import run_orders
from gelato_async.cli.submit.tally import Tally
from gelato_async.limiters.local import LocalLimiter
from gelato_async.models.new_order import NewOrder

RECONCILE = 4.0
BACKENDS: Sequence[BackendName] = ("gelato", "connect")


def demo(orders: int, seed: int) -> int:
    """Submit so many orders with each client, print what the sandboxes counted, and return the exit code.

    Each client has a sandbox to itself, so that its audit speaks of nothing else; the same seed
    means the same orders, and the same faults in the order in which requests arrive.

    Raises:
        CommandError: a sandbox did not start.
    """
    comparisons = [_tried(backend, orders, seed) for backend in BACKENDS]
    broken = [promise for comparison in comparisons for promise in comparison.broken]
    for promise in broken:
        print_error(f"BROKEN: {promise}")
    unknown = sum(comparison.tally.unknown for comparison in comparisons)
    print_line(_conclusion(len(broken), unknown, len(BACKENDS) * orders))
    return ExitCode.REJECTED if broken else ExitCode.UNKNOWN if unknown else ExitCode.FINE


def _tried(backend: BackendName, orders: int, seed: int) -> Comparison:
    with started(seed) as sandbox, tempfile.TemporaryDirectory() as folder:
        print_error(
            f"{backend}: submitting {orders} orders to {sandbox.url}, where one request in eleven"
            " fails ..."
        )
        began = time.monotonic()
        crash = crashed(Path(folder), backend, orders, seed, sandbox.environment, RECONCILE)
        print_error(f"{backend}: {crash.text()} ...")
        trial = _Trial(display_for(orders))
        trial.run(sandbox, backend, sample_orders(backend, orders, seed), crash.journal)
        seconds = time.monotonic() - began
        audit = sandbox.audit()
    references = {order.order_reference_id for order in sample_orders(backend, orders, seed)}
    comparison = judge(backend, references, trial.outcomes, audit)
    print_line(f"{comparison.text(seconds)}\n  {'crash':<13} {crash.text()}")
    return comparison


@define
class _Trial:
    display: Display
    tally: Tally = field(factory=Tally)
    outcomes: list[Outcome] = field(factory=list)

    def run(
        self, sandbox: DemoSandbox, backend: BackendName, orders: Iterable[NewOrder], journal: Path
    ) -> None:
        keys = [sandbox.environment[name] for name in APIS[backend].variables]
        client = make_client(backend, keys, sandbox.url, RECONCILE).with_options(
            limiter=LocalLimiter()
        )
        with self.display:
            anyio.run(lambda: run_orders(client, orders, self, journal=journal))

    def begin(self) -> None:
        """Nothing is to be prepared."""

    def note(self, outcome: Outcome) -> None:
        self.tally.count(outcome)
        self.outcomes.append(outcome)

    def show(self, progress: Progress) -> None:
        self.display.show(self.tally, progress)


def _conclusion(broken: int, unknown: int, orders: int) -> str:
    if broken:
        return f"Promises that broke: {broken}."
    if unknown:
        return f"No order was made twice; of {orders}, the outcome of {unknown} is unknown."
    return (
        f"All {orders} orders were made exactly once, and every id that was told is the one in the"
        " sandbox."
    )
