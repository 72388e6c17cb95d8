"""What a receiver remembers, so that an event is handled once.

A small protocol, in memory and in SQLite.
"""

import os
import secrets
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from enum import Enum
from itertools import count
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

import anyio
from anyio import to_thread
from anyio.lowlevel import RunVar
from attrs import define, field

T = TypeVar("T")

_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS gelato_webhooks (
    key TEXT PRIMARY KEY,
    owner TEXT,
    at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS gelato_webhooks_at ON gelato_webhooks (at);
"""
_DAY = 86_400.0
_BETWEEN_PURGES = 3_600.0
_LOCKED = 1.0
_PATIENCE = 2.0
_numbers = count()


class Claim(Enum):
    """What a store answers to somebody who wants to handle an event."""

    GRANTED = "nobody has handled it, and nobody else may before it is finished or released"
    BUSY = "somebody is handling it"
    FINISHED = "it was handled"


class WebhookStore(Protocol):
    """Remembers which events were handled; keys are those of `Event.deduplication_key`.

    Several receivers may share one, in several processes if it reaches that far. `claim` has to be
    atomic. A claim of a process that died has to end by itself, within the five seconds between
    Gelato's tries if the next is to succeed; that of one that lives must not: see `LeasedStore`.
    """

    async def claim(self, key: str, /) -> Claim:
        """Ask for the right to handle an event."""
        ...

    async def finish(self, key: str, /) -> None:
        """Remember that it was handled, for as long as duplicates may come."""
        ...

    async def release(self, key: str, /) -> None:
        """Give a claim back unused: the next to ask may handle it."""
        ...


@runtime_checkable
class LeasedStore(WebhookStore, Protocol):
    """A store whose claims end by themselves; while an event is handled, the receiver renews its claim in time.

    Attributes:
        lease: Seconds after which a claim ends that was not renewed. It is renewed three times as
            often.
    """

    lease: float

    async def renew(self, key: str, /) -> None:
        """Have a claim last for another lease, if it is still one's own."""
        ...


class MemoryStore:
    """Remembers events for the life of this process.

    Args:
        capacity: How many; the oldest are forgotten first.
    """

    def __init__(self, capacity: int = 10_000) -> None:
        if capacity < 1:
            raise ValueError(f"capacity: must be at least 1, not {capacity}")
        self.capacity: int = capacity
        self._finished: OrderedDict[str, None] = OrderedDict()
        self._claimed: set[str] = set()
        self._lock = threading.Lock()

    async def claim(self, key: str, /) -> Claim:
        """Ask for the right to handle an event."""
        with self._lock:
            if key in self._finished:
                return Claim.FINISHED
            if key in self._claimed:
                return Claim.BUSY
            self._claimed.add(key)
            return Claim.GRANTED

    async def finish(self, key: str, /) -> None:
        """Remember that it was handled."""
        with self._lock:
            self._claimed.discard(key)
            self._finished[key] = None
            while len(self._finished) > self.capacity:
                self._finished.popitem(last=False)

    async def release(self, key: str, /) -> None:
        """Give a claim back unused."""
        with self._lock:
            self._claimed.discard(key)


@define(eq=False)
class _Process:
    """What a process may not share with those that it forks."""

    id: int = field(factory=os.getpid)
    owner: str = field(factory=lambda: secrets.token_hex(8))
    claimed: set[str] = field(factory=set)
    purged: float = float("-inf")
    connection: sqlite3.Connection | None = None
    lock: threading.Lock = field(factory=threading.Lock)
    forked_from: "_Process | None" = None


class SqliteStore:
    """Remembers events in a file, over restarts and for all processes of this machine that use it.

    The file is made when it is first needed, readable by its owner alone. It holds the ids and
    times of events, and nothing else of them. The methods raise `sqlite3.Error` or `OSError` where
    it cannot be used, after two seconds or so where another program holds it locked: a receiver
    then answers 500. They work in one thread of their own. A store may be made before a process
    forks, if it is first used after that. Call `aclose` in the end.

    Args:
        path: The file.
        retention: Seconds for which a handled event is remembered; older ones are purged by the
            way, once an hour.
        lease: Seconds after which the claim of another process is taken over if it was not renewed,
            for that process may have died. A receiver renews while it handles an event, as long as
            nothing blocks its event loop for longer than this. Less than five lets the next of
            Gelato's tries succeed.
        clock: Gives POSIX time.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        retention: float = 30 * _DAY,
        lease: float = 4.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.path: Path = Path(path).absolute()
        self.retention: float = retention
        self.lease: float = lease
        self._clock = clock
        self._process = _Process()
        self._threads: RunVar[anyio.CapacityLimiter] = RunVar(
            f"gelato_async.webhooks.threads.{next(_numbers)}"
        )

    async def claim(self, key: str, /) -> Claim:
        """Ask for the right to handle an event."""
        # it is worth nothing when it comes late: Gelato tries again
        with anyio.fail_after(_PATIENCE):
            claim = await self._in_thread(self._claim, key)
        if claim is Claim.GRANTED:
            self._here().claimed.add(key)
        return claim

    async def renew(self, key: str, /) -> None:
        """Have a claim last for another lease, if it is still one's own."""
        await self._in_thread(self._renew, key)

    async def finish(self, key: str, /) -> None:
        """Remember that it was handled."""
        await self._in_thread(self._finish, key)
        self._here().claimed.discard(key)

    async def release(self, key: str, /) -> None:
        """Give a claim back unused."""
        # first, for the file may be out of order: then the lease ends the claim
        self._here().claimed.discard(key)
        await self._in_thread(self._release, key)

    async def purge(self) -> int:
        """Forget the events that are older than the retention, and say how many they were."""
        return await self._in_thread(self._purge, "")

    async def aclose(self) -> None:
        """Close the file. It is opened again when it is needed again."""
        await to_thread.run_sync(self._close, limiter=self._limiter())

    async def _in_thread(self, act: Callable[[sqlite3.Connection, str], T], key: str) -> T:
        return await to_thread.run_sync(self._transact, act, key, limiter=self._limiter())

    def _limiter(self) -> anyio.CapacityLimiter:
        # a file that is locked holds up one thread, and none of those that the rest of the program
        # has
        limiter = self._threads.get(None)
        if limiter is None:
            limiter = anyio.CapacityLimiter(1)
            self._threads.set(limiter)
        return limiter

    def _here(self) -> _Process:
        if self._process.id != os.getpid():
            # kept, for SQLite's connections may not even be closed by another process
            self._process = _Process(forked_from=self._process)
        return self._process

    def _transact(self, act: Callable[[sqlite3.Connection, str], T], key: str) -> T:
        here = self._here()
        with here.lock:
            connection = here.connection = here.connection or self._open()
            connection.execute("BEGIN IMMEDIATE")
            # commits, or rolls back on an exception
            with connection:
                return act(connection, key)

    def _claim(self, connection: sqlite3.Connection, key: str) -> Claim:
        now, here = self._clock(), self._here()
        if now - here.purged > _BETWEEN_PURGES:
            self._purge(connection)
        row = connection.execute(
            "SELECT owner, at FROM gelato_webhooks WHERE key = ?", (key,)
        ).fetchone()
        if row is not None and row[0] is None:
            return Claim.FINISHED
        if key in here.claimed or (row is not None and abs(now - row[1]) < self.lease):
            return Claim.BUSY
        connection.execute(
            "INSERT OR REPLACE INTO gelato_webhooks VALUES (?, ?, ?)", (key, here.owner, now)
        )
        return Claim.GRANTED

    def _renew(self, connection: sqlite3.Connection, key: str) -> None:
        renewed = (self._clock(), key, self._here().owner)
        connection.execute("UPDATE gelato_webhooks SET at = ? WHERE key = ? AND owner = ?", renewed)

    def _finish(self, connection: sqlite3.Connection, key: str) -> None:
        connection.execute(
            "INSERT OR REPLACE INTO gelato_webhooks VALUES (?, NULL, ?)", (key, self._clock())
        )

    def _release(self, connection: sqlite3.Connection, key: str) -> None:
        own = (key, self._here().owner)
        connection.execute("DELETE FROM gelato_webhooks WHERE key = ? AND owner = ?", own)

    def _purge(self, connection: sqlite3.Connection, _: str = "") -> int:
        here = self._here()
        here.purged = self._clock()
        outdated = (here.purged - self.retention,)
        return connection.execute("DELETE FROM gelato_webhooks WHERE at < ?", outdated).rowcount

    def _open(self) -> sqlite3.Connection:
        # SQLite gives its neighbours, -wal and -shm, the mode of the file
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(
            self.path, timeout=_LOCKED, isolation_level=None, check_same_thread=False
        )
        try:
            connection.executescript(_SCHEMA)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _close(self) -> None:
        here = self._here()
        with here.lock:
            connection, here.connection = here.connection, None
            if connection is not None:
                connection.close()
