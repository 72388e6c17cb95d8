"""ConnectionPool: a stack of connections for each event loop.

Last in, first out; a connection is thrown away when anything goes wrong on it.
"""

import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from itertools import count
from typing import Generic, NamedTuple, Protocol, TypeVar

import anyio
from anyio.lowlevel import RunVar, RunvarToken
from attrs import define, field


class Connection(Protocol):
    """What a pool keeps."""

    async def aclose(self) -> None:
        """Close it."""


C = TypeVar("C", bound=Connection)

CLOSING_TIME = 2.0
_numbers = count()


class _Idle(NamedTuple, Generic[C]):
    origin: str
    connection: C
    since: float


@define(eq=False)
class _LoopState(Generic[C]):
    idle: list[_Idle[C]] = field(factory=list)
    waiting: "deque[anyio.Event]" = field(factory=deque)
    taken: int = 0
    closed: bool = False

    def free(self) -> None:
        # the place goes straight to the first in line: another caller cannot slip in between
        if self.waiting:
            self.waiting.popleft().set()
        else:
            self.taken -= 1

    def idle_to(self, origin: str) -> C | None:
        for position in range(len(self.idle) - 1, -1, -1):
            if self.idle[position].origin == origin:
                return self.idle.pop(position).connection
        return None


class Lease(NamedTuple, Generic[C]):
    """A connection in use, and where it goes back to."""

    origin: str
    connection: C
    state: _LoopState[C]


@define(eq=False)
class ConnectionPool(Generic[C]):
    """At most `limit` connections at a time in each event loop, of whichever library.

    httpx's own pool scans all its connections for every request, and is stuck for ever after some
    thousand cancelled requests.
    """

    open: Callable[[str], C]
    limit: int
    keepalive: float
    now: Callable[[], float] = time.monotonic
    _states: "RunVar[tuple[_LoopState[C], AsyncGenerator[None, None]]]" = field(init=False)
    _tokens: "RunVar[RunvarToken[tuple[_LoopState[C], AsyncGenerator[None, None]]]]" = field(
        init=False
    )

    def __attrs_post_init__(self) -> None:
        number = next(_numbers)
        self._states = RunVar(f"gelato_async.connections.{number}")
        self._tokens = RunVar(f"gelato_async.connections.{number}.token")

    async def take(self, origin: str, patience: float) -> Lease[C]:
        """Take a connection to `scheme://host:port`: the one used last, or a new one.

        Raises:
            TimeoutError: all were in use for `patience` seconds.
        """
        state = await self._state()
        if state.taken < self.limit:
            state.taken += 1
        else:
            with anyio.fail_after(patience):
                await _stand_in_line(state)
        try:
            await _close(self._expired(state))
            return Lease(origin, state.idle_to(origin) or self.open(origin), state)
        except BaseException:
            state.free()
            raise

    async def release(self, lease: Lease[C], *, reusable: bool) -> None:
        """Put a connection back, or throw it away. Close those that have been idle for too long."""
        state = lease.state
        state.free()
        if not reusable or state.closed:
            await _close([lease.connection])
            return
        state.idle.append(_Idle(lease.origin, lease.connection, self.now()))
        await _close(self._expired(state))

    async def aclose(self) -> None:
        """Close this loop's connections: idle ones now, those in use when they come back."""
        try:
            _, guard = self._states.get()
        except LookupError:
            return
        self._states.reset(self._tokens.get())
        with anyio.CancelScope(shield=True):
            await guard.aclose()

    async def _state(self) -> _LoopState[C]:
        try:
            return self._states.get()[0]
        except LookupError:
            state = _LoopState[C]()
        # suspended on purpose: as an event loop ends it finalises its asynchronous generators, and
        # this one closes the connections, which only their own loop can close
        guard = _close_with_the_loop(state)
        self._tokens.set(self._states.set((state, guard)))
        await guard.__anext__()
        return state

    def _expired(self, state: _LoopState[C]) -> list[C]:
        oldest = self.now() - self.keepalive
        if not state.idle or state.idle[0].since >= oldest:
            return []
        expired = [entry.connection for entry in state.idle if entry.since < oldest]
        state.idle = [entry for entry in state.idle if entry.since >= oldest]
        return expired


async def _stand_in_line(state: _LoopState[C]) -> None:
    turn = anyio.Event()
    state.waiting.append(turn)
    try:
        await turn.wait()
    except BaseException:
        if turn.is_set():
            state.free()
        else:
            state.waiting.remove(turn)
        raise


async def _close_with_the_loop(state: _LoopState[C]) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        state.closed = True
        await _close([entry.connection for entry in state.idle])
        state.idle.clear()


async def _close(connections: Sequence[Connection]) -> None:
    if connections:
        with anyio.move_on_after(CLOSING_TIME, shield=True):
            for connection in connections:
                await connection.aclose()
