"""Engine: runs any operation. Check, build, then the way that is safe for it."""

import math
from typing import TypeVar

from attrs import define

from gelato_async.client.create_once import CreateOnce, marked, new_marker
from gelato_async.client.sender import Reply, Sender
from gelato_async.core.operations.base import Operation
from gelato_async.core.operations.orders import CreateOperation
from gelato_async.core.pending_create import PendingCreate

T = TypeVar("T")


@define(eq=False, kw_only=True)
class Engine(Sender):
    """Runs operations. `attrs.evolve` it for other options."""

    async def send(self, operation: Operation[T]) -> T:
        """Run an operation and return its answer."""
        return (await self.send_raw(operation)).answer

    async def send_raw(self, operation: Operation[T]) -> Reply[T]:
        """Run an operation and return its answer with the response.

        Raises:
            GelatoError: see its tree.
        """
        if not isinstance(operation, Operation):
            raise TypeError(
                f"an operation is sent, like GetOrder('...'), not a {type(operation).__name__}"
            )
        if isinstance(operation, CreateOperation):
            return await self._create(operation)
        request = self.backend.prepare(operation, validate=self.validate)
        return await self.repeat(operation, request, self.deadline())

    async def send_within(
        self, operation: Operation[T], deadline: float, *, retry_until: float = math.inf
    ) -> T:
        """Run an operation that makes no order as one of several requests, which have a deadline together.

        No repeat begins at `retry_until` or later; an attempt that is under way then has until the
        deadline.

        Raises:
            GelatoError: see its tree.
        """
        request = self.backend.prepare(operation, validate=self.validate)
        return (await self.repeat(operation, request, deadline, retry_until)).answer

    async def _create(self, operation: CreateOperation[T]) -> Reply[T]:
        marker = new_marker() if self.retry.marker else None
        sent = operation if marker is None else marked(operation, marker)
        request = self.backend.prepare(sent, validate=self.validate)
        pending = PendingCreate(operation=operation, request=request, marker=marker)
        return await CreateOnce(self, pending).run(self.deadline())
