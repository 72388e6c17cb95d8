"""Clocks that disagree: many creates at once under each, and what came of them.

    PYTHONPATH=tests python -m faults.skews [CREATES] [--marker] [--bulk]

prints the table for all rows of `SKEWS`. To add one, add a row. With `--bulk` the orders go out in
bulk runs that are killed again and again.
"""

import argparse
import logging
import time
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import anyio
from attrs import field, frozen
from faults.clocks import DAY
from faults.faults import LOSSES
from faults.intentions import Intention
from faults.simulation import Simulation
from faults.stepper import PATIENCE, Stepper
from faults.virtual_time import run

# of 100 creates: how many have a lost answer or two, a reference that an older order has, and a
# person who cancels the order
FAULTED, REUSED, CANCELED = 0.6, 0.15, 0.05
# mean seconds between two creates
SPACING = 0.5
# seconds: how long after an order was taken a person cancels it, how long it is not searchable, and
# how old an older order is
PERSON_AFTER = (0.2, 8.0)
SEARCH_LAG = 2.0
OLDER = (30.0, 600.0, 10_800.0, 2 * DAY, 60 * DAY)
# of a batch: how often its process is killed, after how many steps, for how many seconds it is
# down, by how many the wall clock is set back then, and how the next process's own clock differs
KILLS = 4
KILLED_AFTER = (20, 250)
DOWN = (0.0, 30.0)
SET_BACK = 3_600.0
SHIFTS = (0.0, 5_000.0, -5_000.0)

# sets the clocks of a simulation, whose creates take so many seconds
Skew = Callable[[Simulation, float], None]


def date_off(seconds: float) -> Skew:
    return lambda simulation, _: simulation.server.date.step(seconds)


def date_shows(header: str, database: float = 0.0) -> Skew:
    def skew(simulation: Simulation, _: float) -> None:
        simulation.server.date_header = header
        simulation.server.database.step(database)

    return skew


def database_off(seconds: float) -> Skew:
    return lambda simulation, _: simulation.server.database.step(seconds)


def both_off(date: float, database: float) -> Skew:
    def skew(simulation: Simulation, _: float) -> None:
        simulation.server.date.step(date)
        simulation.server.database.step(database)

    return skew


def database_steps(*steps: float) -> Skew:
    def skew(simulation: Simulation, span: float) -> None:
        for number, seconds in enumerate(steps, 1):
            moment = span * number / (len(steps) + 1)
            simulation.server.at(
                moment, lambda seconds=seconds: simulation.server.database.step(seconds)
            )

    return skew


def date_steps(seconds: float) -> Skew:
    return lambda simulation, span: simulation.server.at(
        span / 2, lambda: simulation.server.date.step(seconds)
    )


def wall_steps(seconds: float) -> Skew:
    return lambda simulation, span: simulation.server.at(
        span / 2, lambda: simulation.wall.step(seconds)
    )


def database_drifts(rate: float) -> Skew:
    def skew(simulation: Simulation, _: float) -> None:
        simulation.server.database.drift = rate

    return skew


def no_dates(simulation: Simulation, _: float) -> None:
    simulation.server.dates_orders = False


def drops_metadata(simulation: Simulation, _: float) -> None:
    simulation.server.keeps_metadata = False


SKEWS: Mapping[str, Skew] = {
    "clocks agree": date_off(0),
    "Date 6 s ahead": date_off(6),
    "Date 30 s ahead": date_off(30),
    "Date 1 h ahead": date_off(3600),
    "Date 30 s behind": date_off(-30),
    "Date 1 h behind": date_off(-3600),
    "database 30 s ahead": database_off(30),
    "database 30 s behind": database_off(-30),
    "database 1 h ahead": database_off(3600),
    "database 1 h behind": database_off(-3600),
    "Date 1 h ahead, database behind": both_off(3600, -3600),
    "Date 1 h behind, database ahead": both_off(-3600, 3600),
    "database steps 30 s ahead": database_steps(30),
    "database steps 30 s back": database_steps(-30),
    "database steps 1 h ahead and back": database_steps(3600, -3600),
    "database steps 1 h back and ahead": database_steps(-3600, 3600),
    "database drifts": database_drifts(0.0003),
    "Date steps 1 h ahead": date_steps(3600),
    "Date steps 1 h back": date_steps(-3600),
    "our wall clock steps 1 h ahead": wall_steps(3600),
    "our wall clock steps 1 h back": wall_steps(-3600),
    "no Date": date_shows("absent"),
    "no Date, database 1 h ahead": date_shows("absent", 3600),
    "no Date, database 1 h behind": date_shows("absent", -3600),
    "Date of the year 9999": date_shows("year 9999"),
    "Date of the year 1": date_shows("year 1"),
    "Date is junk": date_shows("junk"),
    "Date without a zone": date_shows("no zone"),
    "orders have no dates": no_dates,
    "metadata are dropped": drops_metadata,
}


