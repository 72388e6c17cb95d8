"""RunState: what all stages of a run share, which is why it ends and which orders are open."""

from collections.abc import Callable

from attrs import define, field

from gelato_async.bulk.journal.errors import JournalError
from gelato_async.bulk.run.jobs import Job
from gelato_async.bulk.signal import Signal


def _nothing() -> None:
    pass


@define(eq=False)
class RunState:
    """Whether the run goes on, and the jobs that have no outcome yet, oldest first.

    `failure` is what the caller sees at the end, `stopped` says that it ends the run at once,
    `leaving` that the caller has left the block. `changed` is notified when the run may be over.
    `on_end` is called as the run is stopped or left: it wakes the stages, so that they see it.
    """

    failure: Exception | None = None
    stopped: bool = False
    leaving: bool = False
    open_jobs: dict[Job, None] = field(factory=dict)
    changed: Signal = field(factory=Signal)
    on_end: Callable[[], None] = _nothing

    @property
    def may_go_on(self) -> bool:
        """Whether orders are still taken and sent."""
        return not self.stopped and not self.leaving

    @property
    def may_look(self) -> bool:
        """Whether orders are still looked for: also while the journal alone has failed."""
        return not self.stopped or isinstance(self.failure, JournalError)

    def stop(self, failure: Exception) -> None:
        """End the run at once. The first failure that does is the one that the caller sees."""
        if not self.stopped:
            self.stopped, self.failure = True, failure
        self._end()

    def fail_at_end(self, failure: Exception) -> None:
        """Let the run finish what it has begun; then the caller sees this failure."""
        if self.failure is None:
            self.failure = failure

    def leave(self) -> None:
        """Send nothing more: the caller has left the block."""
        self.leaving = True
        self._end()

    def open(self, job: Job) -> None:
        """Add an order that is owed an outcome."""
        self.open_jobs[job] = None

    def close(self, job: Job) -> None:
        """Remove an order that has its outcome."""
        self.open_jobs.pop(job, None)
        self.note_change()

    def note_change(self) -> None:
        """Wake the run if it may be over: with orders open it goes on until something ends it."""
        if not self.open_jobs or not self.may_go_on:
            self.changed.notify()

    def _end(self) -> None:
        self.on_end()
        self.changed.notify()
