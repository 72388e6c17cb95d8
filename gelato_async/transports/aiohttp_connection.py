"""What imports aiohttp: one connection, and one exchange on it.

aiohttp's own pool uses the connection first that has been idle longest, and lets others overtake
those that wait. So each connection is a session of aiohttp that has no other, and our pool keeps
the sessions.
"""

import asyncio
import platform
import socket
import ssl
from base64 import b64encode
from functools import cache

import aiohttp
import anyio
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import AddrInfoType, Connection
from aiohttp.http_exceptions import HttpProcessingError
from attrs import define, field, frozen
from yarl import URL

from gelato_async._version import __version__
from gelato_async.core.messages import Request, Response
from gelato_async.transports.base import SendGate
from gelato_async.transports.body import Body, UnreadableError
from gelato_async.transports.failures import mapped, reason_of_end
from gelato_async.transports.network import RESET_ON_CLOSE, headers_of

USER_AGENT = (
    f"gelato-async/{__version__} python/{platform.python_version()} aiohttp/{aiohttp.__version__}"
)

# bytes: aiohttp's own 8,190 are less than httpx takes
_LONGEST_HEADER = 65_536
_NO_DEFAULTS = ("accept", "accept-encoding", "content-type", "user-agent")


class MalformedAnswerError(Exception):
    """What came is not HTTP."""


class _CarriedError(Exception):
    """Carries an error through aiohttp, which would make another of it or send again."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


@frozen(repr=False)
class Proxy:
    """A proxy: its URL without credentials, since aiohttp's errors show it, and these beside it."""

    url: URL
    authorization: dict[str, str]

    @classmethod
    def of(cls, text: str) -> "Proxy":
        """Read the URL of a proxy.

        Raises:
            ValueError: aiohttp can use no proxy of this kind.
        """
        url = URL(text)
        if url.scheme not in {"http", "https"}:
            raise ValueError(f"AiohttpTransport can use no {url.scheme} proxy, only http and https")
        if url.user is None:
            return cls(url, {})
        pair = f"{url.user}:{url.password or ''}".encode()
        credentials = f"Basic {b64encode(pair).decode()}"
        return cls(url.with_user(None), {"proxy-authorization": credentials})


class AiohttpConnection:
    """A session of aiohttp with a single connection, which it opens when a request needs one."""

    def __init__(
        self, ssl_context: ssl.SSLContext | None, proxy: str | None, keepalive: float
    ) -> None:
        self.proxy: Proxy | None = None
        if proxy is not None:
            self.proxy = Proxy.of(proxy)
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                ssl=ssl_context or True,
                limit=1,
                keepalive_timeout=keepalive,
                resolver=aiohttp.ThreadedResolver(),
                use_dns_cache=False,
                socket_factory=_socket,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            request_class=_GatedRequest,
            skip_auto_headers=_NO_DEFAULTS,
            auto_decompress=False,
            max_line_size=_LONGEST_HEADER,
            max_field_size=_LONGEST_HEADER,
        )
        # those of the last request
        self._transport: asyncio.Transport | None = None
        self._protocol: ResponseHandler | None = None

    def exchange(self, host: str, gate: SendGate, timeout: float, limit: int) -> "Exchange":
        """Begin an exchange. There is one at a time."""
        if self.has_ended():
            self.abort()
        return Exchange(self, host, gate, timeout, limit)

    def has_ended(self) -> bool:
        """Whether the server closed it, or sent what would be taken for the next answer."""
        return self._protocol is not None and self._protocol.should_close

    def note(self, opened: Connection) -> None:
        """Note what a request is about to be written to."""
        self._transport, self._protocol = opened.transport, opened.protocol

    def abort(self) -> None:
        """Reset what is open, which drops what it still holds."""
        if self._transport is not None:
            self._transport.abort()

    async def aclose(self) -> None:
        """Close the session, and reset what it has open."""
        self.abort()
        await self.session.close()


