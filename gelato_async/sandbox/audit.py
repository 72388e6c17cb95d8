"""What really happened: the log that the application writes, and the audit that users read."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from gelato_async.sandbox.orders.order import Commit


@attrs.frozen(kw_only=True)
class Audit:
    """What really happened in one run, whatever the client believes.

    Times are seconds since the sandbox started.

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


class AuditLog:
    """The log of requests, commits and faults that the application writes."""

    def __init__(self, started: float) -> None:
        self.started = started
        self.rejected = 0
        self.connections = 0
        self.faults: Counter[str] = Counter()
        self.commits: list[Commit] = []
        # An array takes eight bytes for each request; a long run has millions.
        self._arrivals: dict[str, array[float]] = {}
        self._by_reference: dict[tuple[str, str, str], list[Commit]] = {}
        # A dict as an ordered set.
        self._duplicates: dict[str, None] = {}

    def record_request(self, key: str, at: float) -> None:
        """Record the arrival of a request with a key, valid or not."""
        self._arrivals.setdefault(key, array("d")).append(at)

    def record_commit(self, commit: Commit, account: str, *, is_duplicate: bool) -> None:
        """Record a create that took effect, and whether an earlier one of its reference is live."""
        key = (account, commit.backend, commit.reference)
        earlier = self._by_reference.setdefault(key, [])
        if is_duplicate:
            self._duplicates[commit.reference] = None
        earlier.append(commit)
        self.commits.append(commit)

    def audit(self) -> Audit:
        """Return the audit of everything that was recorded."""
        times: list[float] = []
        for arrivals in self._arrivals.values():
            times.extend(arrivals)
        return Audit(
            requests=len(times),
            started=self.started,
            request_times=tuple(sorted(times)),
            worst_second=max(map(_worst_second, self._arrivals.values()), default=0),
            rejected_429=self.rejected,
            connections=self.connections,
            commits=len(self.commits),
            commit_times=tuple(commit.at.real for commit in self.commits),
            orders=self._orders(),
            duplicates=tuple(self._duplicates),
            faults=dict(self.faults),
            first_request=min(times, default=None),
            last_request=max(times, default=None),
        )

    def _orders(self) -> dict[str, dict[str, tuple[tuple[str, ...], ...]]]:
        listed: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {"gelato": {}, "connect": {}}
        for (_, backend, reference), commits in self._by_reference.items():
            ids = tuple(commit.order_ids for commit in commits)
            # Two accounts may use one reference.
            listed[backend][reference] = listed[backend].get(reference, ()) + ids
        return listed


def _worst_second(arrivals: Iterable[float]) -> int:
    # Sorted, because a busy server may record requests in another order than they arrived.
    times = sorted(arrivals)
    first = worst = 0
    for last, time in enumerate(times):
        while time - times[first] >= 1.0:
            first += 1
        worst = max(worst, last - first + 1)
    return worst
