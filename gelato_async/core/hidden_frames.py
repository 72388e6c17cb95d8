"""hides_frames: keeps what a transport's errors came through out of their tracebacks."""

import sys
import traceback
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec

from gelato_async.core.errors import GelatoError
from gelato_async.core.messages import Response
from gelato_async.models.tracebacks import chain

P = ParamSpec("P")
Send = Callable[P, Coroutine[Any, Any, Response]]


def hides_frames(send: Send[P]) -> Send[P]:
    """Decorate a transport's `send`: its errors leave it without the frames that they came through.

    A traceback keeps the frame of every function it names, and a tool that reports errors may show
    their variables. Below `send` these are httpx's, with the key and the body as plain bytes.
    `models.tracebacks` empties such frames elsewhere, but a coroutine that is still suspended
    cannot be emptied, so here the frames are cut off altogether. The message stays. An error that
    is not of this package may come from a caller's own hook: the places where it passed are kept as
    text, in a note.
    """

    @wraps(send)
    async def _send_and_hide(*args: P.args, **kwargs: P.kwargs) -> Response:
        handled = sys.exception()
        try:
            return await send(*args, **kwargs)
        except BaseException as error:
            # an error of this package says all in its message, and a cancellation passes where
            # the caller expects it to
            if isinstance(error, Exception) and not isinstance(error, GelatoError):
                error.add_note("".join(traceback.format_tb(error.__traceback__)))
            # the causes too; not what the caller was handling before, which is its own
            for found in chain(error, handled):
                found.__traceback__ = None
            raise

    return _send_and_hide
