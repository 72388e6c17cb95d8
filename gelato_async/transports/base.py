"""Transport: what the engine asks of a transport."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from gelato_async.core.messages import Request, Response

BeforeSend = Callable[[], Awaitable[None]]


class Transport(Protocol):
    """Sends one request and reads its answer to the end."""

    async def send(self, request: Request, *, timeout: float, before_send: BeforeSend) -> Response:  # noqa: ASYNC109
        """Send a request once; no redirect is followed and nothing is repeated.

        `before_send` is awaited exactly once, at the moment of sending; its wait counts against no
        timeout. It is not awaited where nothing was sent.

        Raises:
            ConnectionFailedError: it is proved that nothing was sent.
            NoAnswerError: it was, or may have been, sent, and no whole answer came within `timeout`
                seconds.
        """
        ...

    async def aclose(self) -> None:
        """Close what is open; calling it twice is fine."""
