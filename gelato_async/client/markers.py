"""Markers: a random metadata value by which a lost order is recognised beyond doubt."""

import secrets
from collections.abc import Sequence
from typing import Any, TypeVar

from attrs import evolve

from gelato_async.client.engine import Engine
from gelato_async.client.looks import is_of_row
from gelato_async.core.errors import GelatoError, Problem, ValidationError
from gelato_async.core.evidence import MARKER_KEY, marker_of, may_be_reference
from gelato_async.core.operations.orders import CreateOperation
from gelato_async.core.pending_create import PendingCreate
from gelato_async.models.new_order import Metadata
from gelato_async.models.search import OrderSummary

T = TypeVar("T")

# documented for Gelato; for GelatoConnect nothing is, and no order needs more
MOST_METADATA = 20


def new_marker() -> str:
    """Return a random value that no other order has."""
    return secrets.token_hex(16)


def marked(operation: CreateOperation[T], marker: str) -> CreateOperation[T]:
    """Return the create with one metadata entry more, by which its order can be recognised.

    Raises:
        ValidationError: the order has no room for it, or would lose it.
    """
    if "metadata" in operation.order.extra:
        # merged last, it would replace the marker, and a lost order would count as another's
        problem = Problem(
            "extra.metadata", "has a field of its own: say it there, beside the marker"
        )
        raise ValidationError([problem], operation=operation.name)
    # one that was copied from an order before says nothing of this one
    entries = [entry for entry in operation.order.metadata or () if entry.key != MARKER_KEY]
    if len(entries) >= MOST_METADATA:
        problem = Problem(
            "metadata",
            f"has {len(entries)} entries: leave one of {MOST_METADATA} free for the marker, or"
            " switch it off (RetryPolicy(marker=False))",
        )
        raise ValidationError([problem], operation=operation.name)
    order = evolve(operation.order, metadata=(*entries, Metadata(MARKER_KEY, marker)))
    return evolve(operation, order=order)


async def read_markers(
    engine: Engine, pending: PendingCreate[Any], rows: Sequence[OrderSummary]
) -> None:
    """Get the orders of a look whose markers are not known yet; `pending` keeps what they show."""
    evidence = engine.evidence
    for row in rows:
        # each costs a request, so only hits that nothing else decides
        strange = not may_be_reference(row.order_reference_id, pending.reference)
        if strange or row.id in pending.markers or pending.knows_id(row.id):
            continue
        # seen without a marker at an earlier look: it may show one by now
        pending.unmarked.discard(row.id)
        try:
            order = (await engine.get(row.id, pending.call)).answer
        except GelatoError:
            # gone, or not to be had at the moment: the next look tries again
            continue
        if not is_of_row(order, row):
            continue
        shown = marker_of(order)
        evidence.keeps_markers = evidence.keeps_markers or shown == pending.marker
        # An order without a marker is another's only if this server keeps markers: one that drops
        # metadata shows ours without it too.
        pending.note_marker(row.id, shown, kept=evidence.keeps_markers)
