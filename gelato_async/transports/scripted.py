"""ScriptedTransport: answers from a function, in memory, for tests."""

from collections.abc import Awaitable, Callable
from inspect import isawaitable

from gelato_async.core.messages import Request, Response
from gelato_async.transports.base import SendGate

Script = Callable[[Request], Response | Awaitable[Response]]


class ScriptedTransport:
    """Hands each request to `script`, which returns a `Response` or raises what a transport may.

    `script` may be async. `requests` keeps what was sent, unless `keep=False`.
    """

    def __init__(self, script: Script, *, keep: bool = True) -> None:
        self._script = script
        self._keep = keep
        self.requests: list[Request] = []

    async def send(self, request: Request, *, timeout: float, gate: SendGate) -> Response:  # noqa: ARG002, ASYNC109
        """Answer by the script."""
        await gate.mark_sent()
        if self._keep:
            self.requests.append(request)
        answer = self._script(request)
        return await answer if isawaitable(answer) else answer

    async def aclose(self) -> None:
        """Nothing is open."""
