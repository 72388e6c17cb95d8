"""The rate limit of a key: so many requests in any second, judged by their arrival."""

from collections import deque


class RateLimiter:
    """Admits at most `limit` requests of a key in any window of one second; all, if it is None."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        # The arrivals of the last two seconds, in order: a busy server may judge a request a
        # moment after one that arrived later.
        self._admitted: dict[str, deque[float]] = {}

    def seconds_until_admitted(self, key: str, at: float) -> float:
        """Count a request that arrived at a second and return 0, or return the seconds to wait."""
        if self._limit is None:
            return 0.0
        admitted = self._admitted.setdefault(key, deque())
        while admitted and admitted[0] <= at - 2.0:
            admitted.popleft()
        position = len(admitted)
        while position and admitted[position - 1] > at:
            position -= 1
        admitted.insert(position, at)
        if not _is_exceeded(admitted, position, self._limit):
            return 0.0
        del admitted[position]
        # Rounding must not make the wait 0, which means admitted.
        return max(admitted[-self._limit] + 1.0 - at, 1e-6)


def _is_exceeded(admitted: deque[float], position: int, limit: int) -> bool:
    # Every window that the arrival at this position is in.
    for last in range(max(position, limit), min(position + limit + 1, len(admitted))):
        if admitted[last] - admitted[last - limit] < 1.0:
            return True
    return False
