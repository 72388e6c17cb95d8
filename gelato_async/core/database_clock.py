"""The clock that dates orders, learned from our own answered creates.

Three clocks take part. C is our monotonic clock, B the database's (`createdAt`, whole seconds), W
the host's wall clock. A create that was sent at `s` and answered at `r` with the date `b` was dated
between the two, so B - C lies in [b - r, b + 1 - s]. No other clock is compared with these dates:
the host's may be wrong, and the `Date` header (D) comes from another machine than they do.
`reconciliation` says what the dates decide.
"""

import math
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Self

from attrs import define, field, frozen

# seconds that a sample from before a send may be older than it
MEMORY = 900.0
# the newest samples are all kept, older ones only if so many seconds apart
NEWEST = 8
SPACING = 5.0
# samples on each side of a send that say most about it
NEAR = 3
# samples from before a send that are compared with all after it
BEFORE = 5
# seconds by which W - C may move: it moves when the machine sleeps or its clock is set, and then
# the samples from before are void
STEP = 1.0
DAY = 86_400.0


@frozen
class Interval:
    """A number known to lie between two bounds, both included."""

    low: float
    high: float

    @property
    def is_empty(self) -> bool:
        """Whether no number lies between the bounds: what gave them is contradictory."""
        return self.low > self.high

    def overlaps(self, other: Self) -> bool:
        """Whether one number can lie in both."""
        return self.low <= other.high and other.low <= self.high


def intersection(intervals: Iterable[Interval]) -> Interval:
    """Return what all intervals have in common; it is empty if they contradict each other."""
    low, high = -math.inf, math.inf
    for interval in intervals:
        low = max(low, interval.low)
        high = min(high, interval.high)
    return Interval(low, high)


@frozen(kw_only=True)
class Sample:
    """One answered create: `sent` and `answered` are on C, `dated` is on B, `offset` is W - C."""

    sent: float
    answered: float
    dated: float
    offset: float

    def difference(self, moment: float) -> Interval:
        """Return B - C at a moment of C.

        Clocks drift apart, so the interval is a second wider on each side, and a millisecond more
        for each second between the sample and the moment.
        """
        distance = max(abs(moment - self.sent), abs(moment - self.answered))
        slack = 1.0 + 0.001 * distance
        return Interval(self.dated - self.answered - slack, self.dated + 1 - self.sent + slack)


@frozen(kw_only=True)
class Reading:
    """What the samples say of B - C at the moment of a send.

    `near` comes from the samples next to the send, `whole` from the last five before it and all
    after it. Either is None if there are no samples, or if they contradict each other: then the
    clock was moved, and `torn` is true. `before` says whether there are samples from before the
    send, `latest` when the last one was sent.
    """

    near: Interval | None = None
    whole: Interval | None = None
    torn: bool = False
    before: bool = False
    latest: float | None = None


@define(eq=False)
class DatabaseClock:
    """What is known of B: samples, the newest last."""

    samples: list[Sample] = field(factory=list)

    def learn(self, sample: Sample) -> None:
        """Add a sample, and forget the one that it makes superfluous."""
        self.samples.append(sample)
        # the sample that has just become old goes if the one before it is too close to it
        old = len(self.samples) - NEWEST - 1
        if old > 0 and self.samples[old].answered - self.samples[old - 1].answered < SPACING:
            del self.samples[old]
        if self.samples[0].answered < sample.answered - 2 * MEMORY:
            del self.samples[0]

    def is_known(self, now: float, offset: float) -> bool:
        """Whether the date of a create that is sent now will distinguish it from others."""
        return any(self._valid(now, offset))

    def reading(self, moment: float, offset: float | None) -> Reading:
        """Return what is known of B - C at a moment of C.

        `offset` is W - C now; None if the samples come from the journal of an earlier run, whose C
        has ended.
        """
        valid = list(self._valid(moment, offset))
        if not valid:
            return Reading()
        before = [sample for sample in valid if sample.sent < moment]
        after = [sample for sample in valid if sample.sent >= moment]
        near = _difference(before[-NEAR:] + after[:NEAR], moment)
        whole = _difference(before[-BEFORE:] + after, moment)
        return Reading(
            near=None if near.is_empty else near,
            whole=None if whole.is_empty else whole,
            torn=near.is_empty or whole.is_empty,
            before=bool(before),
            latest=valid[-1].sent,
        )

    def _valid(self, moment: float, offset: float | None) -> Iterator[Sample]:
        for sample in self.samples:
            moved = offset is not None and abs(offset - sample.offset) > STEP
            if sample.answered >= moment - MEMORY and not moved:
                yield sample


def _difference(samples: Iterable[Sample], moment: float) -> Interval:
    return intersection(sample.difference(moment) for sample in samples)


@define(eq=False)
class HeaderClock:
    """What is known of D, the clock of the `Date` header: a stand-in while nothing is known of B.

    A cache or a broken proxy may answer any date, so D counts only if more than half of the last
    sixteen answers agree.
    """

    # the bounds of D - C, and W - C
    _recent: deque[tuple[float, float, float]] = field(factory=lambda: deque(maxlen=16))

    def learn(self, *, sent: float, answered: float, date: float, offset: float) -> None:
        """Note the `Date` of an answer. `offset` is W - C."""
        self._recent.append((date - answered - 1, date + 2 - sent, offset))

    def difference(self, offset: float) -> Interval | None:
        """Return D - C now, or None if too few answers agree. `offset` is W - C now."""
        # copied at once, since a client may serve several threads
        recent = list(self._recent)
        seen = [Interval(low, high) for low, high, then in recent if abs(then - offset) <= STEP]
        best: list[Interval] = []
        for one in seen:
            agreeing = [other for other in seen if other.overlaps(one)]
            best = max(best, agreeing, key=len)
        if 2 * len(best) <= len(recent):
            return None
        return Interval(min(one.low for one in best), max(one.high for one in best))
