"""Intake: takes orders from the input, looks them up in the journal, and hands on what is to be sent."""

from collections import deque
from collections.abc import Callable
from hashlib import blake2b
from typing import Any, Protocol

import anyio
from anyio.lowlevel import checkpoint
from attrs import define, field

from gelato_async.bulk.journal.entries import (
    Disposition,
    EarlierRun,
    FindUnfinished,
    ForgetLookUp,
    LookUp,
    LookUps,
)
from gelato_async.bulk.journal.writer import JournalWriter
from gelato_async.bulk.outcomes import CONFLICT
from gelato_async.bulk.run.jobs import Job
from gelato_async.bulk.run.source import Source
from gelato_async.client.create_once import CreateOnce
from gelato_async.client.engine import Engine
from gelato_async.client.looks import look_before
from gelato_async.client.markers import marked, new_marker
from gelato_async.core.errors import GelatoError, NotSentError, Problem, ValidationError
from gelato_async.core.messages import Request
from gelato_async.core.operations.orders import CreateOperation
from gelato_async.core.pending_create import PendingCreate
from gelato_async.models.enums import OrderType
from gelato_async.models.new_order import NewOrder

# how many orders are intended ahead of being sent: what a crash leaves to be looked for
AHEAD = 64
# how many are looked up at once in the journal of an earlier run: these are not intended yet
AHEAD_RESUMED = 2_048
# how many are looked for in one search before the first sends: half a page
LOOK_AT_ONCE = 50
# how many are worked on between two turns of the others on the event loop
AT_ONCE = 32


class IntakeOwner(Protocol):
    """What becomes of the orders of the input."""

    def ready(self, job: Job) -> None:
        """It is to be sent; its intent is durable."""
        ...

    async def unresolved(self, job: Job) -> None:
        """An earlier run sent it: its outcome is to be reconciled."""
        ...

    async def replay(self, reference: str, earlier: EarlierRun) -> None:
        """An earlier run made it."""
        ...

    async def reject(self, order: NewOrder, error: GelatoError, content: bytes | None) -> None:
        """It is not sent; without `content` the journal is not told."""
        ...

    def left_out(self, disposition: Disposition) -> None:
        """It came before (DUPLICATE), or is new in a run that only resumes (NEW)."""
        ...


@define(eq=False)
class _LookedUp:
    operation: CreateOperation[Any]
    request: Request
    look_up: LookUp
    pending: PendingCreate[Any]
    error: NotSentError | None = None


