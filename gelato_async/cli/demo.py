"""The command `demo`: the whole job against faulty sandboxes, judged by the sandboxes' own books."""

import time
from collections.abc import Sequence

import anyio
from attrs import define, field

from gelato_async.bulk import Outcome, Progress
from gelato_async.cli.console import ExitCode, complain, say
from gelato_async.cli.demo_sandbox import DemoSandbox, started
from gelato_async.cli.keys import VARIABLES, make_client
from gelato_async.cli.progress import Display, display_for
from gelato_async.cli.running import run_orders
from gelato_async.cli.samples import BackendName, sample_orders
from gelato_async.cli.tally import Tally
from gelato_async.cli.verdict import Verdict, judge, worst_second
from gelato_async.limiters.local import LocalLimiter

SETTLE = 4.0
BACKENDS: Sequence[BackendName] = ("gelato", "connect")


def demo(orders: int, seed: int) -> int:
    """Submit so many orders with each client, print what the sandboxes counted, and return the exit code.

    Each client has a sandbox to itself, so that its audit speaks of nothing else; the same seed means the same orders, and
    the same faults in the order in which requests arrive.

    Raises:
        CommandError: a sandbox did not start.
    """
    verdicts = [_tried(backend, orders, seed) for backend in BACKENDS]
    broken = [promise for verdict in verdicts for promise in verdict.broken]
    for promise in broken:
        complain(f"BROKEN: {promise}")
    unknown = sum(verdict.tally.unknown for verdict in verdicts)
    say(_conclusion(len(broken), unknown, len(BACKENDS) * orders))
    return ExitCode.REJECTED if broken else ExitCode.UNKNOWN if unknown else ExitCode.FINE


def _tried(backend: BackendName, orders: int, seed: int) -> Verdict:
    trial = _Trial(display_for(orders))
    with started(seed) as sandbox:
        complain(f"{backend}: submitting {orders} orders to {sandbox.url}, where one request in eleven fails ...")
        began = time.monotonic()
        trial.run(sandbox, backend, orders, seed)
        seconds = time.monotonic() - began
        audit = sandbox.audit()
    references = {order.order_reference_id for order in sample_orders(backend, orders, seed)}
    verdict = judge(backend, references, trial.outcomes, audit, sent_in_worst_second=worst_second(trial.limiter.sent))
    say(verdict.text(seconds))
    return verdict


class _WatchedLimiter(LocalLimiter):
    """Notes when requests are sent: on a busy machine they may arrive closer together."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[float] = []

    async def before_send(self) -> None:
        await super().before_send()
        self.sent.append(time.monotonic())


@define
class _Trial:
    display: Display
    tally: Tally = field(factory=Tally)
    outcomes: list[Outcome] = field(factory=list)
    limiter: _WatchedLimiter = field(factory=_WatchedLimiter)

    def run(self, sandbox: DemoSandbox, backend: BackendName, orders: int, seed: int) -> None:
        keys = [sandbox.environment[name] for name in VARIABLES[backend]]
        client = make_client(backend, keys, sandbox.url, SETTLE).with_options(limiter=self.limiter)
        with self.display:
            anyio.run(run_orders, client, sample_orders(backend, orders, seed), self._note, self._show)

    def _note(self, outcome: Outcome) -> None:
        self.tally.count(outcome)
        self.outcomes.append(outcome)

    def _show(self, progress: Progress) -> None:
        self.display.show(self.tally, progress.parked)


def _conclusion(broken: int, unknown: int, orders: int) -> str:
    if broken:
        return f"Promises that broke: {broken}."
    if unknown:
        return f"No order was made twice; of {orders}, the fate of {unknown} is unknown."
    return f"All {orders} orders were made exactly once, and every id that was told is the one in the sandbox."
