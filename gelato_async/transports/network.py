"""What every connection of ours has, whichever library opens it: bounds, reset, proxy, certificates.

Nothing here opens or uses a connection.
"""

import socket
import ssl
import struct
import sys
from collections.abc import Iterable
from functools import cache
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from gelato_async.core.credentials import is_loopback

CONNECTIONS = 256
KEEPALIVE = 60.0

# struct linger has two shorts on Windows, two ints elsewhere
_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
RESET_ON_CLOSE = (socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
"""The socket option that makes a connection end by a reset, also when the process is killed.

Without it the kernel goes on delivering what a closed socket still holds: a create that was given
up while the network was down would arrive when the network comes back, after the order was looked
for. Closing after an answer was read loses nothing.
"""


def proxy_for(origin: str) -> str | None:
    """Return the URL of the proxy that the environment names for an origin."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if is_loopback(host) or proxy_bypass(host):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if proxy and "://" not in proxy:
        return f"http://{proxy}"
    return proxy


def is_secure(url: str) -> bool:
    """Whether a URL is one of TLS."""
    return url.startswith("https:")


@cache
def default_ssl_context() -> ssl.SSLContext:
    """Return the context with the usual certificates, or those that the environment names."""
    return httpx.create_ssl_context()


def headers_of(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Names in lower case, the values of repeated ones joined.

    Much faster than the mappings of HTTP libraries.
    """
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name in headers:
            value = f"{headers[name]}, {value}"
        headers[name] = value
    return headers