@define(eq=False, repr=False)
class Exchange:
    """One request and its answer: what was seen of it, and so what its error means."""

    connection: AiohttpConnection
    host: str
    gate: SendGate
    timeout: float
    max_response_bytes: int
    reusable: bool = True
    refusal: Exception | None = None
    answer: aiohttp.ClientResponse | None = None
    body: Body | None = None
    scope: anyio.CancelScope = field(init=False, factory=anyio.CancelScope)

    async def run(self, request: Request) -> Response:
        """Send, and read the answer to its end."""
        self.reusable = False
        try:
            with self.scope:
                return await self._exchange(request)
            failure = reason_of_end(self.body, self.timeout)
        except _CarriedError as carried:
            failure = carried.error
        except (aiohttp.ClientError, HttpProcessingError, OSError, UnreadableError) as error:
            failure = error
        finally:
            if not self.reusable:
                self._give_up()
        # outside of the handlers: aiohttp's errors hold the headers of the request, so none of them
        # is the cause of ours
        return self._partial(failure.with_traceback(None))

    async def before_writing(self, opened: Connection) -> None:
        """Pass the gate: the connection stands, and what follows is the writing."""
        self.connection.note(opened)
        try:
            await self.gate.mark_sent()
        except Exception as error:
            self.refusal = error
            raise
        self.scope.deadline = anyio.current_time() + self.timeout
        # the gate may have taken minutes
        if self.connection.has_ended():
            raise aiohttp.ServerDisconnectedError

    async def _exchange(self, request: Request) -> Response:
        self.answer = answer = await self._send(request)
        self.gate.status = answer.status
        self.body = Body(answer.headers.get("content-encoding", ""), self.max_response_bytes)
        content = await self.body.read(answer.content.iter_any(), self.scope)
        self.reusable = True
        return Response(status=answer.status, headers=headers_of(answer.raw_headers), body=content)

    async def _send(self, request: Request) -> aiohttp.ClientResponse:
        headers = {"user-agent": USER_AGENT, "accept-encoding": "gzip", **request.headers}
        url = URL(request.url, encoded=True)
        proxy_url, proxy_headers = None, None
        if (proxy := self.connection.proxy) is not None:
            proxy_url = proxy.url
            if url.scheme == "https":
                proxy_headers = {"user-agent": USER_AGENT, **proxy.authorization}
            else:
                headers |= proxy.authorization
        return await self.connection.session.request(
            request.method,
            url,
            data=request.body or None,
            headers=headers,
            allow_redirects=False,
            timeout=_until_connected(self.timeout),
            middlewares=[self._once],
            proxy=proxy_url,
            proxy_headers=proxy_headers,
        )

    async def _once(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        if isinstance(request, _GatedRequest):
            request.exchange = self
        try:
            return await handler(request)
        except (aiohttp.ClientError, OSError) as error:
            # after some of these aiohttp would send a GET or DELETE a second time
            raise _CarriedError(error) from None

    def _give_up(self) -> None:
        self.connection.abort()
        if self.answer is not None:
            self.answer.close()

    def _partial(self, failure: Exception) -> Response:
        if self.refusal is not None:
            raise self.refusal
        shown = _shown(failure)
        if self.answer is None:
            raise mapped(shown, self.host, status=None, left=self.gate.sent)
        status = self.answer.status
        if 200 <= status < 300:
            raise mapped(shown, self.host, status=status, left=True)
        # a refusal is one without its body too
        return Response(status=status, headers=headers_of(self.answer.raw_headers))


class _GatedRequest(aiohttp.ClientRequest):
    exchange: Exchange

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        # aiohttp calls this when the connection stands, its TLS and the proxy's CONNECT included
        await self.exchange.before_writing(conn)
        return await super().send(conn)


def _shown(error: Exception) -> Exception:
    """Replace an error whose text quotes the answer, which may echo the request."""
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return error
    if isinstance(error, (aiohttp.ClientResponseError, HttpProcessingError)):
        return MalformedAnswerError("what came is not HTTP")
    if isinstance(error, aiohttp.ClientPayloadError):
        return aiohttp.ClientPayloadError("the body ended too early, or is not HTTP")
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return aiohttp.ServerDisconnectedError()
    return error


@cache
def _until_connected(seconds: float) -> aiohttp.ClientTimeout:
    """Limit the time up to where the connection stands; the rest has a deadline of its own."""
    return aiohttp.ClientTimeout(total=None, connect=seconds, sock_connect=seconds)


def _socket(address: AddrInfoType) -> socket.socket:
    family, kind, protocol, _, _ = address
    opened = socket.socket(family, kind, protocol)
    opened.setsockopt(*RESET_ON_CLOSE)
    return opened
