"""Evidence: what a client learns from answers, and `judgement` uses.

The clocks, the ids of orders that answered our creates, whether the server keeps markers, and
whether `updatedAt` can be compared with `createdAt`.
"""

import unicodedata
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock

from attrs import define, field, frozen

from gelato_async.core.database_clock import DatabaseClock, HeaderClock, Sample
from gelato_async.core.messages import Response
from gelato_async.core.responses import server_date
from gelato_async.models.order import Order, SubmittedOrder

# ids of answered creates that are remembered: 100 seconds at the full rate
MOST_IDS = 10_000
# parts of one split order whose ids are remembered: no single answer may push all others out
_MOST_PARTS = 100
# seconds by which a new order's updatedAt may differ from its createdAt on the same clock
MOST_APART = 60.0
MARKER_KEY = "gelato-async-marker"
# characters that normalisation makes of one at most
_GROWTH = 18


def marker_of(order: Order) -> str | None:
    """Return the marker that an order carries, if any."""
    for entry in order.metadata:
        if entry.key == MARKER_KEY:
            return entry.value
    return None


def is_same_reference(shown: str, ours: str) -> bool:
    """Whether a reference is ours but for blanks around it, case or the form of its letters."""
    return shown == ours or _plain(shown) == _plain(ours)


def may_be_reference(shown: str, ours: str) -> bool:
    """Whether a server may have made this of our reference: the same, or cut off at its end."""
    if shown == ours:
        return True
    if len(shown) > _GROWTH * len(ours):
        return False
    start = _plain(shown)
    return start != "" and _plain(ours).startswith(start)


# a look compares each of its rows with each of its references
@lru_cache(maxsize=1024)
def _plain(reference: str) -> str:
    return unicodedata.normalize("NFKC", reference).casefold().strip()


@frozen
class _Made:
    reference: str
    moment: float
    # named as a part in the answer about another id
    is_part: bool


@define(eq=False)
class Evidence:
    """What a client has learned, shared by all its calls.

    `database` and `header` are the two clocks. `keeps_markers`: the server has shown the marker of
    one of our orders. `lives`: an order's `updatedAt` is on the same clock as its `createdAt`, so
    their difference is how long it lived; None until an answer shows both.
    """

    database: DatabaseClock = field(factory=DatabaseClock)
    header: HeaderClock = field(factory=HeaderClock)
    keeps_markers: bool = False
    lives: bool | None = None
    # a plain dict finds its oldest key only behind all that were deleted before it
    _ids: OrderedDict[str, _Made] = field(factory=OrderedDict)
    _lock: Lock = field(factory=Lock)

    def note_response(
        self, response: Response, *, sent: float, answered: float, wall: float
    ) -> None:
        """Learn the clock of the `Date` header.

        Moments are monotonic, `wall` is the time of day.
        """
        date = server_date(response)
        if date is not None:
            self.header.learn(
                sent=sent, answered=answered, date=date.timestamp(), offset=wall - answered
            )

    def note_created(
        self,
        order: Order | SubmittedOrder,
        reference: str,
        *,
        sent: float,
        answered: float,
        wall: float,
    ) -> None:
        """Learn the database's clock from the answer to the create of a reference."""
        self.note_order(order, reference, answered)
        if order.created_at is not None:
            dated = order.created_at.timestamp()
            self.database.learn(
                Sample(sent=sent, answered=answered, dated=dated, offset=wall - answered)
            )
        if isinstance(order, Order):
            self._note_life(order)

    def note_order(self, order: Order | SubmittedOrder, reference: str, moment: float) -> None:
        """Remember that one of our creates made an order, as `note_id` does, with its parts."""
        parts: Sequence[str] = ()
        if isinstance(order, Order):
            parts = order.connected_order_ids
        self.note_id(order.id, reference, moment, parts)

    def note_id(
        self, order_id: str, reference: str, moment: float, parts: Sequence[str] = ()
    ) -> None:
        """Remember that one of our creates, of this reference, made an order.

        `moment` is when that became known, `parts` are the ids of its parts if it was split.
        """
        # a client may serve several threads
        with self._lock:
            self._ids[order_id] = _Made(reference, moment, is_part=False)
            # what answered a create says more of an id than that another answer names it
            for part in parts[:_MOST_PARTS]:
                self._ids.setdefault(part, _Made(reference, moment, is_part=True))
            while len(self._ids) > MOST_IDS:
                self._ids.popitem(last=False)

    def knows_id(self, order_id: str, reference: str, first_sent: float | None) -> bool:
        """Whether another of our creates made an order, so that this one did not.

        That is known if the other one was of another reference, or answered before this one was
        first sent; `first_sent` is None if that was on a clock that has ended. What was answered
        since then may be the order of this very create: of a run whose journal broke before the
        outcome was in it.
        """
        made = self._ids.get(order_id)
        if made is None:
            return False
        if made.reference != reference:
            # parts share a reference: one that is named under another is no proof of anything
            return not made.is_part
        return first_sent is not None and made.moment <= first_sent

    def is_clock_known(self, now: float, wall: float) -> bool:
        """Whether the date of a create that is sent now will distinguish it from others."""
        return self.database.is_known(now, wall - now)

    def _note_life(self, order: Order) -> None:
        if order.created_at is None or order.updated_at is None:
            return
        # the answer to a create shows an order that was just made, so its dates must be close; once
        # they are not, `updatedAt` is never compared again
        apart = abs((order.updated_at - order.created_at).total_seconds())
        self.lives = self.lives is not False and apart <= MOST_APART
