"""Delivers webhooks in tasks beside the server.

Each try is a POST on a connection of its own; redirects are not followed.
"""

import asyncio
import contextlib
import ssl
from urllib.parse import SplitResult, urlsplit

import h11

from gelato_async.sandbox.app import SandboxApp
from gelato_async.sandbox.errors import StateFileError
from gelato_async.sandbox.webhooks.outbox import QUEUES

_SECONDS_TO_CLOSE = 1.0
# Nothing is delivered while the state file cannot be written to; it is tried again so much later.
_SECONDS_TO_SAVE = 1.0
_BYTES_AT_ONCE = 65_536


class WebhookSender:
    """Delivers the webhooks of an application, until its task is cancelled."""

    def __init__(self, app: SandboxApp) -> None:
        self._app = app
        self._url = urlsplit(app.webhook_url or "")
        self._headers = _headers(self._url, app.webhook_header)
        self._ssl = None
        self._default_port = 80
        if self._url.scheme == "https":
            self._ssl = ssl.create_default_context()
            self._default_port = 443
        self._is_wake_scheduled = False
        self._wake_ups = [asyncio.Event() for _ in range(QUEUES + 1)]

    async def run(self) -> None:
        """Detect changes, and deliver from several queues at once."""
        self._loop = asyncio.get_running_loop()
        self._app.on_webhooks = self._schedule_wake
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._detect_changes(self._wake_ups[QUEUES]))
                for queue in range(QUEUES):
                    tasks.create_task(self._deliver(queue, self._wake_ups[queue]))
        except Exception as failure:  # noqa: BLE001  `wait_for_webhooks` raises whatever it is
            self._app.record_webhook_failure(failure)
        finally:
            self._app.on_webhooks = None

    def _schedule_wake(self) -> None:
        # Called for every event, from any thread; one wake-up serves all events until it runs.
        if not self._is_wake_scheduled:
            self._is_wake_scheduled = True
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._is_wake_scheduled = False
        for wake_up in self._wake_ups:
            wake_up.set()

    async def _detect_changes(self, wake_up: asyncio.Event) -> None:
        while True:
            wake_up.clear()
            try:
                seconds = self._app.detect_changes()
            except StateFileError:
                seconds = _SECONDS_TO_SAVE
            await _wait(wake_up, seconds)

    async def _deliver(self, queue: int, wake_up: asyncio.Event) -> None:
        while True:
            wake_up.clear()
            try:
                delivery, seconds = self._app.next_webhook(queue)
            except StateFileError:
                delivery, seconds = None, _SECONDS_TO_SAVE
            if delivery is None:
                await _wait(wake_up, seconds)
                continue
            try:
                status, reason = await self._post(delivery.body)
            except asyncio.CancelledError:
                self._app.put_back_webhook(delivery)
                raise
            self._app.record_webhook_try(delivery, status, reason)

    async def _post(self, body: bytes) -> tuple[int | None, str | None]:
        timeout = self._app.webhook_timeout_seconds
        try:
            async with asyncio.timeout(timeout):
                return await self._exchange(body), None
        except TimeoutError:
            return None, f"There was no answer within {timeout:g} s"
        except (OSError, ValueError, h11.ProtocolError) as failure:
            return None, f"{type(failure).__name__}: {failure}"

    async def _exchange(self, body: bytes) -> int:
        port = self._url.port or self._default_port
        reader, writer = await asyncio.open_connection(self._url.hostname, port, ssl=self._ssl)
        try:
            status = await self._request(body, reader, writer)
        except BaseException:
            # Closing would wait until everything is sent, which may take for ever.
            writer.transport.abort()
            raise
        await _close(writer)
        return status

    async def _request(
        self, body: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> int:
        connection = h11.Connection(h11.CLIENT)
        target = self._url._replace(
            scheme="", netloc="", path=self._url.path or "/", fragment=""
        ).geturl()
        length = ("Content-Length", str(len(body)))
        request = h11.Request(method="POST", target=target, headers=[*self._headers, length])
        for part in (request, h11.Data(data=body), h11.EndOfMessage()):
            writer.write(connection.send(part) or b"")
        # The answer is read while the transport is still writing, because a server may answer and
        # close before it has read everything. It is read to its end, because a server may log an
        # error about a client that closes before.
        status = 0
        try:
            while True:
                event = connection.next_event()
                if isinstance(event, (h11.EndOfMessage, h11.ConnectionClosed)):
                    break
                if event is h11.NEED_DATA:
                    connection.receive_data(await reader.read(_BYTES_AT_ONCE))
                elif isinstance(event, h11.Response):
                    status = event.status_code
        except OSError:
            # A reset after the status is the server's close, and the answer counts.
            if not status:
                raise
        return status


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    try:
        async with asyncio.timeout(_SECONDS_TO_CLOSE):
            await writer.wait_closed()
    except (TimeoutError, asyncio.CancelledError) as late:
        writer.transport.abort()
        if isinstance(late, asyncio.CancelledError):
            raise
    except OSError:
        pass


async def _wait(wake_up: asyncio.Event, seconds: float | None) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await wake_up.wait()


def _headers(url: SplitResult, own: tuple[str, str] | None) -> list[tuple[str, str]]:
    headers = [
        ("Host", url.netloc),
        ("User-Agent", "gelato-async-sandbox"),
        ("Content-Type", "application/json"),
        ("Connection", "close"),
    ]
    if own is not None:
        headers.append(own)
    return headers
