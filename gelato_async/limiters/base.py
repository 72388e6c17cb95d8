"""RateLimiter: what a client asks of a limiter. Clock: time as an argument."""

import time
from collections.abc import Awaitable, Callable
from typing import Protocol

import anyio
from attrs import field, frozen


@frozen(kw_only=True)
class Clock:
    """Where time comes from, in seconds: `now` never goes back, `wall` is the time of day (Unix).

    Tests pass virtual clocks, so no test sleeps.
    """

    now: Callable[[], float] = field(default=time.monotonic)
    sleep: Callable[[float], Awaitable[None]] = field(default=anyio.sleep)
    wall: Callable[[], float] = field(default=time.time)


class RateLimiter(Protocol):
    """Decides when an attempt may be sent.

    For each attempt the client awaits `acquire`, then its send gate awaits `before_send` as the last
    act before bytes leave. If an attempt ends before that, the client calls `give_back`.

    A limiter may have `note_delay(seconds)` too: the client calls it as soon as it knows that bytes
    left so long after `before_send`.
    """

    async def acquire(self) -> None:
        """Wait for a turn, before a connection is taken from the pool."""

    async def before_send(self) -> None:
        """Wait, rarely and briefly, at the moment of sending, when the connection is open."""

    def give_back(self) -> None:
        """Return the turn of an attempt that was never sent."""

    def take_back(self) -> None:
        """Forget the last `before_send`: its request did not leave after all. `give_back` follows."""

    def pause(self, seconds: float) -> None:
        """Let no attempt pass for so many seconds: Gelato answered 429."""


class Unlimited:
    """A limiter that never waits: for a server of your own, or a transport in memory.

    Gelato blocks keys that exceed its limit.
    """

    async def acquire(self) -> None:
        """Return at once."""

    async def before_send(self) -> None:
        """Return at once."""

    def give_back(self) -> None:
        """Do nothing: no turn was taken."""

    def take_back(self) -> None:
        """Nothing was noted."""

    def pause(self, seconds: float) -> None:
        """Do nothing: no attempt is held back."""
