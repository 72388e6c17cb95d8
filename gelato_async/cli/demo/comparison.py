"""Compares what a client was told with what the sandbox's audit says, id by id."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from gelato_async.bulk import Created, Outcome, Rejected
from gelato_async.cli.apis import BackendName
from gelato_async.cli.submit.tally import Tally

LIMIT = 100
_HEAD = 0.9

Audit = Mapping[str, Any]
Commits = Mapping[str, Sequence[Sequence[str]]]


@frozen(kw_only=True)
class Comparison:
    """What the audit says about the orders of one API.

    `broken` names every promise that was not kept.
    """

    backend: BackendName
    tally: Tally
    audit: Audit
    lost: Sequence[str]
    broken: Sequence[str]

    def text(self, seconds: float) -> str:
        """The figures, for people."""
        audit = self.audit
        met = ", ".join(f"{count} {name}" for name, count in sorted(audit["faults"].items()))
        rows = {
            "orders": f"{len(audit['orders'][self.backend])}; the client was told: {self.tally}",
            "duplicates": len(audit["duplicates"]),
            "lost": len(self.lost),
            "faults met": f"{sum(audit['faults'].values())} ({met})" if met else "none",
            "requests": (
                f"{audit['requests']} on {audit['connections']} connections;"
                f" {audit['rejected_429']} were too many"
            ),
            "worst second": f"{audit['worst_second']} requests",
            "rate": (
                f"{_rate(audit['commit_times']):.1f} orders/s until {_HEAD:.0%} were made;"
                f" {seconds:.1f} s in all"
            ),
        }
        return "\n".join(
            [
                f"{self.backend}, by the sandbox's audit:",
                *(f"  {k:<13} {v}" for k, v in rows.items()),
            ]
        )


def judge(
    backend: BackendName,
    references: Collection[str],
    outcomes: Sequence[Outcome],
    audit: Audit,
) -> Comparison:
    """Judge a run by the audit of a sandbox that saw nothing else.

    Broken is: an order made twice, a `Created` that is not there or has another id, an order
    without an outcome or with two, a sample that was rejected, and more than a hundred requests in
    a second. An `Unknown` promises nothing.
    """
    tally, commits = Tally(), audit["orders"][backend]
    for outcome in outcomes:
        tally.count(outcome)
    lost = list(_lost(references, outcomes, commits))
    broken = [
        *(f"{reference} was made twice" for reference in audit["duplicates"]),
        *(f"{reference} is lost" for reference in lost),
        *_untrue(outcomes, commits),
        *(
            [f"{audit['worst_second']} requests within a second"]
            if audit["worst_second"] > LIMIT
            else []
        ),
    ]
    return Comparison(
        backend=backend,
        tally=tally,
        audit=audit,
        lost=lost,
        broken=broken,
    )


def _lost(
    references: Collection[str], outcomes: Sequence[Outcome], commits: Commits
) -> Iterator[str]:
    told = {outcome.reference: outcome for outcome in outcomes}
    for reference in references:
        outcome = told.get(reference)
        if outcome is None or (isinstance(outcome, Created) and reference not in commits):
            yield reference


def _untrue(outcomes: Sequence[Outcome], commits: Commits) -> Iterator[str]:
    for reference, times in Counter(outcome.reference for outcome in outcomes).items():
        if times > 1:
            yield f"{reference} has {times} outcomes"
    for outcome in outcomes:
        made = commits.get(outcome.reference, [])
        if isinstance(outcome, Created) and made and [outcome.order_id] not in made:
            yield f"{outcome.reference} is told as {outcome.order_id}, but is {made}"
        if isinstance(outcome, Rejected):
            yield (
                f"{outcome.reference} was {'made, but told as ' if made else ''}rejected:"
                f" {outcome.error}"
            )


def _rate(times: Sequence[float]) -> float:
    # Orders whose answer was lost are reconciled at the end; they would say little about the rate.
    head = sorted(times)[: max(2, int(len(times) * _HEAD))]
    return (len(head) - 1) / (head[-1] - head[0]) if len(head) > 1 and head[-1] > head[0] else 0.0
