"""The little of ASGI 3 that a receiver needs; it imports no framework."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from gelato_async.webhooks.answers import WebhookAnswer

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class ClientGoneError(Exception):
    """The connection ended before the body did."""


class RequestBody:
    """The body of an ASGI request, part by part. No generator: it may be left at any point."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_whole = False

    def __aiter__(self) -> "RequestBody":
        return self

    async def __anext__(self) -> bytes:
        if self._is_whole:
            raise StopAsyncIteration
        message = await self._receive()
        if message["type"] != "http.request":
            raise ClientGoneError
        self._is_whole = not message.get("more_body", False)
        part: bytes = message.get("body", b"")
        return part


async def respond(send: Send, answer: WebhookAnswer) -> None:
    """Send an answer as plain text. One that came before the whole body was read ends the connection."""
    body = answer.reason.encode()
    headers = {"content-type": "text/plain; charset=utf-8", "content-length": str(len(body)), **answer.headers}
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


async def live(receive: Receive, send: Send) -> None:
    """Go along with the lifespan of the server; there is nothing to start or to stop."""
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
