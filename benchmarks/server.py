"""The other end of `typed_call`: answers every request with the order of order.json, in a process of its own.

A create is answered with its own reference and an id of its own, a search with no orders.

    python benchmarks/server.py SECONDS

It answers so many seconds after a request came. It listens on a free port of 127.0.0.1, prints the
number, and ends by itself after LONGEST_LIFE seconds if nobody ended it before. It reads no more of
a request than where it ends and a reference, so that the machine has its time for the clients.
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
# what is put in for each create: digits, as many each time
REFERENCE = re.compile(rb'"orderReferenceId": ?"benchmark-(\d{9})"')
NO_REFERENCE = b"000000000"
NO_ORDERS = b'{"orders":[]}'


def order_body() -> bytes:
    """An order whose id and reference end in `NO_REFERENCE`."""
    order = json.loads((Path(__file__).parent / "order.json").read_text())
    order["id"] = f"order-{NO_REFERENCE.decode()}"
    order["orderReferenceId"] = f"benchmark-{NO_REFERENCE.decode()}"
    return json.dumps(order, separators=(",", ":")).encode()


def answer(body: bytes) -> bytes:
    """A whole HTTP answer, with headers like those that come from behind a CDN."""
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

    def __init__(self, delay: float) -> None:
        self.order = answer(order_body())
        self.nothing = answer(NO_ORDERS)
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
            request, self.unread = self.unread[:size], self.unread[size:]
            found = self.nothing if request.startswith(b"POST /v4/orders:search") else self.order
            if reference := REFERENCE.search(request):
                found = found.replace(NO_REFERENCE, reference[1])
            asyncio.get_running_loop().call_later(self.delay, self.transport.write, found)


async def serve(delay: float) -> None:
    server = await asyncio.get_running_loop().create_server(
        lambda: Answering(delay), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.sleep(LONGEST_LIFE)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(float(sys.argv[1])))
