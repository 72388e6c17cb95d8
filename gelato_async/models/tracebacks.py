"""Keeps keys and recipients out of tracebacks.

A traceback keeps the frame of every function that an error came through, and a frame keeps its
variables, the arguments among them. Tools that report errors (Sentry, rich, `traceback` with
`capture_locals`) send these variables along: `GelatoClient(api_key)` that fails would send the key,
`orders.create(order)` the recipient.

So the functions that get such arguments are decorated. When an error leaves one, the decorator
clears its frame and all frames below: file, line and message stay in the traceback, the variables
do not. The decorator's own frame drops its arguments too. Errors of the caller's own that were
being handled at the time are left alone. `GuardedIterator` does the same for each step of an
iterator, like the readers of order files.
"""

import inspect
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import wraps
from types import FunctionType
from typing import Any, Generic, ParamSpec, Self, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C")

_SUSPENDABLE = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
# what a wrong argument raises, long before anything is awaited
_ABOUT_ARGUMENTS = (TypeError, ValueError, AttributeError)


def hides_arguments(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function, not a coroutine function, whose arguments may hold a key or a recipient."""

    @wraps(function)
    def _call_and_hide(*args: P.args, **kwargs: P.kwargs) -> R:
        handled = sys.exception()
        try:
            return function(*args, **kwargs)
        except Exception as error:
            _empty_frames(error, handled)
            del args, kwargs
            raise

    return _call_and_hide


def hides_arguments_of_methods(cls: type[C]) -> type[C]:
    """Decorate a class: its `__init__` and its own public methods hide their arguments."""
    for name, member in list(vars(cls).items()):
        if not isinstance(member, FunctionType):
            continue
        if name.startswith("_") and name != "__init__":
            continue
        if inspect.iscoroutinefunction(member):
            setattr(cls, name, _hides_awaited(member))
        else:
            setattr(cls, name, hides_arguments(member))
    return cls


class GuardedIterator(Generic[R]):
    """An iterator whose values may hold a recipient: its errors show no variables."""

    def __init__(self, values: Iterator[R]) -> None:
        self._values = values

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> R:
        handled = sys.exception()
        try:
            return next(self._values)
        except Exception as error:
            _empty_frames(error, handled)
            raise


def _hides_awaited(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    async def _await_and_hide(*args: Any, **kwargs: Any) -> Any:
        handled = sys.exception()
        try:
            return await function(*args, **kwargs)
        except Exception as error:
            _empty_frames(error, handled)
            del args, kwargs
            raise

    return _await_and_hide


def chain(error: BaseException, handled: BaseException | None = None) -> Iterator[BaseException]:
    """Iterate over an error, its parts, its causes, and what was being handled when it was raised.

    `handled` and what led to it are left out: they are the caller's own.
    """
    open_, seen = [error], {id(handled)}
    while open_:
        found = open_.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        linked = [found.__cause__, found.__context__]
        if isinstance(found, BaseExceptionGroup):
            linked += found.exceptions
        open_ += [other for other in linked if other is not None]


def _empty_frames(error: BaseException, handled: BaseException | None) -> None:
    own = error.__traceback__
    if own is not None and own.tb_next is not None:
        # the decorated function's frame, which has certainly ended
        own.tb_next.tb_frame.clear()
    # Up to Python 3.12, to clear the frame of a suspended coroutine is to close the coroutine. An
    # error about an argument ends everything that it came through, so that nothing is suspended
    # any more. Another one may be an object that several calls share, and pass through coroutines
    # that go on: they are left, and hold nothing that shows by then.
    kept = _SUSPENDABLE
    if isinstance(error, _ABOUT_ARGUMENTS):
        kept = 0
    for found in chain(error, handled):
        for frame, _ in traceback.walk_tb(found.__traceback__):
            if not frame.f_code.co_flags & kept:
                with suppress(RuntimeError):  # it is still running
                    frame.clear()
