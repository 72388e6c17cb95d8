"""The clocks of the simulation, which may all disagree.

True time is that of the event loop, and of a host that was suspended, more. Everything the server
does happens in true time; what it writes down comes from its database's clock, what it says in
`Date` from another one.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import formatdate

from attrs import define

EPOCH = 1_700_000_000.0
DAY = 86_400.0


@define(eq=False)
class TrueTime:
    """Seconds since the simulation began. `read` is the event loop's time, which stands still
    while the host is suspended. While the server does what was due earlier, it is `held`.
    """

    read: Callable[[], float]
    suspended: float = 0.0
    held: float | None = None

    def now(self) -> float:
        return self.read() + self.suspended if self.held is None else self.held


@define(eq=False)
class SkewedClock:
    """A clock that is `offset` seconds off, gains `drift` seconds a second, and may be stepped."""

    time: TrueTime
    offset: float = 0.0
    drift: float = 0.0

    def now(self) -> float:
        """Unix seconds."""
        true = self.time.now()
        return EPOCH + true * (1 + self.drift) + self.offset

    def step(self, seconds: float) -> None:
        self.offset += seconds


def iso_date(seconds: float) -> str:
    """A moment as the API writes it: in whole seconds."""
    return datetime.fromtimestamp(int(seconds // 1), UTC).isoformat()


# what a `Date` header may show, given the seconds of its clock; None where there is none
DATE_HEADERS: Mapping[str, Callable[[float], str | None]] = {
    "right": lambda seconds: formatdate(seconds, usegmt=True),
    "absent": lambda _: None,
    "year 9999": lambda _: "Fri, 31 Dec 9999 23:59:59 GMT",
    "year 1": lambda _: "Mon, 01 Jan 0001 00:00:00 GMT",
    "junk": lambda _: "the day before yesterday, about noon",
    "no zone": lambda seconds: formatdate(seconds, usegmt=True).removesuffix(" GMT"),
}
