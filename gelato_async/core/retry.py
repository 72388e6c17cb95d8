"""Retries: what follows a failed attempt, how long to wait, how many retries an outage may cause.

`RETRY_TABLE` decides what follows a failed attempt. Its rows are what became of the request, which
`delivery_of` reads from the error; its columns are the kinds of operation, which each operation's
class states (`Kind` in operations/base.py). The loops in client/ carry out the step: that of
`CreateOnce` for a create, that of `Engine` for every other call. Whether a create that was looked
for is sent again, `PendingCreate.check_resend` decides.

A create is sent again without a look only if the request provably never left, or Gelato answered
429. If its outcome is unknown, it is reconciled first (`reconciliation`): `CreateOnce` sends it
once more only if looks over the whole window proved that there is no such order, and never after a
2xx or with `RetryPolicy(resend=False)`.

A 429 is repeated for every kind. `RetryPolicy.delay` gives the wait: `Retry-After`, or up to a
second that doubles with each attempt. `Engine.pause` closes the limiter for as long, so every call
on the same key waits, and charges the call 5 tokens of the `RetryQuota`. `RateLimitError` is raised
when the attempts, the deadline or the quota are spent, or `Retry-After` is too long to obey.
"""

import math
from enum import Enum
from typing import NamedTuple

from attrs import define, field, frozen, validators

from gelato_async.core.errors import (
    ConflictError,
    ConnectionFailedError,
    DecodeError,
    GelatoError,
    NoAnswerError,
    NotSentError,
    RateLimitError,
    ResponseError,
    ServerError,
)
from gelato_async.core.operations.base import Kind


class Delivery(Enum):
    """What became of a request, as far as the error of its attempt shows."""

    NOT_SENT = "it never left"
    RATE_LIMITED = "429: refused for now"
    UNKNOWN = "5xx, 408 or no answer: it may have taken effect"
    ACCEPTED = "a 2xx whose answer is lost or unreadable: it took effect"
    CONFLICT = "409: refused"
    REFUSED = "any other 4xx, a redirect, or not sent for good"


def delivery_of(error: GelatoError) -> Delivery:
    """Read what became of a request from the error of its attempt.

    Of the errors that say that nothing was sent (`NotSentError`), a `ConnectionFailedError` is
    `NOT_SENT`: the next attempt may get through. The others, like a `ValidationError`, come out the
    same every time and are `REFUSED`.
    """
    match error:
        case ConnectionFailedError():
            return Delivery.NOT_SENT
        case RateLimitError():
            return Delivery.RATE_LIMITED
        case NoAnswerError() | DecodeError() if _was_accepted(error):
            return Delivery.ACCEPTED
        case NoAnswerError() | ServerError() | ResponseError(status=408):
            return Delivery.UNKNOWN
        case ConflictError():
            return Delivery.CONFLICT
    return Delivery.REFUSED


def _was_accepted(error: NoAnswerError | DecodeError) -> bool:
    if isinstance(error, DecodeError):
        return True
    return error.status is not None and 200 <= error.status < 300


def is_refusal(error: Exception) -> bool:
    """Whether Gelato answered that it does not do what was asked."""
    # what was not sent was refused here, not by Gelato
    if not isinstance(error, GelatoError) or isinstance(error, NotSentError):
        return False
    return delivery_of(error) in {Delivery.REFUSED, Delivery.CONFLICT}


class Step(Enum):
    """What follows a failed attempt."""

    REPEAT = "send it again after a pause, while the policy and the budget last"
    CHECK = "get the order: its state says whether the call took effect"
    RECONCILE = "look for the order by its reference before anything is sent again"
    GIVE_UP = "raise OutcomeUnknownError: nothing more can be found out"
    RAISE = "raise the error"


class Row(NamedTuple):
    """A row of the retry table: what follows an attempt, for each kind of operation.

    `sent_before` says whether an earlier attempt of the same call may have taken effect; None
    stands for both.
    """

    delivery: Delivery
    sent_before: bool | None
    read: Step
    checked: Step
    create: Step
    once: Step

    def step(self, kind: Kind) -> Step:
        """Return what follows for this kind of operation."""
        by_kind = {
            Kind.READ: self.read,
            Kind.CHECKED: self.checked,
            Kind.CREATE: self.create,
            Kind.ONCE: self.once,
        }
        return by_kind[kind]


