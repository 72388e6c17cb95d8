"""ClientTransport: an `httpx.AsyncClient` or `httpx2.AsyncClient` of yours, used as it is."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import anyio
from attrs import define

from gelato_async.core.messages import Request, Response
from gelato_async.transports.base import BeforeSend, hides_frames
from gelato_async.transports.httpx import USER_AGENT, mapped

_ERRORS = frozenset({"HTTPError", "StreamError", "InvalidURL"})


@runtime_checkable
class AsyncClient(Protocol):
    """What is asked of an injected client; httpx and httpx2 both have it."""

    def build_request(
        self,
        method: str,
        url: str,
        *,
        content: bytes,
        headers: Mapping[str, str],
        timeout: float,
        extensions: dict[str, Any],
    ) -> Any:
        """Make a request of the client's own kind."""

    async def send(self, request: Any, *, stream: bool, follow_redirects: bool) -> Any:
        """Send it."""


class ClientTransport:
    """Sends through a client that stays yours.

    Its pool, proxies, hooks and TLS settings, and yours to close.
    """

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    @hides_frames
    async def send(self, request: Request, *, timeout: float, before_send: BeforeSend) -> Response:  # noqa: ASYNC109
        """Send a request once.

        Raises:
            ConnectionFailedError: it is proved that nothing was sent.
            NoAnswerError: no whole answer came.
        """
        seen: set[str] = set()

        async def trace(name: str, _: Any) -> None:
            seen.add(name)

        headers = {"user-agent": USER_AGENT, **request.headers}
        built = self._client.build_request(
            request.method,
            request.url,
            content=request.body,
            headers=headers,
            timeout=timeout,
            extensions={"trace": trace},
        )
        await before_send()
        exchange = _Exchange(built.url.host, seen)
        with anyio.move_on_after(timeout):
            return await exchange.run(self._client, built)
        return exchange.partial(TimeoutError(f"nothing within {timeout:g} s"))

    async def aclose(self) -> None:
        """Nothing: the client is yours."""


@define(eq=False)
class _Exchange:
    host: str
    seen: set[str]
    answer: Any = None

    async def run(self, client: AsyncClient, request: Any) -> Response:
        """Send, read to the end, and close; what the client raises becomes an error of ours."""
        try:
            self.answer = await client.send(request, stream=True, follow_redirects=False)
            return self._whole(await self.answer.aread())
        except Exception as error:
            if not _ERRORS & {cls.__name__ for cls in type(error).__mro__}:
                raise
            return self.partial(error)
        finally:
            if self.answer is not None:
                with anyio.CancelScope(shield=True):
                    await self.answer.aclose()

    def partial(self, error: Exception) -> Response:
        status = None if self.answer is None else self.answer.status_code
        if status is not None and not 200 <= status < 300:
            return self._whole(b"")
        left = (
            any(name.endswith("send_request_headers.started") for name in self.seen)
            if self.seen
            else None
        )
        raise mapped(error, self.host, status=status, left=left) from error

    def _whole(self, body: bytes) -> Response:
        return Response(
            status=self.answer.status_code, headers=dict(self.answer.headers), body=body
        )
