"""Outage: while nothing gets through, one probe at a time goes out, at growing intervals, and everybody else waits."""

import anyio
from attrs import define, field

from gelato_async.client.engine import Engine

LONGEST_PAUSE = 30.0


@define(eq=False)
class Outage:
    """Whether requests get through at the moment."""

    engine: Engine
    ever_through: bool = False
    _failures: int = 0
    _probing: bool = False
    _changed: anyio.Event = field(factory=anyio.Event)

    async def wait(self) -> None:
        """Wait until requests get through, or until it is this caller's turn to probe."""
        while self._failures and self._probing:
            await self._changed.wait()
        if self._failures:
            self._probing = True
            try:
                await self.engine.clock.sleep(min(LONGEST_PAUSE, 2.0 ** (self._failures - 1)))
            except BaseException:
                self._let_others_try()
                raise

    def got_through(self) -> None:
        """An answer came."""
        self.ever_through = True
        if self._failures:
            self._failures = 0
            self._let_others_try()

    def failed(self) -> None:
        """A request did not get through."""
        if self._probing or not self._failures:
            self._failures += 1
            self._let_others_try()

    def _let_others_try(self) -> None:
        self._probing = False
        self._changed.set()
        self._changed = anyio.Event()