@frozen(kw_only=True)
class Counts:
    """What came of the creates. `ordinary` ones had a new reference and no person cancels them."""

    creates: int
    duplicates: int
    untrue: int
    against_cancellation: int
    unknown_ordinary: int
    unknown_others: int
    commits: int
    runs: int = 1
    wrongs: list[str] = field(factory=list, repr=False)

    @classmethod
    def of(cls, simulation: Simulation, runs: int = 1) -> "Counts":
        wrongs = simulation.wrongs()
        found = simulation.all_intentions
        unknown = [intention for intention in found if intention.is_unknown]
        return cls(
            creates=len(found),
            duplicates=_count(found, lambda intention: intention.is_duplicate),
            untrue=_count(found, lambda intention: intention.untrue is not None),
            against_cancellation=_count(
                found, lambda intention: intention.is_printed_against_a_cancellation
            ),
            unknown_ordinary=_count(unknown, lambda intention: intention.is_ordinary),
            unknown_others=_count(unknown, lambda intention: not intention.is_ordinary),
            commits=len(simulation.server.orders),
            runs=runs,
            wrongs=wrongs,
        )


def _count(intentions: list[Intention], test: Callable[[Intention], bool]) -> int:
    return sum(map(test, intentions))


def count_creates(
    skew: Skew, creates: int, *, seed: int = 1, backend: str = "asyncio", **options: Any
) -> Counts:
    """Create so many orders under a skew. `options` go to the `Simulation`."""

    async def simulate() -> Counts:
        simulation = Simulation(**options)
        simulation.server.search_lag = SEARCH_LAG
        skew(simulation, creates * SPACING)
        await _create_all(simulation, creates, Random(seed))
        return Counts.of(simulation)

    return run(simulate, backend=backend)


def count_batch(skew: Skew, orders: int, *, seed: int = 1, **options: Any) -> Counts:
    """Submit so many orders in bulk runs under a skew, all but the last of which are killed."""
    stepper, random = Stepper(options), Random(seed)
    simulation = stepper.simulation
    try:
        simulation.server.search_lag = SEARCH_LAG
        skew(simulation, orders * SPACING)
        wanted = [_intend(simulation, f"ref-{number}", random) for number in range(orders)]
        stepper.submit([intention.reference for intention in wanted])
        for _ in range(KILLS):
            simulation.process.kill_in = random.randint(*KILLED_AFTER)
            while stepper.batch.is_running:
                stepper.advance(1.0)
            if stepper.batch.finished:
                break
            stepper.advance(random.uniform(*DOWN))
            simulation.step_wall(-SET_BACK)
            simulation.start_process(random.choice(SHIFTS))
            stepper.resume()
        stepper.advance(PATIENCE)
        stepper.finish()
        return Counts.of(simulation, runs=stepper.batch.runs)
    finally:
        stepper.close()


async def _create_all(simulation: Simulation, creates: int, random: Random) -> None:
    async with anyio.create_task_group() as tasks:
        for number in range(creates):
            tasks.start_soon(simulation.create, _intend(simulation, f"ref-{number}", random))
            await anyio.sleep(random.expovariate(1 / SPACING))


def _intend(simulation: Simulation, reference: str, random: Random) -> Intention:
    if random.random() < REUSED:
        becomes = random.choice(("created", "canceled"))
        simulation.server.add_older(reference, age=random.choice(OLDER), becomes=becomes)
    faults = []
    if random.random() < FAULTED:
        faults = random.choices(LOSSES, k=random.choice((1, 1, 1, 2)))
    person_after = random.uniform(*PERSON_AFTER) if random.random() < CANCELED else None
    return simulation.intend(reference, faults, person_after=person_after)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Creates under clocks that disagree.")
    parser.add_argument("creates", type=int, nargs="?", default=1000)
    parser.add_argument("--marker", action="store_true", help="with RetryPolicy(marker=True)")
    parser.add_argument("--bulk", action="store_true", help="in bulk runs that are killed")
    parser.add_argument("--api", choices=("gelato", "connect"), default="gelato")
    asked = parser.parse_args()
    policy = {"marker": True} if asked.marker else {}
    logging.getLogger("gelato_async").setLevel(logging.ERROR)
    print(
        "| clocks | duplicates / untrue / against a cancellation | unknown: ordinary, others | s |"
    )
    print("|---|---|---|---|")
    for name, skew in SKEWS.items():
        began = time.perf_counter()
        if asked.bulk:
            found = count_batch(skew, asked.creates, api=asked.api, policy=policy)
        else:
            found = count_creates(skew, asked.creates, api=asked.api, policy=policy)
        print(
            f"| {name} | {found.duplicates} / {found.untrue} / {found.against_cancellation} |"
            f" {found.unknown_ordinary}, {found.unknown_others} |"
            f" {time.perf_counter() - began:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
