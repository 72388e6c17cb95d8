"""Judgement: which of the orders that a search shows a create made.

`judge` gathers the facts of each hit from the row, the pending create and the clocks, and lets the
table in `reconciliation` decide.
"""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from attrs import evolve, frozen

from gelato_async.core.database_clock import DAY, Interval, Reading
from gelato_async.core.evidence import Evidence, may_be_reference
from gelato_async.core.pending_create import PendingCreate
from gelato_async.core.reconciliation import Facts, Finding, Fit, decide
from gelato_async.models.enums import FulfillmentStatus
from gelato_async.models.search import OrderSummary

_DEAD = {FulfillmentStatus.CANCELED, FulfillmentStatus.FAILED}


@frozen(kw_only=True)
class Found:
    """The order that a create made.

    `connected` are the ids of its parts, `others` other orders that may be ours too.
    """

    row: OrderSummary
    connected: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@frozen
class Judgement:
    """What a look says of one create: the order that it made, or the ids that are in doubt.

    `others` are the ids of all hits if none of them is ours. A judgement without `found` and
    without ids in doubt means that the order is absent, as far as this look can say.
    """

    found: Found | None = None
    in_doubt: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@frozen
class Moment:
    """The end of a look: monotonic seconds, and the time of day in Unix seconds."""

    now: float
    wall: float


def judge(
    pending: PendingCreate[Any],
    rows: Sequence[OrderSummary],
    evidence: Evidence,
    moment: Moment,
) -> Judgement:
    """Decide which of the orders that a look showed a create made.

    `rows` may hold orders with other references.
    """
    hits = [row for row in rows if _may_be(pending, row)]
    ours: list[OrderSummary] = []
    in_doubt: list[str] = []
    for row in hits:
        finding = decide(facts_of(pending, row, evidence, moment)).finding
        if finding is Finding.OURS:
            ours.append(row)
        elif finding is Finding.DOUBT:
            in_doubt.append(row.id)
    if ours:
        return Judgement(found=_adopted(ours))
    return Judgement(in_doubt=tuple(in_doubt), others=tuple(row.id for row in hits))


def _may_be(pending: PendingCreate[Any], row: OrderSummary) -> bool:
    # a draft and an order may share a reference
    if pending.is_another_type(row.order_type):
        return False
    return may_be_reference(row.order_reference_id, pending.reference)


def _adopted(ours: Sequence[OrderSummary]) -> Found:
    first, *_ = sorted(ours, key=_live_then_oldest)
    # orders that name each other are parts of one that Gelato split
    tied = {first.id, *first.connected_order_ids}
    for row in ours:
        if not tied.isdisjoint({row.id, *row.connected_order_ids}):
            tied.add(row.id)
    connected: tuple[str, ...] = ()
    if len(tied) > 1:
        connected = tuple(dict.fromkeys((*first.connected_order_ids, *sorted(tied))))
    others = tuple(row.id for row in ours if row.id not in tied)
    return Found(row=first, connected=connected, others=others)


def _live_then_oldest(row: OrderSummary) -> tuple[bool, datetime, str]:
    # a live order is the one that is printed; of several the oldest is taken for ours
    undated = datetime.max.replace(tzinfo=UTC)
    return row.fulfillment_status in _DEAD, row.created_at or undated, row.id


def facts_of(
    pending: PendingCreate[Any], row: OrderSummary, evidence: Evidence, moment: Moment
) -> Facts:
    """Gather what is known of a hit."""
    undated = Facts(
        known=pending.was_there_before(row.id, evidence),
        marker=pending.has_our_marker(row.id),
        exact=row.order_reference_id == pending.reference,
        live=row.fulfillment_status not in _DEAD,
        looked_before=pending.known_ids is not None,
        dated=row.created_at is not None,
    )
    if row.created_at is None or pending.first_sent is None:
        return undated
    if pending.clock is not None:
        return _facts_of_earlier_run(undated, pending, row.created_at.timestamp())
    return _facts_of_this_run(undated, pending, row, evidence, moment)


def _facts_of_earlier_run(undated: Facts, pending: PendingCreate[Any], date: float) -> Facts:
    # the create was sent at some time after its intent was written, on a monotonic clock that has
    # ended: nothing of this process can be compared with that
    first = pending.first_sent or 0.0
    reading = pending.clock.reading(first, None) if pending.clock else Reading()
    sent = Interval(first, math.inf)
    return evolve(
        undated,
        torn=reading.torn,
        near=Fit.of(date, reading.near, sent, None),
        whole=Fit.of(date, reading.whole, sent, None),
    )


def _facts_of_this_run(
    undated: Facts,
    pending: PendingCreate[Any],
    row: OrderSummary,
    evidence: Evidence,
    moment: Moment,
) -> Facts:
    first = pending.first_sent or 0.0
    sent = Interval(first, first)
    date = row.created_at.timestamp() if row.created_at else 0.0
    reading = evidence.database.reading(first, moment.wall - moment.now)
    windows = _stand_ins(pending, evidence, moment)
    return evolve(
        undated,
        torn=reading.torn,
        near=Fit.of(date, reading.near, sent, moment.now),
        whole=Fit.of(date, reading.whole, sent, moment.now),
        bracketed=_is_bracketed(reading, pending.first_seen(row.id)),
        outlived=_has_outlived(row, evidence, moment.now - first),
        plausible=bool(windows) and all(one.low - 1 <= date <= one.high + 1 for one in windows),
        a_day_old=bool(windows) and all(date + DAY < one.low for one in windows),
    )


def _is_bracketed(reading: Reading, first_seen: float | None) -> bool:
    after = first_seen is not None and reading.latest is not None and reading.latest > first_seen
    return reading.before and after


def _has_outlived(row: OrderSummary, evidence: Evidence, trying: float) -> bool:
    if not evidence.lives or row.created_at is None or row.updated_at is None:
        return False
    return (row.updated_at - row.created_at).total_seconds() > trying + 2


def _stand_ins(
    pending: PendingCreate[Any], evidence: Evidence, moment: Moment
) -> Sequence[Interval]:
    """The time from the send to now on the clock of the `Date` header, and on the host's.

    Empty if one of them is unknown: neither is evidence alone.
    """
    first = pending.first_sent or 0.0
    header = evidence.header.difference(moment.wall - moment.now)
    if header is None or pending.first_wall is None:
        return ()
    return (
        Interval(first + header.low, moment.now + header.high),
        Interval(pending.first_wall, moment.wall),
    )
