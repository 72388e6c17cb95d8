"""The clock that dates orders, learned from our own answered creates.

Three clocks take part. C is our monotonic clock, B the database's (`createdAt`, whole seconds), W
the host's wall clock. A create that was sent at `s` and answered at `r` with the date `b` was
dated in between, so B - C lies in [b - r, b + 1 - s]. Nothing else is trusted against it: a host's
clock may be wrong, and the `Date` header comes from another machine than the dates of orders.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Self

from attrs import define, field, frozen

# how long before a send a sample still says something about it, in seconds
MEMORY = 900.0
# the newest samples are all kept, older ones at one for so many seconds
NEWEST = 8
# samples on each side of a send that say most about it
NEAR = 3
SPACING = 5.0
# W - C moves when the machine sleeps or its clock is set: samples from before then are void
STEP = 1.0
DAY = 86_400.0


@frozen
class Interval:
    """A number known to lie between two bounds, both included."""

    low: float
    high: float

    @property
    def is_empty(self) -> bool:
        """Whether no number is left."""
        return self.low > self.high

    def overlaps(self, other: Self) -> bool:
        """Whether both can be true."""
        return self.low <= other.high and other.low <= self.high


def intersection(intervals: Iterable[Interval]) -> Interval | None:
    """What all of them allow, perhaps nothing; None if there are none."""
    known = list(intervals)
    if not known:
        return None
    return Interval(max(one.low for one in known), min(one.high for one in known))


@frozen(kw_only=True)
class Sample:
    """One answered create. `sent` and `answered` are on C, `dated` on B; `offset` is W - C."""

    sent: float
    answered: float
    dated: float
    offset: float

    def difference(self, moment: float) -> Interval:
        """B - C at a moment of C, wider the further away that is: clocks drift."""
        distance = max(abs(moment - self.sent), abs(moment - self.answered))
        slack = 1.0 + 0.001 * distance
        return Interval(self.dated - self.answered - slack, self.dated + 1 - self.sent + slack)


@frozen(kw_only=True)
class Reading:
    """What the samples say of B - C at the moment of a send.

    `near` comes from the samples next to the send, `whole` from all since shortly before it; None
    where there are none, or where they contradict each other (`torn`: the clock was moved).
    `before` says that there are samples from before the send, `latest` when the last one was sent.
    """

    near: Interval | None = None
    whole: Interval | None = None
    torn: bool = False
    before: bool = False
    latest: float | None = None


@define(eq=False)
class DatabaseClock:
    """The samples of B, newest last."""

    samples: list[Sample] = field(factory=list)

    def learn(self, sample: Sample) -> None:
        """Keep a sample, and let go of those that it makes superfluous."""
        self.samples.append(sample)
        old = len(self.samples) - NEWEST - 1
        if old > 0 and self.samples[old].answered - self.samples[old - 1].answered < SPACING:
            del self.samples[old]
        if self.samples[0].answered < sample.answered - 2 * MEMORY:
            del self.samples[0]

    def is_known(self, now: float, offset: float) -> bool:
        """Whether a create that is sent now can be told from others by its date."""
        return any(self._valid(now, offset))

    def reading(self, moment: float, offset: float | None) -> Reading:
        """What is known of B - C at a moment of C. `offset` is W - C now, None for another run."""
        valid = list(self._valid(moment, offset))
        if not valid:
            return Reading()
        before = [sample for sample in valid if sample.sent < moment]
        after = [sample for sample in valid if sample.sent >= moment]
        near = _difference([*before[-NEAR:], *after[:NEAR]], moment)
        whole = _difference([*before[-5:], *after], moment)
        return Reading(
            near=None if near.is_empty else near,
            whole=None if whole.is_empty else whole,
            torn=near.is_empty or whole.is_empty,
            before=bool(before),
            latest=valid[-1].sent,
        )

    def _valid(self, moment: float, offset: float | None) -> Iterable[Sample]:
        for sample in self.samples:
            moved = offset is not None and abs(offset - sample.offset) > STEP
            if sample.answered >= moment - MEMORY and not moved:
                yield sample


def _difference(samples: Sequence[Sample], moment: float) -> Interval:
    found = intersection(sample.difference(moment) for sample in samples)
    return found or Interval(1.0, 0.0)


@define(eq=False)
class HeaderClock:
    """The clock of the `Date` header, D: a stand-in where nothing is known of B.

    A cache or a broken proxy may answer any date, so D counts only where more than half of the
    last sixteen answers agree.
    """

    _recent: deque[tuple[Interval, float]] = field(factory=lambda: deque(maxlen=16))

    def learn(self, *, sent: float, answered: float, date: float, offset: float) -> None:
        """Note the `Date` of an answer. `offset` is W - C."""
        self._recent.append((Interval(date - answered - 1, date + 2 - sent), offset))

    def difference(self, offset: float) -> Interval | None:
        """D - C now, or None where nothing is known or too few agree."""
        # copied at once, since a client may serve several threads
        recent = list(self._recent)
        seen = [found for found, then in recent if abs(then - offset) <= STEP]
        best: list[Interval] = []
        for one in seen:
            agreeing = [other for other in seen if other.overlaps(one)]
            best = max(best, agreeing, key=len)
        if 2 * len(best) <= len(recent):
            return None
        return Interval(min(one.low for one in best), max(one.high for one in best))
