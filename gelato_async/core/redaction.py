"""Redactor: takes private values out of texts before an error shows them."""

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from types import NoneType
from typing import Any

from attrs import define

from gelato_async.core.errors import GelatoError

Mask = Callable[[str], str]

MASK = "***"
# the attributes of errors that may quote an answer
_SAID = frozenset({"message", "reason", "code", "request_id", "details", "body"})
ROOM = 65_536
"""How many characters of a JSON answer an error keeps."""

_MARKUP = re.compile("[<>&']")


class Redactor:
    """Takes private values (keys, names, streets ...) out of text that an error would show.

    `longest` is how many characters the longest spelling of one has.
    """

    def __init__(self, private: Iterable[str]) -> None:
        words = sorted(
            {value for text in private for value in _spellings(text)}, key=len, reverse=True
        )
        self.longest: int = len(words[0]) if words else 0
        self._pattern: re.Pattern[str] | None = None
        if words:
            self._pattern = re.compile("|".join(map(_word, words)), re.IGNORECASE)

    def text(self, text: str) -> str:
        """The text with every private value masked."""
        return self._pattern.sub(MASK, text) if self._pattern else text

    def cut(self, text: str, length: int) -> str:
        """The first `length` characters with every private value masked, one at the cut as a whole.

        No more of the text is looked at than that takes.
        """
        end = length
        start = text[: length + self.longest]
        for match in self._pattern.finditer(start) if self._pattern else ():
            if match.start() < length:
                end = max(end, match.end())
        return self.text(start[:end])

    def json(self, value: Any, room: int = ROOM) -> Any:
        """Plain JSON with every private value masked, wherever it stands.

        What would take more than `room` characters is left out.
        """
        return _JsonRedaction(self, room).value(value)


@define
class _JsonRedaction:
    redactor: Redactor
    room: int

    def value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.string(value)
        if isinstance(value, list):
            return [self.value(element) for element in self.while_there_is_room(value)]
        if isinstance(value, dict):
            pairs = self.while_there_is_room(value.items())
            return {self.string(key): self.value(element) for key, element in pairs}
        shown = str(value)
        self.room -= len(shown) + 1
        if isinstance(value, (bool, type(None))):
            return value
        return value if self.redactor.text(shown) == shown else MASK

    def string(self, text: str) -> str:
        room = max(0, self.room)
        self.room -= len(text) + 1
        return self.redactor.cut(text, room)

    def while_there_is_room(self, elements: Iterable[Any]) -> Iterator[Any]:
        return takewhile(lambda _: self.room > 0, elements)


def _spellings(text: str) -> set[str]:
    text = text.strip()
    if not text:
        return set()
    # as it is and closed up, as JSON with and without \u escapes (of markup too), as HTML of Python
    # and of PHP, as bytes that Python's errors quote, and with PHP's escaped slashes
    markup = html.escape(text)
    closed_up = "".join(text.split()) if len(text) > 5 else text
    as_json = (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
    safe_json = {_MARKUP.sub(lambda found: f"\\u{ord(found[0]):04x}", word) for word in as_json}
    quoted = repr(text.encode(errors="replace"))[2:-1]
    spellings = {text, closed_up, *as_json, *safe_json, markup, quoted}
    spellings.add(markup.replace("&#x27;", "&#039;"))
    return spellings | {spelling.replace("/", "\\/") for spelling in spellings}


def _word(text: str) -> str:
    # a short value like "NY" is masked as a word of its own, not inside others
    pattern = re.escape(text)
    return rf"(?<!\w){pattern}(?!\w)" if len(text) < 4 else pattern


def _masked(value: Any, mask: Mask) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [_masked(element, mask) for element in value]
    if isinstance(value, dict):
        return {mask(key): _masked(element, mask) for key, element in value.items()}
    if isinstance(value, (bool, NoneType)) or mask(str(value)) == str(value):
        return value
    return MASK


def redact(error: GelatoError, mask: Mask) -> None:
    """Mask what an error says; where that changed its message, its cause is not shown either.

    Ids and references stay: they are what an order is looked for by.
    """
    before = error.message
    for name in _SAID & vars(error).keys():
        setattr(error, name, _masked(getattr(error, name), mask))
    error.args = (error.message,)
    if error.message != before:
        error.__cause__, error.__context__, error.__suppress_context__ = None, None, True
