"""Stores: what a receiver remembers, so that each event is handled once.

`WebhookStore` and `LeasedStore` are the protocols, `MemoryStore` and `SqliteStore` implement them.
"""

import os
import secrets
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from enum import Enum
from functools import partial
from itertools import count
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

import anyio
from anyio import to_thread
from anyio.lowlevel import RunVar

T = TypeVar("T")

# The owner of a handled event is NULL; `at` is the POSIX time of the last change.
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
_SECONDS_BETWEEN_PURGES = 3_600.0
_numbers = count()


class Claim(Enum):
    """The answer of a store to a request for the right to handle an event."""

    GRANTED = "the caller may handle the event, and nobody else until it is finished or released"
    BUSY = "another delivery of the event is being handled"
    FINISHED = "the event was handled"


class WebhookStore(Protocol):
    """Remembers which events were handled; keys are those of `Event.deduplication_key`.

    Several receivers may share a store, in several processes if it reaches that far. `claim` has to
    be atomic. A claim of a process that died has to end by itself, within the five seconds between
    Gelato's tries if the next try is to succeed; a claim of a live process must not end: see
    `LeasedStore`.
    """

    async def claim(self, key: str, /) -> Claim:
        """Ask for the right to handle an event."""
        ...

    async def finish(self, key: str, /) -> None:
        """Record that an event was handled, for as long as duplicates may come."""
        ...

    async def release(self, key: str, /) -> None:
        """Give up a claim: the next caller may handle the event."""
        ...


@runtime_checkable
class LeasedStore(WebhookStore, Protocol):
    """A store whose claims expire; the receiver renews its claim while it handles an event.

    Attributes:
        lease: Seconds after which a claim that was not renewed expires. The receiver renews after
            each third of them.
    """

    lease: float

    async def renew(self, key: str, /) -> None:
        """Extend a claim by another lease, if the caller still holds it."""
        ...


