"""The answers of a receiver, and the reading of requests: headers, and a body of bounded size."""

from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Mapping
from io import BytesIO
from typing import Any

from attrs import field, frozen

Headers = Mapping[str, str] | Mapping[bytes, bytes] | Iterable[tuple[str | bytes, str | bytes]]
Body = bytes | bytearray | memoryview | AsyncIterable[bytes]

_MOST_DIGITS = 18


@frozen
class WebhookAnswer:
    """The answer to a delivery: `status` is for Gelato, `reason` is a line of text for people.

    | status | meaning |
    |---|---|
    | 200 | handled now or earlier, or accepted without being handled (`accept_unhandled`) |
    | 400 | not an event |
    | 401 | the secret is missing or wrong |
    | 409 | another delivery of the event is being handled |
    | 413 | larger than `max_body` |
    | 500 | something failed, see the log |
    | 501 | no function takes this event |

    Only 2xx counts as success: after any other status Gelato tries again, three times in all.
    """

    status: int
    reason: str
    headers: Mapping[str, str] = field(factory=dict, kw_only=True)

    @property
    def is_success(self) -> bool:
        """Whether Gelato takes the event as delivered."""
        return 200 <= self.status < 300


HANDLED = WebhookAnswer(200, "Handled")
HANDLED_ALREADY = WebhookAnswer(200, "Handled already")
UNAUTHENTICATED = WebhookAnswer(401, "The secret header is missing or wrong")
WRONG_METHOD = WebhookAnswer(405, "Webhooks are posted", headers={"allow": "POST"})
BUSY = WebhookAnswer(409, "Another delivery of this event is being handled")
TOO_LARGE = WebhookAnswer(413, "The body is too large")
FAILED = WebhookAnswer(500, "The event could not be handled")
ACCEPTED = WebhookAnswer(200, "Accepted without being handled")
# 501 and not 500: nothing has failed, this program lacks what a correct request asks for. Gelato
# tries again after both, and a version that was deployed meanwhile may have the function.
UNHANDLED = WebhookAnswer(501, "No function takes this event")


def header_values(headers: Headers, name: str) -> list[bytes]:
    """Return all values of a header.

    Names and values may be text or bytes, depending on the framework.
    """
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    wanted = name.lower().encode()
    return [_as_bytes(value) for key, value in pairs if _as_bytes(key).lower() == wanted]


def announced_length(headers: Headers) -> int:
    """Return the Content-Length, or 0 if it is missing or not a number."""
    values = header_values(headers, "content-length")
    if len(values) != 1 or not values[0].isdigit():
        return 0
    # Python refuses to convert thousands of digits. The first 18 suffice: they alone exceed any
    # limit.
    digits = values[0].lstrip(b"0")[:_MOST_DIGITS]
    return int(digits or b"0")


async def read(body: Body, limit: int) -> bytes | None:
    """Return the whole body, or None as soon as it exceeds the limit."""
    if isinstance(body, (bytes, bytearray, memoryview)):
        if memoryview(body).nbytes > limit:
            return None
        return bytes(body)
    # A buffer and no list of parts: if the body breaks off, the local variables in the traceback
    # show nothing of its content.
    content = BytesIO()
    async for part in body:
        content.write(part)
        del part
        if content.tell() > limit:
            await _close(body)
            return None
    return content.getvalue()


async def _close(body: AsyncIterable[bytes]) -> None:
    # trio warns of generators that are left unfinished.
    if isinstance(body, AsyncGenerator):
        await body.aclose()


def _as_bytes(text: Any) -> bytes:
    # Never raises, because anybody may send a request.
    if isinstance(text, str):
        return text.encode("utf-8", "surrogatepass")
    if isinstance(text, (bytes, bytearray, memoryview)):
        return bytes(text)
    return b""