@define(eq=False)
class Intake:
    """Reads no further ahead than it must.

    What is intended and not sent has to be looked for after a crash.
    """

    engine: Engine
    source: Source
    journal: JournalWriter
    owner: IntakeOwner
    may_go_on: Callable[[], bool]
    waiting_to_be_sent: Callable[[], int]
    resume_only: bool = False
    started: int = 0
    finished: bool = False
    failure: Exception | None = None
    _looked_up: deque[_LookedUp] = field(factory=deque)
    _taken_all: bool = False
    _room: anyio.Event = field(factory=anyio.Event)
    _news: anyio.Event = field(factory=anyio.Event)
    _taken: anyio.Event = field(factory=anyio.Event)

    @property
    def ahead(self) -> int:
        """How many orders it may be ahead of the workers."""
        return AHEAD_RESUMED if self.journal.resumed else AHEAD

    def fail(self) -> None:
        """Nothing more will come."""
        self.finished = self._taken_all = True
        self._news.set()

    def note_room(self) -> None:
        """A worker has taken a job."""
        self._room.set()
        self._taken.set()

    async def take(self) -> None:
        """Take orders until there are no more."""
        while self.may_go_on():
            if len(self._looked_up) + self.waiting_to_be_sent() >= self.ahead:
                self._room = anyio.Event()
                await self._room.wait()
                continue
            try:
                order = await self.source.take()
            except Exception as failure:  # noqa: BLE001  whatever it is: what was read before goes on, then the caller sees it
                self.failure = failure
                break
            if order is None or not self.may_go_on():
                break
            self.started += 1
            await self._look_up(order)
            if self.started % AT_ONCE == 0:
                # nobody else has had a turn meanwhile
                await checkpoint()
        self._taken_all = True
        self._news.set()

    async def sort(self) -> None:
        """Hand on what the journal has met, until the input is at its end."""
        while True:
            while not self._looked_up:
                if self._taken_all:
                    await self._take_up_unfinished()
                    self.finished = True
                    return
                self._news = anyio.Event()
                await self._news.wait()
            batch = list(self._looked_up)
            await self.journal.write(
                LookUps([met.look_up for met in batch if not met.look_up.intend])
            )
            while batch:
                some, batch = self._next_few(batch)
                await self._intend(
                    [met for met in some if met.look_up.disposition is Disposition.NEW]
                )
                for _ in some:
                    # one by one: what is handed on may be sent at once, and must not be withdrawn
                    # then
                    await self._hand_on(self._looked_up.popleft())
                    if len(self._looked_up) % AT_ONCE == 0:
                        await checkpoint()
                self._room.set()
                await self._wait_for_workers()

    def _next_few(self, batch: list[_LookedUp]) -> tuple[list[_LookedUp], list[_LookedUp]]:
        # with no more new ones than may be ahead
        new, room = 0, max(1, AHEAD - self.waiting_to_be_sent())
        for position, met in enumerate(batch):
            new += met.look_up.disposition is Disposition.NEW
            if new > room:
                return batch[:position], batch[position:]
        return batch, []

    async def _wait_for_workers(self) -> None:
        while self.journal.resumed and self.waiting_to_be_sent() >= AHEAD and self.may_go_on():
            self._taken = anyio.Event()
            await self._taken.wait()

    def withdraw(self) -> None:
        """Nothing more is handed on: forget the intents of what was not."""
        for met in self._looked_up:
            self.journal.add(ForgetLookUp(met.look_up))

    async def _look_up(self, order: NewOrder) -> None:
        operation = self.engine.backend.create_operation(order)
        fresh = not self.journal.resumed
        # an order that an earlier run has sent keeps the marker that it had then, or none
        marker = self._new_marker() if fresh else None
        try:
            request = self._request(operation, checked=fresh)
            pending = self._pending(operation, request, marker)
        except NotSentError as error:
            known = _is_text(order.order_reference_id)
            await self.owner.reject(order, error, b"" if known else None)
            return
        look_up = LookUp(
            reference=order.order_reference_id,
            content=blake2b(request.body, digest_size=16).digest(),
            draft=order.order_type != "order",
            begun=self.engine.clock.now(),
            # where no clock could tell it from others, a look precedes even the intent
            intend=fresh and self._is_clock_known(),
            marker=marker,
        )
        if look_up.intend:
            self.journal.add(look_up)
        self._looked_up.append(_LookedUp(operation, request, look_up, pending))
        self._news.set()

    def _new_marker(self) -> str | None:
        return new_marker() if self.engine.retry.marker else None

    def _is_clock_known(self) -> bool:
        clock = self.engine.clock
        return self.engine.evidence.is_clock_known(clock.now(), clock.wall())

    def _pending(
        self, operation: CreateOperation[Any], request: Request, marker: str | None
    ) -> PendingCreate[Any]:
        if marker is not None:
            request = self.engine.backend.build(marked(operation, marker))
        return PendingCreate(operation=operation, request=request, marker=marker)

    def _request(self, operation: CreateOperation[Any], *, checked: bool) -> Request:
        if not _is_text(operation.order.order_reference_id):
            raise ValidationError(
                [Problem("orderReferenceId", "must be text that UTF-8 can say")],
                operation=operation.name,
            )
        backend = self.engine.backend
        return (
            backend.prepare(operation, validate=self.engine.validate)
            if checked
            else backend.build(operation)
        )

    async def _intend(self, new: list[_LookedUp]) -> None:
        # what is intended once the run is being left would not be withdrawn any more
        if self.resume_only or not self.may_go_on():
            return
        for met in new:
            try:
                self.engine.backend.check(met.operation, validate=self.engine.validate)
                if met.look_up.marker is None:
                    met.look_up.marker = self._new_marker()
                    met.pending = self._pending(met.operation, met.request, met.look_up.marker)
            except NotSentError as error:
                met.error = error
        valid = [met for met in new if met.error is None]
        for start in range(0, len(valid), LOOK_AT_ONCE):
            some = valid[start : start + LOOK_AT_ONCE]
            await look_before([met.pending for met in some], self.engine)
            if not self.may_go_on():
                return
            for met in some:
                met.look_up.intend, met.look_up.begun = True, self.engine.clock.now()
                met.look_up.known_ids = met.pending.known_ids
                self.journal.add(met.look_up)
        if new:
            await self.journal.barrier()

    async def _hand_on(self, met: _LookedUp) -> None:
        look_up = met.look_up
        if met.error is not None:
            await self.owner.reject(met.operation.order, met.error, look_up.content)
            return
        match look_up.disposition:
            case Disposition.SEND:
                create = CreateOnce(self.engine, met.pending)
                self.owner.ready(Job(create, begun=self.engine.clock.now()))
            case Disposition.RECONCILE if look_up.earlier:
                marker = look_up.earlier.marker
                pending = self._pending(met.operation, met.request, marker)
                await self.owner.unresolved(self._unresolved(pending, look_up.earlier))
            case Disposition.REPLAY if look_up.earlier:
                await self.owner.replay(look_up.reference, look_up.earlier)
            case Disposition.CONFLICT:
                error = ValidationError([CONFLICT], operation=met.operation.name)
                await self.owner.reject(met.operation.order, error, None)
            case Disposition.DUPLICATE:
                self.owner.left_out(look_up.disposition)
            case Disposition.NEW if self.resume_only:
                self.owner.left_out(look_up.disposition)

    async def _take_up_unfinished(self) -> None:
        if not self.journal.resumed or not self.may_go_on():
            return
        unfinished = FindUnfinished()
        await self.journal.write(unfinished)
        for reference, draft, earlier in unfinished.found:
            kind = OrderType.DRAFT if draft else OrderType.ORDER
            pending: PendingCreate[Any] = PendingCreate(
                operation=None, request=None, reference=reference, order_type=kind
            )
            await self.owner.unresolved(self._unresolved(pending, earlier))

    def _unresolved(self, pending: PendingCreate[Any], earlier: EarlierRun) -> Job:
        now = self.engine.clock.now()
        pending.first_sent, pending.clock = earlier.begun, earlier.clock
        pending.known_ids, pending.marker = earlier.known_ids, earlier.marker
        pending.sends = max(1, earlier.sends)
        # nobody knows when it left: the window begins anew
        pending.unclear_since = now
        pending.accepted = earlier.accepted
        return Job(CreateOnce(self.engine, pending), begun=now, from_earlier_run=True)


def _is_text(reference: object) -> bool:
    try:
        str(reference).encode()
    except UnicodeEncodeError:
        return False
    return True
