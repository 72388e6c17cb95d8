"""Redactor: masks keys and recipients in texts before an error shows them.

Servers echo what they were sent: in a message, in HTML, in JSON with escapes. So private values are
searched for in every spelling in which an answer has been seen, or could be expected, to quote them
(`_spellings`). All that an error keeps of an answer goes through here.
"""

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import takewhile
from types import NoneType
from typing import Any

from attrs import define

from gelato_async.core.errors import GelatoError
from gelato_async.core.wire.private_keys import is_private, is_public_in_address

Mask = Callable[[str], str]

MASK = "***"
# the attributes of errors that may quote an answer; ids and references stay, since an order is
# looked for by them
_QUOTING = frozenset({"message", "reason", "code", "request_id", "details", "body"})
ROOM = 65_536
"""The most characters of a JSON answer that an error keeps."""

_MARKUP = re.compile("[<>&']")


class Redactor:
    """Masks private values (keys, names, streets ...) in text that an error would show.

    `longest` is the number of characters in the longest spelling of one. With `by_key`, JSON is
    masked by its keys too (`private_keys`), for an answer that may show a recipient whom the
    request does not name.
    """

    def __init__(self, private: Iterable[str], *, by_key: bool = False) -> None:
        self.by_key = by_key
        spellings: set[str] = set()
        for text in private:
            spellings |= _spellings(text)
        # the longest first: an alternative that matches hides those after it
        words = sorted(spellings, key=len, reverse=True)
        self.longest: int = 0
        self._pattern: re.Pattern[str] | None = None
        if words:
            self.longest = len(words[0])
            self._pattern = re.compile("|".join(map(_word, words)), re.IGNORECASE)

    def text(self, text: str) -> str:
        """Return the text with every private value masked."""
        if self._pattern is None:
            return text
        return self._pattern.sub(MASK, text)

    def cut(self, text: str, length: int) -> str:
        """Return the first `length` characters with every private value masked.

        A value that the cut would go through is masked as a whole. The text is searched no further
        than that takes.
        """
        if self._pattern is None:
            return text[:length]
        end = length
        start = text[: length + self.longest]
        for match in self._pattern.finditer(start):
            if match.start() < length:
                end = max(end, match.end())
        return self.text(start[:end])

    def json(self, value: Any, room: int = ROOM) -> Any:
        """Return plain JSON with every private value masked, in keys too.

        The result is cut off after about `room` characters.
        """
        return _JsonRedaction(self, room).value(value)


@define
class _JsonRedaction:
    redactor: Redactor
    room: int

    def value(self, value: Any) -> Any:
        """Return a value masked, and take its length from the room that is left."""
        if isinstance(value, str):
            return self.string(value)
        if isinstance(value, list):
            return [self.value(element) for element in self.while_there_is_room(value)]
        if isinstance(value, dict):
            pairs = self.while_there_is_room(value.items())
            return {self.string(key): self.element(key, element) for key, element in pairs}
        self.room -= len(str(value)) + 1
        return _masked_scalar(value, self.redactor.text)

    def element(self, key: str, value: Any) -> Any:
        """Return the value of a key of an object masked."""
        if self.redactor.by_key and is_private(key):
            return _hidden(value)
        return self.value(value)

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
    spellings = {text}
    if len(text) > 5:  # a shorter one without its blanks could be a part of any word
        spellings.add("".join(text.split()))
    # JSON with \u escapes, without, and with those of markup
    for as_json in (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]):
        spellings.add(as_json)
        spellings.add(_MARKUP.sub(lambda found: f"\\u{ord(found[0]):04x}", as_json))
    # HTML as Python and as PHP write it
    markup = html.escape(text)
    spellings.add(markup)
    spellings.add(markup.replace("&#x27;", "&#039;"))
    # bytes as the errors of Python quote them
    spellings.add(repr(text.encode(errors="replace"))[2:-1])
    # bytes of a server that does not write UTF-8, read as if it did
    for encoding in ("latin-1", "cp1252"):
        with suppress(UnicodeEncodeError):
            spellings.add(text.encode(encoding).decode(errors="replace"))
    # PHP escapes slashes in JSON
    return spellings | {spelling.replace("/", "\\/") for spelling in spellings}


def _word(text: str) -> str:
    pattern = re.escape(text)
    if len(text) < 4:  # "NY" is masked as a word of its own, not inside others
        return rf"(?<!\w){pattern}(?!\w)"
    return pattern


def _masked(value: Any, mask: Mask) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [_masked(element, mask) for element in value]
    if isinstance(value, dict):
        return {mask(key): _masked(element, mask) for key, element in value.items()}
    return _masked_scalar(value, mask)


def _hidden(value: Any) -> Any:
    """Mask all of a private value but its shape, and what an address may show."""
    if isinstance(value, list):
        return [_hidden(element) for element in value]
    if isinstance(value, dict):
        return {key: _hidden_in_address(key, element) for key, element in value.items()}
    if isinstance(value, (bool, NoneType)):
        return value
    return MASK


def _hidden_in_address(key: str, value: Any) -> Any:
    if is_public_in_address(key) and not isinstance(value, (dict, list)):
        return value
    return _hidden(value)


def _masked_scalar(value: Any, mask: Mask) -> Any:
    # true, false and null are not masked: a recipient called "True" is no secret in them
    if isinstance(value, (bool, NoneType)) or mask(str(value)) == str(value):
        return value
    return MASK


def redact(error: GelatoError, mask: Mask) -> None:
    """Mask the private values in an error's texts.

    If its message held one, its cause, which may quote the same, is dropped.
    """
    before = error.message
    for name in _QUOTING & vars(error).keys():
        setattr(error, name, _masked(getattr(error, name), mask))
    error.args = (error.message,)
    if error.message != before:
        error.__cause__, error.__context__, error.__suppress_context__ = None, None, True
