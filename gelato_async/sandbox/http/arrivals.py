"""When requests arrive: the moment at which the kernel received their last bytes.

Linux keeps that moment with the bytes, so neither a long answer, nor a collection of garbage, nor
another thread or process that keeps this one waiting makes requests look bunched. Elsewhere a
request arrives when it is read.
"""

import contextlib
import socket
import struct
import sys
import time
from typing import Any

# SO_TIMESTAMPNS, for which Python has no name.
_TIMESTAMPS = 35
_TIMESTAMP = struct.Struct("ll")
_NANOSECONDS = 1e-9


class Arrivals:
    """The arrival of the bytes that were read last, between a socket and what reads from it."""

    def __init__(self) -> None:
        self._last: float | None = None

    def note(self, timestamp: bytes) -> None:
        """Note the kernel's timestamp of what is being read."""
        seconds, nanoseconds = _TIMESTAMP.unpack(timestamp)
        # Read in this order, so that a pause between the two makes no arrival late.
        now = time.monotonic()
        age = time.time() - (seconds + nanoseconds * _NANOSECONDS)
        self._last = now - max(age, 0.0)

    def take(self) -> float:
        """Return the monotonic second at which the bytes arrived that have just been read."""
        last, self._last = self._last, None
        if last is None:
            return time.monotonic()
        return last


class Listener(socket.socket):
    """A listening socket that notes when the bytes arrive that its connections read."""

    def __init__(self, family: int, fileno: int) -> None:
        # asyncio leaves Nagle's algorithm on for a socket that does not name its protocol, which
        # costs 40 ms per request.
        super().__init__(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=fileno)
        self.arrivals: Arrivals = Arrivals()
        self._has_timestamps = False
        if sys.platform == "linux":
            # Connections inherit the option. An emulated kernel may not have it.
            with contextlib.suppress(OSError):
                self.setsockopt(socket.SOL_SOCKET, _TIMESTAMPS, 1)
                self._has_timestamps = True

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept a connection."""
        plain, address = super().accept()
        if not self._has_timestamps:
            return plain, address
        connection = _Connection(plain.family, plain.type, plain.proto, fileno=plain.detach())
        connection.arrivals = self.arrivals
        return connection, address


class _Connection(socket.socket):
    arrivals: Arrivals

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        data, messages, _, _ = self.recvmsg(size, socket.CMSG_SPACE(_TIMESTAMP.size), flags)
        # No other option is set that comes with messages.
        for _, _, timestamp in messages:
            self.arrivals.note(timestamp)
        return data
