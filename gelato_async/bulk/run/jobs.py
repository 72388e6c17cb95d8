"""Job: an order on its way through a run, and the moves it may make."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from attrs import define

from gelato_async.client.create_once import CreateOnce
from gelato_async.core.pending_create import PendingCreate


class JobState(Enum):
    """Where a job is. The theory of operation in `run` has the whole life of one."""

    QUEUED = "it waits in the queue for a worker"
    WAITING = "a worker has it, and waits for its turn at the rate limiter"
    SENT = "its request has left: Gelato may have the order"
    PAUSED = "its last attempt certainly made nothing; the next one is to come, if there is one"
    UNRESOLVED = "its outcome is unknown; it waits until a look is due"
    LOOKING = "a look for it is on its way"
    ABSENT = "looks over the whole window proved that there is no order; the resend is to be paid"
    DONE = "it has its outcome, which is final"


# from each state, the states that may follow it; a job begins as QUEUED, or as UNRESOLVED where an
# earlier run may have sent it
MOVES: Mapping[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.WAITING, JobState.DONE}),
    JobState.WAITING: frozenset(
        {
            JobState.SENT,
            JobState.PAUSED,
            JobState.QUEUED,
            # an attempt of which nothing proves that it has not left
            JobState.UNRESOLVED,
            JobState.DONE,
        }
    ),
    # a second SENT would be a second order: a transport that sends twice is stopped here
    JobState.SENT: frozenset({JobState.PAUSED, JobState.UNRESOLVED, JobState.DONE}),
    JobState.PAUSED: frozenset(
        {
            JobState.SENT,
            JobState.PAUSED,
            JobState.QUEUED,
            JobState.UNRESOLVED,
            JobState.DONE,
        }
    ),
    JobState.UNRESOLVED: frozenset({JobState.LOOKING, JobState.DONE}),
    JobState.LOOKING: frozenset({JobState.UNRESOLVED, JobState.ABSENT, JobState.DONE}),
    JobState.ABSENT: frozenset({JobState.QUEUED, JobState.DONE}),
    JobState.DONE: frozenset(),
}


class IllegalMoveError(RuntimeError):
    """A job was about to make a move that is not in the table: the run is wrong about it."""


@define(eq=False)
class Job:
    """A create, and where it is in the run.

    `begun` is when this run took it up, in the clock's seconds. `resends` counts those that no
    outage excuses; `during_outage` says that one excuses the last failure.
    """

    create: CreateOnce[Any]
    begun: float = 0.0
    state: JobState = JobState.QUEUED
    from_earlier_run: bool = False
    during_outage: bool = False
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
        """Whether Gelato may have the order, as far as anybody knows."""
        return self.state is JobState.SENT or self.pending.is_unclear

    def move_to(self, state: JobState) -> None:
        """Go on to another state.

        Raises:
            IllegalMoveError: the table does not have this move; the job stays where it is.
        """
        if state not in MOVES[self.state]:
            raise IllegalMoveError(f"a job may not go from {self.state.name} to {state.name}")
        self.state = state
