"""RetryPolicy: what may be repeated, and after how long.

RetryQuota: how many repeats an outage may cause. Both pure.
"""

from enum import Enum

from attrs import define, field, frozen, validators

from gelato_async.core.errors import (
    ConnectionFailedError,
    DecodeError,
    GelatoError,
    NoAnswerError,
    RateLimitError,
    ResponseError,
    ServerError,
)


class Delivery(Enum):
    """What an attempt's error says about the request."""

    NOT_SENT = "it never left"
    RATE_LIMITED = "too many requests: refused, and may be sent again"
    UNKNOWN = "nobody knows whether it took effect"
    ACCEPTED = "it took effect, its answer is lost"
    REFUSED = "it was refused for good"


def delivery_of(error: GelatoError) -> Delivery:
    """Read what became of a request from the error of its attempt."""
    match error:
        case ConnectionFailedError():
            return Delivery.NOT_SENT
        case RateLimitError():
            return Delivery.RATE_LIMITED
        case ServerError() | ResponseError(status=408) | NoAnswerError(status=None):
            return Delivery.UNKNOWN
        case NoAnswerError() | DecodeError():
            return Delivery.ACCEPTED
    return Delivery.REFUSED


@frozen(kw_only=True)
class RetryPolicy:
    """How a client repeats. Times are in seconds.

    `attempts` counts the first one. The wait before a repeat is drawn at random up to `initial`
    (`initial_rate_limited` after a 429), doubling each time, at most `maximum`. A `Retry-After` of
    up to `longest_retry_after` is obeyed, a longer one ends the call. `reconcile` is how long a create
    whose outcome is unknown is looked for before it is sent again: longer than Gelato takes to store
    an order and show it in a search. `resend=False` never sends such a create again.
    """

    attempts: int = field(default=4, validator=validators.ge(1))
    initial: float = field(default=0.5, validator=validators.ge(0))
    initial_rate_limited: float = field(default=1.0, validator=validators.ge(0))
    maximum: float = field(default=20.0, validator=validators.ge(0))
    longest_retry_after: float = field(default=120.0, validator=validators.ge(0))
    reconcile: float = field(default=60.0, validator=validators.ge(0))
    resend: bool = True

    def delay(self, error: GelatoError, attempt: int, jitter: float) -> float | None:
        """Seconds to wait after the failed attempt number `attempt` (1 is the first), or None to give up.

        `jitter` is a random number from 0 to 1. Whether a repeat is safe at all is not asked here.
        """
        if attempt >= self.attempts:
            return None
        asked = error.retry_after if isinstance(error, ResponseError) else None
        if asked is not None:
            return asked if asked <= self.longest_retry_after else None
        first = self.initial_rate_limited if isinstance(error, RateLimitError) else self.initial
        return float(min(self.maximum, first * 2.0 ** min(attempt - 1, 1000)) * jitter)


@define
class RetryQuota:
    """Keeps an outage from being multiplied.

    Repeats are paid from a stock that successes fill up again.
    """

    capacity: int = 500
    cost: int = 14
    cost_rate_limited: int = 5
    left: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.left = self.capacity

    def pay(self, error: GelatoError) -> int | None:
        """Pay for a repeat after this error: what it cost, or None when the stock is spent."""
        cost = self.cost_rate_limited if isinstance(error, RateLimitError) else self.cost
        if cost > self.left:
            return None
        self.left -= cost
        return cost

    def succeeded(self, paid: int) -> None:
        """A call succeeded: give back what its last repeat cost, or 1."""
        self.left = min(self.capacity, self.left + (paid or 1))
