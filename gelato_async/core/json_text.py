"""From text to plain JSON, within bounds: no answer, however made, may do more than be refused."""

import json
import re
from itertools import chain
from typing import Any

# Bounds that no document of Gelato's comes near. What is nested deeper than the interpreter's stack
# raises RecursionError in whatever looks at it, and millions of values hold up the event loop.
MAX_DEPTH = 64
MAX_VALUES = 500_000

_TOO_DEEP = f"it is nested more than {MAX_DEPTH} levels deep"

_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class NotJsonError(ValueError):
    """A text is not JSON, or passes the bounds; the message says which, and quotes nothing."""


def parse(text: bytes | str) -> Any:
    """Plain JSON of at most `MAX_VALUES` values and `MAX_DEPTH` levels.

    An unpaired surrogate, which no file and no database takes, becomes the replacement character.

    Raises:
        NotJsonError: it is not.
    """
    raw = text.encode("utf-8", "replace") if isinstance(text, str) else text
    try:
        characters = raw.decode("utf-8-sig")
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
    return _without_surrogates(value) if _ESCAPED_SURROGATE.search(characters) else value


def _check_size(characters: str) -> None:
    # each value but the first stands behind one of these, in a text as well, which errs to the
    # safe side
    if len(characters) > MAX_VALUES and sum(map(characters.count, ",[{")) > MAX_VALUES:
        raise NotJsonError(f"it has more than {MAX_VALUES} values")


def _check_depth(value: Any) -> None:
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(MAX_DEPTH):
        inner = chain.from_iterable(
            found.values() if type(found) is dict else found for found in level
        )
        level = [found for found in inner if type(found) is dict or type(found) is list]
        if not level:
            return
    raise NotJsonError(_TOO_DEEP)


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
