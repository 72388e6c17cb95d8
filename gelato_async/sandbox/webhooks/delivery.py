"""Delivering webhooks from tasks beside the server.

POST, one connection each, redirects are not followed.
"""

import asyncio
import contextlib
import ssl
from urllib.parse import SplitResult, urlsplit

import h11

from gelato_async.sandbox.app import SandboxApp
from gelato_async.sandbox.webhooks.outbox import LANES

_TIMEOUT = 10.0
_CLOSING = 1.0
_READ_AT_ONCE = 65_536


class WebhookSender:
    """Delivers what the sandbox has to tell, until its task is cancelled."""

    def __init__(self, app: SandboxApp) -> None:
        self._app = app
        self._url = urlsplit(app.webhook_url or "")
        self._headers = _headers(self._url, app.webhook_header)
        self._ssl = ssl.create_default_context() if self._url.scheme == "https" else None
        self._is_woken = False
        self._news = [asyncio.Event() for _ in range(LANES + 1)]

    async def run(self) -> None:
        """Look for changes, and deliver in several lanes."""
        self._loop = asyncio.get_running_loop()
        self._app.on_webhooks = self._nudge
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._look())
                for lane in range(LANES):
                    tasks.create_task(self._deliver(lane))
        except Exception as failure:  # noqa: BLE001  whatever it is, who waits for deliveries must hear of it
            self._app.webhooks_failed(failure)
        finally:
            self._app.on_webhooks = None

    def _nudge(self) -> None:
        # from any thread, and for every event: a loop that has been told need not be told again
        if not self._is_woken:
            self._is_woken = True
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._is_woken = False
        for news in self._news:
            news.set()

    async def _look(self) -> None:
        news = self._news[LANES]
        while True:
            news.clear()
            await _wait(news, self._app.look())

    async def _deliver(self, lane: int) -> None:
        news = self._news[lane]
        while True:
            news.clear()
            delivery, seconds = self._app.next_webhook(lane)
            if delivery is None:
                await _wait(news, seconds)
                continue
            try:
                status, reason = await self._post(delivery.body)
            except asyncio.CancelledError:
                self._app.webhook_interrupted(delivery)
                raise
            self._app.webhook_answered(delivery, status, reason)

    async def _post(self, body: bytes) -> tuple[int | None, str | None]:
        try:
            async with asyncio.timeout(_TIMEOUT):
                return await self._exchange(body), None
        except TimeoutError:
            return None, f"There was no answer within {_TIMEOUT:g} s"
        except (OSError, ValueError, h11.ProtocolError) as failure:
            return None, f"{type(failure).__name__}: {failure}"

    async def _exchange(self, body: bytes) -> int:
        port = self._url.port or (443 if self._ssl else 80)
        reader, writer = await asyncio.open_connection(self._url.hostname, port, ssl=self._ssl)
        try:
            status = await self._converse(body, reader, writer)
        except BaseException:
            # for a close waits until everything is sent, which may be for ever
            writer.transport.abort()
            raise
        await _close(writer)
        return status

    async def _converse(
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
        # read while the transport goes on writing, for a server may answer and leave before it has
        # everything; and to the answer's end, for it may log an error about a client that leaves in the
        # middle
        status = 0
        try:
            while not isinstance(
                event := connection.next_event(), (h11.EndOfMessage, h11.ConnectionClosed)
            ):
                if event is h11.NEED_DATA:
                    connection.receive_data(await reader.read(_READ_AT_ONCE))
                elif isinstance(event, h11.Response):
                    status = event.status_code
        except OSError:
            if not status:
                raise
        return status


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    try:
        async with asyncio.timeout(_CLOSING):
            await writer.wait_closed()
    except (TimeoutError, asyncio.CancelledError) as late:
        writer.transport.abort()
        if isinstance(late, asyncio.CancelledError):
            raise
    except OSError:
        pass


async def _wait(news: asyncio.Event, seconds: float | None) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await news.wait()


def _headers(url: SplitResult, own: tuple[str, str] | None) -> list[tuple[str, str]]:
    fixed = [
        ("Host", url.netloc),
        ("User-Agent", "gelato-async-sandbox"),
        ("Content-Type", "application/json"),
        ("Connection", "close"),
    ]
    return [*fixed, own] if own else fixed
