"""The other end of the calls that are measured, in a process of its own.

    python benchmarks/server.py SECONDS

It answers so many seconds after a request came: an order to everything, with the reference of the
create and an id of its own; no orders to a search; what the openai and stripe SDKs understand to
their calls. It listens on a free port of 127.0.0.1, prints the number, and ends by itself after
LONGEST_LIFE seconds if nobody ended it before. It reads no more of a request than where it ends and
a reference, so that the machine has its time for the clients.
"""

import asyncio
import json
import re
import sys
from contextlib import suppress
from email.utils import formatdate
from pathlib import Path

HERE = Path(__file__).parent
LONGEST_LIFE = 600.0
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
# what is put in for each create: digits, as many each time
REFERENCE = re.compile(rb'"orderReferenceId": ?"benchmark-(\d{9})"')
NO_REFERENCE = b"000000000"
NO_ORDERS = b'{"orders":[]}'
# by how the request begins
OTHER_APIS = {
    b"POST /v4/orders:search": NO_ORDERS,
    b"POST /v1/chat/completions": (HERE / "chat_completion.json").read_bytes(),
    b"POST /v1/payment_intents": (HERE / "payment_intent.json").read_bytes(),
}


def order_body() -> bytes:
    """An order whose id and reference end in `NO_REFERENCE`."""
    order = json.loads((HERE / "order.json").read_text())
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
        self.others = {start: answer(body) for start, body in OTHER_APIS.items()}
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
            found = self.answer_to(request)
            asyncio.get_running_loop().call_later(self.delay, self.transport.write, found)

    def answer_to(self, request: bytes) -> bytes:
        """Return the whole answer to a request."""
        # the path ends at the second space
        found = self.others.get(b" ".join(request.split(b" ", 2)[:2]), self.order)
        if reference := REFERENCE.search(request):
            return found.replace(NO_REFERENCE, reference[1])
        return found


async def serve(delay: float) -> None:
    server = await asyncio.get_running_loop().create_server(
        lambda: Answering(delay), "127.0.0.1", 0, backlog=1_000
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.sleep(LONGEST_LIFE)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(float(sys.argv[1])))
