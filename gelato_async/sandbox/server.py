"""Serving the application with uvicorn.

Connections that can be aborted, and an end that waits for nobody.
"""

import asyncio
import contextlib
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

try:
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol
except ImportError as _missing:
    raise ImportError(
        'The sandbox needs uvicorn and h11: pip install "gelato-async[sandbox]"'
    ) from _missing

from gelato_async.sandbox.app import ABORT, ARRIVED, Message, Receive, SandboxApp, Send
from gelato_async.sandbox.webhooks.delivery import WebhookSender

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_BACKLOG = 2048
_KEEP_ALIVE = 120


def listen(host: str, port: int) -> socket.socket:
    """Give a listening socket; the port is known from here on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    # asyncio leaves Nagle's algorithm on where the protocol is not named, which costs 40 ms per
    # request.
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=listener.detach())


class Server(uvicorn.Server):
    """A uvicorn server for one sandbox, on a socket that already listens."""

    def __init__(
        self, app: SandboxApp, listener: socket.socket, on_started: Callable[[], None]
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_protocol(app),
                interface="asgi3",
                lifespan="off",
                ws="none",
                loop="asyncio",
                access_log=False,
                log_config=None,
                log_level="critical",
                proxy_headers=False,
                server_header=False,
                backlog=_BACKLOG,
                timeout_keep_alive=_KEEP_ALIVE,
            )
        )
        self._sandbox = app
        self._webhook_sender: asyncio.Task[None] | None = None
        self._listener = listener
        self._on_started = on_started

    def serve_until_told(self) -> None:
        """Serve in this thread, on a loop of its own, until `should_exit` is set (in the main thread: by a signal)."""
        try:
            asyncio.run(self.serve(sockets=[self._listener]))
        finally:
            self._listener.close()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let SIGINT and SIGTERM end the server.

        Unlike uvicorn's own they are not raised again afterwards.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, action in before.items():
                signal.signal(number, action)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell."""
        await super().startup(sockets)
        if self._sandbox.webhook_url:
            self._webhook_sender = asyncio.create_task(WebhookSender(self._sandbox).run())
        self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End at once: open connections are aborted and requests in their latency are dropped."""
        for listener in (*self.servers, *(sockets or ())):
            listener.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        tasks = [
            *self.server_state.tasks,
            *([self._webhook_sender] if self._webhook_sender else []),
        ]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Aborted transports close their sockets one turn of the loop later.
        await asyncio.sleep(0)


def _protocol(app: SandboxApp) -> type[H11Protocol]:
    class Abortable(H11Protocol):
        """Counts its connections, times its requests, and hands the application the means to abort."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.app = self._with_more
            self._arrived = 0.0
            app.connected()

        def data_received(self, data: bytes) -> None:
            """Note when bytes came, not when their task had its turn.

            A busy loop would move requests together.
            """
            self._arrived = time.monotonic()
            super().data_received(data)

        async def _with_more(self, scope: Message, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {}).update(
                {ABORT: self.transport.abort, ARRIVED: self._arrived}
            )
            await app(scope, receive, send)

    return Abortable
