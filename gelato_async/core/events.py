"""Events of calls, the observer that gets them, and the `Call` that reports them.

A client gives every event to one observer at the moment it happens, in the task that makes the
call. Events are plain values: names, numbers, ids and references. None holds a key, a body, a
recipient, or the text of an error, which may quote a server. `docs/observability.md` lists them.
"""

import logging
import math
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Concatenate, ParamSpec, Protocol

from attrs import define, field, frozen

P = ParamSpec("P")

_logger = logging.getLogger("gelato_async")
_ids = count(1)


@frozen
class CallEvent:
    """Something that happened in a call.

    `call_id` is unique in the process. `send` counts the requests that the call has sent so far, of
    whatever operation: a create that is looked for also sends searches. Both together name a
    request that left. `operation` is the short name of what is being done, like `orders.create`.
    `error` is the name of an exception's class, times are in seconds.
    """

    call_id: int
    send: int
    operation: str


class Observer(Protocol):
    """Gets the events of a client's calls.

    The call waits while `on_event` runs: keep it short. What it raises is logged once and changes
    nothing for the call.
    """

    def on_event(self, event: CallEvent) -> None:
        """Take note of an event."""
        ...


@frozen
class OperationBegan(CallEvent):
    """An operation begins. The looks for a lost order are operations within its create."""


@frozen(kw_only=True)
class OperationEnded(CallEvent):
    """An operation is over: answered, or failed with `error`."""

    seconds: float
    error: str | None = None


@frozen(kw_only=True)
class LimiterWaited(CallEvent):
    """An attempt had to wait for its turn."""

    seconds: float


@frozen
class AttemptSent(CallEvent):
    """A request leaves at this moment. `send` counts it."""


@frozen(kw_only=True)
class AttemptAnswered(CallEvent):
    """A whole answer came, whatever it says. `seconds` are measured from sending."""

    status: int
    seconds: float


@frozen(kw_only=True)
class AttemptFailed(CallEvent):
    """An attempt got no whole answer. `sent` says whether it left, `status` is what came of it."""

    error: str
    sent: bool
    seconds: float
    status: int | None = None


@frozen(kw_only=True)
class RetryScheduled(CallEvent):
    """A failed attempt is repeated after `seconds`."""

    seconds: float
    error: str


@frozen(kw_only=True)
class RetryBudgetSpent(CallEvent):
    """A failed attempt is not repeated: too many requests fail at the moment."""

    error: str


@frozen(kw_only=True)
class LimiterClosed(CallEvent):
    """A 429 closes the limiter: it holds all its requests back for `seconds`."""

    seconds: float


@frozen
class _ReconciliationEvent(CallEvent):
    order_reference_id: str


@frozen(kw_only=True)
class ReconciliationBegan(_ReconciliationEvent):
    """The outcome of a create is unknown: from now on the order is looked for."""

    error: str


@frozen(kw_only=True)
class ReconciliationLooked(_ReconciliationEvent):
    """A look for the order is over: it showed `hits` orders that may have its reference, or failed."""

    hits: int = 0
    error: str | None = None


@frozen(kw_only=True)
class ReconciliationAdopted(_ReconciliationEvent):
    """The order was found, and is the answer. `others` have its reference and may be duplicates."""

    order_id: str
    others: tuple[str, ...] = ()


@frozen(kw_only=True)
class ReconciliationResent(_ReconciliationEvent):
    """The order was proved absent, and its create leaves once more. `AttemptSent` follows."""


@frozen(kw_only=True)
class OutcomeStaysUnknown(CallEvent):
    """Nobody knows whether something was made, and nothing more is tried.

    `order_reference_id` is None where it is no order. `order_ids` are those that may be the one.
    """

    order_reference_id: str | None = None
    order_ids: tuple[str, ...] = ()


@frozen
class CircuitOpened(CallEvent):
    """Requests of a bulk run fail: it holds back its orders, and sends one at a time as a probe."""


@frozen
class CircuitClosed(CallEvent):
    """Requests of a bulk run get through again."""


def any_event(event: object) -> bool:  # noqa: ARG001  what it is asked about is of no interest
    """Want every event."""
    return True


@define(eq=False)
class Reporter:
    """Gives events to an observer, and keeps its failures from the call.

    `wants` is asked with the class of an event whether the event is worth making.
    """

    observer: Observer
    wants: Callable[[object], bool] = any_event
    _has_failed: bool = False

    def report(self, event: CallEvent) -> None:
        """Give the observer an event. Its first error is logged."""
        try:
            self.observer.on_event(event)
        except Exception:
            if not self._has_failed:
                self._has_failed = True
                _logger.exception(
                    "the observer failed on %s; further failures are not logged",
                    type(event).__name__,
                )


@define(eq=False, kw_only=True)
class Call:
    """One call: until when it may take, in monotonic seconds, and how many requests it has sent.

    No repeat begins at `retry_until` or later; an attempt that is under way then has until the
    deadline. With `maps_errors`, whatever else than a `GelatoError` a transport of the caller's own
    raises becomes a `NoAnswerError`, except where a create had not left.
    """

    reporter: Reporter | None = None
    deadline: float = math.inf
    retry_until: float = math.inf
    maps_errors: bool = False
    id: int = field(init=False, factory=partial(next, _ids))
    sends: int = field(init=False, default=0)

    def emit(
        self,
        event: Callable[Concatenate[int, int, str, P], CallEvent],
        operation: str,
        *args: P.args,
        **details: P.kwargs,
    ) -> None:
        """Report an event of this call, if anybody observes it."""
        reporter = self.reporter
        if reporter is not None and reporter.wants(event):
            reporter.report(event(self.id, self.sends, operation, *args, **details))
