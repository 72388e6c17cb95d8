"""Where a backend's services are.

The documented hosts, or one `base_url` in place of all of them.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from urllib.parse import SplitResult, urlsplit

import idna
from attrs import evolve

from gelato_async.core.backend import Routes
from gelato_async.core.credentials import is_loopback
from gelato_async.core.operations.base import Operation

Paths = Mapping[type[Operation[Any]], str]

_ORIGIN = "an origin like https://host or http://127.0.0.1:8000"
# urlsplit takes some of these out, and what it keeps would reach the HTTP library
_NEVER_IN_A_URL = re.compile(r"[\s\x00-\x1f\x7f-\x9f\\]")
_LONGEST_NAME = 253
# with the underscore that names in container networks have
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


def origins(documented: Mapping[str, str], base_url: str | None) -> Mapping[str, str]:
    """The origin of each service.

    Raises:
        ValueError: `base_url` is more or less than an origin, or plain HTTP to another machine.
    """
    if not base_url:
        return documented
    origin = _validated_origin(base_url)
    return dict.fromkeys(documented, origin)


def _validated_origin(base_url: str) -> str:
    if not isinstance(base_url, str):
        raise TypeError(f"base_url must be a string, not a {type(base_url).__name__}")
    if _NEVER_IN_A_URL.search(base_url):
        raise ValueError(
            f"base_url must be {_ORIGIN}; it holds a blank, a control character or a backslash"
        )
    parts = _split(base_url)
    if parts is None:
        raise ValueError(f"base_url must be {_ORIGIN}; its host or port cannot be read")
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f"base_url must be {_ORIGIN}")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(
            f"base_url must be {_ORIGIN}, without a path: the paths of the API are kept"
        )
    host = _host_on_the_wire(parts.hostname)
    if host is None:
        raise ValueError(
            f"base_url must be {_ORIGIN}; its host is neither a host name nor an IP address"
        )
    if parts.scheme == "http" and not is_loopback(host.strip("[]")):
        raise ValueError(
            "base_url is plain HTTP to another machine, which would send the key in the clear: use"
            " https"
        )
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _split(base_url: str) -> SplitResult | None:
    # the error of the standard library shows a password that stands before the host
    with suppress(ValueError):
        parts = urlsplit(base_url)
        return parts if parts.port != 0 else None
    return None


def _host_on_the_wire(host: str) -> str | None:
    """The host in ASCII, None where it is none: a name beyond ASCII is encoded (IDNA 2008 and UTS 46)."""
    with suppress(ValueError):
        if ":" in host:
            # a scope, as in fe80::1%eth0, means something on one machine only
            return None if "%" in host else f"[{IPv6Address(host)}]"
        name = host if host.isascii() else idna.encode(host, uts46=True).decode()
        labels = name.removesuffix(".").split(".")
        if len(name) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)):
            return None
        # what ends in a number is an address: `127.1` and `0x7f000001` are ways to hide one
        return str(IPv4Address(name)) if _NUMBER.fullmatch(labels[-1]) else name
    return None


def with_paths(routes: Routes, paths: Paths, own: Mapping[str, str]) -> Routes:
    """The routes with other path templates.

    Raises:
        ValueError: a template is for no call of this API, or asks for a name that the call does not
        have.
    """
    changed = dict(routes)
    for operation, path in paths.items():
        if operation not in routes:
            raise ValueError(f"paths: this API has no {operation.__name__}")
        route = evolve(routes[operation], path=path)
        needed = routes[operation].names - own.keys()
        if (
            not path.startswith("/")
            or "{}" in path
            or not needed <= route.names <= needed | own.keys()
        ):
            names = ", ".join(f"{{{name}}}" for name in sorted(needed | own.keys())) or "no names"
            raise ValueError(
                f"paths: the template for {operation.__name__} must start with / and may use"
                f" {names}"
            )
        changed[operation] = route
    return changed
