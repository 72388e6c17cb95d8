"""A hypothesis state machine over the simulated server: anything may happen, at any moment.

After every rule each intention is judged by the server's own list (`intentions.py`). What the rules
leave out is what the library does not promise:

- another program's order with our reference that is younger than `INDEXED` seconds, or not yet
  searchable, as ours is sent;
- an order that is not searchable `RECONCILE` seconds after its answer was lost;
- a database clock that is stepped twice within `BETWEEN_STEPS` seconds.
"""

from faults.clocks import DATE_HEADERS, DAY
from faults.faults import FAULTS, dropped, status, truncated, unreadable
from faults.intentions import Intention, Told
from faults.stepper import Stepper
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

INDEXED = 10.0
BETWEEN_STEPS = 120.0

NORMALISERS = {"kept": str, "lower case": str.lower, "cut": lambda text: text[:3]}
STORMS = {"503": status(503), "429": status(429), "dropped": dropped}
READ_FAULTS = {
    "503": status(503),
    "429": status(429),
    "dropped": dropped,
    "truncated": truncated,
    "unreadable": unreadable,
}

names = st.sampled_from(list(FAULTS))
plans = st.lists(names, max_size=3)
skews = st.sampled_from([0.0, 6.0, -6.0, 30.0, -30.0, 3600.0, -3600.0])
moments = st.sampled_from([None, 0.5, 2.0, 8.0])
ages = st.sampled_from([INDEXED, 120.0, 7200.0, 2 * DAY, 60 * DAY])
older = st.none() | st.tuples(ages, st.sampled_from(["created", "canceled", "failed"]))
orders = st.tuples(plans, older, moments)
seconds = st.sampled_from([0.05, 0.3, 1.0, 3.0, 10.0, 30.0, 300.0, 1200.0])


class BrokenPromiseError(AssertionError):
    """What the server holds contradicts what was promised."""


