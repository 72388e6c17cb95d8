"""AiohttpTransport: sends through aiohttp, which takes less processor time; for asyncio alone.

This module imports no aiohttp, so the name is there without the extra. `aiohttp_connection` does;
it is imported when a transport is made.
"""

import asyncio
import re
import ssl
from importlib.metadata import version
from typing import TYPE_CHECKING

from gelato_async.core.errors import ConnectionFailedError
from gelato_async.core.hidden_frames import hides_frames
from gelato_async.core.messages import Request, Response
from gelato_async.transports.base import SendGate
from gelato_async.transports.body import MAX_RESPONSE_BYTES, validated_limit
from gelato_async.transports.network import (
    CONNECTIONS,
    KEEPALIVE,
    default_ssl_context,
    is_secure,
    proxy_for,
)
from gelato_async.transports.pool import ConnectionPool

if TYPE_CHECKING:
    from gelato_async.transports.aiohttp_connection import AiohttpConnection


class AiohttpTransport:
    """Sends as `HttpxTransport` does, through aiohttp, for a fraction of the processor time.

    Needs the extra `aiohttp` and asyncio (uvloop included); under trio `send` raises a
    `RuntimeError`. The arguments and the environment mean what they mean to `HttpxTransport`, but a
    SOCKS proxy is refused. A client does not close what it was given: `aclose` does, or the end of
    the event loop.

    Raises:
        ImportError: aiohttp is not installed, or is too old.
    """

    def __init__(
        self,
        *,
        connections: int = CONNECTIONS,
        keepalive: float = KEEPALIVE,
        ssl_context: ssl.SSLContext | None = None,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
    ) -> None:
        if connections < 1:
            raise ValueError(f"connections must be 1 or more, not {connections}")
        self._connection_class = _connection_class()
        self._ssl_context = ssl_context
        self._max_response_bytes = validated_limit(max_response_bytes)
        self._pool = ConnectionPool(self._open, connections, keepalive)

    @hides_frames
    async def send(self, request: Request, *, timeout: float, gate: SendGate) -> Response:  # noqa: ASYNC109
        """Send a request once, on a connection of its own for that time.

        Raises:
            ConnectionFailedError: it is proved that nothing was sent.
            NoAnswerError: no whole answer came within `timeout` seconds of sending, or it cannot be
                read.
            RuntimeError: the event loop is not one of asyncio.
        """
        scheme, _, rest = request.url.partition("://")
        host = rest.partition("/")[0]
        try:
            lease = await self._pool.take(f"{scheme}://{host}", timeout)
        except TimeoutError:
            raise ConnectionFailedError(f"no connection came free within {timeout:g} s") from None
        exchange = lease.connection.exchange(host, gate, timeout, self._max_response_bytes)
        try:
            gate.allow()
            exchange.reusable = False
            return await exchange.run(request)
        finally:
            await self._pool.release(lease, reusable=exchange.reusable)

    async def aclose(self) -> None:
        """Close this event loop's connections; a later request opens new ones."""
        await self._pool.aclose()

    def _open(self, origin: str) -> "AiohttpConnection":
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError(
                "AiohttpTransport needs asyncio: under trio use HttpxTransport, the default one"
            ) from None
        proxy = proxy_for(origin)
        context = self._ssl_context
        if context is None and (is_secure(origin) or is_secure(proxy or "")):
            context = default_ssl_context()
        return self._connection_class(origin, context, proxy)


def _connection_class() -> "type[AiohttpConnection]":
    try:
        _check_version(version("aiohttp"))
        from gelato_async.transports.aiohttp_connection import AiohttpConnection  # noqa: PLC0415
    except ImportError as error:
        raise ImportError(
            f"AiohttpTransport needs aiohttp 3.13.4 or later ({error}):"
            ' pip install "gelato-async[aiohttp]"',
            name="aiohttp",
        ) from error
    return AiohttpConnection


def _check_version(installed: str) -> None:
    # up to 3.13.3 an answer may have headers without end
    if [int(part) for part in re.findall(r"\d+", installed)[:3]] < [3, 13, 4]:
        raise ImportError(f"{installed} is installed")
