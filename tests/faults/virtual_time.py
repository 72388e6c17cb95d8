"""Virtual time: hours of it take as long as their work, and pass the same way each time.

Time jumps to the next timer when every task waits. Work for threads, which is a journal's, is done
in place, or time would outrun it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from unittest import mock

import anyio
import anyio.to_thread
from trio.testing import MockClock

BACKENDS = ("asyncio", "trio")
# what a commit to a journal takes, in virtual seconds
THREAD_SECONDS = 0.004

# called before and after what a thread would do; a simulated process sets it to count its steps
on_thread: ContextVar[Callable[[], None]] = ContextVar("on_thread", default=lambda: None)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An asyncio loop whose time jumps. trio has the same built in."""

    def __init__(self) -> None:
        super().__init__()
        self._virtual = 0.0
        self._poll = self._selector.select
        self._selector.select = self._jump

    def time(self) -> float:
        return self._virtual

    def _jump(self, timeout: float | None = None) -> list[Any]:
        ready = self._poll(0)
        if ready:
            return ready
        if timeout is None:
            raise RuntimeError("every task waits for another one: nothing will ever happen")
        self._virtual += timeout
        return ready


def run(function: Callable[..., Awaitable[Any]], *args: Any, backend: str) -> Any:
    """Run a coroutine function in virtual time."""
    options = {
        "asyncio": lambda: {"loop_factory": VirtualLoop},
        "trio": lambda: {"clock": MockClock(autojump_threshold=0)},
    }
    with threads_in_place():
        return anyio.run(function, *args, backend=backend, backend_options=options[backend]())


@contextmanager
def threads_in_place() -> Iterator[None]:
    """Do what `anyio.to_thread.run_sync` is given at once."""
    with mock.patch("anyio.to_thread.run_sync", _run_in_place):
        yield


async def _run_in_place(function: Callable[..., Any], *args: Any, **_options: Any) -> Any:
    step = on_thread.get()
    step()
    answer = function(*args)
    step()
    with anyio.CancelScope(shield=True):
        await anyio.sleep(THREAD_SECONDS)
    return answer
