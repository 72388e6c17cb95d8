"""Keeps keys and recipients out of tracebacks.

Tools that report errors (Sentry, rich, `traceback` with `capture_locals`) show the variables of
every frame that an error came through, and arguments are such variables. A decorated function
empties its own frame and those below it before an error leaves it: lines and messages stay, values
do not.
"""

import inspect
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import wraps
from types import FunctionType
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C")

_SUSPENDABLE = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_ABOUT_ARGUMENTS = (TypeError, ValueError, AttributeError)


def hides_arguments(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function, not a coroutine function, whose arguments may hold a key or a recipient."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        handled = sys.exception()
        try:
            return function(*args, **kwargs)
        except Exception as error:
            _empty_frames(error, handled)
            del args, kwargs
            raise

    return call


def hides_arguments_of_methods(cls: type[C]) -> type[C]:
    """Decorate a class: its `__init__` and its own public methods hide their arguments."""
    for name, member in list(vars(cls).items()):
        if isinstance(member, FunctionType) and (name == "__init__" or not name.startswith("_")):
            hides = _hides_awaited if inspect.iscoroutinefunction(member) else hides_arguments
            setattr(cls, name, hides(member))
    return cls


def _hides_awaited(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    async def call(*args: Any, **kwargs: Any) -> Any:
        handled = sys.exception()
        try:
            return await function(*args, **kwargs)
        except Exception as error:
            _empty_frames(error, handled)
            del args, kwargs
            raise

    return call


def chain(error: BaseException, handled: BaseException | None = None) -> Iterator[BaseException]:
    """An error, its parts, its causes and what was being handled when it was raised.

    `handled` and what led to it are left out: they are the caller's own.
    """
    open_, seen = [error], {id(handled)}
    while open_:
        found = open_.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        parts = found.exceptions if isinstance(found, BaseExceptionGroup) else ()
        linked = (found.__cause__, found.__context__, *parts)
        open_ += [other for other in linked if other is not None]


def _empty_frames(error: BaseException, handled: BaseException | None) -> None:
    own = error.__traceback__
    if own is not None and own.tb_next is not None:
        # the decorated function's frame, which has certainly ended
        own.tb_next.tb_frame.clear()
    # Up to Python 3.12, to clear the frame of a suspended coroutine is to close the coroutine. An
    # error about an argument ends all that it came through. One that came from outside may be an
    # object that several calls share; by then our coroutines hold nothing that shows.
    kept = 0 if isinstance(error, _ABOUT_ARGUMENTS) else _SUSPENDABLE
    for found in chain(error, handled):
        for frame, _ in traceback.walk_tb(found.__traceback__):
            if not frame.f_code.co_flags & kept:
                with suppress(RuntimeError):  # it is still running
                    frame.clear()
