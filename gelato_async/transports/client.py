"""ClientTransport: an `httpx.AsyncClient` or `httpx2.AsyncClient` of yours, used as it is."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from gelato_async.core.messages import Request, Response
from gelato_async.transports.base import BeforeSend
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
    """Sends through a client that stays yours: its pool, proxies, hooks and TLS settings, and yours to close."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

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
        answer = None
        try:
            answer = await self._client.send(built, stream=True, follow_redirects=False)
            return _whole(answer, await answer.aread())
        except Exception as error:
            if not _ERRORS & {cls.__name__ for cls in type(error).__mro__}:
                raise
            if answer is not None and not 200 <= answer.status_code < 300:
                return _whole(answer, b"")
            never_left = bool(seen) and not any(name.endswith("send_request_headers.started") for name in seen)
            status = None if answer is None else answer.status_code
            raise mapped(error, built.url.host, status=status, never_left=never_left) from error
        finally:
            if answer is not None:
                await answer.aclose()

    async def aclose(self) -> None:
        """Nothing: the client is yours."""


def _whole(answer: Any, body: bytes) -> Response:
    return Response(status=answer.status_code, headers=dict(answer.headers), body=body)
