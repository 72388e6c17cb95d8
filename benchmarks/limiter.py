"""What LocalLimiter lets through, and what it costs, beside aiolimiter and pyrate-limiter.

    python benchmarks/limiter.py [--quick]

Nobody waits: what a limiter costs a program that stays far below the limit. LocalLimiter is asked
twice for each request, by the sender (acquire) and by its gate at the moment of sending
(before_send), aiolimiter and pyrate-limiter once. LocalLimiter gets a clock that steps by itself,
whose reading costs about as much as the real one; the others get a rate that is never reached.

A crowd waits: what a grant costs LocalLimiter, and what a task that gives up its wait from the
midst of the others, where 10,000 tasks wait, beside the same where 1,000 do. Time passes as the
head of the line sleeps, so neither the pace nor the idle event loop is in it.

A backlog: 200 tasks ask for one grant after the other in real time, and each grant is stamped. Each
turn starts with a fresh limiter that nobody has used for a while. The worst second is the window of
one second with the most grants, wherever it starts: Gelato allows 100. Pace and processor time are
those after the first second, in which a limiter may let a burst through; the tasks' own switches
and the event loop, awake a hundred times a second, are in them. pyrate-limiter lets a hundred go at
once, so its processor time is no measure for one that wakes up for each grant; --quick leaves it
out.
"""

import asyncio
import time
from bisect import bisect_left
from collections.abc import Awaitable, Callable
from itertools import count
from typing import NamedTuple

from aiolimiter import AsyncLimiter
from measure import MICROSECONDS, CpuTime, Result, absolute, acompare, interleaved, main, result_of
from pyrate_limiter import Duration, Limiter, Rate

from gelato_async.limiters.base import Clock
from gelato_async.limiters.local import LocalLimiter

Grant = Callable[[], Awaitable[object]]

# requests that are measured as one
BATCH = 100
# each reading of the clock is so many seconds later than the one before: more than the pace wants
STEP = 1 / 16
NEVER_REACHED = 1_000_000_000
FEW, MANY = 1_000, 10_000
GRANTS = 2_000
CANCELLED = 500
TASKS = 200
# requests a second
LIMIT = 100
# milliseconds a request at the pace that is promised, 97 a second
SLOWEST = 10.31
MILLISECONDS = 1e3


def ours(limiter: LocalLimiter) -> Grant:
    """Return both of what a request asks of our limiter."""

    async def grant() -> None:
        await limiter.acquire()
        await limiter.before_send()

    return grant


async def nobody_waits(*, quick: bool) -> list[Result]:
    """LocalLimiter beside each of the others, where nobody has to wait."""
    limiter = LocalLimiter(clock=Clock(now=count(0.0, STEP).__next__))
    other = AsyncLimiter(NEVER_REACHED, 1)
    third = Limiter(Rate(NEVER_REACHED, Duration.SECOND))

    async def local() -> None:
        for _ in range(BATCH):
            await limiter.acquire()
            await limiter.before_send()

    async def aiolimiter() -> None:
        for _ in range(BATCH):
            await other.acquire()

    async def pyrate_limiter() -> None:
        for _ in range(BATCH):
            await third.try_acquire_async("key")

    what = f"limiter, nobody waits: acquire and before_send of {BATCH} requests"
    times, rounds = (20, 21) if quick else (100, 41)
    beside_aiolimiter = await acompare(
        "limiter.idle",
        what,
        "aiolimiter acquire",
        local,
        aiolimiter,
        times=times,
        rounds=rounds,
        reach=1.0,
    )
    beside_pyrate = await acompare(
        "limiter.idle-pyrate",
        what,
        "pyrate-limiter try_acquire_async",
        local,
        pyrate_limiter,
        times=5,
        rounds=rounds,
        reach=1.0,
    )
    third.close()
    return [beside_aiolimiter, beside_pyrate]


class Cost(NamedTuple):
    """What a crowd costs: microseconds of CPU."""

    grant: float
    cancelled: float


class SteppedClock:
    """A clock whose time passes as a task sleeps, and stops after so many sleeps."""

    def __init__(self) -> None:
        self.time = 0.0
        self.left = 0
        self.stopped, self.going = asyncio.Event(), asyncio.Event()

    def now(self) -> float:
        """Return the time."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Let so many seconds pass, once the clock goes."""
        if self.left == 0:
            self.stopped.set()
            await self.going.wait()
        self.left -= 1
        self.time += seconds
        await asyncio.sleep(0)

    async def run(self, sleeps: int) -> None:
        """Let the time pass for so many sleeps: under a backlog, one for each grant."""
        self.left = sleeps
        self.stopped.clear()
        self.going.set()
        self.going = asyncio.Event()
        await self.stopped.wait()


