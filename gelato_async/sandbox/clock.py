"""The sandbox's time: real seconds, life-cycle seconds and the wall clock, read at one moment."""

import time
from collections.abc import Callable
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
    """A clock whose life-cycle time is real time at `speed`, plus the seconds it was advanced by.

    Nothing but the life cycle is sped up.
    """

    speed: float = 1.0
    monotonic: Callable[[], float] = attrs.field(default=time.monotonic, kw_only=True)
    wall: Callable[[], float] = attrs.field(default=time.time, kw_only=True)
    started: float = attrs.field(init=False)
    advanced: float = attrs.field(init=False, default=0.0)

    def __attrs_post_init__(self) -> None:
        self.started = self.monotonic()

    def real(self, at: float | None = None) -> float:
        """Return the real seconds from the start until now, or until a second of `monotonic`."""
        if at is None:
            at = self.monotonic()
        return at - self.started

    def moment(self, real: float | None = None) -> Moment:
        """Return the present, or the moment `real` seconds after the start."""
        present = self.real()
        if real is None:
            real = present
        life = real * self.speed + self.advanced
        # Another moment is as far from the present on the wall clock as it is in real seconds.
        return Moment(real=real, life=life, wall=self.wall() - (present - real))


def stamp(wall: float) -> str:
    """Write a POSIX time in the form of both APIs: UTC, whole seconds, `+00:00`."""
    return datetime.fromtimestamp(int(wall), UTC).isoformat()


def short_stamp(wall: float) -> str:
    """Write a POSIX time in the form that stores use beside the other: `+0000`."""
    return stamp(wall).replace("+00:00", "+0000")
