"""The simulation of a test: a server, a link, and one client process at a time that may be killed."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import anyio
from attrs import define, field
from faults.clocks import SkewedClock, TrueTime
from faults.faults import FAULTS, whole
from faults.intentions import Intention, Report, Told
from faults.network import Link, Wire, created_reference
from faults.orders import SimulatedOrder
from faults.processes import Process, make_order
from faults.server import Exchange, SimulatedServer
from faults.virtual_time import on_thread

from gelato_async import (
    Clock,
    GelatoClient,
    GelatoConnectClient,
    GelatoError,
    OutcomeUnknownError,
    Request,
    RetryPolicy,
    Transport,
    Unlimited,
)

# seconds: of an attempt, and of the search for an order whose answer was lost
TIMEOUT = 5.0
RECONCILE = 20.0
ATTEMPTS = 4

# answered creates after which a client should have learned that the database's clock was stepped
SAMPLES = 5

CLOCK_MOVED = "a clock moved while it was under way"
LOOK_FAILED = "a look for it failed"
ATTEMPTS_SPENT = "as many of its attempts failed as the policy permits"
LITTLE_TIME = "its caller gave it little time"
LEFT = "its run was left"


@define(eq=False)
class Simulation:
    """Clocks, server, link, the living process, and every intention there was.

    `api` is "gelato" or "connect", `policy` goes to the client's `RetryPolicy`, `wrap` is put round
    each transport: a mutation. `on_death` is called as a process dies. `breaches` are broken
    promises that belong to no single intention.
    """

    read_time: Callable[[], float] = anyio.current_time
    api: str = "gelato"
    policy: Mapping[str, Any] = field(factory=dict)
    wrap: Callable[[Transport, Simulation], Transport] = lambda transport, _: transport
    on_death: Callable[[], None] = lambda: None
    time: TrueTime = field(init=False)
    wall: SkewedClock = field(init=False)
    server: SimulatedServer = field(init=False)
    link: Link = field(init=False)
    process: Process = field(init=False)
    intentions: dict[str, Intention] = field(factory=dict)
    past: list[Intention] = field(factory=list)
    breaches: list[str] = field(factory=list)
    _answered_since_step: int = SAMPLES

    def __attrs_post_init__(self) -> None:
        self.time = TrueTime(self.read_time)
        self.wall = SkewedClock(self.time)
        database, date = SkewedClock(self.time), SkewedClock(self.time)
        self.server = SimulatedServer(self.time, database, date, on_accepted=self._attribute)
        self.link = Link(self.time)
        self.start_process()

    # processes

    def start_process(self, monotonic_shift: float = 0.0) -> Process:
        """A new process, which knows nothing of what the last one learned."""
        process = Process(self.on_death, monotonic_shift)
        wire = Wire(
            link=self.link,
            server=self.server,
            step=process.step,
            is_dead=lambda: process.is_dead,
            tag=self.intentions.get,
            on_result=self._note_result,
        )
        process.client = self._client(process, self.wrap(wire, self))
        self.process = process
        self._answered_since_step = SAMPLES
        return process

    def _client(self, process: Process, transport: Transport) -> Any:
        options = {
            "transport": transport,
            "limiter": Unlimited(),
            "timeout": TIMEOUT,
            "retry": RetryPolicy(**{"attempts": ATTEMPTS, "reconcile": RECONCILE, **self.policy}),
            "clock": Clock(
                now=lambda: self.read_time() + process.monotonic_shift,
                sleep=anyio.sleep,
                wall=self.wall.now,
            ),
        }
        if self.api == "gelato":
            return GelatoClient("key", **options)
        return GelatoConnectClient("acme", "key", "secret", **options)

    # intentions

    def intend(
        self, reference: str, faults: Iterable[str] = (), *, person_after: float | None = None
    ) -> Intention:
        """Want an order once. `faults` are what becomes of its creates, the first ones first.

        `person_after`: a person cancels it, once, so many seconds after the server took it.
        """
        before = self.intentions.get(reference)
        if before is not None:
            self.past.append(before)
        known = self.server.normalise(reference)
        reused = any(order.reference == known for order in self.server.orders)
        intention = Intention(reference=reference, reused=reused, person_after=person_after)
        self.intentions[reference] = intention
        planned = [FAULTS[name] for name in faults]
        if self._answered_since_step < SAMPLES:
            intention.excuses.add(CLOCK_MOVED)
        intention.excuses |= {fault.excuse for fault in planned if fault.excuse}
        self.server.plan[reference].clear()
        self.server.plan[reference].extend(planned)
        return intention

    async def create(self, intention: Intention, *, total_timeout: float | None = None) -> None:
        """Create it with a single call, and note what the client says."""
        process = self.process
        on_thread.set(process.step)
        if total_timeout is not None:
            intention.excuses.add(LITTLE_TIME)
        client = process.client.with_options(total_timeout=total_timeout)
        report = await reported(client.orders.create(make_order(intention.reference)))
        if not process.is_dead:
            intention.reports.append(report)
            intention.under_way = False

    @property
    def all_intentions(self) -> list[Intention]:
        return [*self.past, *self.intentions.values()]

    def step_database(self, seconds: float) -> None:
        """Step the clock that dates orders."""
        self.server.catch_up()
        self.server.database.step(seconds)
        self.excuse_all(CLOCK_MOVED)
        self._answered_since_step = 0

    def step_wall(self, seconds: float) -> None:
        """Step the time of day of our host."""
        self.wall.step(seconds)
        self.excuse_all(CLOCK_MOVED)

    def suspend_host(self, seconds: float) -> None:
        """Let time pass everywhere but in our process."""
        self.time.suspended += seconds
        self.server.catch_up()
        self.excuse_all(CLOCK_MOVED)

    def calm(self) -> None:
        """Heal the network and the server."""
        self.link.down_until = self.link.refusing_until = 0.0
        self.server.storm = (0.0, whole)
        self.server.read_faults.clear()
        self.server.plan.clear()

    def excuse_all(self, excuse: str) -> None:
        """Whatever is under way may stay unknown."""
        for intention in self.intentions.values():
            if intention.under_way:
                intention.excuses.add(excuse)

    def wrongs(self) -> list[str]:
        """Every promise that was broken so far."""
        self.server.catch_up()
        found = [wrong for intention in self.all_intentions for wrong in intention.wrongs()]
        return [*self.breaches, *found]

    def _attribute(self, orders: list[SimulatedOrder]) -> None:
        intention = orders[0].tag
        if intention is None:
            return
        intention.orders.extend(orders)
        after, intention.person_after = intention.person_after, None
        if after is not None:
            self.server.after(after, lambda: self._person_cancels(orders[0]))

    def _person_cancels(self, order: SimulatedOrder) -> None:
        if order.history:
            self.server.cancel(order)
        else:
            self.server.after(1.0, lambda: self._person_cancels(order))

    def _note_result(self, request: Request, exchange: Exchange | None, result: object) -> None:
        failed = isinstance(result, GelatoError) or result.status >= 300
        reference = created_reference(request)
        if not failed:
            self._answered_since_step += reference is not None
            return
        if reference is not None:
            self._note_failed_attempt(self.intentions[reference])
            return
        for wanted in json.loads(request.body or b"{}").get("orderReferenceIds", ()):
            if wanted in self.intentions:
                self.intentions[wanted].excuses.add(LOOK_FAILED)

    def _note_failed_attempt(self, intention: Intention) -> None:
        intention.failed_attempts += 1
        if intention.failed_attempts >= ATTEMPTS:
            intention.excuses.add(ATTEMPTS_SPENT)


async def reported(call: Awaitable[Any]) -> Report:
    """What a create says."""
    try:
        made = await call
    except OutcomeUnknownError as error:
        return Report(told=Told.UNKNOWN, detail=str(error))
    except GelatoError as error:
        return Report(told=Told.REFUSED, detail=repr(error))
    except Exception as error:
        return Report(told=Told.BROKEN, detail=repr(error))
    connected = getattr(made, "connected_order_ids", ())
    return Report(told=Told.MADE, order_id=made.id, connected=tuple(connected), detail=made.id)
