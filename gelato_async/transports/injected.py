"""ClientTransport: an `httpx.AsyncClient` or `httpx2.AsyncClient` of yours, used as it is."""

import ssl
from collections.abc import Mapping
from typing import Any

import anyio
from attrs import define, field

from gelato_async.core.hidden_frames import hides_frames
from gelato_async.core.messages import Request, Response
from gelato_async.transports.base import AsyncClient, SendGate
from gelato_async.transports.body import (
    MAX_RESPONSE_BYTES,
    Body,
    UnreadableError,
    validated_limit,
)
from gelato_async.transports.failures import mapped, names_of, reason_of_end
from gelato_async.transports.httpx import USER_AGENT, set_reset_on_close

_ERRORS = frozenset({"HTTPError", "StreamError", "InvalidURL"})


class ClientTransport:
    """Sends through a client that stays yours, with its pool, proxies, hooks and TLS settings.

    You close it. Make it with the socket option that resets a connection which is given up:

        transport = httpx.AsyncHTTPTransport(socket_options=[RESET_ON_CLOSE])
        client = httpx.AsyncClient(transport=transport)

    Without the option the kernel may deliver a create that was given up after the order was looked
    for and not found, and then the order is made twice. Connections that a request of this library
    opens get the option in any case; those that another user of your client opened do not.

    Leave HTTP/2 off (`http2=False`, the default of both libraries). With HTTP/2 several requests
    share one connection, which is not reset when one of them is given up: what the connection still
    holds of that request may arrive later. The same holds for a proxy between: it may deliver what
    it has read.

    An answer of more than `max_response_bytes`, as it comes in or unpacked, is read no further,
    unless a hook of yours reads it before.
    """

    def __init__(
        self, client: AsyncClient, *, max_response_bytes: int = MAX_RESPONSE_BYTES
    ) -> None:
        self._client = client
        self._max_response_bytes = validated_limit(max_response_bytes)

    @hides_frames
    async def send(self, request: Request, *, timeout: float, gate: SendGate) -> Response:  # noqa: ASYNC109
        """Send a request once.

        Raises:
            ConnectionFailedError: it is proved that nothing was sent.
            NoAnswerError: no whole answer came, or it cannot be read.
        """
        seen: set[str] = set()

        async def trace(name: str, info: Mapping[str, Any]) -> None:
            seen.add(name)
            set_reset_on_close(name, info)
            if name.endswith("send_request_headers.complete"):
                gate.mark_written()

        # no more than gzip, which is unpacked here and within bounds
        headers = {"user-agent": USER_AGENT, "accept-encoding": "gzip", **request.headers}
        built = self._client.build_request(
            request.method,
            request.url,
            content=request.body,
            headers=headers,
            timeout=timeout,
            extensions={"trace": trace},
        )
        # nothing later is known of every client: a mocked or wrapped one reports no events
        await gate.mark_sent()
        exchange = _Exchange(built.url.host, gate, seen, self._max_response_bytes)
        with exchange.scope:
            exchange.scope.deadline = anyio.current_time() + timeout
            return await exchange.run(self._client, built)
        return exchange.partial(reason_of_end(exchange.body, timeout))

    async def aclose(self) -> None:
        """Nothing: the client is yours."""


@define(eq=False)
class _Exchange:
    host: str
    gate: SendGate
    seen: set[str]
    max_response_bytes: int
    answer: Any = None
    body: Body | None = None
    scope: anyio.CancelScope = field(init=False, factory=anyio.CancelScope)

    async def run(self, client: AsyncClient, request: Any) -> Response:
        """Send, read to the end, and close; what the client raises becomes an error of ours."""
        try:
            self.answer = await client.send(request, stream=True, follow_redirects=False)
            self.gate.status = self.answer.status_code
            return self._whole(await self._read())
        except (ssl.SSLError, UnreadableError) as error:
            return self.partial(error)
        except Exception as error:
            if not _ERRORS & names_of(error):
                raise
            return self.partial(error)
        finally:
            if self.answer is not None:
                with anyio.CancelScope(shield=True):
                    await self.answer.aclose()

    async def _read(self) -> bytes:
        if self.answer.is_stream_consumed:  # a hook has read it, and the client unpacked it
            self.body = Body("", self.max_response_bytes)
            self.body.add(await self.answer.aread())
            return self.body.whole()
        coding = self.answer.headers.get("content-encoding", "")
        self.body = Body(coding, self.max_response_bytes)
        return await self.body.read(self.answer.aiter_raw(), self.scope)

    def partial(self, error: Exception) -> Response:
        """Return what is known of an answer that broke off, or raise what that means."""
        left = None
        if self.seen:
            # of HTTP/1.1 or HTTP/2
            left = any(name.endswith("send_request_headers.started") for name in self.seen)
        if self.answer is None:
            raise mapped(error, self.host, status=None, left=left) from error
        status = self.answer.status_code
        if 200 <= status < 300:
            raise mapped(error, self.host, status=status, left=left) from error
        # a refusal is one without its body too
        return self._whole(b"")

    def _whole(self, body: bytes) -> Response:
        return Response(
            status=self.answer.status_code, headers=dict(self.answer.headers), body=body
        )
