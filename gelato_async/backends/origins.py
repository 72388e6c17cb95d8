"""Where the services of an API are: the documented hosts, or `base_url` in place of all of them.

Checked once, before any request is made.
"""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, urlsplit

import idna

from gelato_async.core.credentials import is_loopback

_ORIGIN = "an origin like https://host or http://127.0.0.1:8000"
# Patterns, which `re` compiles when a base URL is given: few clients have one.
# urlsplit removes some of these silently and passes the others on to the HTTP library
_NEVER_IN_A_URL = r"[\s\x00-\x1f\x7f-\x9f\\]"
# characters that a name may have in the DNS, without a dot at its end
_LONGEST_NAME = 253
# with the underscore, which names in container networks may have
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_NUMBER = r"[0-9]+|0x[0-9a-f]*"


def origins(documented: Mapping[str, str], base_url: str | None) -> Mapping[str, str]:
    """Return the origin of each service.

    Raises:
        ValueError: `base_url` is not an origin, or is plain HTTP to another machine.
        TypeError: it is not a string.
    """
    if base_url is None:
        return documented
    origin = _validated_origin(base_url)
    return dict.fromkeys(documented, origin)


def _validated_origin(base_url: str) -> str:
    if not isinstance(base_url, str):
        raise TypeError(f"base_url must be a string, not a {type(base_url).__name__}")
    if not base_url:
        # a script whose variable for the sandbox is unset must not order at the documented hosts
        raise ValueError(
            "base_url is empty: leave it out, or unset its environment variable, for Gelato's own hosts"
        )
    if re.search(_NEVER_IN_A_URL, base_url):
        raise ValueError(
            f"base_url must be {_ORIGIN}; it contains a blank, a control character or a backslash"
        )
    parts = _split(base_url)
    if parts is None:
        raise ValueError(f"base_url must be {_ORIGIN}; its host or port cannot be read")
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f"base_url must be {_ORIGIN}")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(
            f"base_url must be {_ORIGIN}, without a path: the API's own paths are appended"
        )
    host = _host_on_the_wire(parts.hostname)
    if host is None:
        raise ValueError(
            f"base_url must be {_ORIGIN}; its host is neither a host name nor an IP address"
        )
    if parts.scheme == "http" and not is_loopback(host.strip("[]")):
        raise ValueError(
            "base_url is plain HTTP to another machine, which would send the key unencrypted: use"
            " https"
        )
    if parts.port is None:
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{parts.port}"


def _split(base_url: str) -> SplitResult | None:
    # the error of the standard library is dropped, since it shows a password before the host
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:
        return None
    # any free port to a server that listens, and none to connect to
    if port == 0:
        return None
    return parts


def _host_on_the_wire(host: str) -> str | None:
    """The host in ASCII, encoded where necessary (IDNA 2008, UTS 46); None if it is not a host."""
    try:
        if ":" in host:
            return _ipv6(host)
        if not host.isascii():
            host = idna.encode(host, uts46=True).decode()
        labels = host.removesuffix(".").split(".")
        if len(host) > _LONGEST_NAME or not all(re.fullmatch(_LABEL, label) for label in labels):
            return None
        if re.fullmatch(_NUMBER, labels[-1]):
            # an address: `127.1` and `0x7f000001`, which hide one, are refused
            return str(IPv4Address(host))
    except ValueError:
        return None
    return host


def _ipv6(host: str) -> str | None:
    # a scope, as in fe80::1%eth0, has a meaning on one machine only
    if "%" in host:
        return None
    return f"[{IPv6Address(host)}]"