class MemoryStore:
    """Remembers events for the life of this process.

    Args:
        capacity: How many events are remembered; the oldest are forgotten first.
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
        """Record that an event was handled."""
        with self._lock:
            self._claimed.discard(key)
            self._finished[key] = None
            while len(self._finished) > self.capacity:
                self._finished.popitem(last=False)

    async def release(self, key: str, /) -> None:
        """Give up a claim."""
        with self._lock:
            self._claimed.discard(key)


class SqliteStore:
    """Remembers events in a file, across restarts and for all processes of this machine.

    The file is created when it is first needed, readable by its owner alone. It holds the keys and
    times of events, and nothing else of them. The methods raise `sqlite3.Error` or `OSError` if the
    file cannot be used or stays locked by another program: a receiver then answers 500. They work
    in one thread of their own. Call `aclose` in the end.

    A store may be created before a process forks, if it is first used after the fork: each process
    then opens the file itself. A child process must not use a store that its parent has used,
    because SQLite connections do not survive a fork.

    Args:
        path: The file.
        retention: Seconds for which a handled event is remembered. Older ones are purged once an
            hour, by a `claim`.
        lease: Seconds after which a claim of another process that was not renewed may be taken
            over, because that process may have died. A receiver renews its claim while it handles
            an event, unless something blocks its event loop for longer than this. With less than
            five seconds the next of Gelato's tries succeeds.
        claim_timeout: Seconds after which a `claim` that waits for others raises `TimeoutError`.
        lock_timeout: Seconds that a method waits for a file that another program has locked.
        clock: Gives POSIX time.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        retention: float = 30 * _DAY,
        lease: float = 4.0,
        claim_timeout: float = 2.0,
        lock_timeout: float = 1.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.path: Path = Path(path).absolute()
        self.retention: float = retention
        self.lease: float = lease
        self._claim_timeout = claim_timeout
        self._lock_timeout = lock_timeout
        self._clock = clock
        self._owner = ""
        self._claimed: set[str] = set()
        self._purged_at = float("-inf")
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self._threads: RunVar[anyio.CapacityLimiter] = RunVar(
            f"gelato_async.webhooks.threads.{next(_numbers)}"
        )

    async def claim(self, key: str, /) -> Claim:
        """Ask for the right to handle an event."""
        # A late answer is useless: Gelato has given up by then, and tries again.
        with anyio.fail_after(self._claim_timeout):
            claim = await self._in_thread(partial(self._claim, key))
        if claim is Claim.GRANTED:
            self._claimed.add(key)
        return claim

    async def renew(self, key: str, /) -> None:
        """Extend a claim by another lease, if this store still holds it."""
        await self._in_thread(partial(self._renew, key))

    async def finish(self, key: str, /) -> None:
        """Record that an event was handled."""
        await self._in_thread(partial(self._finish, key))
        self._claimed.discard(key)

    async def release(self, key: str, /) -> None:
        """Give up a claim."""
        # Discarded first: if the file cannot be used, the lease ends the claim.
        self._claimed.discard(key)
        await self._in_thread(partial(self._release, key))

    async def purge(self) -> int:
        """Forget the events that are older than the retention, and return their number."""
        return await self._in_thread(self._purge)

    async def aclose(self) -> None:
        """Close the file. The next call of another method opens it again."""
        await to_thread.run_sync(self._close, limiter=self._limiter())

    async def _in_thread(self, act: Callable[[sqlite3.Connection], T]) -> T:
        return await to_thread.run_sync(self._transact, act, limiter=self._limiter())

    def _limiter(self) -> anyio.CapacityLimiter:
        # A locked file blocks this one thread, and none of the threads that anyio has for the rest
        # of the program. Limiters belong to an event loop, hence the RunVar.
        limiter = self._threads.get(None)
        if limiter is None:
            limiter = anyio.CapacityLimiter(1)
            self._threads.set(limiter)
        return limiter

    def _transact(self, act: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            if self._connection is None:
                self._connection = self._open()
            connection = self._connection
            connection.execute("BEGIN IMMEDIATE")
            # The connection as a context manager commits, or rolls back after an exception.
            with connection:
                return act(connection)

    def _claim(self, key: str, connection: sqlite3.Connection) -> Claim:
        now = self._clock()
        if now - self._purged_at > _SECONDS_BETWEEN_PURGES:
            self._purge(connection)
        row = connection.execute(
            "SELECT owner, at FROM gelato_webhooks WHERE key = ?", (key,)
        ).fetchone()
        if row is not None:
            owner, renewed_at = row
            if owner is None:
                return Claim.FINISHED
            # The clock may have been set back; a time in the future must not make a claim last.
            if abs(now - renewed_at) < self.lease:
                return Claim.BUSY
        # This process is alive, so its own claims do not expire.
        if key in self._claimed:
            return Claim.BUSY
        connection.execute(
            "INSERT OR REPLACE INTO gelato_webhooks VALUES (?, ?, ?)", (key, self._owner, now)
        )
        return Claim.GRANTED

    def _renew(self, key: str, connection: sqlite3.Connection) -> None:
        renewed = (self._clock(), key, self._owner)
        connection.execute("UPDATE gelato_webhooks SET at = ? WHERE key = ? AND owner = ?", renewed)

    def _finish(self, key: str, connection: sqlite3.Connection) -> None:
        connection.execute(
            "INSERT OR REPLACE INTO gelato_webhooks VALUES (?, NULL, ?)", (key, self._clock())
        )

    def _release(self, key: str, connection: sqlite3.Connection) -> None:
        own = (key, self._owner)
        connection.execute("DELETE FROM gelato_webhooks WHERE key = ? AND owner = ?", own)

    def _purge(self, connection: sqlite3.Connection) -> int:
        self._purged_at = self._clock()
        outdated = (self._purged_at - self.retention,)
        return connection.execute("DELETE FROM gelato_webhooks WHERE at < ?", outdated).rowcount

    def _open(self) -> sqlite3.Connection:
        # Not in __init__: processes that are forked before the first use need different owners.
        if not self._owner:
            self._owner = secrets.token_hex(8)
        # SQLite gives the files beside it, -wal and -shm, the mode of this one.
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(
            self.path, timeout=self._lock_timeout, isolation_level=None, check_same_thread=False
        )
        try:
            connection.executescript(_SCHEMA)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _close(self) -> None:
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()
