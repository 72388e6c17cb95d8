"""Reconciliation: after a create's answer was lost, whose are the orders that a search shows?

Theory of operation
===================

What a lost answer leaves open
------------------------------
A create was sent and no whole answer came: a timeout, a dropped connection, a 5xx. Then the order
was never made, or it was made, or it will be made yet, because the request waits in a proxy or the
server's commit is on its way. The API has no idempotency key: Gelato keeps and prints every order
that arrives, whatever its reference. So the only way to find out is to search for orders with our
reference, and to decide for each hit: ours (it is the answer), another's (ignore it), or in doubt.

Who does what
-------------
`CreateOnce` in client/create_once.py takes these steps for one create, the reconciler in bulk/run/
for many:

    send ── answered ──────────────────────────────────────────── done
      ▲ └── no answer ── look, look ... until the window ends
      │                    ├── a hit is ours ────────────────── adopt it, done
      │                    ├── a hit is in doubt at the end ─── OutcomeUnknownError
      │                    ├── a look failed, and no later one
      │                    │   found it ─────────────────────── OutcomeUnknownError (bulk looks on)
      └─────────────────── └── no hit, or only another's: absent

A create that was proved absent is sent again, if the retry policy and the budget allow it
(`CreateOnce.check_resend`), and reconciled again if that answer is lost too. `PendingCreate` says
when to look next. `judgement` gathers the `Facts` of each hit, and `decide`, below, reads the rule
from the table `DECISIONS`: the first line that matches decides. Everything here is pure.

Why one look is worthless
-------------------------
Right after the failure the commit may be under way, and the search index lags behind it: a hit is
an answer, but no hit is not. So looks go on at growing intervals for `RetryPolicy.reconcile`
seconds, and only one that begins at the end of this window can prove the order absent. The window
promises this and no more: an order that becomes searchable within it is found.

Absent must be proved, like present
-----------------------------------
To ignore a hit is to send the create again, so a hit is not ignored because it looks old: that is
how clocks that disagree make duplicates. A live order with our reference is another's only if its
id was known before we sent, if it carries another marker, or none where this server keeps markers,
or if it is more than a day older than our send by a clock that is known from both sides of it. A
dead one, canceled or failed, may be ours too, canceled by a person while its answer was lost, and
must not be printed again on a guess: besides by its id and marker, it is another's only if the
clocks prove it, or if it lived for longer than we have been trying. Whatever is not proved is in
doubt.

What is evidence
----------------
1. Ids that are known. An order that a look showed before the send, or that had answered another
   create of ours by then, is another's.
2. A marker. With `RetryPolicy(marker=True)` each order has a random value in its metadata, which a
   GET of the hit shows.
3. A look before the send. A live order that it did not show is ours. Such a look costs a search, so
   it is made only while nothing is known of the database's clock.
4. Dates. An order that is dated at or after our first send is ours.

Whose clock counts
------------------
The database's, which dates the orders, and no other. `database_clock` learns its difference to our
monotonic clock from answered creates, as an interval, since dates are cut to whole seconds and
answers take time. Each answered create is a sample. Three samples on either side of the send
(`near`) suffice for a live order: it is ours if it may be dated at the send or later, and in doubt
if it is dated a little before. A dead one needs all samples around the send (`whole`), some of them
from before it and some from after the hit was first seen (`bracketed`). So does a live one that is
dated more than a day before, since the clock may have been set back after the last sample. Samples
that contradict each other show that the clock was moved (`torn`): then dates are not evidence. The
host's clock and the `Date` header stand in only while there are no samples, and only together.

After a kill, a bulk run compares with the journal: the monotonic clock of the earlier run, the
samples that it learned, and the moment of the intent, at or after which the order was sent.

What stays open
---------------
Another program's order with the same reference, made within about three seconds before ours, or
between the look and the send, may be taken for ours; the marker separates them. An order that
becomes searchable only after the window is missed. docs/reliability.md has the whole list.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Self

from attrs import frozen

from gelato_async.core.database_clock import DAY, Interval


class Finding(Enum):
    """Whose order a hit is."""

    OURS = "the lost create made it"
    ANOTHERS = "it was there before, or another program made it"
    DOUBT = "it may be either"


@frozen
class Fit:
    """How the date of a hit fits the first send, on a clock that is known to an interval.

    is_known      something is known of that clock; if not, nothing else is true
    future        the hit is dated after the look that showed it
    since         its date may be the moment of the send, or later
    after         its date certainly is the moment of the send, or later
    a_day_before  its date certainly is more than a day before the send
    """

    is_known: bool = False
    future: bool = False
    since: bool = False
    after: bool = False
    a_day_before: bool = False

    @classmethod
    def of(
        cls, date: float, difference: Interval | None, first: Interval, now: float | None
    ) -> Self:
        """Compare a date with the first send.

        `difference` is that clock less ours, None if nothing is known of it. `first` is when the
        create was first sent and `now` the end of the look, on ours; `now` is None if it was sent
        in an earlier run.
        """
        if difference is None:
            return cls()
        # the send on the other clock; dates are cut to whole seconds, hence the 1
        low, high = first.low + difference.low, first.high + difference.high
        return cls(
            is_known=True,
            future=now is not None and date > now + difference.high + 1,
            since=date + 1 >= low,
            after=date >= high,
            a_day_before=date + DAY < low,
        )


@frozen(kw_only=True)
class Facts:
    """What is known of one hit.

    known          its id was known before the first send
    marker         whether its marker is ours; None if that cannot be said
    exact          its reference is ours to the letter
    live           it is neither canceled nor failed
    looked_before  there was a look before the send (which did not show it, unless `known`)
    dated          it has a date
    torn           the samples of the database's clock contradict each other
    near           how its date fits the samples next to the send
    whole          how its date fits all samples around the send
    bracketed      there are samples from before the send, and from after it was first seen
    outlived       it lived for longer than we have been trying
    plausible      by the host's clock and the `Date` header it is dated since the send
    a_day_old      by both, it is dated more than a day before the send
    """

    known: bool = False
    marker: bool | None = None
    exact: bool = True
    live: bool = True
    looked_before: bool = False
    dated: bool = True
    torn: bool = False
    near: Fit = Fit()
    whole: Fit = Fit()
    bracketed: bool = False
    outlived: bool = False
    plausible: bool = False
    a_day_old: bool = False


@frozen
class Decision:
    """A line of the table: if `when` is true of a hit, it is as `finding` says."""

    when: Callable[[Facts], bool]
    finding: Finding
    because: str


def _dated_live(hit: Facts) -> bool:
    return hit.live and hit.near.is_known and not hit.near.future


def _dated_dead(hit: Facts) -> bool:
    return not hit.live and hit.whole.is_known


def _without_evidence(hit: Facts) -> bool:
    return not (hit.near.is_known or hit.whole.is_known or hit.torn)


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
        lambda h: _dated_live(h) and h.near.since,
        Finding.OURS,
        "it is live and dated at or after the first send",
    ),
    Decision(
        lambda h: _dated_live(h) and h.bracketed and h.near.a_day_before,
        Finding.ANOTHERS,
        "it is live and more than a day older than the first send, by samples from before the send"
        " and from after it was first seen",
    ),
    Decision(_dated_live, Finding.DOUBT, "it is live and dated before the first send"),
    Decision(
        lambda h: _dated_dead(h) and h.whole.future,
        Finding.DOUBT,
        "it is dead and dated in the future",
    ),
    Decision(
        lambda h: _dated_dead(h) and h.bracketed and h.whole.after,
        Finding.OURS,
        "it is dead and was made after the first send, by samples from before the send and from"
        " after it was first seen",
    ),
    Decision(
        lambda h: _dated_dead(h) and h.bracketed and not h.whole.since,
        Finding.ANOTHERS,
        "it is dead and was made before the first send, by samples from before the send and from"
        " after it was first seen",
    ),
    Decision(
        lambda h: not h.live and not h.torn and h.outlived,
        Finding.ANOTHERS,
        "it is dead and lived longer than we have been trying, and the samples do not contradict"
        " each other",
    ),
    Decision(_dated_dead, Finding.DOUBT, "it is dead and dated about the first send"),
    Decision(
        lambda h: _without_evidence(h) and h.live and h.plausible,
        Finding.OURS,
        "nothing is known of the database's clock: it is live, and both the host's clock and the"
        " Date header place it after the send",
    ),
    Decision(
        lambda h: _without_evidence(h) and h.a_day_old,
        Finding.ANOTHERS,
        "nothing is known of the database's clock: both the host's clock and the Date header make"
        " it more than a day older",
    ),
    Decision(lambda _: True, Finding.DOUBT, "nothing says whose it is"),
)


def decide(facts: Facts) -> Decision:
    """Return the first line of the table that matches."""
    return next(decision for decision in DECISIONS if decision.when(facts))
