"""Credentials: the key that a backend sends. No repr and no error here shows it.

An `Account` is all that tells one client of an API from another, and needs nothing of the API: a
client has its account when it is made, and its backend when it sends.
"""

import hashlib
import ipaddress
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from attrs import field, frozen


@frozen
class Credentials:
    """The value of the `x-api-key` header, and the texts in it that no error may show."""

    header: str = field(repr=False)
    private: tuple[str, ...] = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """A hash of the key, to tell keys apart without showing them."""
        return hashlib.sha256(self.header.encode()).hexdigest()


class Account(NamedTuple):
    """A customer of an API: the origin of each service, the key, and the names in its paths."""

    origins: Mapping[str, str]
    credentials: Credentials
    path_values: Mapping[str, str]


def validated_key(value: str | None, name: str, variable: str, forbidden: str = "") -> str:
    """Check a key, secret or prefix, and return it.

    `name` and `variable`, the environment variable, are for the error; `forbidden` are characters
    that would end the value where it is put.

    Raises:
        ValueError: it is missing, or contains a character that no key has; it is never quoted.
        TypeError: it is not a string.
    """
    if value is not None and not isinstance(value, str):
        raise TypeError(f"the {name} must be a string")
    if not value:
        raise ValueError(f"no {name}: pass it, or set the environment variable {variable}")
    # a line break would begin another header; blanks and letters beyond ASCII, which no header
    # takes, come of careless copying
    impossible = {" ", *forbidden}
    if not value.isascii() or not value.isprintable() or not impossible.isdisjoint(value):
        odd = ", ".join(["a space", "a line break", "a letter beyond ASCII", *forbidden])
        raise ValueError(
            f"the {name} contains a character that no key has ({odd} ...): copy it again"
        )
    return value


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, so that nothing sent to it crosses a network."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
