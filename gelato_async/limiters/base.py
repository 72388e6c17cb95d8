"""RateLimiter: what the engine asks of a limiter. Clock: time as an argument."""

import time
from collections.abc import Awaitable, Callable
from typing import Protocol

import anyio
from attrs import field, frozen


@frozen(kw_only=True)
class Clock:
    """Where time comes from, in seconds: `now` never goes back, `wall` is the time of day (Unix).

    Tests pass virtual ones.
    """

    now: Callable[[], float] = field(default=time.monotonic)
    sleep: Callable[[float], Awaitable[None]] = field(default=anyio.sleep)
    wall: Callable[[], float] = field(default=time.time)


class RateLimiter(Protocol):
    """Decides when an attempt may go.

    The engine calls `acquire`, then the transport calls `before_send`.
    """

    async def acquire(self) -> None:
        """Wait for a turn, before a connection is taken."""

    async def before_send(self) -> None:
        """Wait, rarely and briefly, at the moment of sending, when the connection stands."""

    def give_back(self) -> None:
        """An attempt that had its turn was never sent."""

    def pause(self, seconds: float) -> None:
        """Gelato said 429: let nobody go for so long."""


class Unlimited:
    """A limiter that never waits: for a server of your own, or a transport in memory.

    Gelato blocks keys that do this.
    """

    async def acquire(self) -> None:
        """Go at once."""

    async def before_send(self) -> None:
        """Go at once."""

    def give_back(self) -> None:
        """Nothing was taken."""

    def pause(self, seconds: float) -> None:
        """Nobody is held back."""
