"""Redactor: takes private values out of texts before an error shows them."""

import html
import json
import re
from collections.abc import Callable, Iterable
from types import NoneType
from typing import Any

from gelato_async.core.errors import GelatoError

Mask = Callable[[str], str]

MASK = "***"
# the attributes of errors that may quote an answer
_SAID = frozenset({"message", "reason", "code", "request_id", "details", "body"})


class Redactor:
    """Takes private values (keys, names, streets ...) out of text that an error would show."""

    def __init__(self, private: Iterable[str]) -> None:
        words = sorted(
            {value for text in private for value in _spellings(text)}, key=len, reverse=True
        )
        self._pattern = re.compile("|".join(map(_word, words)), re.IGNORECASE) if words else None

    def text(self, text: str) -> str:
        """The text with every private value masked."""
        return self._pattern.sub(MASK, text) if self._pattern else text

    def json(self, value: Any) -> Any:
        """Plain JSON with every private value masked, wherever it stands."""
        return _masked(value, self.text)


def _spellings(text: str) -> set[str]:
    text = text.strip()
    # as it is and closed up, as JSON with and without \u escapes, as HTML of Python and of PHP, and
    # with PHP's escaped slashes
    markup = html.escape(text)
    closed_up = "".join(text.split()) if len(text) > 5 else text
    as_json = (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
    spellings = (
        {text, closed_up, *as_json, markup, markup.replace("&#x27;", "&#039;")} if text else set()
    )
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
