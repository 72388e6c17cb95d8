"""A request that was given up must never arrive, however long the kernel still has it in hand."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import anyio
import anyio.to_thread
import httpx
import pytest

from gelato_async import ClientTransport, GelatoError, Request, SendGate
from gelato_async.transports.network import RESET_ON_CLOSE

pytestmark = pytest.mark.system

CERTIFICATE = Path(__file__).with_name("localhost.pem")
LONG = 60.0
# larger than what the server's kernel takes unread, smaller than what the client's kernel holds
BODY = b"x" * 12_000
# through TLS, where a server reads a record of up to 16 KiB as a whole
SECURE_BODY = b"x" * 24_000
WINDOW = 2_304


class StalledServer:
    """A server that reads only the first byte of a request until it is told to go on.

    The rest stays in the client's kernel, as it does while the network is down. `greet` does what
    comes before the request, and returns the stream that the request comes on.
    """

    def __init__(self, greet, body=BODY):
        self.greet = greet
        self.body = body
        self.ready, self.resume = threading.Event(), threading.Event()
        self.received = b""
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        with self._listener, contextlib.suppress(OSError):
            stream, _ = self._listener.accept()
            stream = self.greet(stream)
            with stream:
                self.received = stream.recv(1)
                self.ready.set()
                assert self.resume.wait(LONG)
                while part := stream.recv(65_536):
                    self.received += part

    def outcome(self):
        """Whether the whole request arrived, once the client is gone."""
        self.resume.set()
        self._thread.join(LONG)
        return self.received.endswith(self.body)


def plain(stream):
    return stream


@pytest.fixture
def tls(server_tls):
    return lambda stream: server_tls.wrap_socket(stream, server_side=True)


@pytest.fixture
def tunnel(tls):
    def answer_connect(stream):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += stream.recv(1)
        stream.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        return tls(stream)

    return answer_connect


@pytest.fixture(params=["plain", "tls", "tunnel", "forward"])
def way(request, tls, tunnel, no_proxies):
    """A stalled server, and the URL that a request reaches it by."""
    greetings = {"plain": plain, "tls": tls, "tunnel": tunnel, "forward": plain}
    secure = request.param in {"tls", "tunnel"}
    server = StalledServer(greetings[request.param], SECURE_BODY if secure else BODY)
    no_proxies.setenv("SSL_CERT_FILE", os.fspath(CERTIFICATE))
    if request.param == "tunnel":
        no_proxies.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.port}")
        yield server, "https://print.invalid/v4/orders"
    elif request.param == "forward":
        no_proxies.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.port}")
        yield server, "http://print.invalid/v4/orders"
    else:
        scheme = "https" if secure else "http"
        yield server, f"{scheme}://127.0.0.1:{server.port}/v4/orders"
    server.outcome()


@pytest.fixture(
    params=[("asyncio", {}), ("asyncio", {"use_uvloop": True}), ("trio", {})],
    ids=["asyncio", "uvloop", "trio"],
)
def loop(request):
    name, options = request.param
    if options:
        pytest.importorskip("uvloop")
    return {"backend": name, "backend_options": options}


def create(url, body=BODY):
    return Request(method="POST", url=url, body=body)


async def time_out(transport, server, url):
    # on a busy machine it may fail before it is sent, which is as good
    with pytest.raises(GelatoError):
        await transport.send(create(url, server.body), timeout=0.4, gate=SendGate())


async def cancel(transport, server, url):
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(
            lambda: transport.send(create(url, server.body), timeout=LONG, gate=SendGate())
        )
        await anyio.to_thread.run_sync(server.ready.wait, LONG)
        await anyio.wait_all_tasks_blocked()  # all is written, and the answer is waited for
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("give_up", [time_out, cancel])
def test_a_request_given_up_never_arrives(way, loop, give_up, monkeypatch, transport_class):
    server, url = way
    uncached = f"{transport_class.__module__}.default_ssl_context"
    monkeypatch.setattr(uncached, httpx.create_ssl_context)

    async def main():
        transport = transport_class()
        await give_up(transport, server, url)
        await transport.aclose()

    anyio.run(main, **loop)
    assert not server.outcome()


_CHILD = """
import anyio, sys
import gelato_async
from gelato_async import Request, SendGate

transport = getattr(gelato_async, sys.argv[1])()
request = Request(method="POST", url=sys.argv[2], body=b"x" * int(sys.argv[3]))
anyio.run(lambda: transport.send(request, timeout=60, gate=SendGate()))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_request_of_a_process_that_is_killed_never_arrives(transport_class):
    server = StalledServer(plain)
    url = f"http://127.0.0.1:{server.port}/"
    command = [sys.executable, "-c", _CHILD, transport_class.__name__, url, str(len(BODY))]
    with subprocess.Popen(command) as child:
        assert server.ready.wait(LONG)
        child.send_signal(signal.SIGKILL)
    assert not server.outcome()


@pytest.mark.parametrize("name", ["httpx", "httpx2"])
@pytest.mark.parametrize("give_up", [time_out, cancel])
def test_a_request_that_an_injected_client_gave_up_never_arrives(loop, give_up, name):
    library, server = pytest.importorskip(name), StalledServer(plain)

    async def main():
        async with library.AsyncClient(trust_env=False) as client:
            url = f"http://127.0.0.1:{server.port}/"
            await give_up(ClientTransport(client), server, url)

    anyio.run(main, **loop)
    assert not server.outcome()


@pytest.mark.parametrize("name", ["httpx", "httpx2"])
def test_an_injected_client_takes_the_documented_option(serve, name):
    library, server = pytest.importorskip(name), serve()

    async def main():
        transport = library.AsyncHTTPTransport(socket_options=[RESET_ON_CLOSE])
        async with library.AsyncClient(transport=transport) as client:
            sent = ClientTransport(client).send(
                Request(method="GET", url=server.url), timeout=LONG, gate=SendGate()
            )
            assert (await sent).status == 200

    anyio.run(main)


def test_closing_after_a_read_answer_loses_nothing(serve, loop, transport_class):
    def answer_and_end(connection):
        while connection.read_request():
            connection.reply(BODY)

    server = serve(answer_and_end)

    async def main():
        for _ in range(50):
            transport = transport_class()
            response = await transport.send(create(server.url), timeout=LONG, gate=SendGate())
            await transport.aclose()
            assert response.body == BODY

    anyio.run(main, **loop)
    requests = [request for connection in server.connections for request in connection.requests]
    assert len(requests) == 50
    assert all(request.endswith(BODY) for request in requests)
