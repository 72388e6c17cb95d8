"""What LocalLimiter lets through, and what it costs, beside aiolimiter's AsyncLimiter(100, 1).

    python benchmarks/limiter.py [--quick]

Under a backlog: 200 tasks ask for one grant after the other, and every grant is stamped. Each turn
starts with a fresh limiter that nobody has used for a while, and the two take turns (A B, B A ...)
within one run.

- worst second: the most grants in any window of one second, wherever it starts; the median turn and
  the worst one. Gelato allows 100.
- a second: grants per second, without the first second, in which a limiter may let a burst through.
- CPU: processor time per grant in that time, the tasks' own switches and the idle event loop
  included.

Idle: nobody has to wait, so this is what a limiter costs a program that stays far below the limit.
LocalLimiter gets a clock that steps by itself, AsyncLimiter a rate that is never reached; "nobody"
is a coroutine that does nothing, and so what the loop itself costs. LocalLimiter is asked twice for
every request, by the sender (acquire) and by its gate at the moment of sending (before_send).

Ratios are ours / aiolimiter, below 1 where ours is less; they hold on other machines, the other
figures do not.
"""

import asyncio
import sys
import time
from bisect import bisect_left
from collections.abc import Awaitable, Callable
from itertools import count
from statistics import median
from typing import NamedTuple

from measure import CpuTime, interleaved, is_quick, print_table

from gelato_async.limiters.base import Clock, Unlimited
from gelato_async.limiters.local import LocalLimiter

try:
    from aiolimiter import AsyncLimiter
except ImportError:
    sys.exit(
        "this benchmark compares with aiolimiter: pip install aiolimiter, or the dependency group"
        " `bench`"
    )

Grant = Callable[[], Awaitable[None]]

TASKS = 200
# each reading of the clock is so much later than the one before: more than the pace asks for
STEP = 1 / 16


class Turn(NamedTuple):
    """One turn under a backlog."""

    worst_second: int
    rate: float
    cpu: float


class Idle(NamedTuple):
    """What a grant costs that nobody waits for."""

    name: str
    grant: Grant


def ours(limiter: LocalLimiter) -> Grant:
    """Both of what a request asks of our limiter."""

    async def grant() -> None:
        await limiter.acquire()
        await limiter.before_send()

    return grant


def new_ours() -> Grant:
    return ours(LocalLimiter())


def new_aiolimiter() -> Grant:
    return AsyncLimiter(100, 1).acquire


def worst_second(stamps: list[float]) -> int:
    """The most of these moments (sorted) in any window of one second."""
    return max(bisect_left(stamps, start + 1.0) - position for position, start in enumerate(stamps))


async def ask_until(end: float, grant: Grant, stamps: list[float]) -> None:
    while time.monotonic() < end:
        await grant()
        stamps.append(time.monotonic())


async def turn(grant: Grant, seconds: float) -> Turn:
    """Ask for grants with all tasks for so long; cost and pace are those after the first second."""
    stamps: list[float] = []
    end = time.monotonic() + seconds
    asking = [asyncio.create_task(ask_until(end, grant, stamps)) for _ in range(TASKS)]
    await asyncio.sleep(1.0)
    before = len(stamps)
    with CpuTime() as cpu:
        await asyncio.sleep(end - time.monotonic())
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    grants = len(stamps) - before
    return Turn(worst_second(stamps), grants / (seconds - 1.0), cpu.seconds / grants)


async def backlog(rounds: int, seconds: float) -> None:
    """Both limiters under a backlog."""
    turns: dict[Callable[[], Grant], list[Turn]] = {new_ours: [], new_aiolimiter: []}
    for new in interleaved(list(turns), rounds):
        turns[new].append(await turn(new(), seconds))
    title = f"Under a backlog: {TASKS} tasks, {rounds} turns of {seconds:g} s each"
    rows = [
        summary(name, found)
        for name, found in zip(("LocalLimiter", "aiolimiter"), turns.values(), strict=True)
    ]
    ratios = [mine / other for mine, other in zip(rows[0][1:], rows[1][1:], strict=True)]
    head = ("", "worst second, median", "worst of all", "a second", "CPU us/grant")
    print_table(title, head, [*rows, ("ours / aiolimiter", *ratios)])


def summary(name: str, turns: list[Turn]) -> tuple[str, float, float, float, float]:
    worst = [turn.worst_second for turn in turns]
    rate, cpu = median(turn.rate for turn in turns), median(turn.cpu for turn in turns)
    return name, float(median(worst)), float(max(worst)), rate, cpu * 1e6


def idle_contenders() -> list[Idle]:
    clock = Clock(now=count(0.0, STEP).__next__)
    return [
        Idle("nobody", Unlimited().acquire),
        Idle("LocalLimiter, acquire", LocalLimiter(clock=clock).acquire),
        Idle("LocalLimiter, acquire and before_send", ours(LocalLimiter(clock=clock))),
        Idle("aiolimiter, acquire", AsyncLimiter(1e12, 1).acquire),
    ]


async def idle(rounds: int, grants: int) -> None:
    """All contenders where nobody waits."""
    contenders = idle_contenders()
    costs: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for contender in interleaved(contenders, rounds):
        with CpuTime() as cpu:
            for _ in range(grants):
                await contender.grant()
        costs[contender.name].append(cpu.seconds / grants)
    medians = {name: median(found) for name, found in costs.items()}
    other = medians["aiolimiter, acquire"]
    rows = [(name, f"{cost * 1e6:.3f}", cost / other) for name, cost in medians.items()]
    title = f"Idle: nobody waits, {rounds} rounds of {grants} grants each"
    print_table(title, ("", "CPU us/grant", "/ aiolimiter"), rows)


def run(*, quick: bool) -> None:
    print("== LocalLimiter and aiolimiter")
    asyncio.run(backlog(rounds=1 if quick else 3, seconds=2.0 if quick else 3.5))
    asyncio.run(idle(rounds=5 if quick else 11, grants=2_000 if quick else 20_000))


if __name__ == "__main__":
    run(quick=is_quick(__doc__))