# a refusal of a repeat may be the doing of the first attempt ("it is canceled already", "this order
# exists"), so it proves nothing where an earlier attempt may have taken effect
_EITHER, _NO, _YES = None, False, True
# fmt: off
RETRY_TABLE = (
    #   delivery               sent before  READ         CHECKED      CREATE          ONCE
    Row(Delivery.NOT_SENT,     _EITHER,     Step.REPEAT, Step.REPEAT, Step.REPEAT,    Step.REPEAT),
    Row(Delivery.RATE_LIMITED, _EITHER,     Step.REPEAT, Step.REPEAT, Step.REPEAT,    Step.REPEAT),
    Row(Delivery.UNKNOWN,      _EITHER,     Step.REPEAT, Step.REPEAT, Step.RECONCILE, Step.GIVE_UP),
    Row(Delivery.ACCEPTED,     _EITHER,     Step.REPEAT, Step.CHECK,  Step.RECONCILE, Step.GIVE_UP),
    Row(Delivery.CONFLICT,     _NO,         Step.RAISE,  Step.RAISE,  Step.RAISE,     Step.RAISE),
    Row(Delivery.CONFLICT,     _YES,        Step.RAISE,  Step.CHECK,  Step.RECONCILE, Step.RAISE),
    Row(Delivery.REFUSED,      _NO,         Step.RAISE,  Step.RAISE,  Step.RAISE,     Step.RAISE),
    Row(Delivery.REFUSED,      _YES,        Step.RAISE,  Step.CHECK,  Step.RAISE,     Step.RAISE),
)
# fmt: on


def next_step(kind: Kind, delivery: Delivery, *, sent_before: bool) -> Step:
    """Look up what follows a failed attempt.

    `sent_before`: an earlier attempt of the call may have taken effect.
    """
    cases = {(delivery, None), (delivery, sent_before)}
    row = next(row for row in RETRY_TABLE if (row.delivery, row.sent_before) in cases)
    return row.step(kind)


# an endless wait would end no call
_SECONDS = (validators.ge(0.0), validators.lt(math.inf))


@frozen(kw_only=True)
class RetryPolicy:
    """How often and when a client repeats a call. Times are in seconds.

    `attempts` includes the first one. The wait before a repeat is random, up to `initial`
    (`initial_rate_limited` after a 429), which doubles with each attempt up to `maximum`. A
    `Retry-After` of up to `longest_retry_after` is obeyed; a longer one ends the call.

    `reconcile` is how long a create whose outcome is unknown is looked for before it is sent again:
    longer than Gelato takes to store an order and show it in a search. With `resend=False` such a
    create is never sent again. With `marker=True` each order gets one metadata entry with a random
    value, by which a lost one is recognised beyond doubt; without it, some stay unknown.
    """

    attempts: int = field(default=4, validator=validators.ge(1))
    initial: float = field(default=0.5, validator=_SECONDS)
    initial_rate_limited: float = field(default=1.0, validator=_SECONDS)
    maximum: float = field(default=20.0, validator=_SECONDS)
    longest_retry_after: float = field(default=120.0, validator=_SECONDS)
    reconcile: float = field(default=60.0, validator=_SECONDS)
    resend: bool = True
    marker: bool = False

    def delay(self, error: GelatoError, attempt: int, jitter: float) -> float | None:
        """Return the seconds to wait after a failed attempt, or None to give up.

        The first attempt is number 1. `jitter` is a random number from 0 to 1. Whether a repeat is
        safe at all, `next_step` decides.
        """
        if attempt >= self.attempts:
            return None
        if isinstance(error, ResponseError) and error.retry_after is not None:
            if error.retry_after > self.longest_retry_after:
                return None
            return error.retry_after
        first = self.initial_rate_limited if isinstance(error, RateLimitError) else self.initial
        # the exponent is bounded since a float overflows at 2 ** 1024
        longest = min(self.maximum, first * 2.0 ** min(attempt - 1, 1000))
        return float(longest * jitter)


@define
class RetryQuota:
    """Retry budget shared by all calls of a limiter.

    Each failed attempt costs tokens, whether it is repeated or not; each success refunds some. When
    the budget is empty nothing is retried, so an outage is not amplified, and neither is the
    recovery from one: calls that time out after its end spend what the first successes refund.
    """

    capacity: int = 500
    cost: int = 14
    cost_rate_limited: int = 5
    left: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.left = self.capacity

    def pay(self, error: GelatoError) -> int | None:
        """Charge a failed attempt and return its cost, or None if too little is left for a retry.

        Then the rest is taken, so that no call is retried until calls succeed again.
        """
        paid = self.buy(error)
        if paid is None:
            self.left = 0
        return paid

    def buy(self, error: GelatoError) -> int | None:
        """Pay for a retry and return its cost; or take nothing and return None if it is too much.

        A caller that asks again and again does not keep the budget empty by that.
        """
        cost = self.cost_rate_limited if isinstance(error, RateLimitError) else self.cost
        if cost > self.left:
            return None
        self.left -= cost
        return cost

    def succeeded(self, paid: int) -> None:
        """Refund what the last retry of a successful call cost, or 1 token."""
        self.left = min(self.capacity, self.left + (paid or 1))
