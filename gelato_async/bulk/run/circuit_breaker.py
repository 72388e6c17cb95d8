"""CircuitBreaker: while requests fail, one probe at a time goes out, at growing intervals, and everybody else waits."""

import math
from collections import deque

import anyio
from attrs import define, field

from gelato_async.client.engine import Engine
from gelato_async.core.events import CircuitClosed, CircuitOpened

LONGEST_PAUSE = 30.0
CALLS = 20
WITHIN = 10.0


@define(eq=False)
class CircuitBreaker:
    """Whether requests get through.

    Not when half of the last twenty within ten seconds failed, or one could not be sent.
    """

    engine: Engine
    ever_through: bool = False
    _recent: deque[tuple[float, bool]] = field(factory=lambda: deque(maxlen=CALLS))
    _probes: int = 0
    _probing: bool = False
    _over: bool = False
    _pause: anyio.CancelScope = field(factory=anyio.CancelScope)
    _changed: anyio.Event = field(factory=anyio.Event)

    @property
    def active(self) -> bool:
        """Whether an outage goes on."""
        return self._probes > 0

    async def wait(self) -> bool | None:
        """False where requests get through.

        Else wait until it is this caller's turn to probe (True), or for news (None).
        """
        if not self.active:
            return False
        if self._probing:
            await self._changed.wait()
            return None
        self._probing = True
        try:
            with anyio.CancelScope() as self._pause:
                await self.engine.clock.sleep(min(LONGEST_PAUSE, 2.0 ** min(self._probes - 1, 10)))
        except BaseException:
            self._let_others_try()
            raise
        return None if self._pause.cancelled_caught else True

    def got_through(self, *, probe: bool) -> None:
        """A request was answered, with whatever answer; only a probe's ends an outage."""
        self.ever_through = True
        self._recent.append((self.engine.clock.now(), True))
        if probe:
            self.end()

    def failed(self, *, probe: bool, surely: bool = False) -> None:
        """A request failed; `surely` where it could not even be sent, which is enough by itself."""
        now = self.engine.clock.now()
        self._recent.append((now, False))
        if probe and self.active:
            self._probes += 1
            self._let_others_try()
        elif not self.active and not self._over and (surely or self._half_failed(now)):
            self._probes = 1
            self.engine.new_call(math.inf).emit(CircuitOpened, "orders.create")

    def end(self) -> None:
        """Requests get through again."""
        if self.active:
            self.engine.new_call(math.inf).emit(CircuitClosed, "orders.create")
            self._probes = 0
            self._recent.clear()
            self._let_others_try()

    def end_for_good(self) -> None:
        """Nobody cares any more."""
        self._over = True
        self.end()
        self._pause.cancel()

    def stop_probing(self) -> None:
        """The prober found nothing to send, or nothing that could be sent."""
        self._let_others_try()

    def _half_failed(self, now: float) -> bool:
        failures = sum(1 for at, through in self._recent if not through and at > now - WITHIN)
        return failures * 2 >= CALLS

    def _let_others_try(self) -> None:
        self._probing = False
        self._changed.set()
        self._changed = anyio.Event()
