"""What really happened: the log that the application writes, and the audit that users read."""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import attrs

from gelato_async.sandbox.orders.order import Commit


@attrs.frozen(kw_only=True)
class Audit:
    """What really happened in one run, whatever the client believes.

    Times are seconds since the sandbox started. With a state file that is its first start: commits
    and orders are those since then, while requests, connections and faults are those of this
    process.

    Attributes:
        requests: The number of requests that arrived on API paths, refused ones included.
        started: The reading of `time.monotonic()` when the sandbox started.
        request_times: The time of each request, in order.
        worst_second: The most requests of one key that arrived within any second.
        rejected_429: The number of requests that the rate limiter refused (not those of a fault
            plan).
        connections: The number of TCP connections that were opened.
        commits: The number of creates that took effect.
        commit_times: The time of each commit.
        orders: Backend ("gelato", "connect") -> reference -> one tuple of order ids for each
            commit. A split order is one commit with two ids; deleted and canceled orders stay
            listed.
        duplicates: References that were committed again while an order of an earlier commit was
            still live, in the same account.
        faults: The number of requests that met each fault of the plan, by the fault's name.
        first_request: The time of the first request, or None.
        last_request: The time of the last request, or None.
    """

    requests: int
    started: float
    request_times: tuple[float, ...] = attrs.field(repr=False)
    worst_second: int
    rejected_429: int
    connections: int
    commits: int
    commit_times: tuple[float, ...] = attrs.field(repr=False)
    orders: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]] = attrs.field(repr=False)
    duplicates: tuple[str, ...]
    faults: Mapping[str, int]
    first_request: float | None
    last_request: float | None

    def rate(self, skip: float = 0.0) -> float:
        """Return the commits per second, without the first `skip` seconds after the first commit.

        0 if fewer than two commits remain.
        """
        if not self.commit_times:
            return 0.0
        times = sorted(self.commit_times)
        counted = times[bisect_left(times, times[0] + skip) :]
        if len(counted) < 2 or counted[-1] == counted[0]:
            return 0.0
        # The first commit begins the time that is measured, and is not made within it.
        return (len(counted) - 1) / (counted[-1] - counted[0])

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain JSON values, as `GET /_sandbox/audit` answers."""
        return attrs.asdict(self, recurse=False)


class Timeline:
    """Moments in order, and how many of them were within one second at most.

    Both are kept up to date, because a long run has millions of moments.
    """

    def __init__(self) -> None:
        # An array takes eight bytes for each.
        self.times: array[float] = array("d")
        self.worst_second: int = 0

    def add(self, at: float) -> None:
        """Add a moment, which may be earlier than the latest ones."""
        position = insert(self.times, at)
        for last in range(position, len(self.times)):
            first = bisect_right(self.times, self.times[last] - 1.0)
            if first > position:
                break
            self.worst_second = max(self.worst_second, last - first + 1)


def insert(times: "array[float]", at: float) -> int:
    """Insert a moment into an array in order, near its end as a rule, and return its place."""
    position = len(times)
    while position and times[position - 1] > at:
        position -= 1
    times.insert(position, at)
    return position


Orders = dict[str, tuple[tuple[str, ...], ...]]


class AuditLog:
    """The log of requests, commits and faults that the application writes."""

    def __init__(self, started: float) -> None:
        self.started = started
        self.connections = 0
        self.faults: Counter[str] = Counter()
        self._arrivals: array[float] = array("d")
        self._arrivals_by_key: dict[str, Timeline] = {}
        self._rejections_by_key: dict[str, array[float]] = {}
        self._commit_times: array[float] = array("d")
        # By reference the ids of each commit: tuples of texts, which a collection of garbage does
        # not follow. Two accounts may use one reference.
        self._orders: dict[str, Orders] = {"gelato": {}, "connect": {}}
        # A dict as an ordered set.
        self._duplicates: dict[str, None] = {}

    def record_request(self, key: str, at: float) -> None:
        """Record the arrival of a request with a key, valid or not."""
        insert(self._arrivals, at)
        if key not in self._arrivals_by_key:
            self._arrivals_by_key[key] = Timeline()
        self._arrivals_by_key[key].add(at)

    def record_rejection(self, key: str, at: float) -> None:
        """Record that a request was refused by the rate limit of its key."""
        insert(self._rejections_by_key.setdefault(key, array("d")), at)

    def record_commit(self, commit: Commit) -> None:
        """Record a create that took effect."""
        self._commit_times.append(commit.at.real)
        orders = self._orders[commit.backend]
        orders[commit.reference] = (*orders.get(commit.reference, ()), commit.order_ids)
        if commit.is_duplicate:
            self._duplicates[commit.reference] = None

    @property
    def rejected(self) -> int:
        """The number of requests that were refused by the rate limit."""
        return sum(map(len, self._rejections_by_key.values()))

    @property
    def worst_second(self) -> int:
        """The most requests of one key within any second."""
        timelines = self._arrivals_by_key.values()
        return max((timeline.worst_second for timeline in timelines), default=0)

    def arrivals_by_second(self, first: int, seconds: int) -> dict[str, list[int]]:
        """Return by key, valid or not, how many requests arrived in each second from `first` on.

        What came after the last of the seconds counts for that one.
        """
        times = {key: timeline.times for key, timeline in self._arrivals_by_key.items()}
        return _by_second(times, first, seconds)

    def rejections_by_second(self, first: int, seconds: int) -> dict[str, list[int]]:
        """Return by key how many requests its rate limit refused, in the same way."""
        return _by_second(self._rejections_by_key, first, seconds)

    def audit(self) -> Audit:
        """Return the audit of everything that was recorded."""
        times = tuple(self._arrivals)
        return Audit(
            requests=len(times),
            started=self.started,
            request_times=times,
            worst_second=self.worst_second,
            rejected_429=self.rejected,
            connections=self.connections,
            commits=len(self._commit_times),
            commit_times=tuple(self._commit_times),
            orders={backend: dict(orders) for backend, orders in self._orders.items()},
            duplicates=tuple(self._duplicates),
            faults=dict(self.faults),
            first_request=min(times[:1], default=None),
            last_request=max(times[-1:], default=None),
        )


def _by_second(
    times: "Mapping[str, array[float]]", first: int, seconds: int
) -> dict[str, list[int]]:
    found = {}
    for key, of_key in times.items():
        if not of_key or of_key[-1] < first:
            continue
        # Moments are in order, so the edges of the seconds are found without a look at each.
        edges = [bisect_left(of_key, second) for second in range(first, first + seconds)]
        edges.append(len(of_key))
        found[key] = [end - start for start, end in pairwise(edges)]
    return found
