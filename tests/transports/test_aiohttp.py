"""What is peculiar to aiohttp: the extra, the event loop, what it does with errors, proxies."""

import asyncio
import base64
import gc
import sys
import threading
import traceback

import aiohttp
import anyio
import anyio.lowlevel
import pytest
import trio
from support.http_requests import TIMEOUT, eventually, get, paths

import gelato_async
from gelato_async import (
    AiohttpTransport,
    ConnectionFailedError,
    GelatoClient,
    NoAnswerError,
    Request,
    SendGate,
    Unlimited,
)
from gelato_async.transports.aiohttp_connection import USER_AGENT

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
async def transport():
    made = AiohttpTransport()
    yield made
    await made.aclose()


@pytest.fixture
def without_aiohttp(monkeypatch):
    for name in list(sys.modules):
        if name.partition(".")[0] == "aiohttp" or name.endswith(".aiohttp_connection"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "aiohttp", None)


def test_without_aiohttp_the_error_names_the_extra(without_aiohttp):
    assert gelato_async.AiohttpTransport is AiohttpTransport
    with pytest.raises(ImportError, match=r'pip install "gelato-async\[aiohttp\]"') as caught:
        AiohttpTransport()
    assert caught.value.name == "aiohttp"


def test_an_aiohttp_without_bounds_is_refused(monkeypatch):
    monkeypatch.setattr("gelato_async.transports.aiohttp.version", lambda _: "3.13.3")
    with pytest.raises(ImportError, match=r"needs aiohttp 3.13.4 or later \(3.13.3 is installed\)"):
        AiohttpTransport()


def test_under_trio_the_error_names_the_default_transport(refusing_url):
    async def main():
        async with GelatoClient(
            "key", base_url=refusing_url, transport=AiohttpTransport(), limiter=Unlimited()
        ) as client:
            await client.orders.get("order-1")

    with pytest.raises(RuntimeError, match="needs asyncio: under trio use HttpxTransport"):
        trio.run(main)


# the gate


@pytest.mark.parametrize(
    "error",
    [
        OSError(5, "no"),
        TimeoutError("no"),
        aiohttp.ServerDisconnectedError("no"),
        aiohttp.ClientOSError("no"),
        ConnectionFailedError("no"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_the_error_of_a_veto_comes_out_as_it_is(serve, transport, error):
    class Vetoing(SendGate):
        asked = 0

        async def mark_sent(self):
            self.asked += 1
            raise error

    server, gate = serve(), Vetoing()
    with pytest.raises(type(error)) as caught:
        await transport.send(get(server.url), timeout=TIMEOUT, gate=gate)
    assert caught.value is error
    assert gate.asked == 1
    await eventually(lambda: server.connections and server.connections[0].ended.is_set())
    assert server.connections[0].requests == []


async def test_a_cancelled_wait_at_the_gate_writes_nothing(serve):
    server, transport = serve(), AiohttpTransport(connections=1)
    waiting = asyncio.Event()

    class Waiting(SendGate):
        async def mark_sent(self):
            waiting.set()
            await anyio.sleep_forever()

    task = asyncio.create_task(transport.send(get(server.url), timeout=TIMEOUT, gate=Waiting()))
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await eventually(lambda: server.connections and server.connections[0].ended.is_set())
    assert server.connections[0].requests == []
    assert (await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())).status == 200
    await transport.aclose()


async def test_an_answer_that_came_before_its_request_is_none(serve, transport):
    go, came = threading.Event(), threading.Event()

    def behave(connection):
        connection.read_request()
        connection.reply(b"1")
        if connection.number == 0:
            go.wait(20)
            connection.reply(b"2")
            came.set()
        while connection.read_request():
            connection.reply(b"3")

    class Slow(SendGate):
        async def mark_sent(self):
            go.set()
            await eventually(came.is_set)
            # the next poll of the event loop reads it
            await anyio.lowlevel.checkpoint()
            await super().mark_sent()

    server = serve(behave)
    await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    with pytest.raises(NoAnswerError):
        await transport.send(get(server.url), timeout=TIMEOUT, gate=Slow())
    assert len(server.connections[0].requests) == 1


async def test_what_nobody_asked_for_is_not_the_next_answer(serve, transport):
    came = threading.Event()

    def behave(connection):
        connection.read_request()
        connection.reply(b"1")
        if connection.number == 0:
            connection.reply(b"2")
            came.set()
        while connection.read_request():
            connection.reply(b"3")

    server = serve(behave)
    await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    await eventually(came.is_set)
    response = await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    assert response.body == b"1"
    assert len(server.connections) == 2


@pytest.mark.parametrize(
    ("path", "value"),
    [("/a b", "k"), ("/a\n", "k"), ("/", "k\r\nx: y"), ("/", "k\0"), ("/", "\xe9")],
)
async def test_what_would_end_a_line_is_not_sent(serve, transport, sends, path, value):
    server = serve()
    request = Request(method="GET", url=server.url + path, headers={"x-api-key": value})
    with pytest.raises(ValueError, match="a character that HTTP forbids there"):
        await transport.send(request, timeout=TIMEOUT, gate=sends())
    assert sends.count == 0


# errors


async def test_no_error_of_aiohttp_is_kept_as_a_cause(serve, transport):
    """Its errors hold the request's headers, the key among them, and show them in their repr."""
    server = serve(lambda c: c.read_request() and c.send(b"no HTTP\r\n\r\n"))
    with pytest.raises(NoAnswerError) as caught:
        await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert caught.value.reason == "MalformedAnswerError: what came is not HTTP"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nx-echo: planted",
        b"HTTP/1.1 200 OK\r\nplanted\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nplanted\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nplanted",
    ],
)
async def test_no_error_quotes_an_answer_that_cannot_be_read(serve, transport, answer):
    server = serve(lambda c: c.read_request() and c.send(answer))
    with pytest.raises(NoAnswerError) as caught:
        await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    shown = "".join(traceback.format_exception(caught.value))
    assert "planted" not in f"{shown} {caught.value.reason}"


