import contextlib
import re
import socket
import ssl
import struct
import threading
from pathlib import Path

import pytest
from support.http_requests import Sends

from gelato_async import AiohttpTransport, HttpxTransport

CERTIFICATE = Path(__file__).with_name("localhost.pem")


class Connection:
    """The server's end of a connection, and what came in on it."""

    def __init__(self, number, stream):
        self.number = number
        self.stream = stream
        self.requests = []
        self.ended = threading.Event()

    def read_request(self):
        """The next request as it came, or None at the end."""
        received = b""
        with contextlib.suppress(OSError):
            while b"\r\n\r\n" not in received:
                if not (chunk := self.stream.recv(65_536)):
                    return None
                received += chunk
            head, _, body = received.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head.lower())
            while length and len(body) < int(length[1]):
                body += self.stream.recv(65_536)
            request = head + b"\r\n\r\n" + body
            self.requests.append(request)
            return request
        return None

    def reply(self, body=b"{}", status=200, *headers, length=None):
        lines = [
            f"HTTP/1.1 {status} X",
            f"content-length: {len(body) if length is None else length}",
            *headers,
        ]
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def send(self, what):
        with contextlib.suppress(OSError):
            self.stream.sendall(what)

    def reset(self):
        self.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.stream.close()


class SocketServer:
    """A server with a thread for each connection, which does what the test says."""

    def __init__(self, behave):
        self.behave = behave
        self.connections = []
        self.requests = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                stream, _ = self._listener.accept()
                stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection = Connection(len(self.connections), stream)
                self.connections.append(connection)
                self._threads.append(threading.Thread(target=self._serve, args=[connection]))
                self._threads[-1].start()

    def _serve(self, connection):
        try:
            self.behave(connection)
        finally:
            connection.stream.close()
            connection.ended.set()

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.stream.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join(10)


def answer_all(connection):
    while connection.read_request():
        connection.reply()


@pytest.fixture
def serve():
    """Start a server whose connections are handed to a function, each in a thread of its own."""
    servers = []

    def start(behave=answer_all):
        servers.append(SocketServer(behave))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def refusing_url():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def server_tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@pytest.fixture
def no_proxies(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


@pytest.fixture
def sends():
    return Sends()


def pytest_collection_modifyitems(items):
    """Drop the cases of AiohttpTransport on trio, where it does not work."""
    items[:] = [item for item in items if not _needs_aiohttp_on_trio(item)]


def _needs_aiohttp_on_trio(item):
    case = getattr(item, "callspec", None)
    return case is not None and {"aiohttp", "trio"} <= set(case.id.split("-"))


@pytest.fixture(params=[HttpxTransport, AiohttpTransport], ids=["httpx", "aiohttp"])
def transport_class(request):
    """Each transport that keeps connections of its own."""
    return request.param


@pytest.fixture
async def transport(transport_class):
    made = transport_class()
    yield made
    await made.aclose()
