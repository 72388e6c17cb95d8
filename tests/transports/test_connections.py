"""How connections are shared, kept and thrown away."""

import asyncio
import subprocess
import sys
import threading

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
import trio
from support.http_requests import (
    TIMEOUT,
    close_at_once,
    eventually,
    get,
    half_a_status_line,
    paths,
    reset_at_once,
)

from gelato_async import (
    ConnectionFailedError,
    HttpxTransport,
    NoAnswerError,
    SendGate,
)
from gelato_async.transports.network import CONNECTIONS, KEEPALIVE


def test_the_defaults_are_the_documented_ones(transport_class):
    assert (CONNECTIONS, KEEPALIVE) == (256, 60.0)
    with pytest.raises(ValueError, match="connections must be 1"):
        transport_class(connections=0)


@pytest.mark.anyio
async def test_a_connection_is_used_again(serve, transport):
    server = serve()
    for number in range(5):
        await transport.send(get(f"{server.url}/{number}"), timeout=TIMEOUT, gate=SendGate())
    assert len(server.connections) == 1


@pytest.mark.anyio
async def test_a_connection_is_used_again_after_an_error_status(serve, transport):
    def behave(connection):
        while connection.read_request():
            connection.reply(b"", 503)

    server = serve(behave)
    for _ in range(3):
        await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    assert len(server.connections) == 1


@pytest.mark.anyio
async def test_the_connection_used_last_is_used_first(serve, transport):
    gates = {name: threading.Event() for name in ("/a", "/b", "/c")}

    def behave(connection):
        while request := connection.read_request():
            gate = gates.get(request.split(b" ")[1].decode())
            if gate:
                gate.wait(20)
            connection.reply()

    server, done = serve(behave), []

    async def send(path):
        await transport.send(get(server.url + path), timeout=TIMEOUT, gate=SendGate())
        done.append(path)

    async with anyio.create_task_group() as tasks:
        for path in gates:
            tasks.start_soon(send, path)
        await eventually(lambda: len(paths(server)) == 3)
        for path in ("/c", "/a", "/b"):
            gates[path].set()
            await eventually(lambda path=path: path in done)
    for path in ("/d", "/e"):
        await send(path)
    used = paths(server)
    assert used["/d"] == used["/e"] == used["/b"]
    assert len(server.connections) == 3


@pytest.mark.anyio
async def test_each_origin_has_connections_of_its_own(serve, transport):
    one, other = serve(), serve()
    for server in (one, other, one, other):
        await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    assert len(one.connections) == len(other.connections) == 1


@pytest.mark.anyio
async def test_connections_are_limited_and_first_come_first_served(serve, transport_class):
    busy, most, order, lock = set(), [], [], threading.Lock()

    def behave(connection):
        while request := connection.read_request():
            with lock:
                busy.add(connection.number)
                most.append(len(busy))
                order.append(int(request.split(b" ")[1][1:]))
            with lock:
                busy.discard(connection.number)
            connection.reply()

    server, transport = serve(behave), transport_class(connections=1)
    async with anyio.create_task_group() as tasks:
        for number in range(20):
            request = get(f"{server.url}/{number}")
            tasks.start_soon(
                lambda request=request: transport.send(request, timeout=TIMEOUT, gate=SendGate())
            )
            await anyio.lowlevel.checkpoint()
    await transport.aclose()
    assert order == list(range(20))
    assert len(server.connections) == 1


@pytest.mark.anyio
async def test_the_limit_holds_for_many_at_once(serve, transport_class):
    lock, busy, most = threading.Lock(), [0], [0]
    full = threading.Barrier(5)

    def behave(connection):
        while connection.read_request():
            with lock:
                busy[0] += 1
                most[0] = max(most[0], busy[0])
            full.wait(20)  # five are needed to go on, so five there are
            with lock:
                busy[0] -= 1
            connection.reply()

    server, transport = serve(behave), transport_class(connections=5)
    async with anyio.create_task_group() as tasks:
        for _ in range(50):
            tasks.start_soon(
                lambda: transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
            )
    await transport.aclose()
    assert most == [5]
    assert len(server.connections) == 5


@pytest.mark.anyio
async def test_whoever_gets_no_connection_in_time_was_not_sent(serve, sends, transport_class):
    release = threading.Event()

    def behave(connection):
        while connection.read_request():
            release.wait(20)
            connection.reply()

    server, transport = serve(behave), transport_class(connections=1)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate()))
        await eventually(lambda: paths(server))
        with pytest.raises(ConnectionFailedError, match="no connection came free within"):
            await transport.send(get(server.url), timeout=0.01, gate=sends())
        release.set()
    assert sends.count == 0
    assert (await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())).status == 200
    await transport.aclose()


@pytest.mark.anyio
async def test_a_waiter_that_is_cancelled_holds_nobody_up(serve, transport_class):
    release = threading.Event()

    def behave(connection):
        while connection.read_request():
            release.wait(20)
            connection.reply()

    server, transport, done = serve(behave), transport_class(connections=1), []
    scopes = {}

    async def send(name):
        with anyio.CancelScope() as scopes[name]:
            await transport.send(get(f"{server.url}/{name}"), timeout=TIMEOUT, gate=SendGate())
            done.append(name)

    async with anyio.create_task_group() as tasks:
        for name in ("a", "b", "c"):
            tasks.start_soon(send, name)
            await anyio.lowlevel.checkpoint()
        await eventually(lambda: paths(server))
        scopes["b"].cancel()
        release.set()
    assert done == ["a", "c"]
    await transport.aclose()