async def crowd(waiters: int) -> Cost:
    """Let so many tasks ask for one grant after the other, and cancel some of them."""
    clock = SteppedClock()
    grant = ours(LocalLimiter(clock=Clock(now=clock.now, sleep=clock.sleep)))

    async def ask() -> None:
        while True:
            await grant()

    tasks = [asyncio.create_task(ask()) for _ in range(waiters)]
    await clock.run(BATCH)
    with CpuTime() as granting:
        await clock.run(GRANTS)
    # some stand in the midst of the line, whichever task is its head
    leaving = tasks[:: waiters // CANCELLED]
    with CpuTime() as cancelling:
        for task in leaving:
            task.cancel()
        await asyncio.wait(leaving)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    return Cost(granting.seconds / GRANTS, cancelling.seconds / len(leaving))


def crowds(*, quick: bool) -> list[Result]:
    """Many waiters beside few."""
    found: dict[int, list[Cost]] = {MANY: [], FEW: []}
    for waiters in interleaved(list(found), 3 if quick else 9):
        found[waiters].append(asyncio.run(crowd(waiters)))
    many, few = found[MANY], found[FEW]
    against = f"the same with {FEW:,}"
    return [
        result_of(
            "limiter.waiters",
            f"limiter, a grant with {MANY:,} waiters",
            against,
            [cost.grant * MICROSECONDS for cost in many],
            [cost.grant * MICROSECONDS for cost in few],
            reach=1.3,
        ),
        result_of(
            "limiter.cancelled",
            f"limiter, a waiter among {MANY:,} gives up",
            against,
            [cost.cancelled * MICROSECONDS for cost in many],
            [cost.cancelled * MICROSECONDS for cost in few],
            # more tasks than the processor's caches hold
            reach=2.0,
        ),
    ]


class Turn(NamedTuple):
    """One turn under a backlog: the most grants in a second, seconds and CPU seconds a grant."""

    worst_second: int
    pace: float
    cpu: float


def new_ours() -> Grant:
    return ours(LocalLimiter())


def new_aiolimiter() -> Grant:
    return AsyncLimiter(LIMIT, 1).acquire


def new_pyrate() -> Grant:
    limiter = Limiter(Rate(LIMIT, Duration.SECOND))

    async def grant() -> None:
        await limiter.try_acquire_async("key")

    return grant


NAMES = {new_ours: "LocalLimiter", new_aiolimiter: "aiolimiter", new_pyrate: "pyrate-limiter"}


def worst_second(stamps: list[float]) -> int:
    """The most of these moments (sorted) in any window of one second."""
    return max(bisect_left(stamps, start + 1.0) - position for position, start in enumerate(stamps))


async def turn(grant: Grant, counted: float) -> Turn:
    """Ask for grants with all tasks for a second and `counted` more, which are the ones counted."""
    stamps: list[float] = []

    async def ask() -> None:
        while True:
            await grant()
            stamps.append(time.monotonic())

    tasks = [asyncio.create_task(ask()) for _ in range(TASKS)]
    await asyncio.sleep(1.0)
    before = len(stamps)
    with CpuTime() as cpu:
        await asyncio.sleep(counted)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    found = stamps[before:]
    pace = (found[-1] - found[0]) / (len(found) - 1)
    return Turn(worst_second(stamps), pace, cpu.seconds / len(found))


def backlog(*, quick: bool) -> list[Result]:
    """Each limiter under a backlog."""
    contenders, rounds, counted = list(NAMES), 7, 1.2
    if quick:
        contenders, rounds, counted = [new_ours, new_aiolimiter], 1, 0.6
    turns: dict[Callable[[], Grant], list[Turn]] = {new: [] for new in contenders}
    for new in interleaved(contenders, rounds):
        turns[new].append(asyncio.run(turn(new(), counted)))
    mine, others = turns[new_ours], turns[new_aiolimiter]
    what = f"limiter, {TASKS} tasks in line"
    worst = {new: max(found.worst_second for found in turns[new]) for new in contenders}
    return [
        absolute(
            "limiter.worst-second",
            f"{what}: grants in the worst second",
            [float(found.worst_second) for found in mine],
            float(LIMIT),
            "",
            note=", ".join(f"{NAMES[new]} {most}" for new, most in worst.items()),
        ),
        absolute(
            "limiter.pace",
            f"{what}: time between two grants",
            [found.pace * MILLISECONDS for found in mine],
            SLOWEST,
            "ms",
        ),
        result_of(
            "limiter.backlog",
            f"{what}: CPU of a grant",
            "aiolimiter",
            [found.cpu * MICROSECONDS for found in mine],
            [found.cpu * MICROSECONDS for found in others],
            # each request asks twice
            reach=2.0,
        ),
    ]


def run(quick: bool) -> list[Result]:  # noqa: FBT001  the form of all benchmarks
    """All rows."""
    return [
        *asyncio.run(nobody_waits(quick=quick)),
        *crowds(quick=quick),
        *backlog(quick=quick),
    ]


if __name__ == "__main__":
    main(run, __doc__)
