"""What a receiver answers, and the reading of what it is asked.

Headers and a body of bounded size.
"""

from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Mapping
from io import BytesIO
from typing import Any

from attrs import field, frozen

Headers = Mapping[str, str] | Mapping[bytes, bytes] | Iterable[tuple[str | bytes, str | bytes]]
Body = bytes | bytearray | memoryview | AsyncIterable[bytes]

_DIGITS = 18


@frozen
class WebhookAnswer:
    """The answer to a delivery: `status` counts, `reason` is a line of text for people.

    | status | meaning |
    |---|---|
    | 200 | handled now or earlier, or accepted without being handled (`accept_unhandled`) |
    | 400 | not an event |
    | 401 | the secret is missing or wrong |
    | 409 | another delivery of the event is being handled |
    | 413 | larger than `max_body` |
    | 500 | something failed, see the log |
    | 501 | no function takes this event |

    Gelato takes 2xx alone for success: after any other status it tries again, three times in all.
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
# 501, since the request is right and this program lacks what it asks for; unlike 500 it says that
# nothing has failed. Gelato tries again after both, and perhaps a program that was just deployed
# has the function
UNHANDLED = WebhookAnswer(501, "No function takes this event")


def header_values(headers: Headers, name: str) -> list[bytes]:
    """All values of a header.

    Names and values may be text or bytes, as different frameworks have them.
    """
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return [
        _as_bytes(value) for key, value in pairs if _as_bytes(key).lower() == name.lower().encode()
    ]


def announced_length(headers: Headers) -> int:
    """The Content-Length, or 0 where there is none to rely on."""
    values = header_values(headers, "content-length")
    if len(values) != 1 or not values[0].isdigit():
        return 0
    # Python refuses to read thousands of digits; so many are too large, whatever comes after them
    return int(values[0].lstrip(b"0")[:_DIGITS] or b"0")


async def read(body: Body, limit: int) -> bytes | None:
    """The whole body, or None as soon as it is known to be larger than the limit."""
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body) if memoryview(body).nbytes <= limit else None
    # if the body breaks off, the variables here show nothing of it
    found = BytesIO()
    async for part in body:
        found.write(part)
        del part
        if found.tell() > limit:
            await _leave(body)
            return None
    return found.getvalue()


async def _leave(body: AsyncIterable[bytes]) -> None:
    # trio warns of generators that are left unfinished
    if isinstance(body, AsyncGenerator):
        await body.aclose()


def _as_bytes(text: Any) -> bytes:
    # never raises, for it reads what anybody may send
    if isinstance(text, str):
        return text.encode("utf-8", "surrogatepass")
    return bytes(text) if isinstance(text, (bytes, bytearray, memoryview)) else b""