async def test_failures_leave_no_task_and_no_warning(serve, refusing_url):
    asyncio.get_running_loop().set_debug(enabled=True)
    transport, before = AiohttpTransport(), asyncio.all_tasks()
    half = serve(lambda c: c.read_request() and c.reply(b"{", length=9))
    for url in (refusing_url, half.url, "https://print.invalid/"):
        with pytest.raises((ConnectionFailedError, NoAnswerError)):
            await transport.send(get(url), timeout=TIMEOUT, gate=SendGate())
    await transport.aclose()
    assert asyncio.all_tasks() == before
    gc.collect()  # what was not closed would warn now


# proxies


@pytest.mark.parametrize(
    ("name", "url", "path"),
    [
        ("HTTP_PROXY", "http://print.invalid/v4", "http://print.invalid/v4"),
        ("HTTPS_PROXY", "https://print.invalid/v4", "print.invalid:443"),
    ],
)
async def test_a_proxy_gets_its_credentials_and_no_error_shows_them(
    serve, no_proxies, transport, name, url, path
):
    proxy = serve(lambda c: c.read_request() and c.reply(b"", 407, length=9))
    no_proxies.setenv(name, proxy.url.replace("://", "://user:p%40ss@"))
    shown = ""
    try:
        await transport.send(get(url), timeout=TIMEOUT, gate=SendGate())
    except ConnectionFailedError as error:
        shown = str(error)
    assert list(paths(proxy)) == [path]
    head = proxy.connections[0].requests[0].decode().lower()
    assert f"user-agent: {USER_AGENT}".lower() in head
    credentials = base64.b64encode(b"user:p@ss").decode()
    assert f"proxy-authorization: basic {credentials}".lower() in head
    assert "ss@" not in shown


async def test_a_socks_proxy_is_refused(no_proxies, transport):
    no_proxies.setenv("ALL_PROXY", "socks5://user:planted@127.0.0.1:1")
    with pytest.raises(ValueError, match="can use no socks5 proxy") as caught:
        await transport.send(get("https://print.invalid/"), timeout=TIMEOUT, gate=SendGate())
    assert "planted" not in str(caught.value)
