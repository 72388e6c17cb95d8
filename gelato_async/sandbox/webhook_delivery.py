"""Delivering webhooks from tasks beside the server: POST, one connection each, redirects are not followed."""

import asyncio
import contextlib
import ssl
from urllib.parse import SplitResult, urlsplit

import h11

from gelato_async.sandbox.app import SandboxApp
from gelato_async.sandbox.webhook_outbox import LANES

_TIMEOUT = 10.0
_READ_AT_ONCE = 65_536


class Courier:
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
            status = None
            try:
                status = await self._post(delivery.body)
            finally:
                self._app.webhook_answered(delivery, status)

    async def _post(self, body: bytes) -> int | None:
        try:
            async with asyncio.timeout(_TIMEOUT):
                return await self._exchange(body)
        except (OSError, ValueError, h11.ProtocolError):
            return None

    async def _exchange(self, body: bytes) -> int:
        port = self._url.port or (443 if self._ssl else 80)
        reader, writer = await asyncio.open_connection(self._url.hostname, port, ssl=self._ssl)
        try:
            return await self._converse(body, reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _converse(self, body: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        connection = h11.Connection(h11.CLIENT)
        target = self._url._replace(scheme="", netloc="", path=self._url.path or "/", fragment="").geturl()
        length = ("Content-Length", str(len(body)))
        request = h11.Request(method="POST", target=target, headers=[*self._headers, length])
        for part in (request, h11.Data(data=body), h11.EndOfMessage()):
            writer.write(connection.send(part) or b"")
        await writer.drain()
        status = 0
        # to its end, for a server may complain of a client that leaves in the middle
        while not isinstance(event := connection.next_event(), (h11.EndOfMessage, h11.ConnectionClosed)):
            if event is h11.NEED_DATA:
                connection.receive_data(await reader.read(_READ_AT_ONCE))
            elif isinstance(event, h11.Response):
                status = event.status_code
        return status


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
