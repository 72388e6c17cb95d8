"""TokenBucket: when the next request may go.

Pure: time is an argument, waiting is somebody else's.
"""

from collections import deque

from attrs import define, field

PER_SECOND = 100
WINDOW = 1.025
BURST = 10
LATENESS = 0.1
_NEVER = float("-inf")
# two moments that close are the same: sums of intervals are not exact
_SAME = 1e-9


@define(eq=False)
class SendLog:
    """The last `limit` sends: the next may go when the oldest of them is a second and a 25 ms guard old."""

    limit: int = PER_SECOND
    _sent: deque[float] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._sent = deque([_NEVER] * self.limit, maxlen=self.limit)

    def take(self, now: float) -> float:
        """0.0 and noted, or the seconds to wait and nothing noted."""
        wait = self._sent[0] + WINDOW - now
        if wait > _SAME:
            return wait
        self._sent.append(now)
        return 0.0


@define(eq=False)
class TokenBucket:
    """Paces requests on a schedule that does not drift, and never lets more than `rate` into any second.

    An idle bucket gives ten at once. Under a backlog one goes every 1/(rate - 1) s, on a schedule
    that timers which fire up to 100 ms late do not move. All times are seconds of one monotonic
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
        """0.0 and a token is taken, or the seconds to wait and nothing is taken."""
        # who was told to come at `due` and came later makes up for it; who found an idle bucket has
        # its credit
        late = now - self._due
        earliest = now - (self._credit if late > 1.0 else min(max(late, 0.0), LATENESS))
        earliest = max(earliest, self._next)
        ready = now + _SAME
        if earliest > ready or self._sent[0] + WINDOW > ready or self.closed_until > ready:
            self._due = max(earliest, self._sent[0] + WINDOW, self.closed_until)
            return self._due - now
        self._next = earliest + self._interval
        self._due = _NEVER
        self._sent.append(now)
        return 0.0

    def give_back(self) -> None:
        """A token that was taken was not used."""
        self._next -= self._interval
        # the oldest is forgotten, not the one that was not used: whatever the order, the log then
        # counts no less than was sent
        self._sent.popleft()
        self._sent.appendleft(_NEVER)

    def close(self, until: float) -> None:
        """Give no token before this moment."""
        self.closed_until = max(self.closed_until, until)
