"""Job: an order on its way through a run."""

from collections import deque
from collections.abc import Iterator
from typing import Any

import anyio
from attrs import define, field

from gelato_async.client.create_once import CreateOnce
from gelato_async.core.pending_create import PendingCreate


@define(eq=False)
class Job:
    """A create, and where it is in the run.

    `waiting` for its turn, `sent` (Gelato may have it), `looking` while a look for it is on its
    way, `probing` where it tests whether an outage is over, `during_outage` where an outage
    explains its failure, `from_earlier_run` where an earlier run sent it.
    `resends` counts those that no outage excuses.

    `begun` is when this run took it up, in the clock's seconds.
    """

    create: CreateOnce[Any]
    begun: float = 0.0
    waiting: bool = False
    sent: bool = False
    looking: bool = False
    probing: bool = False
    during_outage: bool = False
    from_earlier_run: bool = False
    resends: int = 0

    @property
    def pending(self) -> PendingCreate[Any]:
        """What is known of the create."""
        return self.create.pending

    @property
    def reference(self) -> str:
        """The caller's reference."""
        return self.pending.reference

    @property
    def may_exist(self) -> bool:
        """Whether Gelato may have it, as far as anybody knows."""
        return self.sent or self.pending.is_unclear


@define(eq=False)
class JobQueue:
    """`new` jobs wait for their first turn.

    Those that come back, held back or to be sent again, `retries`, go before them.
    """

    new: deque[Job] = field(factory=deque)
    retries: deque[Job] = field(factory=deque)
    _idle_workers: deque[anyio.Event] = field(factory=deque)

    def __len__(self) -> int:
        return len(self.new) + len(self.retries)

    def __iter__(self) -> Iterator[Job]:
        return iter((*self.retries, *self.new))

    @property
    def has_idle_workers(self) -> bool:
        """Whether a worker waits for a job."""
        return bool(self._idle_workers)

    def take(self, *, new_too: bool) -> Job | None:
        """The next job, if there is one."""
        if self.retries:
            return self.retries.popleft()
        return self.new.popleft() if new_too and self.new else None

    async def rest(self) -> None:
        """Wait until there may be a job."""
        turn = anyio.Event()
        self._idle_workers.append(turn)
        await turn.wait()

    def wake_one(self) -> None:
        """There is a job."""
        if self._idle_workers:
            self._idle_workers.popleft().set()

    def wake_all(self) -> None:
        """There will be none."""
        while self._idle_workers:
            self._idle_workers.popleft().set()
