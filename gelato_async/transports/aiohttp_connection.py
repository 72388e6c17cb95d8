"""What imports aiohttp: one connection, and one exchange on it.

aiohttp opens the connection, with its proxy and TLS, and reads the answers. Its client session is
left out: it takes more time than both, sends some requests a second time by itself, and uses the
connection first that has been idle longest. What is used beside documented parts of aiohttp is
`TCPConnector.connect` and the protocol of the connection (`set_response_params`, `read`,
`should_close`).
"""

import platform
import select
import socket
import ssl
import sys
from base64 import b64encode

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


class MalformedAnswerError(Exception):
    """What came is not HTTP."""


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
    """A connection to an origin, opened when a request needs one."""

    def __init__(self, origin: str, ssl_context: ssl.SSLContext | None, proxy: str | None) -> None:
        self._origin = URL(origin)
        self._proxy: Proxy | None = None
        if proxy is not None:
            self._proxy = Proxy.of(proxy)
        self._connector = aiohttp.TCPConnector(
            ssl=ssl_context or True,
            resolver=aiohttp.ThreadedResolver(),
            use_dns_cache=False,
            socket_factory=_socket,
        )
        self._opened: Connection | None = None

    def exchange(self, host: str, gate: SendGate, timeout: float, limit: int) -> "Exchange":
        """Begin an exchange. There is one at a time."""
        return Exchange(self, host, gate, timeout, limit)

    async def open(self, seconds: float) -> ResponseHandler:
        """Return what stands and is fit for a request; open it within so many seconds if need be.

        Raises:
            ClientError, OSError: it cannot be opened.
        """
        if self._opened is None or not _is_fit(self._opened):
            self.abort()
            self._opened = await self._connect(seconds)
        if self._opened.protocol is None:
            raise aiohttp.ServerDisconnectedError
        return self._opened.protocol

    async def _connect(self, seconds: float) -> Connection:
        limits = aiohttp.ClientTimeout(total=None, connect=seconds, sock_connect=seconds)
        try:
            return await self._connector.connect(self._destination(), [], limits)
        except TimeoutError:
            raise aiohttp.ConnectionTimeoutError(f"nothing within {seconds:g} s") from None

    def abort(self) -> None:
        """Reset what is open, which drops what it still holds."""
        if self._opened is not None:
            if self._opened.transport is not None:
                self._opened.transport.abort()
            self._opened.close()
            self._opened = None

    async def aclose(self) -> None:
        """Reset what is open, and close what opens it."""
        self.abort()
        await self._connector.close()

    def content_of(self, request: Request, host: str) -> bytes:
        """A request as it is written.

        Raises:
            ValueError: it has a character that would end a line, or that HTTP does not know.
        """
        headers = {
            "host": host,
            "user-agent": USER_AGENT,
            "accept-encoding": "gzip",
            "content-length": str(len(request.body)),
            **request.headers,
        }
        if request.method == "GET":
            del headers["content-length"]
        target = "/" + request.url.partition("://")[2].partition("/")[2]
        if self._proxy is not None and self._origin.scheme == "http":
            target = request.url
            headers |= self._proxy.authorization
        lines = [f"{request.method} {target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        text = "".join(lines)
        if " " in target or not (text.isascii() and text.isprintable()):
            raise ValueError("the URL or a header has a character that HTTP forbids there")
        return "\r\n".join([*lines, "", ""]).encode() + request.body

    def _destination(self) -> aiohttp.ClientRequest:
        # a request that is never sent: what aiohttp takes the address, the proxy and TLS from
        if self._proxy is None:
            return aiohttp.ClientRequest("GET", self._origin)
        headers = {"user-agent": USER_AGENT}
        if self._origin.scheme == "https":
            headers |= self._proxy.authorization
        return aiohttp.ClientRequest(
            "GET", self._origin, proxy=self._proxy.url, proxy_headers=headers
        )


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
    status: int | None = None
    headers: dict[str, str] = field(init=False, factory=dict)
    body: Body | None = None
    scope: anyio.CancelScope = field(init=False, factory=anyio.CancelScope)

    async def run(self, request: Request) -> Response:
        """Send, and read the answer to its end."""
        self.reusable = False
        try:
            with self.scope:
                return await self._exchange(request)
            failure = reason_of_end(self.body, self.timeout)
        except (aiohttp.ClientError, HttpProcessingError, OSError, UnreadableError) as error:
            failure = error
        finally:
            if not self.reusable:
                self.connection.abort()
        # outside of the handler: aiohttp's errors quote the answer, so none of them is a cause
        return self._partial(failure.with_traceback(None))

    async def _exchange(self, request: Request) -> Response:
        opened = await self.connection.open(self.timeout)
        opened.set_response_params(
            skip_payload=request.method == "HEAD",
            read_until_eof=True,
            auto_decompress=False,
            max_line_size=_LONGEST_HEADER,
            max_field_size=_LONGEST_HEADER,
        )
        content = self.connection.content_of(request, self.host)
        await self._pass_gate()
        # the gate may have taken minutes
        if opened.transport is None or opened.should_close:
            raise aiohttp.ServerDisconnectedError
        opened.transport.write(content)
        self.gate.mark_written()
        return await self._read(opened)

    async def _pass_gate(self) -> None:
        try:
            await self.gate.mark_sent()
        except Exception as error:
            self.refusal = error
            raise
        self.scope.deadline = anyio.current_time() + self.timeout

    async def _read(self, opened: ResponseHandler) -> Response:
        answer, stream = await opened.read()
        while answer.code < 200:
            answer, stream = await opened.read()
        self.gate.status = self.status = answer.code
        self.headers = headers_of(answer.raw_headers)
        self.body = Body(self.headers.get("content-encoding", ""), self.max_response_bytes)
        content = await self.body.read(stream.iter_any(), self.scope)
        self.reusable = True
        if opened.should_close:
            self.connection.abort()
        return Response(status=answer.code, headers=self.headers, body=content)

    def _partial(self, failure: Exception) -> Response:
        if self.refusal is not None:
            raise self.refusal
        shown = _shown(failure)
        if self.status is None or 200 <= self.status < 300:
            raise mapped(shown, self.host, status=self.status, left=self.gate.sent)
        # a refusal is one without its body too
        return Response(status=self.status, headers=self.headers)


def _is_fit(opened: Connection) -> bool:
    """Whether the server has neither closed it nor sent what would be taken for the next answer."""
    if opened.protocol is None or opened.transport is None or opened.protocol.should_close:
        return False
    # what came may still be with the kernel
    return not _is_readable(opened.transport.get_extra_info("socket").fileno())


def _is_readable(number: int) -> bool:
    if sys.platform == "win32":  # which has no poll; elsewhere select takes no number above 1,023
        return bool(select.select([number], [], [], 0)[0])
    waiting = select.poll()
    waiting.register(number, select.POLLIN)
    return bool(waiting.poll(0))


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


def _socket(address: AddrInfoType) -> socket.socket:
    family, kind, protocol, _, _ = address
    opened = socket.socket(family, kind, protocol)
    opened.setsockopt(*RESET_ON_CLOSE)
    return opened
