"""The part of ASGI 3 that a receiver needs; this module imports no framework."""

from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

import anyio

from gelato_async.webhooks.answers import WebhookAnswer

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_MOST_DISCARDED_BYTES = 16 * 1_048_576


class ClientGoneError(Exception):
    """The connection ended before the body did."""


class RequestBody:
    """The body of an ASGI request, part by part.

    This is a class and no generator, so that the reader may stop at any part: trio warns of
    generators that are left unfinished.
    """

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


async def respond(
    scope: Scope, body: RequestBody, send: Send, answer: WebhookAnswer, discard_seconds: float
) -> None:
    """Send an answer as plain text, and close the connection if the body was not read to its end.

    What the client goes on sending is read for `discard_seconds` at most, and discarded. Closing a
    connection with unread input resets it, and many clients read no answer before they have sent
    the whole body.
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
        with anyio.move_on_after(discard_seconds):
            await _discard(body)
        await send({"type": "http.response.body", "body": b""})


async def _discard(body: RequestBody) -> None:
    discarded = 0
    with suppress(ClientGoneError):
        async for part in body:
            discarded += len(part)
            if discarded > _MOST_DISCARDED_BYTES:
                return


async def confirm_lifespan(receive: Receive, send: Send) -> None:
    """Confirm the server's start and end; a receiver has nothing to start or stop."""
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
