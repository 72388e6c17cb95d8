"""LocalLimiter: the token bucket with waiting, for all tasks, event loops and threads of a process.

The usual call does not wait and takes a third of a microsecond: a look at the bucket, or at the
log. A task joins a line only if that says to wait.
"""

from collections import OrderedDict
from collections.abc import Callable
from itertools import count
from threading import Lock

import anyio
from anyio.lowlevel import RunVar
from attrs import define, field

from gelato_async.core.token_bucket import PER_SECOND, SendLog, TokenBucket
from gelato_async.limiters.base import Clock

LONGEST_PAUSE = 120.0
_numbers = count()


@define(eq=False)
class _Line:
    """A first-in-first-out line. Only its head has a timer; the others wait to become the head.

    Events belong to an event loop, so each loop has a line of its own. Several loops compete for
    the same tokens, each with one timer.
    """

    take: Callable[[], float]
    clock: Clock
    # tasks in all lines: while there are any, a newcomer must not overtake them
    standing: int = field(init=False, default=0)
    _counting: Lock = field(init=False, factory=Lock)
    # ordered, because a cancelled task leaves from anywhere, whatever the length of the line
    _lines: "RunVar[OrderedDict[anyio.Event, None]]" = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._lines = RunVar(f"gelato_async.line.{next(_numbers)}")

    async def stand(self) -> None:
        """Wait to be the head of the line, then until there is a token to take."""
        turn, waiting = anyio.Event(), self._line_of_this_loop()
        waiting[turn] = None
        self._count(1)
        try:
            if _head(waiting) is not turn:
                await turn.wait()
            while (wait := self.take()) > 0:
                await self.clock.sleep(wait)
        finally:
            # a cancelled task, too, makes the next one the head
            self._count(-1)
            del waiting[turn]
            if waiting:
                _head(waiting).set()

    def _count(self, change: int) -> None:
        with self._counting:
            self.standing += change

    def _line_of_this_loop(self) -> OrderedDict[anyio.Event, None]:
        try:
            return self._lines.get()
        except LookupError:
            line: OrderedDict[anyio.Event, None] = OrderedDict()
            self._lines.set(line)
            return line


def _head(waiting: OrderedDict[anyio.Event, None]) -> anyio.Event:
    return next(iter(waiting))


class LocalLimiter:
    """At most `rate` requests in any window of one second, from this process.

    An idle limiter lets ten requests go at once; a backlog goes out evenly. If several processes
    use one key, divide `rate` between them. One limiter may serve several clients, event loops and
    threads.
    """

    def __init__(self, rate: int = PER_SECOND, *, clock: Clock | None = None) -> None:
        """Make a limiter.

        Raises:
            ValueError: the rate is below 1.
        """
        clock = clock or Clock()
        self._now = clock.now
        self._bucket = TokenBucket(rate)
        self._log = SendLog(rate)
        self._closing = Lock()
        self._turns = _Line(self._take, clock)
        self._sends = _Line(self._note_send, clock)

    @property
    def rate(self) -> int:
        """Requests a second, at most."""
        return self._bucket.rate

    async def acquire(self) -> None:
        """Wait for a turn."""
        if self._turns.standing or self._take() > 0:
            await self._turns.stand()

    async def before_send(self) -> None:
        """Wait until the window has room at this very moment, and note the send."""
        if self._sends.standing or self._note_send() > 0:
            await self._sends.stand()

    def give_back(self) -> None:
        """Return the turn of an attempt that was never sent."""
        self._bucket.give_back()

    def take_back(self) -> None:
        """Forget a send that was noted and did not happen."""
        self._log.give_back()

    def note_delay(self, seconds: float) -> None:
        """Count a send that left so many seconds after `before_send` as one of this moment."""
        now = self._now()
        self._log.postpone(now - seconds, now)

    def pause(self, seconds: float) -> None:
        """Let no attempt pass for so many seconds, 120 at most."""
        with self._closing:
            self._bucket.close(self._now() + min(seconds, LONGEST_PAUSE))

    def _take(self) -> float:
        # without a lock: should threads meet in here, a place of the schedule is granted twice, and
        # the log, which threads share without loss, holds back what is too much
        return self._bucket.take(self._now())

    def _note_send(self) -> float:
        # a 429 may have come since this attempt got its turn
        return self._log.take(self._now(), self._bucket.closed_until)


# by the digest of a key, for as long as the process lives: Gelato counts requests by key, whichever
# client sent them
_SHARED: dict[str, LocalLimiter] = {}
_SHARED_LOCK = Lock()


def shared_limiter(digest: str) -> LocalLimiter:
    """Return the limiter that all clients with one key share in this process."""
    with _SHARED_LOCK:
        return _SHARED.setdefault(digest, LocalLimiter())
