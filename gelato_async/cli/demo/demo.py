"""The command `demo`: bulk runs against faulty sandboxes, judged by the sandboxes' own audits."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import anyio
from attrs import define, field

from gelato_async.bulk import Outcome, Progress
from gelato_async.cli.apis import APIS, make_client
from gelato_async.cli.choices import BackendName
from gelato_async.cli.console import ExitCode, print_error, print_line
from gelato_async.cli.demo.comparison import Comparison, SendTimes, judge
from gelato_async.cli.demo.crash import JOURNAL, crashed
from gelato_async.cli.demo.own_sandbox import FAULTS, DemoSandbox, Faults, started
from gelato_async.cli.demo.send_times import read_times, recorded
from gelato_async.cli.samples.orders import sample_orders
from gelato_async.cli.submit.progress import Display, display_for
from gelato_async.cli.submit.running import run_orders
from gelato_async.cli.submit.tally import Tally
from gelato_async.limiters.base import RateLimiter
from gelato_async.models.new_order import NewOrder

BACKENDS: Sequence[BackendName] = ("gelato", "connect")
# seconds; an order of the sandbox is searchable 2 s after its request at the latest
RECONCILE = 4.0


def demo(orders: int, seed: int, *, reconcile: float = RECONCILE, faults: Faults = FAULTS) -> int:
    """Submit `orders` sample orders with each client, and print what the sandboxes counted.

    Each client has a sandbox to itself, so that its audit holds nothing else. The same seed means
    the same orders, and the same faults in the order in which requests arrive. Return the exit
    code.

    Raises:
        CommandError: a sandbox did not start.
    """
    comparisons = [_tried(backend, orders, seed, reconcile, faults) for backend in BACKENDS]
    return conclude(comparisons, orders)


def conclude(comparisons: Sequence[Comparison], orders: int) -> ExitCode:
    """Print every broken promise and the conclusion, and return the exit code.

    `orders` is how many each API was sent.
    """
    broken = 0
    unknown = 0
    for comparison in comparisons:
        for promise in comparison.broken:
            print_error(f"BROKEN: {promise}")
        broken += len(comparison.broken)
        unknown += comparison.tally.unknown
    total = len(comparisons) * orders
    if broken:
        print_line(f"Promises that broke: {broken}.")
        return ExitCode.REJECTED
    if unknown:
        print_line(f"No order was made twice; of {total}, the outcome of {unknown} is unknown.")
        return ExitCode.UNKNOWN
    print_line(
        f"All {total} orders were made exactly once, and every id that was reported is the one in"
        " the sandbox."
    )
    return ExitCode.FINE


def _tried(
    backend: BackendName, orders: int, seed: int, reconcile: float, faults: Faults
) -> Comparison:
    samples = list(sample_orders(backend, orders, seed))
    trial = _SecondRun(backend, display_for(orders))
    with started(seed, faults) as sandbox, tempfile.TemporaryDirectory() as name:
        print_error(
            f"{backend}: submitting {orders} orders to {sandbox.url}, where one request in eleven"
            " fails ..."
        )
        began = time.monotonic()
        folder = Path(name)
        crash = crashed(
            folder,
            backend,
            orders,
            seed=seed,
            environment=sandbox.environment,
            reconcile=reconcile,
        )
        print_error(f"{backend}: {crash.text()} ...")
        second_sends = folder / "second-sends"
        with recorded(second_sends) as limiter:
            trial.run(sandbox, samples, folder / JOURNAL, limiter, reconcile)
        seconds = time.monotonic() - began
        audit = sandbox.audit()
        times = SendTimes(first=crash.sends, second=read_times(second_sends))
    references = {order.order_reference_id for order in samples}
    comparison = judge(backend, references, trial.outcomes, audit, times)
    print_line(f"{comparison.text(seconds)}\n  {'crash':<13} {crash.text()}")
    return comparison


@define
class _SecondRun:
    backend: BackendName
    display: Display
    tally: Tally = field(factory=Tally)
    outcomes: list[Outcome] = field(factory=list)

    def run(
        self,
        sandbox: DemoSandbox,
        orders: Sequence[NewOrder],
        journal: Path,
        limiter: RateLimiter,
        reconcile: float,
    ) -> None:
        keys = [sandbox.environment[name] for name in APIS[self.backend].variables]
        client = make_client(self.backend, keys, sandbox.url, reconcile)
        client = client.with_options(limiter=limiter)
        with self.display:
            anyio.run(lambda: run_orders(client, orders, self, journal=journal))

    def begin(self) -> None:
        """Prepare nothing."""

    def note(self, outcome: Outcome) -> None:
        self.tally.count(outcome)
        self.outcomes.append(outcome)

    def show(self, progress: Progress) -> None:
        self.display.show(self.tally, progress)
