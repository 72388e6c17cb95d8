"""Serves the application with uvicorn.

Its connections can be aborted, and stopping waits for no request.
"""

import asyncio
import contextlib
import gc
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

try:
    import uvicorn
    from uvicorn.protocols.http.h11_impl import H11Protocol
except ImportError as _missing:
    raise ImportError(
        'The sandbox needs uvicorn and h11: pip install "gelato-async[sandbox]"'
    ) from _missing

from gelato_async.sandbox.app import SandboxApp
from gelato_async.sandbox.http.arrivals import Arrivals, Listener
from gelato_async.sandbox.http.asgi import ABORT, ARRIVED, Message, Receive, Send
from gelato_async.sandbox.webhooks.delivery import WebhookSender

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# A connection that finds the backlog full is tried again by its kernel, a second later.
_BACKLOG = 2048
# Longer than clients keep idle connections: the server closes none that a client is about to use.
_KEEP_ALIVE_SECONDS = 120


def listen(host: str, port: int) -> Listener:
    """Return a listening socket, whose port is known before the server runs."""
    family = socket.AF_INET
    if ":" in host:
        family = socket.AF_INET6
    plain = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    return Listener(family, plain.detach())


@contextlib.contextmanager
def short_collections() -> Iterator[None]:
    """Exempt from garbage collection, over and over, what has survived for a while.

    Only for a process that serves a sandbox and does nothing else. Orders are kept, so collections
    would soon look at all of them in vain, for 0.1 s and more at a time. What is exempted is freed
    nevertheless when nothing refers to it any more, unless it belongs to a cycle.
    """
    gc.freeze()
    gc.callbacks.append(_freeze_survivors)
    try:
        yield
    finally:
        gc.callbacks.remove(_freeze_survivors)


def _freeze_survivors(phase: str, collection: Mapping[str, int]) -> None:
    # Collections of the youngest objects are too frequent: what is in use for a moment is
    # among them.
    if phase == "stop" and collection["generation"] > 0:
        gc.freeze()


class Server(uvicorn.Server):
    """A uvicorn server for one sandbox, on a socket that already listens."""

    def __init__(self, app: SandboxApp, listener: Listener, on_started: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_protocol(app, listener.arrivals),
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
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            )
        )
        self._sandbox = app
        self._webhook_sender: asyncio.Task[None] | None = None
        self._listener = listener
        self._on_started = on_started

    def serve_until_stopped(self) -> None:
        """Serve in this thread, on a new event loop, until `should_exit` is set.

        In the main thread a signal sets it.
        """
        try:
            asyncio.run(self.serve(sockets=[self._listener]))
        finally:
            self._listener.close()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let SIGINT and SIGTERM stop the server.

        Unlike uvicorn's own method this one does not raise the signals again afterwards.
        """
        # Python lets no other thread set the handlers of signals.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        earlier: dict[signal.Signals, Any] = {}
        for number in _SIGNALS:
            earlier[number] = signal.signal(number, self.handle_exit)
        try:
            yield
        finally:
            for number, action in earlier.items():
                signal.signal(number, action)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and report it."""
        await super().startup(sockets)
        if self._sandbox.webhook_url:
            self._webhook_sender = asyncio.create_task(WebhookSender(self._sandbox).run())
        self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop at once: abort open connections and drop requests in their latency."""
        for listener in (*self.servers, *(sockets or ())):
            listener.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        tasks = list(self.server_state.tasks)
        if self._webhook_sender is not None:
            tasks.append(self._webhook_sender)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Aborted transports close their sockets one turn of the loop later.
        await asyncio.sleep(0)


def _protocol(app: SandboxApp, arrivals: Arrivals) -> type[H11Protocol]:
    class Abortable(H11Protocol):
        """Counts connections, times requests, and lets the application abort its connection."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.app = self._app_with_extensions
            self._arrived = 0.0
            app.record_connection()

        def data_received(self, data: bytes) -> None:
            """Record the arrival of the bytes; the request's task starts later."""
            self._arrived = arrivals.take()
            super().data_received(data)

        async def _app_with_extensions(self, scope: Message, receive: Receive, send: Send) -> None:
            extensions = scope.setdefault("extensions", {})
            extensions[ABORT] = self.transport.abort
            extensions[ARRIVED] = self._arrived
            await app(scope, receive, send)

    return Abortable
