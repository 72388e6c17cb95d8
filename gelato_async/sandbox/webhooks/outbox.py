"""The outbox: which event is to be delivered, when, and how each try was answered."""

import json
import random
import threading
import zlib
from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush

import attrs

from gelato_async.sandbox.answers import Body
from gelato_async.sandbox.clock import Moment
from gelato_async.sandbox.options import Options
from gelato_async.sandbox.records import Record, Unsaved, note_change

TRIES = 3
QUEUES = 8
# The keys whose values name what an event is about; the first that is present counts.
_SUBJECTS = ("orderId", "storeProductId", "storeProductTemplateId", "id")


@attrs.define(eq=False, on_setattr=note_change)
class WebhookDelivery(Record):
    """One delivery of an event; a duplicated event has two of them.

    Attributes:
        body: The event as it is sent, as JSON.
        answers: The HTTP statuses of the tries so far, None for a try without an answer.
        reason: Why the last try without an answer failed: refused, no such name, TLS, timeout.
            None if all tries were answered.
        number: The number of the delivery, from 0 in the order of the events.
        created: The POSIX time at which the event happened.
        due: The real second of the sandbox at which the next try is due, None after the last.
        queue: The queue that it waits in.
        rank: Which of the deliveries that are due at one moment goes first.
    """

    body: bytes = attrs.field(repr=lambda body: repr(json.loads(body).get("event")))
    answers: tuple[int | None, ...] = ()
    reason: str | None = None
    number: int = attrs.field(default=0, kw_only=True)
    created: float = attrs.field(default=0.0, kw_only=True, repr=False)
    due: float | None = attrs.field(default=None, kw_only=True, repr=False)
    queue: int = attrs.field(default=0, kw_only=True, repr=False)
    rank: float = attrs.field(default=0.0, kw_only=True, repr=False)

    @property
    def event(self) -> Body:
        """The event, as plain JSON."""
        event: Body = json.loads(self.body)
        return event

    @property
    def is_delivered(self) -> bool:
        """Whether a try was answered with 2xx."""
        return any(status is not None and 200 <= status < 300 for status in self.answers)

    @property
    def is_lost(self) -> bool:
        """Whether all tries failed: the event is not sent again."""
        return len(self.answers) == TRIES and not self.is_delivered


