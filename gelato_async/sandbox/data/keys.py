"""What the keys, secrets and prefixes of accounts may be: what a client can send."""

import re
from collections.abc import Mapping
from typing import Any

_PRINTABLE = re.compile(r"[!-~]+")
# What ends the value where it is put: a part of a path, and the first half of a key.
_ENDS: Mapping[str, str] = {"connect_prefix": "/?#", "connect_key": ":"}


def key_fault(name: str, value: Any) -> str | None:
    """Return why a key, secret or prefix cannot be used, or None; the value is not shown.

    Args:
        name: The name of the field that has the value.
        value: The value.
    """
    if not isinstance(value, str):
        return "must be a text"
    if not value:
        return "must not be empty"
    ends = _ENDS.get(name, "")
    if not _PRINTABLE.fullmatch(value) or not set(ends).isdisjoint(value):
        odd = ", ".join(["a space", "a line break", "a letter beyond ASCII", *ends])
        return f"has a character that clients cannot send there ({odd} ...): choose another"
    if name == "connect_prefix" and value in {".", ".."}:
        return "must not be '.' or '..', which no path keeps: choose another"
    return None
