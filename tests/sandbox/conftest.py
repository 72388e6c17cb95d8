import time
from types import SimpleNamespace

import httpx
import pytest
from support.orders import order_body

from gelato_async.sandbox import clock, create_app


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def order():
    return order_body


@pytest.fixture
def asks_for():
    return lambda value: {"metadata": [{"key": "sandbox", "value": value}]}


@pytest.fixture
def travel(monkeypatch):
    """Let real time pass for the sandbox, and only for it, without waiting."""
    offset = 0.0

    def pass_by(seconds):
        nonlocal offset
        offset += seconds

    stub = SimpleNamespace(
        monotonic=lambda: time.monotonic() + offset, time=lambda: time.time() + offset
    )
    monkeypatch.setattr(clock, "time", stub)
    return pass_by


@pytest.fixture
def serve():
    """Give clients of both APIs and of the controls for an application with some options."""

    def clients(**options):
        app = create_app(**{"speed": 0.0} | options)

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
