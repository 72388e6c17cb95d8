"""The little of ASGI 3 that a receiver needs; it imports no framework."""

from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

import anyio

from gelato_async.webhooks.answers import WebhookAnswer

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_DROPPED_BYTES = 16 * 1_048_576
_DROPPED_SECONDS = 5.0


class ClientGoneError(Exception):
    """The connection ended before the body did."""


class RequestBody:
    """The body of an ASGI request, part by part. No generator: it may be left at any point."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.is_whole: bool = False

    def __aiter__(self) -> "RequestBody":
        return self

    async def __anext__(self) -> bytes:
        if self.is_whole:
            raise StopAsyncIteration
        message = await self._receive()
        if message["type"] != "http.request":
            raise ClientGoneError
        self.is_whole = not message.get("more_body", False)
        part: bytes = message.get("body", b"")
        return part


async def respond(scope: Scope, body: RequestBody, send: Send, answer: WebhookAnswer) -> None:
    """Send an answer as plain text. One that came before the whole body was read ends the connection.

    What the client goes on sending is read for a while and dropped: a connection that is closed on
    it is reset, and many clients read no answer before they have sent all.
    """
    reason = answer.reason.encode()
    headers = {
        "content-type": "text/plain; charset=utf-8",
        "content-length": str(len(reason)),
        **answer.headers,
    }
    if not body.is_whole and scope.get("http_version", "1.1").startswith("1"):
        headers["connection"] = "close"
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": reason, "more_body": not body.is_whole})
    if not body.is_whole:
        await _drop(body)
        await send({"type": "http.response.body", "body": b""})


async def _drop(body: RequestBody) -> None:
    dropped = 0
    with suppress(ClientGoneError), anyio.move_on_after(_DROPPED_SECONDS):
        async for part in body:
            dropped += len(part)
            if dropped > _DROPPED_BYTES:
                return


async def live(receive: Receive, send: Send) -> None:
    """Go along with the lifespan of the server; there is nothing to start or to stop."""
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
