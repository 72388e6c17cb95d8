"""Preparer: takes orders from the input and builds their requests, or rejects them."""

from hashlib import blake2b
from typing import Any

from anyio.lowlevel import checkpoint
from attrs import define

from gelato_async.bulk.run.job_queue import JobQueue
from gelato_async.bulk.run.prepared_orders import PreparedOrder, PreparedOrders
from gelato_async.bulk.run.recorder import OutcomeRecorder
from gelato_async.bulk.run.run_state import RunState
from gelato_async.bulk.run.source import Source
from gelato_async.client.engine import Engine
from gelato_async.core.errors import NotSentError, Problem, ValidationError
from gelato_async.core.messages import Request
from gelato_async.core.operations.orders import CreateOperation
from gelato_async.models.new_order import NewOrder

# how many orders are intended ahead of being sent: what a crash leaves to be looked for
AHEAD = 64
# how many are looked up at once in the journal of an earlier run: these are not intended yet, and
# more of them would outlive the garbage collector's young generations
AHEAD_RESUMED = 512
# how many are worked on between two turns of the others on the event loop
AT_ONCE = 32


@define(eq=False)
class Preparer:
    """Reads no further ahead than it must.

    What is intended and not sent has to be looked for after a crash. With the journal of an earlier
    run, where most orders may need no intent, it reads further. `started` counts the orders taken.
    """

    engine: Engine
    source: Source
    prepared: PreparedOrders
    queue: JobQueue
    recorder: OutcomeRecorder
    state: RunState
    resumed: bool
    started: int = 0

    async def run(self) -> None:
        """Take orders until there are no more."""
        try:
            await self._take_all()
        finally:
            self.prepared.complete()

    async def _take_all(self) -> None:
        ahead = AHEAD
        if self.resumed:
            ahead = AHEAD_RESUMED
        while self.state.may_go_on:
            if len(self.prepared) + len(self.queue.new) >= ahead:
                await self.queue.room.wait()
                continue
            try:
                order = await self.source.take()
            except Exception as failure:  # noqa: BLE001  the caller sees it after all outcomes
                self.state.fail_at_end(failure)
                return
            if order is None or not self.state.may_go_on:
                return
            self.started += 1
            await self._prepare(order)
            if self.started % AT_ONCE == 0:
                # no other task has had a turn since
                await checkpoint()

    async def _prepare(self, order: NewOrder) -> None:
        try:
            self.prepared.add(self._built(order))
        except NotSentError as error:
            content = None
            if _is_text(order.order_reference_id):
                # the journal holds no other references
                content = b""
            await self.recorder.unsent(order, error, content)

    def _built(self, order: NewOrder) -> PreparedOrder:
        backend = self.engine.backend
        operation = backend.create_operation(order)
        request = self._request(operation)
        # of the order alone: a marker is another one in each run
        content = blake2b(request.body, digest_size=16).digest()
        prepared = PreparedOrder(operation, request, content)
        if self.engine.retry.marker and not self.resumed:
            # an order that an earlier run has sent keeps the marker that it had then, or none
            prepared.mark(backend)
        return prepared

    def _request(self, operation: CreateOperation[Any]) -> Request:
        if not _is_text(operation.order.order_reference_id):
            problem = Problem("orderReferenceId", "must be text that UTF-8 can say")
            raise ValidationError([problem], operation=operation.name)
        backend = self.engine.backend
        if self.resumed:
            # its rules are checked once the journal has said that it is new
            return backend.build(operation)
        return backend.prepare(operation, validate=self.engine.validate)


def _is_text(reference: object) -> bool:
    try:
        str(reference).encode()
    except UnicodeEncodeError:
        return False
    return True
