"""Reconciliation: which of the orders that a search shows did a lost create make?

Theory of operation
-------------------

A create was sent and no whole answer came. Three things may be true: the order was never made, it
was made, or it will be made yet, because the request still waits in a proxy or the server's commit
is on its way. The API has no idempotency key, it keeps every order it gets, whatever its reference,
and it dates orders in whole seconds. All that can be done is to look for orders with our reference
and to decide about each: ours (take it for the answer), another's (ignore it), or in doubt.

*One look is worthless.* Right after the failure the commit may be under way, and the search index
lags behind it. So looks go on, at growing intervals, for `RetryPolicy.reconcile` seconds, and only
a look that begins at the end of this window can prove that there is no order. The window promises
no more than this: an order that becomes searchable within it is found.

*Absent must be proved, like present.* A live order that carries our reference is never ignored
because it looks old: that is how clocks make duplicates. It is another's only if its id was known
before we sent, if its marker is another one, or if it is more than a day older. Everything between
is in doubt, and a doubt that remains at the last look ends as `OutcomeUnknownError`: nothing is
sent. A canceled order, too, is never printed again on a guess.

*Two kinds of evidence.* A look before the first send needs no clock at all: a live order that it
did not show is ours. It costs a search, so it is made only while nothing is known of the database's
clock. After that the answered creates of the same client teach it (`database_clock`), and dates
decide: an order dated at or after our first send is ours. Whose clock counts? The database's alone.
The host's clock and the `Date` header stand in only where there is no other evidence, and only
together. `RetryPolicy(marker=True)` is a third kind: a random value in the order's metadata, which
a GET of the order shows.

*What stays open.* Another program's order with the same reference, made within about three seconds
before ours, or between the look and the send, may be taken for ours; the marker separates them. An
order that becomes searchable only after the window is missed. `docs/reliability.md` has the list.

`DECISIONS` is the rule as a table: the first line that matches decides. `judgement` gathers the facts
of a hit from the rows of a search. Everything is pure.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Self

from attrs import frozen

from gelato_async.core.database_clock import DAY, Interval


class Finding(Enum):
    """Whose order a hit is."""

    OURS = "the lost create made it"
    ANOTHERS = "it was there before, or somebody else made it"
    DOUBT = "it may be either"


@frozen
class Fit:
    """How the date of a hit fits the first send, on a clock that is known to an interval."""

    future: bool
    since: bool
    after: bool
    a_day_before: bool

    @classmethod
    def of(
        cls, date: float, difference: Interval | None, first: Interval, now: float | None
    ) -> Self | None:
        """Compare a date with the send, both on the other clock; dates are cut to whole seconds."""
        if difference is None:
            return None
        low, high = first.low + difference.low, first.high + difference.high
        return cls(
            future=now is not None and date > now + difference.high + 1,
            since=date + 1 >= low,
            after=date >= high,
            a_day_before=date + DAY < low,
        )


@frozen(kw_only=True)
class Facts:
    """What is known of one hit.

    `known`: its id was known before the first send. `marker`: whether its marker is ours, None where
    nothing can be said. `exact`: its reference is ours to the letter. `looked_before`: a look before
    the send did not show it. `near` and `whole`: how its date fits the samples next to the send, and
    all of them. `bracketed`: there are samples from before the send and from after the hit was first
    seen. `outlived`: it lived longer than we have been trying. `plausible`, `a_day_old`: what the
    host's clock and the `Date` header say, where nothing better is known.
    """

    known: bool = False
    marker: bool | None = None
    exact: bool = True
    live: bool = True
    looked_before: bool = False
    dated: bool = True
    torn: bool = False
    near: Fit | None = None
    whole: Fit | None = None
    bracketed: bool = False
    outlived: bool = False
    plausible: bool = False
    a_day_old: bool = False


@frozen
class Decision:
    """A line of the table."""

    when: Callable[[Facts], bool]
    finding: Finding
    because: str


def _dated_live(hit: Facts) -> bool:
    return hit.live and hit.near is not None and not hit.near.future


def _dated_dead(hit: Facts) -> bool:
    return not hit.live and hit.whole is not None


def _without_evidence(hit: Facts) -> bool:
    return hit.near is None and hit.whole is None and not hit.torn


DECISIONS: Sequence[Decision] = (
    Decision(lambda h: h.known, Finding.ANOTHERS, "its id was known before the first send"),
    Decision(lambda h: h.marker is True, Finding.OURS, "it has our marker"),
    Decision(lambda h: h.marker is False, Finding.ANOTHERS, "it does not have our marker"),
    Decision(lambda h: not h.exact, Finding.DOUBT, "its reference is ours in another spelling"),
    Decision(
        lambda h: h.live and h.looked_before,
        Finding.OURS,
        "it is live, and a look before the send did not show it",
    ),
    Decision(lambda h: not h.dated, Finding.DOUBT, "it has no date"),
    Decision(
        lambda h: _dated_live(h) and h.near is not None and h.near.since,
        Finding.OURS,
        "it is live and dated at or after the first send",
    ),
    Decision(
        lambda h: _dated_live(h) and h.near is not None and h.near.a_day_before,
        Finding.ANOTHERS,
        "it is more than a day older than the first send",
    ),
    Decision(_dated_live, Finding.DOUBT, "it is live and dated a little before the first send"),
    Decision(
        lambda h: _dated_dead(h) and h.whole is not None and h.whole.future,
        Finding.DOUBT,
        "it is dead and dated in the future",
    ),
    Decision(
        lambda h: _dated_dead(h) and h.bracketed and h.whole is not None and h.whole.after,
        Finding.OURS,
        "it is dead and was made after the first send, by a clock known before and after",
    ),
    Decision(
        lambda h: _dated_dead(h) and h.bracketed and h.whole is not None and not h.whole.since,
        Finding.ANOTHERS,
        "it is dead and was made before the first send, by a clock known before and after",
    ),
    Decision(
        lambda h: not h.live and not h.torn and h.outlived,
        Finding.ANOTHERS,
        "it is dead and lived longer than we have been trying",
    ),
    Decision(
        lambda h: _dated_dead(h) and h.whole is not None and h.whole.a_day_before,
        Finding.ANOTHERS,
        "it is dead and more than a day older than the first send",
    ),
    Decision(_dated_dead, Finding.DOUBT, "it is dead and dated about the first send"),
    Decision(
        lambda h: _without_evidence(h) and h.live and h.plausible,
        Finding.OURS,
        "it is live, and both the host's clock and the Date header place it after the send",
    ),
    Decision(
        lambda h: _without_evidence(h) and h.a_day_old,
        Finding.ANOTHERS,
        "both the host's clock and the Date header make it more than a day older",
    ),
    Decision(lambda _: True, Finding.DOUBT, "nothing says whose it is"),
)


def decide(facts: Facts) -> Decision:
    """The first line of the table that matches."""
    return next(decision for decision in DECISIONS if decision.when(facts))
