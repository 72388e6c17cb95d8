"""What really happened: the ledger that the application writes, and the audit that users read."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from gelato_async.sandbox.orders.order import Commit


@attrs.frozen(kw_only=True)
class Audit:
    """The truth about one run, whatever the client believes. Times are seconds since the sandbox started.

    Attributes:
        requests: How many requests arrived on API paths, refused ones included.
        worst_second: The most requests of one key that arrived within any second.
        rejected_429: How many the rate limiter refused (not those of a fault plan).
        connections: How many TCP connections were opened.
        commits: How many creates took effect.
        commit_times: When they did.
        orders: Backend ("gelato", "connect") -> reference -> one tuple of order ids for each
            commit. A split order is one commit with two ids; deleted and canceled orders stay
            listed.
        duplicates: References that were committed again while an order of an earlier commit was
            still live.
        faults: How often each fault of the plan struck, by its name.
        first_request: When the first request arrived, or None.
        last_request: When the last one did.
    """

    requests: int
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
        """Give the commits per second, leaving out the first `skip` seconds after the first commit."""
        times = sorted(self.commit_times)
        counted = times[bisect_left(times, times[0] + skip) :] if times else []
        span = counted[-1] - counted[0] if counted else 0.0
        return (len(counted) - 1) / span if span else 0.0

    def to_json(self) -> dict[str, Any]:
        """Give all of it as plain JSON values, as `GET /_sandbox/audit` answers."""
        return attrs.asdict(self, recurse=False)


class Ledger:
    """What the application notes down while it runs."""

    def __init__(self) -> None:
        self.rejected = 0
        self.connections = 0
        self.faults: Counter[str] = Counter()
        self.commits: list[Commit] = []
        self._arrivals: dict[str, array[float]] = {}
        self._by_reference: dict[tuple[str, str], list[Commit]] = {}
        self._duplicates: dict[str, None] = {}

    def arrived(self, key: str, at: float) -> None:
        """Note a request under the key it came with, valid or not."""
        self._arrivals.setdefault(key, array("d")).append(at)

    def committed(self, commit: Commit) -> None:
        """Note a create that took effect, and whether an earlier one of its reference was still live."""
        earlier = self._by_reference.setdefault((commit.backend, commit.reference), [])
        if any(previous.is_live(commit.at) for previous in earlier):
            self._duplicates[commit.reference] = None
        earlier.append(commit)
        self.commits.append(commit)

    def audit(self) -> Audit:
        """Sum everything up."""
        times = [time for arrivals in self._arrivals.values() for time in arrivals]
        return Audit(
            requests=len(times),
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
        for (backend, reference), commits in self._by_reference.items():
            listed[backend][reference] = tuple(
                tuple(order.id for order in commit.orders) for commit in commits
            )
        return listed


def _worst_second(arrivals: Iterable[float]) -> int:
    times = sorted(arrivals)
    first = worst = 0
    for last, time in enumerate(times):
        while time - times[first] >= 1.0:
            first += 1
        worst = max(worst, last - first + 1)
    return worst
