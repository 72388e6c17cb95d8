"""The sandbox as a thing one starts.

A context manager with its own thread, or a server in the foreground.
"""

import gc
import threading
from collections.abc import Callable
from typing import Any, Self

import attrs

from gelato_async.sandbox.answers import RefusedError
from gelato_async.sandbox.app import SandboxApp
from gelato_async.sandbox.audit import Audit
from gelato_async.sandbox.options import Options
from gelato_async.sandbox.server import Server, listen
from gelato_async.sandbox.webhooks.outbox import WebhookDelivery


class SandboxError(OSError):
    """The sandbox could not be started."""


@attrs.define(kw_only=True, eq=False)
class Sandbox(Options):
    """A stateful stand-in for both Gelato APIs, on a loopback port of its own.

    Entering it serves from a thread with its own event loop, so it works beside asyncio, trio or no
    loop at all. It keeps its orders after the block is left, and may be entered again. All of
    `Options` are its options too.

    Args:
        host: The address to listen on.
        port: The port, or 0 for a free one.
    """

    host: str = "127.0.0.1"
    port: int = 0
    app: SandboxApp = attrs.field(init=False, repr=False)
    _address: str = attrs.field(init=False, default="", repr=False)
    _server: Server | None = attrs.field(init=False, default=None, repr=False)
    _thread: threading.Thread | None = attrs.field(init=False, default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        options: dict[str, Any] = {
            field.name: getattr(self, field.name) for field in attrs.fields(Options)
        }
        self.app = SandboxApp(**options)

    @property
    def url(self) -> str:
        """The origin it serves at, as `http://127.0.0.1:8765`."""
        if not self._address:
            raise SandboxError("The sandbox has not been started, so it has no address")
        return self._address

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which a client talks to this sandbox."""
        return {
            "GELATO_API_KEY": self.api_key,
            "GELATO_BASE_URL": self.url,
            "GELATO_CONNECT_PREFIX": self.connect_prefix,
            "GELATO_CONNECT_API_KEY": self.connect_key,
            "GELATO_CONNECT_API_SECRET": self.connect_secret,
            "GELATO_CONNECT_BASE_URL": self.url,
        }

    def audit(self) -> Audit:
        """Tell what really happened so far; works after the end too."""
        return self.app.audit()

    def advance(self, seconds: float) -> None:
        """Step the life-cycle clock."""
        self.app.advance(seconds)

    def reset(self) -> None:
        """Forget everything that happened so far."""
        self.app.reset()

    def webhooks(self) -> tuple[WebhookDelivery, ...]:
        """Tell which webhooks there were so far, in the order of the events, and how each try was answered.

        Of those that are delivered or lost the last 10,000 are kept.
        """
        return self.app.webhooks()

    def wait_for_webhooks(self, timeout: float = 30.0) -> None:
        """Wait until everything that has happened so far is delivered, or lost after three tries.

        What happens while it waits is not waited for. It blocks, so call it in a thread where an
        event loop runs (`anyio.to_thread.run_sync`).

        Args:
            timeout: The most seconds it takes.

        Raises:
            SandboxError: The sandbox is not running, so nothing is delivered; or delivering has
                failed.
            TimeoutError: It took longer.
        """
        if self._server is None:
            raise SandboxError("The sandbox is not running, so it delivers no webhooks")
        if not self.app.webhooks_done().wait(timeout):
            raise TimeoutError(f"Not all webhooks were delivered within {timeout:g} s")
        self._raise_failure()

    def send_webhook(self, event: dict[str, Any]) -> None:
        """Deliver an event of your own making, as one about stock or a template: the body as Gelato would send it.

        Raises:
            SandboxError: There is no `webhook_url`.
        """
        try:
            self.app.send_webhook(event)
        except RefusedError as refused:
            raise SandboxError(refused.message) from None

    def run(self, on_started: Callable[[str], None] | None = None) -> None:
        """Serve in the foreground until SIGINT or SIGTERM, and return.

        Args:
            on_started: Is called with the url as soon as requests are answered.

        Raises:
            SandboxError: The port cannot be had.
        """
        # a collection of all that was imported takes 40 ms, and what arrives meanwhile would count
        # as coming at once
        gc.freeze()
        self._prepare(lambda: on_started(self.url) if on_started else None).serve_until_told()

    def __enter__(self) -> Self:
        """Start serving from a thread.

        Raises:
            SandboxError: The port cannot be had, or the server did not start.
        """
        ready, failures = threading.Event(), list[BaseException]()
        server = self._prepare(ready.set)

        def serve() -> None:
            try:
                server.serve_until_told()
            except BaseException as failure:  # noqa: BLE001  whatever it is, the starting thread must hear of it
                failures.append(failure)
            finally:
                ready.set()

        self._server, self._thread = (
            server,
            threading.Thread(target=serve, name="gelato-sandbox", daemon=True),
        )
        self._thread.start()
        ready.wait()
        if failures:
            self.__exit__()
            raise SandboxError(f"The sandbox did not start: {failures[0]!r}") from failures[0]
        return self

    def __exit__(self, exc_type: type[BaseException] | None = None, *_: object) -> None:
        """Stop serving. A delivery that is on its way is broken off, and made when it is entered again.

        Raises:
            SandboxError: Delivering webhooks has failed, by a fault of the sandbox.
        """
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
        self._server = self._thread = None
        if exc_type is None:
            self._raise_failure()

    def _raise_failure(self) -> None:
        if (failure := self.app.webhook_failure) is not None:
            raise SandboxError(f"Delivering webhooks has failed: {failure!r}") from failure

    def _prepare(self, on_started: Callable[[], None]) -> Server:
        if self._server is not None:
            raise SandboxError("The sandbox is already running")
        try:
            listener = listen(self.host, self.port)
        except OSError as refused:
            raise SandboxError(f"Cannot listen on {self.host}:{self.port}: {refused}") from refused
        self.app.webhook_failure = None
        host, port = listener.getsockname()[:2]
        self._address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        return Server(self.app, listener, on_started)
