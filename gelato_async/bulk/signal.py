"""Signal: wakes the tasks that wait for something to change."""

import anyio
from attrs import define


@define(eq=False)
class Signal:
    """A change that is announced to the tasks that wait at that moment, and to no later ones.

    A waiter looks at what it waits for first, and again each time it wakes:
    `while not ready(): await signal.wait()`.
    """

    _event: anyio.Event | None = None

    async def wait(self) -> None:
        """Wait for the next notification."""
        if self._event is None:
            self._event = anyio.Event()
        await self._event.wait()

    def notify(self) -> None:
        """Wake all tasks that wait now. A notification without a waiter costs nothing."""
        if self._event is not None:
            self._event.set()
            self._event = None
