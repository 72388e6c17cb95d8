"""JobQueue: the jobs that are to be sent, and those that workers have in hand."""

from collections import deque

from attrs import define, field

from gelato_async.bulk.run.jobs import Job, JobState
from gelato_async.bulk.signal import Signal


@define(eq=False)
class JobQueue:
    """The way from the intake and the reconciler to the senders.

    `new` jobs wait for their first turn. Those that come back, held back or to be sent again,
    `retries`, go before them. `in_hand` are those that a worker has taken. `is_complete` says that
    the intake has ended: no new job will come.

    `room` is notified when the intake may go on, `short_of_workers` when a job has come back and no
    worker is idle.
    """

    new: deque[Job] = field(factory=deque)
    retries: deque[Job] = field(factory=deque)
    in_hand: set[Job] = field(factory=set)
    is_complete: bool = False
    room: Signal = field(factory=Signal)
    short_of_workers: Signal = field(factory=Signal)
    _idle_workers: deque[Signal] = field(factory=deque)

    @property
    def has_idle_workers(self) -> bool:
        """Whether a worker waits for a job."""
        return bool(self._idle_workers)

    @property
    def may_get_more(self) -> bool:
        """Whether there is a job, or one may come from the intake."""
        return bool(self.new) or bool(self.retries) or not self.is_complete

    def put(self, job: Job) -> None:
        """Add a new job."""
        self.new.append(job)
        self.wake_one()

    def put_back(self, job: Job) -> None:
        """Take a job back that could not be sent now; its worker takes the next one."""
        job.move_to(JobState.QUEUED)
        self.in_hand.discard(job)
        self.retries.append(job)

    def put_again(self, job: Job) -> None:
        """Add a job that was proved absent and is to be sent again."""
        job.move_to(JobState.QUEUED)
        self.retries.append(job)
        if self._idle_workers:
            self.wake_one()
        else:
            self.short_of_workers.notify()

    def take(self, *, new_too: bool) -> Job | None:
        """Take the next job in hand, if there is one."""
        if self.retries:
            job = self.retries.popleft()
        elif new_too and self.new:
            job = self.new.popleft()
        else:
            return None
        job.move_to(JobState.WAITING)
        self.in_hand.add(job)
        self.room.notify()
        return job

    async def rest(self) -> None:
        """Wait until there may be a job."""
        turn = Signal()
        self._idle_workers.append(turn)
        await turn.wait()

    def wake_one(self) -> None:
        """Wake one idle worker: there may be a job for it."""
        if self._idle_workers:
            self._idle_workers.popleft().notify()

    def wake_all(self) -> None:
        """Wake all tasks that wait here: the run ends."""
        while self._idle_workers:
            self.wake_one()
        self.room.notify()
        self.short_of_workers.notify()
