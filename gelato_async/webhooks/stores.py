"""What a receiver remembers, so that an event is handled once: a small protocol, in memory and in SQLite."""

import os
import secrets
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Protocol, TypeVar

from anyio import to_thread

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


class Claim(Enum):
    """What a store answers to somebody who wants to handle an event."""

    GRANTED = "nobody has handled it, and nobody else may before it is finished or released"
    BUSY = "somebody is handling it"
    FINISHED = "it was handled"


class WebhookStore(Protocol):
    """Remembers which events were handled; keys are those of `Event.deduplication_key`.

    Several receivers may share one, in several processes if it reaches that far. `claim` has to be atomic. A claim of a
    process that died has to end by itself, within the ten seconds of Gelato's three tries if its next try is to succeed.
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


class SqliteStore:
    """Remembers events in a file, over restarts and for all processes of this machine that use it.

    The file is made when it is first needed, readable by its owner alone. It holds the ids and times of events, and
    nothing else of them. The methods raise `sqlite3.Error` or `OSError` where it cannot be used. Call `aclose` in the end.

    Args:
        path: The file.
        retention: Seconds for which a handled event is remembered; older ones are purged by the way, once an hour.
        lease: Seconds after which a claim of another process is taken over, for that may have died. Less than ten lets
            Gelato's last try succeed; more is right where handling an event takes longer.
        clock: Gives POSIX time.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        retention: float = 30 * _DAY,
        lease: float = 8.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.path: Path = Path(path).absolute()
        self.retention: float = retention
        self.lease: float = lease
        self._clock = clock
        self._owner = secrets.token_hex(8)
        self._claimed: set[str] = set()
        self._purged = float("-inf")
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    async def claim(self, key: str, /) -> Claim:
        """Ask for the right to handle an event."""
        claim = await to_thread.run_sync(self._transact, self._claim, key)
        if claim is Claim.GRANTED:
            self._claimed.add(key)
        return claim

    async def finish(self, key: str, /) -> None:
        """Remember that it was handled."""
        await to_thread.run_sync(self._transact, self._finish, key)
        self._claimed.discard(key)

    async def release(self, key: str, /) -> None:
        """Give a claim back unused."""
        # first, for the file may be out of order: then the lease ends the claim
        self._claimed.discard(key)
        await to_thread.run_sync(self._transact, self._release, key)

    async def purge(self) -> int:
        """Forget the events that are older than the retention, and say how many they were."""
        return await to_thread.run_sync(self._transact, self._purge, "")

    async def aclose(self) -> None:
        """Close the file. It is opened again when it is needed again."""
        await to_thread.run_sync(self._close)

    def _transact(self, act: Callable[[sqlite3.Connection, str], T], key: str) -> T:
        with self._lock:
            connection = self._connection = self._connection or self._open()
            connection.execute("BEGIN IMMEDIATE")
            # commits, or rolls back on an exception
            with connection:
                return act(connection, key)

    def _claim(self, connection: sqlite3.Connection, key: str) -> Claim:
        now = self._clock()
        if now - self._purged > _BETWEEN_PURGES:
            self._purge(connection)
        row = connection.execute("SELECT owner, at FROM gelato_webhooks WHERE key = ?", (key,)).fetchone()
        if row is not None and row[0] is None:
            return Claim.FINISHED
        if key in self._claimed or (row is not None and abs(now - row[1]) < self.lease):
            return Claim.BUSY
        connection.execute("INSERT OR REPLACE INTO gelato_webhooks VALUES (?, ?, ?)", (key, self._owner, now))
        return Claim.GRANTED

    def _finish(self, connection: sqlite3.Connection, key: str) -> None:
        connection.execute("INSERT OR REPLACE INTO gelato_webhooks VALUES (?, NULL, ?)", (key, self._clock()))

    def _release(self, connection: sqlite3.Connection, key: str) -> None:
        connection.execute("DELETE FROM gelato_webhooks WHERE key = ? AND owner = ?", (key, self._owner))

    def _purge(self, connection: sqlite3.Connection, _: str = "") -> int:
        self._purged = self._clock()
        outdated = (self._purged - self.retention,)
        return connection.execute("DELETE FROM gelato_webhooks WHERE at < ?", outdated).rowcount

    def _open(self) -> sqlite3.Connection:
        # SQLite gives its neighbours, -wal and -shm, the mode of the file
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(self.path, timeout=10.0, isolation_level=None, check_same_thread=False)
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
