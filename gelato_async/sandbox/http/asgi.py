"""The part of ASGI 3 that the application needs: reading requests, sending answers, aborting.

What the sandbox answers, and why, is decided elsewhere.
"""

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from gelato_async.sandbox.answers import Answer, RefusedError

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# The extensions of a scope that the sandbox's own server adds: a function that aborts the
# connection, and the monotonic second at which the request's last bytes arrived.
ABORT = "gelato_async.sandbox.abort"
ARRIVED = "gelato_async.sandbox.arrived"

# The limit is the sandbox's own; the largest order has some hundred kilobytes.
_MOST_BYTES = 10 * 1024 * 1024


def raw_path(scope: Message) -> str:
    """Return the path as it was sent, still percent-encoded."""
    # Servers need not give a raw path; the test transport of httpx gives None.
    encoded = scope.get("raw_path") or quote(scope["path"]).encode()
    path: str = encoded.decode("ascii", "replace")
    # A client that takes the sandbox for a proxy sends the whole URL.
    if not path.startswith("/"):
        path = urlsplit(path).path
    return path


def query(scope: Message) -> dict[str, str]:
    """Return the parameters of the query; of those with one name the last."""
    text = scope.get("query_string", b"").decode("latin-1")
    return dict(parse_qsl(text, keep_blank_values=True))


def api_key(scope: Message) -> str:
    """Return the value of the X-API-KEY header, or an empty string."""
    return header(scope, b"x-api-key")


def header(scope: Message, wanted: bytes) -> str:
    """Return the value of a header, by its name in lower case, or an empty string."""
    for name, value in scope["headers"]:
        if name.lower() == wanted:
            text: str = value.decode("latin-1")
            return text
    return ""


def arrived(scope: Message) -> float | None:
    """Return the monotonic second at which the request arrived, if the server measured it."""
    second: float | None = scope.get("extensions", {}).get(ARRIVED)
    return second


async def read_body(receive: Receive) -> bytes:
    """Return the whole body. One that is too large is refused with 413, and not read on.

    The server drops the rest, so that the client can read the answer.
    """
    parts: list[bytes] = []
    size = 0
    while (message := await receive())["type"] == "http.request":
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > _MOST_BYTES:
            raise RefusedError(413, f"The body has more than {_MOST_BYTES:,} bytes")
        if not message.get("more_body"):
            break
    return b"".join(parts)


def json_object(body: bytes) -> dict[str, Any]:
    """Decode a body, or refuse it with 400."""
    try:
        content = json.loads(body, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        raise RefusedError(400, "The body is not valid JSON") from None
    # PHP writes an empty array where others write an empty object.
    if content == []:
        return {}
    if not isinstance(content, dict):
        raise RefusedError(400, "The body must be a JSON object")
    return content


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    # No answer could show it: JSON has no infinity.
    if math.isinf(number):
        raise ValueError(f"{text} is too large")
    return number


async def send_answer(answer: Answer, scope: Message, receive: Receive, send: Send) -> None:
    """Send an answer, or as much of it as its `cut` leaves before the connection is aborted."""
    if answer.cut == "nothing":
        await _abort(scope, receive)
        return
    if answer.pieces is not None:
        pieces = answer.pieces
        if scope["method"] == "HEAD":
            pieces = iter(())
        await _send_pieces(answer, pieces, send)
        return
    length = len(answer.body)
    if answer.cut:
        # An empty body cannot be cut short, so two bytes at least are announced.
        length = max(length, 2)
    headers = [*answer.headers, (b"content-length", str(length).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if not answer.cut:
        body = answer.body
        if scope["method"] == "HEAD":
            body = b""
        await send({"type": "http.response.body", "body": body})
        return
    half = answer.body[: length // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})
    await _abort(scope, receive)


async def _send_pieces(answer: Answer, pieces: Iterator[bytes], send: Send) -> None:
    start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
    await send(start)
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        await _let_others_run()
    await send({"type": "http.response.body"})


async def _let_others_run() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        # The application is called in memory, under trio.
        return
    await asyncio.sleep(0)


async def _abort(scope: Message, receive: Receive) -> None:
    abort = scope.get("extensions", {}).get(ABORT)
    if abort is None:
        raise ConnectionAbortedError("The fault plan aborts this connection")
    abort()
    # A server answers 500 if the application returns before the server has seen the connection go.
    while (await receive())["type"] != "http.disconnect":
        pass