@pytest.mark.anyio
@pytest.mark.parametrize("behave", [close_at_once, reset_at_once, half_a_status_line])
async def test_a_connection_is_thrown_away_when_a_request_failed_on_it(serve, transport, behave):
    def first_fails(connection):
        (answer_all if connection.number else behave)(connection)

    def answer_all(connection):
        while connection.read_request():
            connection.reply()

    server = serve(first_fails)
    with pytest.raises(NoAnswerError):
        await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    assert (await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())).status == 200
    assert len(server.connections) == 2


@pytest.mark.anyio
async def test_a_connection_of_a_cancelled_request_is_thrown_away(serve, transport):
    release = threading.Event()

    def behave(connection):
        while connection.read_request():
            if connection.number == 0:
                release.wait(20)
            connection.reply(str(connection.number).encode())

    server = serve(behave)
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(
                lambda: transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
            )
            await eventually(lambda: paths(server))
            scope.cancel()
    release.set()
    response = await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    assert response.body == b"1"  # not the late answer to another request
    assert await anyio.to_thread.run_sync(server.connections[0].ended.wait, 20)


@pytest.mark.anyio
async def test_a_connection_that_the_server_closed_is_not_used(serve, transport):
    def one_each(connection):
        connection.read_request()
        connection.reply()

    server = serve(one_each)
    for number in range(3):
        await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
        assert await anyio.to_thread.run_sync(server.connections[number].ended.wait, 20)
    assert len(server.connections) == 3


@pytest.mark.anyio
async def test_connections_idle_too_long_are_closed_by_the_next_call(serve, transport_class):
    gate = threading.Barrier(3)

    def behave(connection):
        while request := connection.read_request():
            if b"/together" in request:
                gate.wait(20)
            connection.reply()

    server, transport = serve(behave), transport_class(keepalive=60)
    time = 1_000.0
    transport._pool.now = lambda: time
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            request = get(f"{server.url}/together")
            tasks.start_soon(
                lambda request=request: transport.send(request, timeout=TIMEOUT, gate=SendGate())
            )
    time += 59
    await transport.send(get(f"{server.url}/alone"), timeout=TIMEOUT, gate=SendGate())
    assert not any(connection.ended.is_set() for connection in server.connections)
    time += 2
    await transport.send(get(f"{server.url}/alone"), timeout=TIMEOUT, gate=SendGate())
    used = paths(server)["/alone"]
    for connection in server.connections:
        if connection.number != used:
            assert await anyio.to_thread.run_sync(connection.ended.wait, 20)
    assert not server.connections[used].ended.is_set()
    await transport.aclose()


@pytest.mark.anyio
async def test_it_can_be_closed_twice_and_used_again(serve, transport_class):
    server, transport = serve(), transport_class()
    await transport.aclose()
    await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    await transport.aclose()
    await transport.aclose()
    assert await anyio.to_thread.run_sync(server.connections[0].ended.wait, 20)
    await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    assert len(server.connections) == 2
    await transport.aclose()


@pytest.mark.anyio
async def test_a_connection_in_use_is_closed_when_it_comes_back(serve, transport_class):
    release = threading.Event()

    def behave(connection):
        while connection.read_request():
            release.wait(20)
            connection.reply()

    server, transport = serve(behave), transport_class()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate()))
        await eventually(lambda: paths(server))
        await transport.aclose()
        release.set()
    assert await anyio.to_thread.run_sync(server.connections[0].ended.wait, 20)


@pytest.mark.anyio
async def test_a_connection_that_cannot_even_be_made_takes_no_place(
    serve, monkeypatch, transport_class
):
    transport = transport_class(connections=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"):
            monkeypatch.setattr(
                transport._pool, "open", lambda _: (_ for _ in ()).throw(ValueError("broken"))
            )
            await transport.send(get("http://127.0.0.1:1"), timeout=TIMEOUT, gate=SendGate())
    monkeypatch.setattr(transport._pool, "open", transport._open)
    assert (await transport.send(get(serve().url), timeout=TIMEOUT, gate=SendGate())).status == 200
    await transport.aclose()


_LOOPS = """
import sys
import anyio
import gelato_async
from gelato_async import Request, SendGate

transport = getattr(gelato_async, sys.argv[2])()

async def send_three():
    for _ in range(3):
        response = await transport.send(Request(method="GET", url=sys.argv[1]), timeout=30, gate=SendGate())
        assert response.status == 200

for backend in sys.argv[3:]:
    anyio.run(send_three, backend=backend)
print("done")
"""


@pytest.mark.parametrize(
    ("name", "backends"),
    [
        ("HttpxTransport", ["asyncio", "asyncio", "trio", "trio", "asyncio"]),
        ("AiohttpTransport", ["asyncio"] * 5),
    ],
)
def test_an_unclosed_transport_serves_loop_after_loop_silently(serve, name, backends):
    server = serve()
    command = [sys.executable, "-W", "error", "-c", _LOOPS, server.url, name, *backends]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "done\n", "")
    assert len(server.connections) == 5
    assert all(connection.ended.wait(20) for connection in server.connections)


def test_one_transport_serves_two_loops_at_once(serve, transport_class):
    server, transport, failures = serve(), transport_class(connections=3), []

    async def send_many():
        async with anyio.create_task_group() as tasks:
            for _ in range(30):
                tasks.start_soon(
                    lambda: transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
                )

    def run(runner):
        try:
            runner()
        except BaseException as error:  # noqa: BLE001  reported below, in the test's own thread
            failures.append(error)

    runners = [lambda: asyncio.run(send_many())] * 2
    if transport_class is HttpxTransport:
        runners[1] = lambda: trio.run(send_many)
    threads = [threading.Thread(target=run, args=[runner]) for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(server.connections) <= 6
