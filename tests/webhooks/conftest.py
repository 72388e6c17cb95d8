import asyncio
import json
import socket
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn

from gelato_async.webhooks import Event, MemoryStore, SqliteStore, WebhookReceiver

SAMPLES = Path(__file__).parents[1] / "samples" / "webhooks"
SECRET = "a-long-secret"


@pytest.fixture
def sample():
    """The body of an event, as plain JSON."""
    return lambda name: json.loads((SAMPLES / f"{name}.json").read_text())


@pytest.fixture
def body(sample):
    """The body of an event, as bytes; keyword arguments replace some of it."""
    return lambda name="order_status_updated", **changes: json.dumps(
        sample(name) | changes
    ).encode()


@pytest.fixture
def make():
    """A receiver that notes what it has handled."""

    def receiver(**options):
        made = WebhookReceiver(**({"secrets": SECRET} | options))
        made.seen = []

        @made.on(Event)
        async def note(event):
            made.seen.append(event)

        return made

    return receiver


@pytest.fixture(params=["memory", "sqlite"])
async def store(request, tmp_path):
    """A store of each kind."""
    if request.param == "memory":
        yield MemoryStore()
        return
    store = SqliteStore(tmp_path / "webhooks.sqlite")
    yield store
    await store.aclose()


@pytest.fixture
def headers():
    return {"X-Webhook-Secret": SECRET}


class Server(uvicorn.Server):
    def __init__(self, app, started):
        super().__init__(
            uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=5)
        )
        self._on_started = started.set

    async def startup(self, sockets=None):
        await super().startup(sockets)
        self._on_started()


@pytest.fixture
def served():
    """Serve an application by uvicorn from a thread; gives its URL."""

    @contextmanager
    def serve(app):
        listener, started = socket.create_server(("127.0.0.1", 0)), threading.Event()
        server = Server(app, started)
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True
        )
        thread.start()
        assert started.wait(30)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
            listener.close()

    return serve
