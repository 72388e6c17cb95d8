"""Compares what a client reported with what the sandbox's audit says, id by id."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from gelato_async.bulk import Created, Outcome, Rejected
from gelato_async.cli.choices import BackendName
from gelato_async.cli.demo.send_times import Moment, describe, worst_second
from gelato_async.cli.submit.tally import Tally

# requests of one key in any second
LIMIT = 100

Audit = Mapping[str, Any]
Commits = Mapping[str, Sequence[Sequence[str]]]


@frozen(kw_only=True)
class SendTimes:
    """When each of the two processes sent its requests, by `time.monotonic()`."""

    first: Sequence[float]
    second: Sequence[float]

    def sent(self) -> Iterator[Moment]:
        """The moments of sending."""
        for at in self.first:
            yield Moment(at, "first process")
        for at in self.second:
            yield Moment(at, "second process")

    def arrived(self, audit: Audit) -> Iterator[Moment]:
        """The moments of arrival.

        The first process was gone before the second one sent, so that the moment says whose a
        request is, unless the sandbox was slow to read it.
        """
        for seconds in audit["request_times"]:
            at = audit["started"] + seconds
            is_second = self.second and at >= self.second[0]
            yield Moment(at, "second process" if is_second else "first process")


@frozen(kw_only=True)
class Comparison:
    """What the audit says about the orders of one API.

    `broken` names every promise that was not kept.
    """

    backend: BackendName
    tally: Tally
    audit: Audit
    times: SendTimes
    lost: Sequence[str]
    broken: Sequence[str]

    def text(self, seconds: float) -> str:
        """The figures, for people."""
        audit = self.audit
        start = audit["started"]
        faults = sum(audit["faults"].values())
        by_name = ", ".join(f"{count} {name}" for name, count in sorted(audit["faults"].items()))
        requests = (
            f"{audit['requests']} on {audit['connections']} connections;"
            f" {audit['rejected_429']} were too many"
        )
        rows = [
            ("orders", f"{len(audit['orders'][self.backend])}; the client reported: {self.tally}"),
            ("duplicates", len(audit["duplicates"])),
            ("lost", len(self.lost)),
            ("faults met", f"{faults} ({by_name})" if faults else "none"),
            ("requests", requests),
            ("worst second", f"sent: {describe(worst_second(self.times.sent()), start)}"),
            ("", f"arrived: {describe(worst_second(self.times.arrived(audit)), start)}"),
            ("rate", f"{self._rate():.1f} orders/s until the crash; {seconds:.1f} s in all"),
        ]
        lines = [f"{self.backend}, by the sandbox's audit:"]
        for name, value in rows:
            lines.append(f"  {name:<13} {value}")
        return "\n".join(lines)

    def _rate(self) -> float:
        """Orders a second until the crash.

        Afterwards orders are looked for and sent again, which says little about the rate.
        """
        if not self.times.first:
            return 0.0
        crash = self.times.first[-1] - self.audit["started"]
        times: list[float] = sorted(self.audit["commit_times"])
        times = times[: bisect_right(times, crash)]
        if len(times) < 2 or times[0] == times[-1]:
            return 0.0
        return (len(times) - 1) / (times[-1] - times[0])


def judge(
    backend: BackendName,
    references: Collection[str],
    outcomes: Sequence[Outcome],
    audit: Audit,
    times: SendTimes,
) -> Comparison:
    """Judge a trial by the audit of a sandbox that saw nothing else.

    Broken is: an order made twice, a `Created` that is not there or has another id, an order
    without an outcome or with two, a sample that was rejected, and more than a hundred requests
    sent within a second. An `Unknown` promises nothing. Neither does the moment of an arrival: a
    busy machine lets requests arrive closer together than they were sent.
    """
    tally = Tally()
    for outcome in outcomes:
        tally.count(outcome)
    commits = audit["orders"][backend]
    lost = list(_lost(references, outcomes, commits))
    broken = [f"{reference} was made twice" for reference in audit["duplicates"]]
    broken += [f"{reference} is lost" for reference in lost]
    broken += _untrue(outcomes, commits)
    broken += _too_fast(audit, times)
    return Comparison(
        backend=backend, tally=tally, audit=audit, times=times, lost=lost, broken=broken
    )


def _lost(
    references: Collection[str], outcomes: Sequence[Outcome], commits: Commits
) -> Iterator[str]:
    by_reference = {outcome.reference: outcome for outcome in outcomes}
    for reference in references:
        outcome = by_reference.get(reference)
        if outcome is None or (isinstance(outcome, Created) and reference not in commits):
            yield reference


def _untrue(outcomes: Sequence[Outcome], commits: Commits) -> Iterator[str]:
    for reference, times in Counter(outcome.reference for outcome in outcomes).items():
        if times > 1:
            yield f"{reference} has {times} outcomes"
    for outcome in outcomes:
        reference = outcome.reference
        made = commits.get(reference, [])
        if isinstance(outcome, Created) and made and [outcome.order_id] not in made:
            yield f"{reference} was reported as {outcome.order_id}, but is {made}"
        if isinstance(outcome, Rejected) and made:
            yield f"{reference} was made, but reported as rejected: {outcome.error}"
        if isinstance(outcome, Rejected) and not made:
            yield f"{reference} was rejected: {outcome.error}"


def _too_fast(audit: Audit, times: SendTimes) -> Iterator[str]:
    sends = list(times.sent())
    worst = worst_second(sends)
    if len(worst) > LIMIT:
        yield f"sent within a second: {describe(worst, audit['started'])}"
    # a send is recorded before its first byte leaves
    unrecorded = audit["requests"] - len(sends)
    if unrecorded > 0:
        yield f"{unrecorded} requests arrived that no process recorded as sent"
