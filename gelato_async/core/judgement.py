"""From the rows of a search to a judgement: which of them a create made, by `reconciliation`."""

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

    `others` are the ids of all hits, where none is ours.
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
    """Decide which of these orders a create made. `rows` may hold orders of other references."""
    hits = [row for row in rows if _may_be(pending, row)]
    findings = {row.id: decide(facts_of(pending, row, evidence, moment)).finding for row in hits}
    ours = [row for row in hits if findings[row.id] is Finding.OURS]
    if ours:
        return Judgement(found=_adopted(ours))
    doubts = tuple(row.id for row in hits if findings[row.id] is Finding.DOUBT)
    return Judgement(in_doubt=doubts, others=tuple(row.id for row in hits))


def _may_be(pending: PendingCreate[Any], row: OrderSummary) -> bool:
    return not pending.is_another_type(row.order_type) and may_be_reference(
        row.order_reference_id, pending.reference
    )


def _adopted(ours: Sequence[OrderSummary]) -> Found:
    first, *_ = sorted(ours, key=_live_then_oldest)
    tied = {first.id, *first.connected_order_ids}
    tied |= {row.id for row in ours if tied & {row.id, *row.connected_order_ids}}
    connected: tuple[str, ...] = ()
    if len(tied) > 1:
        connected = tuple(dict.fromkeys((*first.connected_order_ids, *sorted(tied))))
    others = tuple(row.id for row in ours if row.id not in tied)
    return Found(row=first, connected=connected, others=others)


def _live_then_oldest(row: OrderSummary) -> tuple[bool, datetime, str]:
    undated = datetime.max.replace(tzinfo=UTC)
    return row.fulfillment_status in _DEAD, row.created_at or undated, row.id


def facts_of(
    pending: PendingCreate[Any], row: OrderSummary, evidence: Evidence, moment: Moment
) -> Facts:
    """What is known of a hit."""
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
    # sent at some time after the intent was written, on a clock that has ended: no clock of this
    # process is compared with it
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
    """From the send to now by the `Date` header, and by the host's clock; never one of them alone."""
    first, header = pending.first_sent or 0.0, evidence.header.difference(moment.wall - moment.now)
    if header is None or pending.first_wall is None:
        return ()
    return (
        Interval(first + header.low, moment.now + header.high),
        Interval(pending.first_wall, moment.wall),
    )
