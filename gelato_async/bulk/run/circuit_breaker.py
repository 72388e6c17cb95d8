"""CircuitBreaker: while requests fail, one probe at a time goes out and all others wait."""

import math
from collections import deque

import anyio
from attrs import define, field

from gelato_async.bulk.signal import Signal
from gelato_async.client.engine import Engine
from gelato_async.core.events import CircuitClosed, CircuitOpened
from gelato_async.core.pending_create import NAME

# seconds: the longest pause before a probe, and how long a failure counts
LONGEST_PAUSE = 30.0
WITHIN = 10.0
# how many of the last calls are looked at
CALLS = 20


@define(eq=False)
class CircuitBreaker:
    """Whether requests get through.

    They do not once half of the last twenty have failed within ten seconds, or one could not be
    sent at all. Then probes go out at growing intervals until one is answered.
    """

    engine: Engine
    ever_through: bool = False
    _recent: deque[tuple[float, bool]] = field(factory=lambda: deque(maxlen=CALLS))
    _probes: int = 0
    _probing: bool = False
    _over: bool = False
    _pause: anyio.CancelScope = field(factory=anyio.CancelScope)
    _changed: Signal = field(factory=Signal)

    @property
    def active(self) -> bool:
        """Whether an outage goes on."""
        return self._probes > 0

    async def wait(self) -> bool | None:
        """Return False at once where requests get through.

        Else wait until it is this caller's turn to probe (True), or for news (None).
        """
        if not self.active:
            return False
        if self._probing:
            await self._changed.wait()
            return None
        self._probing = True
        pause = min(LONGEST_PAUSE, 2.0 ** min(self._probes - 1, 10))
        try:
            with anyio.CancelScope() as self._pause:
                await self.engine.clock.sleep(pause)
        except BaseException:
            self.stop_probing()
            raise
        if self._pause.cancelled_caught:
            return None
        return True

    def got_through(self, *, probe: bool) -> None:
        """Note an answered request, whatever the answer. Only a probe's ends an outage."""
        self.ever_through = True
        self._recent.append((self.engine.clock.now(), True))
        if probe:
            self.end()

    def failed(self, *, probe: bool, surely: bool = False) -> None:
        """Note a failed request; `surely`: it could not even be sent, which alone is enough."""
        now = self.engine.clock.now()
        self._recent.append((now, False))
        if probe and self.active:
            self._probes += 1
            self.stop_probing()
        elif not self.active and not self._over and (surely or self._half_failed(now)):
            self._probes = 1
            self.engine.new_call(math.inf).emit(CircuitOpened, NAME)

    def end(self) -> None:
        """Let all requests go again."""
        if self.active:
            self.engine.new_call(math.inf).emit(CircuitClosed, NAME)
            self._probes = 0
            self._recent.clear()
            self.stop_probing()

    def end_for_good(self) -> None:
        """Stop holding requests back for good: the run is ending."""
        self._over = True
        self.end()
        self._pause.cancel()

    def stop_probing(self) -> None:
        """Let another caller probe: this one's probe has ended, or it had nothing to send."""
        self._probing = False
        self._changed.notify()

    def _half_failed(self, now: float) -> bool:
        failures = 0
        for at, through in self._recent:
            if not through and at > now - WITHIN:
                failures += 1
        return failures * 2 >= CALLS
