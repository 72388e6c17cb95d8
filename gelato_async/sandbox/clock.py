"""The sandbox's time: real seconds, life-cycle seconds and the wall clock, taken together as one moment."""

import time
from datetime import UTC, datetime

import attrs


@attrs.frozen
class Moment:
    """One instant on three clocks: seconds since the start, life-cycle seconds, and POSIX time."""

    real: float
    life: float
    wall: float


@attrs.define
class Clock:
    """Life-cycle time is real time at `speed` plus whatever was advanced.

    Nothing else is sped up.
    """

    speed: float = 1.0
    started: float = attrs.field(factory=time.monotonic)
    advanced: float = 0.0

    def real(self, at: float | None = None) -> float:
        """Give the real seconds from the start until now, or until a moment of the monotonic clock."""
        return (time.monotonic() if at is None else at) - self.started

    def moment(self, real: float | None = None) -> Moment:
        """Give the present, or the moment `real` seconds after the start."""
        present = self.real()
        at = present if real is None else real
        return Moment(
            real=at, life=at * self.speed + self.advanced, wall=time.time() - (present - at)
        )


def stamp(wall: float) -> str:
    """Write a POSIX time as both APIs do: UTC, whole seconds, `+00:00`."""
    return datetime.fromtimestamp(int(wall), UTC).isoformat()
