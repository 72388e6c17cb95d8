"""Which time counts against a timeout."""

import asyncio
import threading
import time

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
import trio
from support.http_requests import TIMEOUT, eventually, get

from gelato_async import (
    NoAnswerError,
    SendGate,
)


class Jumping(trio.abc.Clock):
    """Trio's clock, and what the test adds to it."""

    offset = 0.0

    def start_clock(self):
        pass

    def current_time(self):
        return time.monotonic() + self.offset

    def deadline_to_sleep_time(self, deadline):
        return deadline - self.current_time()


def run_with_jumps(backend, main):
    """Run `main(jump)` on a loop whose time the test can move forward."""
    if backend == "trio":
        clock = Jumping()

        def jump(seconds):
            clock.offset += seconds

        return trio.run(main, jump, clock=clock)

    class Loop(asyncio.SelectorEventLoop):
        offset = 0.0

        def time(self):
            return super().time() + self.offset

    def jump_of_asyncio(seconds):
        asyncio.get_running_loop().offset += seconds

    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(main(jump_of_asyncio))


BACKENDS = pytest.mark.parametrize("backend", ["asyncio", "trio"])


@BACKENDS
def test_waiting_to_send_counts_against_no_timeout(serve, backend, transport_class):
    server = serve()

    async def main(jump):
        class Slow(SendGate):
            async def mark_sent(self):
                jump(10_000)
                await anyio.lowlevel.checkpoint()
                await super().mark_sent()

        transport = transport_class()
        for _ in range(2):  # on a new connection, and on one that stood
            response = await transport.send(get(server.url), timeout=TIMEOUT, gate=Slow())
            assert response.status == 200
        await transport.aclose()

    run_with_jumps(backend, main)
    assert len(server.connections) == 1


@BACKENDS
def test_the_timeout_counts_from_sending_to_the_last_byte(serve, backend, transport_class):
    release = threading.Event()
    trickling = threading.Event()

    def behave(connection):
        connection.read_request()
        connection.reply(b"{", length=100)
        while not release.wait(0.005):
            connection.send(b" ")
            trickling.set()

    server = serve(behave)

    async def main(jump):
        async def jump_later():
            await eventually(trickling.is_set)
            jump(20)
            await anyio.sleep(0.01)
            jump(11)

        transport = transport_class()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(jump_later)
            with pytest.raises(NoAnswerError, match=r"nothing within 30 s|Timeout") as caught:
                await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
            release.set()
        assert caught.value.status == 200
        await transport.aclose()

    run_with_jumps(backend, main)
