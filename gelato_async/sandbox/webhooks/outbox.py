"""What is to be delivered by webhook, when, and what became of it."""

import json
import random
import threading
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from itertools import count
from typing import Any

import attrs

from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.options import Options
from gelato_async.sandbox.orders.order import Body

TRIES = 3
LANES = 8
KEPT = 10_000
_SUBJECTS = ("orderId", "storeProductId", "storeProductTemplateId", "id")


@attrs.define(eq=False)
class WebhookDelivery:
    """One delivery of one event; a duplicated event has two of them.

    Attributes:
        event: What the body says.
        answers: The HTTP statuses of the tries so far, None for a try without an answer.
        reason: Why the last try without an answer had none, if there was one: refused, no such
            name, TLS, too late.
    """

    event: Mapping[str, Any] = attrs.field(repr=lambda event: repr(event.get("event")))
    answers: tuple[int | None, ...] = ()
    reason: str | None = None

    @property
    def body(self) -> bytes:
        """The body, as it goes over the wire."""
        return json.dumps(self.event, separators=(",", ":")).encode()

    @property
    def is_delivered(self) -> bool:
        """Whether a try was answered with 2xx."""
        return any(status is not None and 200 <= status < 300 for status in self.answers)

    @property
    def is_lost(self) -> bool:
        """Whether all tries failed: nobody will hear of this event again."""
        return len(self.answers) == TRIES and not self.is_delivered


@attrs.frozen
class _Place:
    lane: int
    rank: float
    number: int


class Outbox:
    """The deliveries of one sandbox. What concerns one order goes one after another, in one of several lanes.

    Of those that are delivered or lost the last 10,000 are kept.

    Args:
        options: Those of the sandbox.
        on_news: Is called when there may be something to do earlier than was known.
    """

    def __init__(self, options: Options, on_news: Callable[[], None]) -> None:
        self._options = options
        self._on_news = on_news
        # two of them, so that how often a try fails or events are shuffled does not change which
        # come twice
        self._duplicating = random.Random(f"{options.seed} duplicates")  # noqa: S311  repeatable is the point
        self._shuffling = random.Random(options.seed)  # noqa: S311  repeatable is the point, nothing is secret
        self._lanes: list[list[tuple[float, float, int, WebhookDelivery]]] = [
            [] for _ in range(LANES)
        ]
        self._numbers = count()
        self._open: dict[WebhookDelivery, _Place] = {}
        self._finished: deque[WebhookDelivery] = deque()
        self._waits: dict[threading.Event, set[WebhookDelivery]] = {}
        self.deliveries: dict[WebhookDelivery, None] = {}

    def add(self, event: Body, now: Moment) -> None:
        """Have an event delivered, once or twice."""
        lane = (
            zlib.crc32(str(next((event[name] for name in _SUBJECTS if name in event), "")).encode())
            % LANES
        )
        for _ in range(2 if self._duplicating.random() < self._options.webhook_duplicates else 1):
            delivery = WebhookDelivery(event)
            self.deliveries[delivery] = None
            if self._options.webhook_shuffle:
                self._open[delivery] = self._any_place()
                held_back = self._shuffling.random() * self._options.webhook_retry_seconds
                self._enqueue(delivery, now.real + held_back)
            else:
                self._open[delivery] = _Place(lane, 0.0, next(self._numbers))
                self._enqueue(delivery, now.real)

    def take(self, lane: int, now: Moment) -> WebhookDelivery | None:
        """Give the next delivery of a lane that is due."""
        waiting = self._lanes[lane]
        return heappop(waiting)[-1] if waiting and waiting[0][0] <= now.real else None

    def put_back(self, delivery: WebhookDelivery) -> None:
        """Have a delivery that was taken be the first of its lane again, as if it had not been tried."""
        if delivery in self._open:
            self._enqueue(delivery, 0.0)

    def due(self, lane: int) -> float | None:
        """Give the real second at which a lane has something to do."""
        return self._lanes[lane][0][0] if self._lanes[lane] else None

    def answered(
        self, delivery: WebhookDelivery, status: int | None, reason: str | None, now: Moment
    ) -> None:
        """Note how a try went; a failed one is repeated later, unless it was the last."""
        if delivery not in self._open:
            return  # of before a reset
        delivery.answers = (*delivery.answers, status)
        delivery.reason = reason or delivery.reason
        if delivery.is_delivered or delivery.is_lost:
            self._finish(delivery)
        else:
            self._enqueue(delivery, now.real + self._options.webhook_retry_seconds)

    def wait(self) -> threading.Event:
        """Give what is set when all that there is by now is delivered, or lost."""
        done = threading.Event()
        if self._open:
            self._waits[done] = set(self._open)
        else:
            done.set()
        return done

    def end_waits(self) -> None:
        """Let nobody wait any longer."""
        for done in self._waits:
            done.set()
        self._waits.clear()

    def _finish(self, delivery: WebhookDelivery) -> None:
        del self._open[delivery]
        self._finished.append(delivery)
        if len(self._finished) > KEPT:
            del self.deliveries[self._finished.popleft()]
        for done, left in list(self._waits.items()):
            left.discard(delivery)
            if not left:
                done.set()
                del self._waits[done]

    def _any_place(self) -> _Place:
        return _Place(
            self._shuffling.randrange(LANES), self._shuffling.random(), next(self._numbers)
        )

    def _enqueue(self, delivery: WebhookDelivery, due: float) -> None:
        place = self._open[delivery]
        heappush(self._lanes[place.lane], (due, place.rank, place.number, delivery))
        self._on_news()
