"""Credentials: the key a backend sends, checked without ever being shown."""

import hashlib
import ipaddress

from attrs import field, frozen


@frozen
class Credentials:
    """Who asks: the header's value, and the texts in it that no error may show.

    The repr shows nothing of either.
    """

    header: str = field(repr=False)
    private: tuple[str, ...] = field(repr=False)

    @property
    def digest(self) -> str:
        """Tells keys apart without naming them."""
        return hashlib.sha256(self.header.encode()).hexdigest()


def validated_key(value: str | None, name: str, variable: str, forbidden: str = "") -> str:
    """A key, secret or prefix that may stand where it is going to stand.

    Raises:
        ValueError: it is empty or holds characters that none has; the text never echoes it.
    """
    if value is not None and not isinstance(value, str):
        raise TypeError(f"the {name} must be a string")
    if not value:
        raise ValueError(f"no {name}: pass it, or set the environment variable {variable}")
    if (
        not value.isascii()
        or not value.isprintable()
        or " " in value
        or any(c in value for c in forbidden)
    ):
        odd = ", ".join(["a space", "a line break", "a letter beyond ASCII", *forbidden])
        raise ValueError(f"the {name} holds a character that none has ({odd} ...): copy it again")
    return value


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine: nothing sent to it crosses a network."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
