"""The sandbox's time: real seconds, life-cycle seconds and the wall clock, read at one moment."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

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

    Nothing but the life cycle is sped up. A clock that continues an earlier one has its start.
    """

    speed: float = 1.0
    monotonic: Callable[[], float] = attrs.field(default=time.monotonic, kw_only=True)
    wall: Callable[[], float] = attrs.field(default=time.time, kw_only=True)
    started: float = attrs.field(init=False)
    advanced: float = attrs.field(init=False, default=0.0)
    # The real second at which the sandbox was started again, and the speed before it.
    _continued: float = attrs.field(init=False, default=0.0)
    _earlier_speed: float = attrs.field(init=False, default=0.0)
    # A wall clock that is set back stays ahead by the difference, so that no date goes back.
    _ahead: float = attrs.field(init=False, default=0.0)
    _latest: float = attrs.field(init=False, default=0.0)

    def __attrs_post_init__(self) -> None:
        self.started = self.monotonic()

    def resume(self, last: Moment, speed: float) -> None:
        """Continue from the last moment of an earlier clock, which had the given speed.

        The time since then counts as the wall clock has it, at the slower of both speeds: with
        another speed no order becomes much older at once.
        """
        wall = self.wall()
        passed = max(wall - last.wall, 0.0)
        self._latest = last.wall
        self._earlier_speed = min(speed, self.speed)
        self._continued = last.real + passed
        self.advanced = last.life + passed * self._earlier_speed
        self.started = self.monotonic() - self._continued

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
        speed = self.speed
        if real < self._continued:
            speed = self._earlier_speed
        life = self.advanced + (real - self._continued) * speed
        # Another moment is as far from the present on the wall clock as it is in real seconds.
        return Moment(real=real, life=life, wall=self._wall() - (present - real))

    def _wall(self) -> float:
        wall = self.wall() + self._ahead
        if wall < self._latest:
            self._ahead += self._latest - wall
            wall = self._latest
        self._latest = wall
        return wall


def stamp(wall: float) -> str:
    """Write a POSIX time in the form of both APIs: UTC, whole seconds, `+00:00`."""
    return datetime.fromtimestamp(int(wall), UTC).isoformat()


def short_stamp(wall: float) -> str:
    """Write a POSIX time in the form that stores use beside the other: `+0000`."""
    return stamp(wall).replace("+00:00", "+0000")


def delivery_date(wall: float, days: int) -> str:
    """Return the date that is `days` after a POSIX time."""
    moment = datetime.fromtimestamp(wall, UTC) + timedelta(days=days)
    return moment.date().isoformat()