class FaultMachine(RuleBasedStateMachine):
    """`options` go to the `Simulation`, `resets` to its link."""

    options: dict = {}
    resets = True

    def __init__(self):
        super().__init__()
        self.stepper = Stepper(self.options)
        self.simulation = self.stepper.simulation
        self.simulation.link.resets = self.resets
        self.number = 0
        self.stepped_at = -BETWEEN_STEPS

    # what the simulation is like

    @initialize(
        database=skews,
        date=skews,
        header=st.sampled_from(list(DATE_HEADERS)),
        lags=st.sampled_from([(0.0, 0.0), (0.5, 0.0), (3.0, 2.0), (6.0, 0.5)]),
        normaliser=st.sampled_from(list(NORMALISERS)),
    )
    def begin(self, database, date, header, lags, normaliser):
        server = self.simulation.server
        server.database.step(database)
        server.date.step(date)
        server.date_header = header
        server.search_lag, server.get_lag = lags
        server.normalise = NORMALISERS[normaliser]

    # orders

    def intend(self, order):
        faults, other, person = order
        self.number += 1
        # long enough to be cut, and different at the front
        reference = f"{self.number:03d}-Ref"
        if other is not None:
            age, becomes = other
            self.simulation.server.add_older(reference, age=age, becomes=becomes)
        return self.simulation.intend(reference, faults, person_after=person)

    def is_alive(self):
        return not self.stepper.is_dead

    @precondition(is_alive)
    @rule(order=orders, total_timeout=st.sampled_from([None, None, 3.0, 15.0]))
    def create(self, order, total_timeout):
        self.stepper.create(self.intend(order), total_timeout)

    def reusable(self) -> list[Intention]:
        indexed_since = self.simulation.time.now() - INDEXED - self.simulation.server.search_lag
        return [
            intention
            for intention in self.simulation.intentions.values()
            if not intention.under_way
            and intention.reports
            and intention.reports[-1].told is Told.MADE
            and all(order.is_dead for order in intention.orders)
            and all(order.history[-1].since < indexed_since for order in intention.orders)
            and not self.is_in_batch(intention)
        ]

    def is_in_batch(self, intention):
        batch = self.stepper.batch
        return batch is not None and intention.reference in batch.references

    @precondition(lambda self: self.is_alive() and self.reusable())
    @rule(which=st.integers(0, 20), faults=plans)
    def create_again_what_was_canceled(self, which, faults):
        found = self.reusable()
        reference = found[which % len(found)].reference
        self.stepper.create(self.simulation.intend(reference, faults))

    @precondition(lambda self: self.stepper.creates and self.is_alive())
    @rule(which=st.integers(0, 20))
    def cancel_create(self, which):
        self.stepper.cancel_create(which)

    # bulk runs

    @property
    def batch(self):
        return self.stepper.batch

    @precondition(lambda self: self.is_alive() and (self.batch is None or self.batch.finished))
    @rule(wanted=st.lists(orders, min_size=1, max_size=12))
    def submit(self, wanted):
        self.stepper.submit([self.intend(order).reference for order in wanted])

    @precondition(lambda self: self.is_alive() and self.batch and not self.batch.is_running)
    @rule()
    def run_again(self):
        self.stepper.resume()

    @precondition(lambda self: self.is_alive() and self.batch and self.batch.is_running)
    @rule()
    def leave_run(self):
        self.stepper.leave()

    @precondition(is_alive)
    @rule(steps=st.integers(0, 60))
    def kill_soon(self, steps):
        self.simulation.process.kill_in = steps

    @precondition(is_alive)
    @rule()
    def kill(self):
        self.simulation.process.die()
        self.stepper.advance(0.0)

    @precondition(lambda self: self.stepper.is_dead)
    @rule(shift=st.sampled_from([0.0, 5_000.0, -5_000.0]))
    def start_process(self, shift):
        self.simulation.start_process(shift)

    # persons, networks and clocks

    @precondition(lambda self: any(i.orders for i in self.simulation.intentions.values()))
    @rule(which=st.integers(0, 20))
    def person_cancels(self, which):
        made = [order for order in self.simulation.server.orders if order.tag is not None]
        if made:
            self.simulation.server.cancel(made[which % len(made)])

    @rule(length=st.sampled_from([0.5, 2.0, 6.0, 12.0]))
    def cut_link(self, length):
        self.simulation.link.down_until = self.simulation.time.now() + length

    @rule(length=st.sampled_from([0.5, 2.0, 6.0]))
    def refuse_connections(self, length):
        self.simulation.link.refusing_until = self.simulation.time.now() + length

    @rule(length=st.sampled_from([0.5, 2.0, 10.0]), kind=st.sampled_from(list(STORMS)))
    def storm(self, length, kind):
        self.simulation.server.storm = (self.simulation.time.now() + length, STORMS[kind])

    @rule(kind=st.sampled_from(list(READ_FAULTS)))
    def fail_next_look(self, kind):
        self.simulation.server.read_faults.append(READ_FAULTS[kind])

    @precondition(lambda self: self.simulation.time.now() > self.stepped_at + BETWEEN_STEPS)
    @rule(step=skews)
    def step_database(self, step):
        self.simulation.step_database(step)
        self.stepped_at = self.simulation.time.now()

    @rule(step=skews, header=st.sampled_from(list(DATE_HEADERS)))
    def step_date(self, step, header):
        self.simulation.server.date.step(step)
        self.simulation.server.date_header = header

    @rule(step=skews)
    def step_wall(self, step):
        self.simulation.step_wall(step)

    @rule(length=st.sampled_from([47.0, 389.0]))
    def suspend_host(self, length):
        self.simulation.suspend_host(length)

    @rule(length=seconds)
    def let_time_pass(self, length):
        self.stepper.advance(length)

    # what must hold

    @invariant()
    def promises_are_kept(self):
        wrongs = self.simulation.wrongs()
        if wrongs:
            raise BrokenPromiseError("; ".join(wrongs))

    def teardown(self):
        try:
            self.stepper.finish()
            self.promises_are_kept()
        finally:
            self.stepper.close()
