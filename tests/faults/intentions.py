"""An intention is an order that somebody wants once. It is judged by what the server made for it.

The client's reports are compared with that, and believed in nothing.
"""

from enum import Enum

from attrs import define, field, frozen
from faults.orders import SimulatedOrder


class Told(Enum):
    """What a client said of an order."""

    MADE = "made"
    REFUSED = "refused, or not sent: not made"
    UNKNOWN = "unknown"
    BROKEN = "an exception that is no GelatoError"


@frozen(kw_only=True)
class Report:
    """One answer of a client about an intention; `detail` is for whoever reads a failure."""

    told: Told
    order_id: str | None = None
    connected: tuple[str, ...] = ()
    detail: str = ""


@define(eq=False, kw_only=True)
class Intention:
    """`orders` is what the server made for it, or is about to make. `excuses` are what may keep the best client from
    finding out what became of it; without one it must not be told as unknown.
    """

    reference: str
    reused: bool = False
    person_after: float | None = None
    orders: list[SimulatedOrder] = field(factory=list)
    reports: list[Report] = field(factory=list)
    excuses: set[str] = field(factory=set)
    failed_attempts: int = 0
    under_way: bool = True

    @property
    def commits(self) -> list[list[SimulatedOrder]]:
        """The orders, the parts of a split one together."""
        found: dict[str, list[SimulatedOrder]] = {}
        for order in self.orders:
            first = order.connected[0] if order.connected else order.id
            found.setdefault(first, []).append(order)
        return list(found.values())

    @property
    def canceled_by_person(self) -> bool:
        return any(order.by_person for order in self.orders)

    @property
    def is_ordinary(self) -> bool:
        """Its reference was new, and no person canceled it."""
        return not (self.reused or self.canceled_by_person)

    @property
    def is_duplicate(self) -> bool:
        """More than one live order was made for it: this costs money."""
        return sum(any(part.is_live for part in parts) for parts in self.commits) > 1

    @property
    def is_printed_against_a_cancellation(self) -> bool:
        """A person canceled it, and another order was made for it that lives."""
        lives = any(order.is_live for order in self.orders)
        canceled = any(all(part.by_person for part in parts) for parts in self.commits)
        return lives and canceled

    @property
    def is_unknown(self) -> bool:
        return bool(self.reports) and self.reports[-1].told is Told.UNKNOWN

    @property
    def untrue(self) -> Report | None:
        """A report that the server's list contradicts."""
        ids = {order.id for order in self.orders}
        for report in self.reports:
            if report.told is Told.BROKEN:
                return report
            if report.told is Told.MADE and not {report.order_id, *report.connected} <= ids:
                return report
            if report.told is Told.REFUSED and self.orders:
                return report
        return None

    def doubts(self) -> set[str]:
        """Why its outcome may be unknown."""
        found = set(self.excuses)
        if self.reused:
            found.add("its reference was used before")
        if any(order.is_dead for order in self.orders):
            found.add("it is canceled or failed")
        if any(order.reference != order.asked for order in self.orders):
            found.add("the server changed its reference")
        return found

    def begin_again(self) -> None:
        """It is submitted once more, by a run that tries refused orders again."""
        self.under_way = True
        self.reports = [report for report in self.reports if report.told is not Told.REFUSED]

    def wrongs(self) -> list[str]:
        """Every promise that was broken."""
        found = []
        if self.is_duplicate:
            found.append("made twice")
        if self.is_printed_against_a_cancellation:
            found.append("printed against a cancellation")
        if (report := self.untrue) is not None:
            found.append(f"told {report.told.value}, which is untrue ({report.detail})")
        if self.is_unknown and not self.doubts():
            found.append(f"unknown without a reason ({self.reports[-1].detail})")
        held = "; ".join(map(str, self.orders)) or "nothing"
        return [f"{self.reference}: {wrong}. The server has {held}" for wrong in found]
