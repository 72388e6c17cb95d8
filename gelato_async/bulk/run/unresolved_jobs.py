"""UnresolvedJobs: creates whose outcome is unknown, on their way to the reconciler."""

from collections.abc import Iterator

from attrs import define, field

from gelato_async.bulk.run.jobs import Job
from gelato_async.bulk.signal import Signal

MAX_UNRESOLVED = 5_000


@define(eq=False)
class UnresolvedJobs:
    """Jobs that are looked for, and those found absent until their resend is paid for.

    At most `limit` of this run, beyond which no new orders are sent, and about as many of earlier
    ones, beyond which the intake waits. `news` is notified when a job is added, `room` when one
    has gone.
    """

    limit: int = MAX_UNRESOLVED
    from_earlier_run: int = 0
    news: Signal = field(factory=Signal)
    room: Signal = field(factory=Signal)
    _jobs: dict[Job, None] = field(factory=dict)

    def __len__(self) -> int:
        return len(self._jobs)

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs)

    @property
    def has_room(self) -> bool:
        """Whether one more order may be sent, whose outcome could become unknown."""
        return len(self._jobs) - self.from_earlier_run < self.limit

    @property
    def has_room_for_earlier(self) -> bool:
        """Whether one more order of an earlier run may be added."""
        return self.from_earlier_run < self.limit

    def add(self, job: Job) -> None:
        """Add a job."""
        self._jobs[job] = None
        self.from_earlier_run += job.from_earlier_run
        self.news.notify()

    def discard(self, job: Job) -> None:
        """Remove a job, if it is there."""
        if job in self._jobs:
            del self._jobs[job]
            self.from_earlier_run -= job.from_earlier_run
            self.room.notify()
