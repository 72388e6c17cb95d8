"""OutcomeQueue: outcomes on their way from many workers to the one who iterates."""

from collections import deque

import anyio
from attrs import define, field

from gelato_async.bulk.outcomes import Outcome


@define(eq=False)
class OutcomeQueue:
    """A bounded queue: who iterates slowly slows the run down, and nothing piles up."""

    limit: float = 1_000
    items: deque[Outcome] = field(factory=deque)
    closed: bool = False
    _news: anyio.Event = field(factory=anyio.Event)
    _room: anyio.Event = field(factory=anyio.Event)

    async def put(self, outcome: Outcome) -> None:
        """Add an outcome, waiting for room."""
        while len(self.items) >= self.limit:
            self._room = anyio.Event() if self._room.is_set() else self._room
            await self._room.wait()
        self.items.append(outcome)
        self._news.set()

    async def get(self) -> Outcome | None:
        """The next outcome, or None when there will be no more."""
        while not self.items:
            if self.closed:
                return None
            self._news = anyio.Event()
            await self._news.wait()
        outcome = self.items.popleft()
        if len(self.items) * 2 <= self.limit:
            self._room.set()
        return outcome

    def lift_limit(self) -> None:
        """Nobody iterates any more: take whatever comes."""
        self.limit = float("inf")
        self._room.set()

    def close(self) -> None:
        """No more will come."""
        self.closed = True
        self._news.set()
