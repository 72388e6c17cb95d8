"""What is to be delivered by webhook, when, and what became of it."""

import json
import random
import threading
import zlib
from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from itertools import count
from typing import Any

import attrs

from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.options import Options
from gelato_async.sandbox.orders import Body

TRIES = 3
LANES = 8
_SUBJECTS = ("orderId", "storeProductId", "storeProductTemplateId", "id")


@attrs.define(eq=False)
class WebhookDelivery:
    """One delivery of one event; a duplicated event has two of them.

    Attributes:
        event: What the body says.
        body: The body.
        answers: The HTTP statuses of the tries so far, None for a try without an answer.
    """

    event: Mapping[str, Any] = attrs.field(repr=lambda event: repr(event.get("event")))
    body: bytes = attrs.field(repr=False)
    answers: tuple[int | None, ...] = ()

    @property
    def is_delivered(self) -> bool:
        """Whether a try was answered with 2xx."""
        return any(status is not None and 200 <= status < 300 for status in self.answers)

    @property
    def is_lost(self) -> bool:
        """Whether all tries failed: nobody will hear of this event again."""
        return len(self.answers) == TRIES and not self.is_delivered


class Outbox:
    """The deliveries of one sandbox. What concerns one order goes one after another, in one of several lanes.

    Args:
        options: Those of the sandbox.
        on_news: Is called when there may be something to do earlier than was known.
    """

    def __init__(self, options: Options, on_news: Callable[[], None]) -> None:
        self._options = options
        self._on_news = on_news
        self._random = random.Random(options.seed)  # noqa: S311  repeatable is the point, nothing is secret
        self._lanes: list[list[tuple[float, float, int, WebhookDelivery]]] = [[] for _ in range(LANES)]
        self._numbers = count()
        self._open: dict[WebhookDelivery, int] = {}
        self.deliveries: list[WebhookDelivery] = []
        self.is_done: threading.Event = threading.Event()
        self.is_done.set()

    def add(self, event: Body, now: Moment) -> None:
        """Have an event delivered, once or twice."""
        body = json.dumps(event, separators=(",", ":")).encode()
        lane = zlib.crc32(str(next((event[name] for name in _SUBJECTS if name in event), "")).encode()) % LANES
        for _ in range(2 if self._random.random() < self._options.webhook_duplicates else 1):
            delivery = WebhookDelivery(event, body)
            self.deliveries.append(delivery)
            self._open[delivery] = self._random.randrange(LANES) if self._options.webhook_shuffle else lane
            held_back = self._random.random() * self._options.webhook_retry_seconds
            self._enqueue(delivery, now.real + (held_back if self._options.webhook_shuffle else 0.0))
        self.is_done.clear()

    def take(self, lane: int, now: Moment) -> WebhookDelivery | None:
        """Give the next delivery of a lane that is due."""
        waiting = self._lanes[lane]
        return heappop(waiting)[-1] if waiting and waiting[0][0] <= now.real else None

    def due(self, lane: int) -> float | None:
        """Give the real second at which a lane has something to do."""
        return self._lanes[lane][0][0] if self._lanes[lane] else None

    def answered(self, delivery: WebhookDelivery, status: int | None, now: Moment) -> None:
        """Note how a try went; a failed one is repeated later, unless it was the last."""
        if delivery not in self._open:
            return  # of before a reset
        delivery.answers = (*delivery.answers, status)
        if not delivery.is_delivered and not delivery.is_lost:
            self._enqueue(delivery, now.real + self._options.webhook_retry_seconds)
            return
        del self._open[delivery]
        if not self._open:
            self.is_done.set()

    def _enqueue(self, delivery: WebhookDelivery, due: float) -> None:
        number = next(self._numbers)
        rank = self._random.random() if self._options.webhook_shuffle else 0.0
        heappush(self._lanes[self._open[delivery]], (due, rank, number, delivery))
        self._on_news()
