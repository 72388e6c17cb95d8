"""Line: jobs that wait for a worker, and workers that wait for a job."""

from collections import deque
from collections.abc import Iterator

import anyio
from attrs import define, field

from gelato_async.bulk.job import Job


@define(eq=False)
class Line:
    """`fresh` jobs wait for their first turn.

    Those that come back, held back or to be sent `again`, go before them.
    """

    fresh: deque[Job] = field(factory=deque)
    again: deque[Job] = field(factory=deque)
    _resting: deque[anyio.Event] = field(factory=deque)

    def __len__(self) -> int:
        return len(self.fresh) + len(self.again)

    def __iter__(self) -> Iterator[Job]:
        return iter((*self.again, *self.fresh))

    @property
    def resting(self) -> bool:
        """Whether a worker waits for a job."""
        return bool(self._resting)

    def take(self, *, fresh_too: bool) -> Job | None:
        """The next job, if there is one."""
        if self.again:
            return self.again.popleft()
        return self.fresh.popleft() if fresh_too and self.fresh else None

    async def rest(self) -> None:
        """Wait until there may be a job."""
        turn = anyio.Event()
        self._resting.append(turn)
        await turn.wait()

    def wake_one(self) -> None:
        """There is a job."""
        if self._resting:
            self._resting.popleft().set()

    def wake_all(self) -> None:
        """There will be none."""
        while self._resting:
            self._resting.popleft().set()
