import heapq
import signal
from itertools import count

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
from support.orders import new_address, new_order

from gelato_async import Clock

EPOCH = 1_700_000_000.0


def pytest_collection_modifyitems(items):
    for item in items:
        if "process" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.system)


@pytest.fixture(autouse=True, scope="session")
def interruptible():
    # a shell starts what runs in its background deaf to Ctrl-C, and so would be all that these
    # tests start
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class VirtualClock:
    """Time that passes only when every task that knows it is asleep.

    Then it is the moment the first one wakes up at.
    """

    def __init__(self):
        self.time = 0.0
        self.slept = []
        self._activity = 0
        self._numbers = count()
        self._sleepers = []

    @property
    def clock(self):
        return Clock(now=self.now, sleep=self.sleep, wall=self.wall)

    def now(self):
        self._activity += 1
        return self.time

    def wall(self):
        return EPOCH + self.time

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self._activity += 1
        entry = [self.time + max(seconds, 0.0), next(self._numbers), anyio.Event()]
        heapq.heappush(self._sleepers, entry)
        try:
            while self.time < entry[0]:
                await self._wait_or_advance(entry)
        finally:
            self._sleepers.remove(entry)
            heapq.heapify(self._sleepers)
            if self._sleepers:
                self._sleepers[0][2].set()

    async def _wait_or_advance(self, entry):
        if self._sleepers[0] is not entry:
            await entry[2].wait()
            entry[2] = anyio.Event()
            return
        quiet, activity = 0, self._activity
        while quiet < 12:
            # a thread at work (a journal's) is activity too: time must not outrun it, nor this loop
            # keep it from running
            busy = anyio.to_thread.current_default_thread_limiter().borrowed_tokens
            await (anyio.sleep(0.0002) if busy else anyio.lowlevel.checkpoint())
            quiet = quiet + 1 if activity == self._activity and not busy else 0
            activity = self._activity
        if self._sleepers[0] is entry:
            self.time = max(self.time, entry[0])


@pytest.fixture
def virtual():
    return VirtualClock()


@pytest.fixture
def address():
    return new_address()


@pytest.fixture
def make_order():
    return new_order
