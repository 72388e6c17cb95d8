import time
from types import SimpleNamespace

import httpx
import pytest
from support.orders import order_body

from gelato_async.sandbox import create_app


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def order():
    return order_body


@pytest.fixture
def asks_for():
    return lambda value: {"metadata": [{"key": "sandbox", "value": value}]}


class Clocks:
    """The clocks of the system, with an offset that a test advances."""

    offset = 0.0

    def monotonic(self):
        return time.monotonic() + self.offset

    def wall(self):
        return time.time() + self.offset

    def advance(self, seconds):
        self.offset += seconds


@pytest.fixture
def clocks():
    return Clocks()


@pytest.fixture
def travel(clocks):
    """Let real time pass for the applications of `new_app`, and only for them, without waiting."""
    return clocks.advance


@pytest.fixture
def new_app(clocks):
    """Create an application that has its time from `clocks`."""
    return lambda **options: create_app(
        **{"speed": 0.0, "monotonic": clocks.monotonic, "wall": clocks.wall} | options
    )


@pytest.fixture
def serve(new_app):
    """Give clients of both APIs and of the controls for an application with some options."""

    def clients(**options):
        app = new_app(**options)

        def client(path, key):
            headers = {"X-API-KEY": key} if key else {}
            transport = httpx.ASGITransport(app)
            return httpx.AsyncClient(
                transport=transport, base_url=f"http://sandbox{path}", headers=headers
            )

        return SimpleNamespace(
            app=app,
            gelato=client("/v4/", "sandbox-key"),
            connect=client("/api/sandbox/", "sandbox-key:sandbox-secret"),
            nobody=client("", None),
        )

    return clients


@pytest.fixture
def anyone(serve):
    return serve()
