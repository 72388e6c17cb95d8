"""The other end of `typed_call`: answers every request with the order of order.json, in a process of its own.

    python benchmarks/server.py SECONDS

It answers so many seconds after a request came. It listens on a free port of 127.0.0.1, prints the
number, and ends by itself after LONGEST_LIFE seconds if nobody ended it before. It reads no more of
a request than where it ends, so that the machine has its time for the clients.
"""

import asyncio
import json
import re
import sys
from contextlib import suppress
from email.utils import formatdate
from pathlib import Path

LONGEST_LIFE = 180.0
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def answer() -> bytes:
    """A whole HTTP answer, with headers like those that come from behind a CDN."""
    order = json.loads((Path(__file__).parent / "order.json").read_text())
    body = json.dumps(order, separators=(",", ":")).encode()
    head = (
        "HTTP/1.1 200 OK",
        f"Date: {formatdate(usegmt=True)}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: keep-alive",
        "Server: cloudflare",
        "CF-Cache-Status: DYNAMIC",
        "X-Request-Id: 8d1c1d2e-0000-4000-8000-000000000000",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


class Answering(asyncio.Protocol):
    """One connection."""

    def __init__(self, answer: bytes, delay: float) -> None:
        self.answer = answer
        self.delay = delay
        self.unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what to answer to."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is there to its end."""
        self.unread += data
        while (end := self.unread.find(b"\r\n\r\n")) >= 0:
            length = LENGTH.search(self.unread, 0, end)
            size = end + 4 + (int(length[1]) if length else 0)
            if len(self.unread) < size:
                return
            self.unread = self.unread[size:]
            asyncio.get_running_loop().call_later(self.delay, self.transport.write, self.answer)


async def serve(delay: float) -> None:
    whole = answer()
    server = await asyncio.get_running_loop().create_server(
        lambda: Answering(whole, delay), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.sleep(LONGEST_LIFE)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(float(sys.argv[1])))
