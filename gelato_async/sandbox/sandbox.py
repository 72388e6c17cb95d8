"""The sandbox to start: a context manager with its own thread, or a server in the foreground."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Self

import attrs

from gelato_async.sandbox.app import SandboxApp
from gelato_async.sandbox.control.access import Access, is_loopback
from gelato_async.sandbox.control.controls import Controls
from gelato_async.sandbox.errors import SandboxError
from gelato_async.sandbox.http.server import Server, listen, short_collections
from gelato_async.sandbox.option_checks import text, whole
from gelato_async.sandbox.options import Options
from gelato_async.sandbox.state import State


@attrs.define(kw_only=True, eq=False)
class Sandbox(Options, Controls):
    """A stateful stand-in for both Gelato APIs, on a loopback port of its own.

    Entering the block starts a server in a thread with an event loop of its own, so it works beside
    asyncio, trio or no loop at all. The orders are kept after the block, which may be entered
    again. With a `state_file` the block begins with what the file holds, and what is changed outside
    of the block is not kept. All of `Options` are arguments too.

    Args:
        host: The address to listen on. One that other machines reach needs an `api_key` of your
            own, which the sandbox's own routes and page then need too. There the default
            `connect_secret` is replaced by that key.
        port: The port, or 0 for a free one.
    """

    host: str = attrs.field(default="127.0.0.1", validator=text)
    port: int = attrs.field(default=0, validator=whole(0, 65535))
    app: SandboxApp = attrs.field(init=False, repr=False)
    _address: str = attrs.field(init=False, default="", repr=False)
    _server: Server | None = attrs.field(init=False, default=None, repr=False)
    _thread: threading.Thread | None = attrs.field(init=False, default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        on_loopback = is_loopback(self.host)
        if not on_loopback:
            self._require_own_keys()
        options: dict[str, Any] = {}
        for field in attrs.fields(Options):
            options[field.name] = getattr(self, field.name)
        # The file is open while the sandbox runs, so that another can have it afterwards.
        options["state_file"] = None
        self.app = SandboxApp(**options)
        key = None if on_loopback else self.api_key
        self.app.access = Access(origins=self.cors, key=key, on_loopback=on_loopback)

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

    def locked(self) -> AbstractContextManager[State]:
        """Hold the lock of the state, which is not public: for the sandbox's own routes."""
        return self.app.locked()

    def reset(self) -> None:
        """Forget everything that happened so far."""
        self.app.reset()

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

    def run(self, on_started: Callable[[str], None] | None = None) -> None:
        """Serve in the foreground until SIGINT or SIGTERM, and return.

        This is for a process of its own: Python's collection of garbage no longer looks at what
        has survived one.

        Args:
            on_started: Called with the URL as soon as requests are answered.

        Raises:
            SandboxError: The host or the port is not available, or the state file cannot be used.
        """

        def report_start() -> None:
            if on_started is not None:
                on_started(self.url)

        server = self._prepare(report_start)
        try:
            with short_collections():
                server.serve_until_stopped()
        finally:
            self.app.close()

    def __enter__(self) -> Self:
        """Start serving in a thread.

        Raises:
            SandboxError: The host or the port is not available, the state file cannot be used, or
                the server did not start.
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
        self.app.close()
        if exc_type is None:
            self._raise_failure()

    def _require_own_keys(self) -> None:
        fields = attrs.fields(Options)
        if self.api_key == fields.api_key.default:
            raise ValueError(
                f"host: other machines reach {self.host!r}, so the sandbox needs an api_key of your"
                " own (--key or GELATO_API_KEY)"
            )
        # Nor must the secret that everybody knows lead to the orders.
        if self.connect_secret == fields.connect_secret.default:
            self.connect_secret: str = self.api_key

    def _raise_failure(self) -> None:
        if (failure := self.app.webhook_failure) is not None:
            raise SandboxError(f"Delivering webhooks has failed: {failure!r}") from failure

    def _prepare(self, on_started: Callable[[], None]) -> Server:
        if self._server is not None:
            raise SandboxError("The sandbox is already running")
        try:
            listener = listen(self.host, self.port)
        # A name with an impossible part is a UnicodeError.
        except (OSError, UnicodeError) as refused:
            raise SandboxError(f"Cannot listen on {self.host}:{self.port}: {refused}") from refused
        try:
            if self.state_file is not None:
                self.app.open(self.state_file)
        except SandboxError:
            listener.close()
            raise
        self.app.webhook_failure = None
        self._address = _address(*listener.getsockname()[:2])
        return Server(self.app, listener, on_started)


def _address(host: str, port: int) -> str:
    # A server on all addresses is reached from this machine by the loopback one.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  not bound here
    if ":" in host:
        host = f"[{host}]"
    return f"http://{host}:{port}"