class Outbox:
    """The deliveries of one sandbox, in several queues; all events of one order are in one queue.

    Each queue delivers one event at a time, so that the events of an order arrive in their order,
    unless a try fails: the next event does not wait for the repeated one.
    Of the deliveries that are finished (delivered or lost) the last `webhooks_kept` are remembered.

    Args:
        options: The options of the sandbox.
        on_change: Called after each change of a queue, when a delivery may be due earlier.
        unsaved: Notes what is to be written to the state file.
    """

    def __init__(self, options: Options, on_change: Callable[[], None], unsaved: Unsaved) -> None:
        self._options = options
        self._on_change = on_change
        self._unsaved = unsaved
        # Two generators, so that failed tries and shuffling do not change which events are sent
        # twice.
        self._duplicating = random.Random(f"{options.seed} duplicates")  # noqa: S311  repeatable is the point
        self._shuffling = random.Random(options.seed)  # noqa: S311  repeatable is the point, nothing is secret
        # Heaps of (due, rank, number, delivery); `due` is a real second of the sandbox.
        self._queues: list[list[tuple[float, float, int, WebhookDelivery]]] = [
            [] for _ in range(QUEUES)
        ]
        self._next_number = 0
        self._open: dict[WebhookDelivery, None] = {}
        self._finished: deque[WebhookDelivery] = deque()
        self._waits: dict[threading.Event, set[WebhookDelivery]] = {}
        # A dict as an ordered set, from which a finished delivery is removed quickly.
        self.deliveries: dict[WebhookDelivery, None] = {}

    def add(self, event: Body, now: Moment) -> None:
        """Queue an event, as one delivery or two."""
        body = json.dumps(event, separators=(",", ":")).encode()
        self._add_delivery(event, body, now)
        if self._duplicating.random() < self._options.webhook_duplicates:
            self._add_delivery(event, body, now)

    def restore(self, delivery: WebhookDelivery) -> None:
        """Add a delivery of an earlier run; they come in the order of their numbers."""
        self._next_number = delivery.number + 1
        self.deliveries[delivery] = None
        if delivery.due is None:
            self._finished.append(delivery)
        else:
            self._open[delivery] = None
            self._enqueue(delivery, delivery.due)

    @property
    def open_deliveries(self) -> int:
        """The number of deliveries that are neither delivered nor lost yet."""
        return len(self._open)

    def take(self, queue: int, now: Moment) -> WebhookDelivery | None:
        """Take the next delivery of a queue, if one is due."""
        waiting = self._queues[queue]
        if not waiting or waiting[0][0] > now.real:
            return None
        return heappop(waiting)[-1]

    def put_back(self, delivery: WebhookDelivery) -> None:
        """Make a delivery that was taken the first of its queue again, without counting a try."""
        if delivery in self._open:
            self._enqueue(delivery, 0.0)

    def due(self, queue: int) -> float | None:
        """Return the real second at which the next delivery of a queue is due."""
        if not self._queues[queue]:
            return None
        return self._queues[queue][0][0]

    def record_try(
        self, delivery: WebhookDelivery, status: int | None, reason: str | None, now: Moment
    ) -> None:
        """Record the answer to a try; a failed one is followed by another, unless it was the last."""
        # A delivery that began before a reset is not open any more.
        if delivery not in self._open:
            return
        delivery.answers = (*delivery.answers, status)
        delivery.reason = reason or delivery.reason
        if delivery.is_delivered or delivery.is_lost:
            self._finish(delivery)
        else:
            delivery.due = now.real + self._options.webhook_retry_seconds
            self._enqueue(delivery, delivery.due)

    def wait(self) -> threading.Event:
        """Return an event that is set when all deliveries of the past are finished."""
        done = threading.Event()
        if self._open:
            self._waits[done] = set(self._open)
        else:
            done.set()
        return done

    def end_waits(self) -> None:
        """Set all events that `wait` has returned."""
        for done in self._waits:
            done.set()
        self._waits.clear()

    def _finish(self, delivery: WebhookDelivery) -> None:
        delivery.due = None
        del self._open[delivery]
        self._finished.append(delivery)
        # After a restart that is to keep fewer, there may be several too many.
        while len(self._finished) > self._options.webhooks_kept:
            forgotten = self._finished.popleft()
            del self.deliveries[forgotten]
            forgotten.forget()
        for done, left in list(self._waits.items()):
            left.discard(delivery)
            if not left:
                done.set()
                del self._waits[done]

    def _add_delivery(self, event: Body, body: bytes, now: Moment) -> None:
        queue, rank, due = _queue_of(event), 0.0, now.real
        if self._options.webhook_shuffle:
            queue, rank = self._shuffling.randrange(QUEUES), self._shuffling.random()
            due += self._shuffling.random() * self._options.webhook_retry_seconds
        number = self._next_number
        delivery = WebhookDelivery(
            body, number=number, created=now.wall, due=due, queue=queue, rank=rank
        )
        self._next_number += 1
        self._unsaved.add(delivery)
        self.deliveries[delivery] = None
        self._open[delivery] = None
        self._enqueue(delivery, due)

    def _enqueue(self, delivery: WebhookDelivery, due: float) -> None:
        entry = (due, delivery.rank, delivery.number, delivery)
        heappush(self._queues[delivery.queue], entry)
        self._on_change()


def _queue_of(event: Body) -> int:
    for name in _SUBJECTS:
        if name in event:
            return zlib.crc32(str(event[name]).encode("utf-8", "surrogatepass")) % QUEUES
    return 0
