"""When the next request may be sent, at most 100 in any window of one second.

`TokenBucket` spaces requests out before a connection is taken; `SendLog` counts them at the moment
of sending, when a slow connection may have bunched them up. Both are pure: they are given the time
and return how long to wait. `limiters.local` waits.
"""

from collections import deque
from contextlib import suppress

from attrs import define, field

PER_SECOND = 100
# a second, and 25 ms by which requests may move closer together on their way to the server
WINDOW = 1.025
# requests that an idle client sends at once
BURST = 10
# seconds by which a timer may fire late without slowing the schedule down
LATENESS = 0.1
_NEVER = float("-inf")
# seconds between two moments that count as the same: sums of intervals are not exact
_SAME = 1e-9


@define(eq=False)
class SendLog:
    """The last `limit` sends: the next may go when the oldest of them is older than the window.

    Threads need no lock: while one decides, the oldest send is out of the log, so no two requests
    leave in its place.
    """

    limit: int = PER_SECOND
    _sent: deque[float] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._sent = deque([_NEVER] * self.limit, maxlen=self.limit)

    def take(self, now: float, closed_until: float = _NEVER) -> float:
        """Note a send and return 0.0, or return the seconds to wait and note nothing.

        Nothing goes before `closed_until`.
        """
        if closed_until > now:
            return closed_until - now
        try:
            oldest = self._sent.popleft()
        except IndexError:
            # as many other threads as there are sends are deciding, and may send
            return WINDOW
        wait = oldest + WINDOW - now
        if wait > _SAME:
            self._sent.appendleft(oldest)
            return wait
        self._sent.append(now)
        return 0.0

    def postpone(self, noted_by: float, now: float) -> None:
        """Count the last send that was noted until `noted_by` as one of this moment."""
        # from the newest on: few are newer, and a log may be long
        with suppress(IndexError):
            place = -1
            while self._sent[place] > noted_by + _SAME:
                place -= 1
            # another thread may have changed the log meanwhile; it counts no less then
            del self._sent[place]
            self._sent.append(now)

    def give_back(self) -> None:
        """Forget a send that was noted and did not happen."""
        _forget_one(self._sent)


@define(eq=False)
class TokenBucket:
    """Paces requests on a schedule that does not drift, at most `rate` in any window of a second.

    An idle bucket grants ten at once. Under a backlog it grants one every 1/(rate - 1) s; a timer
    that fires up to 100 ms late does not move the schedule. All times are seconds of one monotonic
    clock.
    """

    rate: int = PER_SECOND
    closed_until: float = field(init=False, default=_NEVER)
    _sent: deque[float] = field(init=False)
    _interval: float = field(init=False)
    _credit: float = field(init=False)
    _next: float = field(init=False, default=_NEVER)
    _due: float = field(init=False, default=_NEVER)

    def __attrs_post_init__(self) -> None:
        if self.rate < 1:
            raise ValueError(f"rate must be 1 request a second or more, not {self.rate}")
        self._sent = deque([_NEVER] * self.rate, maxlen=self.rate)
        self._interval = 1 / max(1.0, self.rate - 1)
        self._credit = (min(BURST, self.rate) - 1) * self._interval

    def take(self, now: float) -> float:
        """Take a token and return 0.0, or return the seconds to wait and take none."""
        following = self._next
        reopening = self._sent[0] + WINDOW
        ready = now + _SAME
        if following > ready or reopening > ready or self.closed_until > ready:
            self._due = due = max(following, reopening, self.closed_until)
            return due - now
        # a bucket that has been idle for more than a second grants the whole burst; a caller whose
        # timer fired after `due` may catch up by LATENESS
        earliest = now - self._credit
        if self._due != _NEVER:
            late = now - self._due
            if late <= 1.0:
                earliest = now - min(max(late, 0.0), LATENESS)
            self._due = _NEVER
        if earliest < following:  # noqa: PLR1730  max() takes 0.1 us
            earliest = following
        self._next = earliest + self._interval
        self._sent.append(now)
        return 0.0

    def give_back(self) -> None:
        """Return a token that was taken and not used."""
        self._next -= self._interval
        _forget_one(self._sent)

    def close(self, until: float) -> None:
        """Grant no token before this moment."""
        self.closed_until = max(self.closed_until, until)


def _forget_one(sent: deque[float]) -> None:
    # the oldest is forgotten, not the one that was not used: whatever the order, the log then
    # counts no less than was sent
    with suppress(IndexError):
        sent.popleft()
        sent.appendleft(_NEVER)
