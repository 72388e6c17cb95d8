"""Checks of options, whose messages name the option and say what it must be.

No message shows a key or another secret.
"""

import re
from collections.abc import Callable, Iterable
from math import inf
from os import PathLike
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs

from gelato_async.sandbox.data.keys import key_fault

Validator = Callable[[Any, "attrs.Attribute[Any]", Any], None]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_WORD = re.compile(r"[!-~]+")
_TEXT = re.compile(r"[!-~]([ -~]*[!-~])?")
_ORIGIN = re.compile(r"https?://[^/?#@\s]+")


def number(least: float = 0, most: float = inf) -> Validator:
    """Return a validator that requires a finite number of this range."""
    wanted = f"a number of at least {least:g}"
    if most < inf:
        wanted = f"a number from {least:g} to {most:g}"

    def check(_: object, field: "attrs.Attribute[Any]", value: Any) -> None:
        # NaN is in no range.
        if not _is_number(value, int | float) or not least <= value <= most or value == inf:
            raise ValueError(f"{field.name}: must be {wanted}, not {value!r}")

    return check


def whole(least: float = -inf, most: float = inf, *, or_none: bool = False) -> Validator:
    """Return a validator that requires a whole number of this range."""
    wanted = "a whole number"
    if most < inf:
        wanted += f" from {least:g} to {most:g}"
    elif least > -inf:
        wanted += f" of at least {least:g}"
    if or_none:
        wanted += ", or None"

    def check(_: object, field: "attrs.Attribute[Any]", value: Any) -> None:
        if or_none and value is None:
            return
        if not _is_number(value, int) or not least <= value <= most:
            raise ValueError(f"{field.name}: must be {wanted}, not {value!r}")

    return check


def one_of(*words: str) -> Validator:
    """Return a validator that requires one of these words."""

    def check(_: object, field: "attrs.Attribute[Any]", value: Any) -> None:
        if value not in words:
            raise ValueError(f"{field.name}: must be one of {', '.join(words)}, not {value!r}")

    return check


def text(_: object, field: "attrs.Attribute[Any]", value: Any) -> None:
    """Require a text."""
    if type(value) is not str:
        raise ValueError(f"{field.name}: must be a text, not {value!r}")


def flag(_: object, field: "attrs.Attribute[Any]", value: Any) -> None:
    """Require True or False."""
    if value is not True and value is not False:
        raise ValueError(f"{field.name}: must be True or False, not {value!r}")


def key(_: object, field: "attrs.Attribute[Any]", value: Any) -> None:
    """Require a key, a secret or a prefix that clients can send."""
    if fault := key_fault(field.name, value):
        raise ValueError(f"{field.name}: {fault}")


def url_or_none(_: object, field: "attrs.Attribute[Any]", value: Any) -> None:
    """Require the URL of a receiver, or None."""
    if value is not None and not _is_url(value):
        raise ValueError(
            f"{field.name}: must be a URL like http://127.0.0.1:8000/webhooks, without a user's"
            " name"
        )


def header_or_none(_: object, field: "attrs.Attribute[Any]", value: Any) -> None:
    """Require a pair of a header's name and its value, or None."""
    if value is not None and not _is_header(value):
        # The value is a secret, so the message does not show it.
        raise ValueError(
            f"{field.name}: must be a pair of a header's name and its value, like"
            " X-Webhook-Secret and some ASCII"
        )


def as_origins(origins: str | Iterable[str]) -> Any:
    """Make a tuple of one origin or several."""
    # The validator reports what is neither.
    if isinstance(origins, str) or not isinstance(origins, Iterable):
        return (origins,)
    return tuple(origins)


def are_origins(_: object, field: "attrs.Attribute[Any]", origins: tuple[Any, ...]) -> None:
    """Require origins, or *."""
    for origin in origins:
        if origin != "*" and not (isinstance(origin, str) and _ORIGIN.fullmatch(origin)):
            raise ValueError(
                f"{field.name}: must be origins like http://localhost:5173, or *, not {origin!r}"
            )


def path_or_none(_: object, field: "attrs.Attribute[Any]", value: Any) -> None:
    """Require a path, or None."""
    if value is not None and not isinstance(value, Path):
        raise ValueError(f"{field.name}: must be a path, not {value!r}")


def as_path(value: Any) -> Any:
    """Make a path of a text."""
    if isinstance(value, str | PathLike):
        return Path(value)
    return value


def _is_number(value: Any, kind: Any) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _is_url(text: Any) -> bool:
    if not isinstance(text, str):
        return False
    try:
        url = urlsplit(text)
        has_host = bool(url.hostname) and url.port != 0
    except ValueError:
        return False
    if url.scheme not in {"http", "https"} or url.username is not None:
        return False
    return has_host and bool(_WORD.fullmatch(text))


def _is_header(value: Any) -> bool:
    # A text is no pair, although it may have two letters.
    if not isinstance(value, tuple | list) or list(map(type, value)) != [str, str]:
        return False
    name, text = value
    return bool(_TOKEN.fullmatch(name) and _TEXT.fullmatch(text))
