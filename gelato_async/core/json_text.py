"""Parses JSON within bounds, so that no answer can do more harm than be refused."""

import json
import re
from collections.abc import Iterable
from typing import Any

# no document of Gelato's comes near these bounds. What is nested deeper than the interpreter's
# stack raises RecursionError wherever it is read. Many values hold up the event loop, these for up
# to half a second; a page of a search has some thousands
MAX_DEPTH = 64
MAX_VALUES = 150_000

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
        _check_size(characters)
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


def _check_size(characters: str) -> None:
    # one of these stands before each value but the first; those inside strings are counted too,
    # which errs on the safe side
    if len(characters) > MAX_VALUES and sum(map(characters.count, ",[{")) > MAX_VALUES:
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
