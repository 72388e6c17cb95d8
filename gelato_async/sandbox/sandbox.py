"""The sandbox to start: a context manager with its own thread, or a server in the foreground."""

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

    Entering the block starts a server in a thread with an event loop of its own, so it works beside
    asyncio, trio or no loop at all. The orders are kept after the block, which may be entered
    again. All of `Options` are arguments too.

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
        """The origin of the server, like `http://127.0.0.1:8765`."""
        if not self._address:
            raise SandboxError("The sandbox has not been started, so it has no address")
        return self._address

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that direct a client to this sandbox."""
        return {
            "GELATO_API_KEY": self.api_key,
            "GELATO_BASE_URL": self.url,
            "GELATO_CONNECT_PREFIX": self.connect_prefix,
            "GELATO_CONNECT_API_KEY": self.connect_key,
            "GELATO_CONNECT_API_SECRET": self.connect_secret,
            "GELATO_CONNECT_BASE_URL": self.url,
        }

    def audit(self) -> Audit:
        """Return what really happened so far; works after the block too."""
        return self.app.audit()

    def advance(self, seconds: float) -> None:
        """Advance the life-cycle clock."""
        self.app.advance(seconds)

    def reset(self) -> None:
        """Forget everything that happened so far."""
        self.app.reset()

    def webhooks(self) -> tuple[WebhookDelivery, ...]:
        """Return all webhooks so far in the order of the events, with the answers to their tries.

        Of those that are delivered or lost only the last `webhooks_kept` are remembered.
        """
        return self.app.webhooks()

    def wait_for_webhooks(self, timeout: float = 30.0) -> None:
        """Wait until each event so far is delivered, or lost after three tries.

        Events that happen during the call are not waited for. The call blocks: beside an event
        loop, call it in a thread (`anyio.to_thread.run_sync`).

        Args:
            timeout: The most seconds to wait.

        Raises:
            SandboxError: The sandbox is not running, so nothing is delivered; or delivering has
                failed.
            TimeoutError: Not all events were delivered in time.
        """
        if self._server is None:
            raise SandboxError("The sandbox is not running, so it delivers no webhooks")
        if not self.app.webhooks_done().wait(timeout):
            raise TimeoutError(f"Not all webhooks were delivered within {timeout:g} s")
        self._raise_failure()

    def send_webhook(self, event: dict[str, Any]) -> None:
        """Deliver an event of your own, about stock or a template for example.

        The event is the body, as Gelato would send it.

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
            on_started: Called with the URL as soon as requests are answered.

        Raises:
            SandboxError: The port is not available.
        """

        def report_start() -> None:
            if on_started is not None:
                on_started(self.url)

        # Collecting all that was imported takes 40 ms, and the requests of that time would count as
        # arriving at once.
        gc.freeze()
        self._prepare(report_start).serve_until_stopped()

    def __enter__(self) -> Self:
        """Start serving in a thread.

        Raises:
            SandboxError: The port is not available, or the server did not start.
        """
        ready, failures = threading.Event(), list[BaseException]()
        server = self._prepare(ready.set)

        def serve() -> None:
            try:
                server.serve_until_stopped()
            except BaseException as failure:  # noqa: BLE001  the starting thread raises whatever it is
                failures.append(failure)
            finally:
                ready.set()

        self._server = server
        self._thread = threading.Thread(target=serve, name="gelato-sandbox", daemon=True)
        self._thread.start()
        ready.wait()
        if failures:
            self.__exit__()
            raise SandboxError(f"The sandbox did not start: {failures[0]!r}") from failures[0]
        return self

    def __exit__(self, exc_type: type[BaseException] | None = None, *_: object) -> None:
        """Stop serving. A delivery in progress is interrupted, and repeated after the next start.

        Raises:
            SandboxError: Delivering webhooks has failed, through an error in the sandbox.
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
        if ":" in host:
            host = f"[{host}]"
        self._address = f"http://{host}:{port}"
        return Server(self.app, listener, on_started)
