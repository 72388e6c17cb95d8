"""Parses JSON within bounds, so that no answer can do more harm than be refused.

`parse` is exact and checks its bounds itself. `parse_unchecked` takes a third of the time and leaves
the checks to its caller: every value that the caller does not test otherwise has to pass
`within_bounds`. If anything fails there, `parse` has to read the text again, and decides.
"""

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

Loads = Callable[[bytes], Any]

# no document of Gelato's comes near these bounds. What is nested deeper than the interpreter's
# stack raises RecursionError wherever it is read. Many values hold up the event loop, these for up
# to half a second; a page of a search has some thousands
MAX_DEPTH = 64
MAX_VALUES = 150_000
# of a value that no model reads; the levels of the models around it come on top
MAX_UNREAD_DEPTH = MAX_DEPTH - 16
# orjson makes a float of an integer that has more than 64 bits, and loses digits
MAX_FLOAT = 9e15

_TOO_DEEP = f"it is nested more than {MAX_DEPTH} levels deep"

_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class NotJsonError(ValueError):
    """A text is not JSON, or exceeds the bounds; the message says which, and quotes nothing."""


def parse(text: bytes | str) -> Any:
    """Parse JSON of at most `MAX_VALUES` values and `MAX_DEPTH` levels.

    An unpaired surrogate, which no file and no database takes, becomes the replacement character.

    Raises:
        NotJsonError: the text is not JSON, or exceeds the bounds.
    """
    if isinstance(text, str):
        text = text.encode("utf-8", "replace")
    try:
        characters = text.decode("utf-8-sig")
        _check_size(text)
        value = json.loads(characters)
    except NotJsonError:
        raise
    except ValueError:
        raise NotJsonError("it is not JSON") from None
    except RecursionError:
        raise NotJsonError(_TOO_DEEP) from None
    if characters.count("[") + characters.count("{") > MAX_DEPTH:  # most answers have fewer
        _check_depth(value)
    if _ESCAPED_SURROGATE.search(characters):
        return _without_surrogates(value)
    return value


def parse_unchecked(text: bytes, loads: Loads | None = None) -> Any:
    """Parse JSON of at most `MAX_VALUES` values, as fast as can be; see the top of the module.

    `loads` is orjson's if that is installed, else `standard_loads`.

    Raises:
        ValueError: the text is not JSON, or only `parse` can read it.
    """
    _check_size(text)
    if loads is None:
        loads = fastest_loads()
    return loads(text)


@cache
def fastest_loads() -> Loads:
    """Return orjson's function if that is installed, else `standard_loads`."""
    try:
        import orjson  # noqa: PLC0415  an extra, and not needed before the first answer
    except ImportError:
        return standard_loads
    return orjson.loads


def standard_loads(text: bytes) -> Any:
    """Parse JSON that has no unpaired surrogate by the standard library."""
    characters = text.decode()
    if "\\" in characters and _ESCAPED_SURROGATE.search(characters):
        raise NotJsonError("it may contain an unpaired surrogate")
    return json.loads(characters)


def within_bounds(value: Any, levels: int = MAX_UNREAD_DEPTH) -> Any:
    """Return a part of what `parse_unchecked` returned, if `parse` returns the same.

    Raises:
        NotJsonError: that is not certain.
    """
    kind = type(value)
    if kind is float and not -MAX_FLOAT < value < MAX_FLOAT:
        raise NotJsonError("it has a number that may have been an integer")
    if kind is dict or kind is list:
        if levels == 0:
            raise NotJsonError("it may be too deep")
        for child in _children(value):
            if type(child) is not str:
                within_bounds(child, levels - 1)
    return value


def _check_size(text: bytes) -> None:
    # one of these stands before each value but the first; those inside strings are counted too,
    # which errs on the safe side
    if len(text) > MAX_VALUES and sum(map(text.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise NotJsonError(f"it has more than {MAX_VALUES} values")


def _check_depth(value: Any) -> None:
    # level by level, not by recursion: the stack is what is to be protected
    level = [value]
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for outer in level:
            inner += [child for child in _children(outer) if isinstance(child, (dict, list))]
        if not inner:
            return
        level = inner
    raise NotJsonError(_TOO_DEEP)


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, list):
        return value
    return ()


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(element) for element in value]
    if isinstance(value, dict):
        return {
            _without_surrogates(key): _without_surrogates(element) for key, element in value.items()
        }
    return value
