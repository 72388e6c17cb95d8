"""OutcomeQueue: outcomes on their way from many tasks to the one that iterates."""

import math
from collections import deque

from attrs import define, field

from gelato_async.bulk.outcomes import Outcome
from gelato_async.bulk.signal import Signal


@define(eq=False)
class OutcomeQueue:
    """A bounded queue: a caller that iterates slowly slows the run down, and nothing piles up.

    An outcome is in the queue as soon as it is recorded, so no cancellation can lose it; the task
    that recorded it waits for room afterwards.
    """

    limit: float = 1_000
    items: deque[Outcome] = field(factory=deque)
    closed: bool = False
    _news: Signal = field(factory=Signal)
    _room: Signal = field(factory=Signal)

    def add(self, outcome: Outcome) -> None:
        """Add an outcome."""
        self.items.append(outcome)
        self._news.notify()

    async def wait_for_room(self) -> None:
        """Wait while there are more outcomes than the limit."""
        while len(self.items) > self.limit:
            await self._room.wait()

    async def get(self) -> Outcome | None:
        """Take the next outcome, or None when there will be no more."""
        while not self.items:
            if self.closed:
                return None
            await self._news.wait()
        outcome = self.items.popleft()
        # half of it at once, rather than a task switch for each outcome
        if len(self.items) * 2 <= self.limit:
            self._room.notify()
        return outcome

    def put_back(self, outcome: Outcome) -> None:
        """Make an outcome the next one again."""
        self.items.appendleft(outcome)

    def lift_limit(self) -> None:
        """Take whatever comes: the caller does not iterate any more."""
        self.limit = math.inf
        self._room.notify()

    def close(self) -> None:
        """End the iteration after the outcomes that are there."""
        self.closed = True
        self._news.notify()
