"""HttpxTransport: the default transport, with one httpx transport per connection."""

import platform
import ssl
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Self

import anyio
import httpx
from attrs import define, field

from gelato_async._version import __version__
from gelato_async.core.errors import ConnectionFailedError
from gelato_async.core.hidden_frames import hides_frames
from gelato_async.core.messages import Request, Response
from gelato_async.transports.base import SendGate
from gelato_async.transports.body import (
    MAX_RESPONSE_BYTES,
    Body,
    UnreadableError,
    validated_limit,
)
from gelato_async.transports.failures import mapped, reason_of_end
from gelato_async.transports.network import (
    CONNECTIONS,
    KEEPALIVE,
    RESET_ON_CLOSE,
    default_ssl_context,
    headers_of,
    is_secure,
    proxy_for,
)
from gelato_async.transports.pool import ConnectionPool

_CONNECTED = ".connect_tcp.complete"
_SENDING = "http11.send_request_headers.started"
_SENT = "http11.send_request_headers.complete"

USER_AGENT = (
    f"gelato-async/{__version__} python/{platform.python_version()} httpx/{httpx.__version__}"
)


class HttpxTransport:
    """The default transport: at most `connections` at a time, each in an httpx transport of its own.

    A connection is used again last in, first out, closed after `keepalive` idle seconds, and thrown
    away whenever a request on it failed or was cancelled. `HTTPS_PROXY`, `NO_PROXY`,
    `SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured. `ssl_context` replaces the default one. An
    answer of more than `max_response_bytes`, as it comes in or unpacked, is read no further: after
    a 2xx status it is a `NoAnswerError` with that status, otherwise an answer without its body. The
    same transport serves several event loops, one after another or at once.

    Every connection has the option `RESET_ON_CLOSE`.
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
        """
        scheme, _, rest = request.url.partition("://")
        host = rest.partition("/")[0]
        try:
            lease = await self._pool.take(f"{scheme}://{host}", timeout)
        except TimeoutError:
            raise ConnectionFailedError(f"no connection came free within {timeout:g} s") from None
        exchange = Exchange(host, gate, timeout, self._max_response_bytes)
        try:
            gate.allow()
            return await exchange.run(lease.connection, request)
        finally:
            await self._pool.release(lease, reusable=exchange.reusable)

    async def aclose(self) -> None:
        """Close this event loop's connections; a later request opens new ones."""
        await self._pool.aclose()

    def _open(self, origin: str) -> httpx.AsyncBaseTransport:
        proxy = proxy_for(origin)
        context = self._ssl_context
        if context is None and (is_secure(origin) or is_secure(proxy or "")):
            context = default_ssl_context()
        return httpx.AsyncHTTPTransport(
            verify=context or _no_certificates(),
            limits=httpx.Limits(
                max_connections=1, max_keepalive_connections=1, keepalive_expiry=None
            ),
            proxy=proxy,
            # taken for direct connections alone, see `set_reset_on_close`
            socket_options=[RESET_ON_CLOSE],
        )


@define(eq=False)
class Exchange:
    """One request and its answer: what was seen of it, and so what its error means."""

    host: str
    gate: SendGate
    timeout: float
    max_response_bytes: int
    reusable: bool = True
    seen: bool = False
    status: int | None = None
    headers: Mapping[str, str] = field(factory=dict)
    body: Body | None = None
    scope: anyio.CancelScope = field(init=False, factory=anyio.CancelScope)

    async def run(self, connection: httpx.AsyncBaseTransport, request: Request) -> Response:
        """Send, and read the answer to its end."""
        self.reusable = False
        with self.scope:
            try:
                answer = await connection.handle_async_request(self._request(request))
                if not self.gate.sent:  # a mocked network reports no events
                    await self.gate.mark_sent()
                self.status = self.gate.status = answer.status_code
                self.headers = headers_of(answer.headers.raw)
                body = await self._read(answer)
            # an SSLError is what httpx makes nothing else of: a record that cannot be decrypted
            except (httpx.HTTPError, ssl.SSLError, UnreadableError) as error:
                return self._partial(error)
            self.reusable = True
            return Response(status=self.status, headers=self.headers, body=body)
        return self._partial(reason_of_end(self.body, self.timeout))

    async def _read(self, answer: httpx.Response) -> bytes:
        if not isinstance(answer.stream, httpx.AsyncByteStream):
            raise TypeError("the answer of an asynchronous transport has an asynchronous stream")
        self.body = Body(self.headers.get("content-encoding", ""), self.max_response_bytes)
        content = await self.body.read(answer.stream, self.scope)
        await answer.stream.aclose()
        return content

    async def _trace(self, name: str, info: Mapping[str, Any]) -> None:
        self.seen = True
        set_reset_on_close(name, info)
        if name == _SENDING and info["request"].method != b"CONNECT":
            # from here on the scope keeps the time, and no event says anything new
            info["request"].extensions.clear()
            # an error from here, a veto too, makes httpcore close the connection
            await self.gate.mark_sent()
            self.scope.deadline = anyio.current_time() + self.timeout
        # a proxy's CONNECT comes before
        if name == _SENT and self.gate.sent:
            self.gate.mark_written()

    def _request(self, request: Request) -> httpx.Request:
        headers = {"host": self.host, "user-agent": USER_AGENT, "accept-encoding": "gzip"}
        if request.method != "GET":
            headers["content-length"] = str(len(request.body))
        headers |= request.headers
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), self.timeout)
        return httpx.Request(
            request.method,
            _url(request.url),
            headers=headers,
            stream=_Body(request.body),
            extensions={"trace": self._trace, "timeout": timeouts},
        )

    def _partial(self, error: Exception) -> Response:
        left = None
        if self.seen:
            left = self.gate.sent
        if self.status is None or 200 <= self.status < 300:
            raise mapped(error, self.host, status=self.status, left=left) from error
        # a refusal is one without its body too
        return Response(status=self.status, headers=self.headers)


def set_reset_on_close(event: str, info: Mapping[str, Any]) -> None:
    """Set `RESET_ON_CLOSE` where a trace event says that a connection was opened.

    httpcore forgets the `socket_options` that it was given where it connects to a proxy.
    """
    if event.endswith(_CONNECTED):
        opened = info["return_value"].get_extra_info("socket")
        if opened is not None:
            opened.setsockopt(*RESET_ON_CLOSE)


# all creates go to one URL, and reading it takes as long as writing its request
_url = lru_cache(maxsize=64)(httpx.URL)


class _Body(httpx.AsyncByteStream):
    # httpx's own is a generator, which warns under trio when its request is cancelled

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._left = bool(body)

    def __aiter__(self) -> Self:
        self._left = bool(self._body)
        return self

    async def __anext__(self) -> bytes:
        if not self._left:
            raise StopAsyncIteration
        self._left = False
        return self._body


@cache
def _no_certificates() -> ssl.SSLContext:
    # plain HTTP needs none, and loading the usual ones takes 20 ms
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
