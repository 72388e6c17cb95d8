import asyncio
import importlib
import re
import socket
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import uvicorn

ROOT = Path(__file__).parents[2]


def code_of(path, language="python"):
    """The blocks of code in a Markdown file of ours, as they stand."""
    return re.findall(
        rf"```{language}\n(.*?)```", (ROOT / path).read_text(encoding="utf-8"), re.DOTALL
    )


@contextmanager
def importing_from(folder):
    """Modules of this folder can be imported, and are forgotten afterwards."""
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            if Path(getattr(sys.modules[name], "__file__", None) or "/").parent == Path(folder):
                del sys.modules[name]


@contextmanager
def listening():
    """A socket that listens already, so that its URL is known before there is anything to serve."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(None)
        yield listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def served(app, listener):
    """Serve an application by uvicorn, from a thread."""
    started = threading.Event()
    server = _Server(app, started)
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True
    )
    thread.start()
    try:
        assert started.wait(30)
        assert server.started
        yield
    finally:
        server.should_exit = True
        thread.join()


class _Server(uvicorn.Server):
    def __init__(self, app, came_up):
        config = uvicorn.Config(
            app, loop="asyncio", log_config=None, access_log=False, timeout_graceful_shutdown=5
        )
        super().__init__(config)
        self._came_up = came_up

    async def startup(self, sockets=None):
        try:
            await super().startup(sockets)
        finally:
            self._came_up.set()
