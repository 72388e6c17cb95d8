"""When the next request may be sent, at most 100 in any window of one second.

`TokenBucket` spaces requests out before a connection is taken; `SendLog` counts them at the moment
of sending, when a slow connection may have bunched them up. Both are pure: they are given the time
and return how long to wait. `limiters.local` waits.
"""

from collections import deque

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
    """The last `limit` sends: the next may go when the oldest of them is older than the window."""

    limit: int = PER_SECOND
    _sent: deque[float] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._sent = deque([_NEVER] * self.limit, maxlen=self.limit)

    def take(self, now: float) -> float:
        """Note a send and return 0.0, or return the seconds to wait and note nothing."""
        wait = self._sent[0] + WINDOW - now
        if wait > _SAME:
            return wait
        self._sent.append(now)
        return 0.0

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
        # a caller whose timer fired after `due` may catch up by LATENESS; a bucket that has been
        # idle for more than a second grants the whole burst
        late = now - self._due
        credit = self._credit
        if late <= 1.0:
            credit = min(max(late, 0.0), LATENESS)
        earliest = max(now - credit, self._next)
        ready = now + _SAME
        if earliest > ready or self._sent[0] + WINDOW > ready or self.closed_until > ready:
            self._due = max(earliest, self._sent[0] + WINDOW, self.closed_until)
            return self._due - now
        self._next = earliest + self._interval
        self._due = _NEVER
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
    sent.popleft()
    sent.appendleft(_NEVER)
