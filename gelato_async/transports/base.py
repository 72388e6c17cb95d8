"""Transport: what the engine asks of a transport, and what its errors may show."""

import sys
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, Protocol

from gelato_async.core.errors import GelatoError
from gelato_async.core.messages import Request, Response
from gelato_async.models.tracebacks import chain

BeforeSend = Callable[[], Awaitable[None]]

P = ParamSpec("P")
Send = Callable[P, Coroutine[Any, Any, Response]]


class Transport(Protocol):
    """Sends one request and reads its answer to the end."""

    def send(
        self, request: Request, *, timeout: float, before_send: BeforeSend
    ) -> Coroutine[Any, Any, Response]:
        """Send a request once (`async def`); no redirect is followed and nothing is repeated.

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


def hides_frames(send: Send[P]) -> Send[P]:
    """Decorate a transport's `send`: its errors forget the frames of the HTTP library.

    They hold the key and the body as plain bytes, and are coroutines, which cannot be emptied (see
    `models.tracebacks`). An error that is not of this package keeps their text as a note, since it
    may come from a caller's own hook.
    """

    @wraps(send)
    async def call(*args: P.args, **kwargs: P.kwargs) -> Response:
        handled = sys.exception()
        try:
            return await send(*args, **kwargs)
        except BaseException as error:
            if isinstance(error, Exception) and not isinstance(error, GelatoError):
                error.add_note("".join(traceback.format_tb(error.__traceback__)))
            for found in chain(error, handled):
                found.__traceback__ = None
            raise

    return call
