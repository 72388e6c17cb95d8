import asyncio
import contextlib
import gzip
import os
import ssl
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

import anyio
import anyio.lowlevel
import anyio.to_thread
import httpx
import pytest
import respx
import trio

from gelato_async import (
    ConnectionFailedError,
    GelatoClient,
    HttpxTransport,
    NoAnswerError,
    Request,
    Response,
    RetryPolicy,
    Unlimited,
    __version__,
)
from gelato_async.transports.httpx import CONNECTIONS, KEEPALIVE

TIMEOUT = 30.0


class Sends:
    def __init__(self):
        self.count = 0

    async def __call__(self):
        self.count += 1


@pytest.fixture
def sends():
    return Sends()


@pytest.fixture
async def transport():
    made = HttpxTransport()
    yield made
    await made.aclose()


def get(url):
    return Request(method="GET", url=url, headers={"x-api-key": "k"})


async def nothing():
    pass


async def eventually(condition):
    with anyio.fail_after(20):
        while not condition():
            await anyio.sleep(0.002)


def paths(server):
    return {
        request.split(b" ")[1].decode(): connection.number
        for connection in server.connections
        for request in connection.requests
    }


# what goes out and what comes in


@pytest.mark.anyio
async def test_a_request_goes_out_as_it_is(serve, transport, sends):
    server = serve()
    headers = {"x-api-key": "k", "content-type": "application/json"}
    request = Request(
        method="POST", url=f"{server.url}/a%2Fb?c=d", headers=headers, body=b'{"a": "\xc3\xbc"}'
    )
    response = await transport.send(request, timeout=TIMEOUT, before_send=sends)
    assert response == Response(status=200, headers={"content-length": "2"}, body=b"{}")
    (received,) = server.connections[0].requests
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    assert first == "POST /a%2Fb?c=d HTTP/1.1"
    sent = dict(line.lower().split(": ", 1) for line in lines)
    assert sent["host"] == f"127.0.0.1:{server.port}"
    assert sent["user-agent"].startswith(f"gelato-async/{__version__} python/3.")
    assert sent["accept-encoding"] == "gzip"
    assert sent["content-length"] == str(len(body))
    assert (sent["x-api-key"], sent["content-type"]) == ("k", "application/json")
    assert body == b'{"a": "\xc3\xbc"}'
    assert sends.count == 1


@pytest.mark.anyio
@pytest.mark.parametrize(("method", "length"), [("GET", None), ("DELETE", "0"), ("POST", "0")])
async def test_an_empty_body_has_a_length_where_one_is_expected(serve, transport, method, length):
    server = serve()
    await transport.send(
        Request(method=method, url=server.url + "/"), timeout=TIMEOUT, before_send=nothing
    )
    head = server.connections[0].requests[0].decode().lower()
    assert ("content-length: " + length in head) if length else ("content-length" not in head)


@pytest.mark.anyio
@pytest.mark.parametrize("status", [200, 204, 301, 302, 307, 404, 429, 503, 550])
async def test_every_status_is_an_answer_and_no_redirect_is_followed(serve, transport, status):
    server = serve(
        lambda c: (
            c.read_request() and c.reply(b"", status, "location: /elsewhere", "X-Request-Id: r")
        )
    )
    response = await transport.send(get(server.url + "/"), timeout=TIMEOUT, before_send=nothing)
    assert response.status == status
    assert response.headers["x-request-id"] == "r"
    assert paths(server) == {"/": 0}


@pytest.mark.anyio
async def test_gzip_is_read(serve, transport):
    packed = gzip.compress(b'{"id": "1"}')
    server = serve(lambda c: c.read_request() and c.reply(packed, 200, "content-encoding: gzip"))
    response = await transport.send(get(server.url + "/"), timeout=TIMEOUT, before_send=nothing)
    assert response.body == b'{"id": "1"}'


@pytest.mark.anyio
async def test_an_interim_answer_is_passed_over(serve, transport):
    def behave(connection):
        connection.read_request()
        connection.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        connection.reply(b"{}")

    response = await transport.send(get(serve(behave).url), timeout=TIMEOUT, before_send=nothing)
    assert response.status == 200


@pytest.mark.anyio
async def test_the_certificate_in_the_environment_and_the_callers_context_are_trusted(
    serve, server_tls, monkeypatch
):
    def behave(connection):
        connection.stream = server_tls.wrap_socket(connection.stream, server_side=True)
        while connection.read_request():
            connection.reply()

    server = serve(behave)
    certificate = os.fspath(Path(__file__).with_name("localhost.pem"))
    request = get(f"https://localhost:{server.port}/")
    transport = HttpxTransport(ssl_context=ssl.create_default_context(cafile=certificate))
    assert (await transport.send(request, timeout=TIMEOUT, before_send=nothing)).status == 200
    await transport.aclose()


# what is proved not to have been sent, and what is not


@pytest.mark.anyio
async def test_a_refused_connection_was_not_sent(transport, sends, refusing_url):
    with pytest.raises(ConnectionFailedError) as caught:
        await transport.send(get(refusing_url), timeout=TIMEOUT, before_send=sends)
    assert sends.count == 0
    assert "ConnectError" in caught.value.reason
    assert refusing_url.partition("://")[2] in str(caught.value)


@pytest.mark.anyio
async def test_a_failed_handshake_was_not_sent(serve, transport, sends):
    server = serve(lambda c: c.stream.recv(1_000) and c.send(b"this is no TLS\r\n\r\n"))
    with pytest.raises(ConnectionFailedError):
        await transport.send(
            get(f"https://127.0.0.1:{server.port}/"), timeout=TIMEOUT, before_send=sends
        )
    assert sends.count == 0


@pytest.mark.anyio
async def test_a_certificate_that_is_not_trusted_was_not_sent(serve, transport, sends, server_tls):
    def behave(connection):
        with contextlib.suppress(ssl.SSLError):
            connection.stream = server_tls.wrap_socket(connection.stream, server_side=True)

    with pytest.raises(ConnectionFailedError):
        url = f"https://127.0.0.1:{serve(behave).port}/"
        await transport.send(get(url), timeout=TIMEOUT, before_send=sends)
    assert sends.count == 0


@pytest.mark.anyio
async def test_a_handshake_that_does_not_end_was_not_sent(serve, transport, sends):
    release = threading.Event()
    server = serve(lambda c: release.wait(20))
    with pytest.raises(ConnectionFailedError, match="ConnectTimeout"):
        await transport.send(
            get(f"https://127.0.0.1:{server.port}/"), timeout=0.02, before_send=sends
        )
    release.set()
    assert sends.count == 0


def close_at_once(connection):
    connection.read_request()


def reset_at_once(connection):
    connection.read_request()
    connection.reset()


def half_a_status_line(connection):
    connection.read_request()
    connection.send(b"HTTP/1.1 20")


def no_http(connection):
    connection.read_request()
    connection.send(b"Hello, this is a mail server\r\n\r\n")


@pytest.mark.anyio
@pytest.mark.parametrize("behave", [close_at_once, reset_at_once, half_a_status_line, no_http])
async def test_a_connection_that_ends_before_a_status_leaves_no_answer(
    serve, transport, sends, behave
):
    with pytest.raises(NoAnswerError) as caught:
        await transport.send(get(serve(behave).url), timeout=TIMEOUT, before_send=sends)
    assert caught.value.status is None
    assert sends.count == 1


@pytest.mark.anyio
@pytest.mark.parametrize("status", [200, 201])
async def test_a_success_that_breaks_off_is_no_answer_with_a_status(
    serve, transport, sends, status
):
    server = serve(lambda c: c.read_request() and c.reply(b"{", status, length=100))
    with pytest.raises(NoAnswerError) as caught:
        await transport.send(get(server.url), timeout=TIMEOUT, before_send=sends)
    assert caught.value.status == status


@pytest.mark.anyio
async def test_a_success_that_cannot_be_unpacked_is_no_answer_with_a_status(serve, transport):
    server = serve(
        lambda c: c.read_request() and c.reply(b"no gzip", 200, "content-encoding: gzip")
    )
    with pytest.raises(NoAnswerError) as caught:
        await transport.send(get(server.url), timeout=TIMEOUT, before_send=nothing)
    assert caught.value.status == 200


@pytest.mark.anyio
@pytest.mark.parametrize("status", [302, 400, 429, 503])
async def test_another_answer_that_breaks_off_is_that_answer(serve, transport, status):
    server = serve(
        lambda c: c.read_request() and c.reply(b"{", status, "retry-after: 9", length=100)
    )
    response = await transport.send(get(server.url), timeout=TIMEOUT, before_send=nothing)
    assert (response.status, response.headers["retry-after"], response.body) == (status, "9", b"")


@pytest.mark.anyio
async def test_a_silent_server_is_no_answer(serve, transport, sends):
    release = threading.Event()
    server = serve(lambda c: c.read_request() and release.wait(20))
    with pytest.raises(NoAnswerError) as caught:
        await transport.send(get(server.url), timeout=0.05, before_send=sends)
    release.set()
    assert caught.value.status is None
    assert sends.count == 1


@pytest.mark.anyio
async def test_a_success_that_stalls_is_no_answer_with_a_status(serve, transport):
    release = threading.Event()

    def behave(connection):
        connection.read_request()
        connection.reply(b"{", length=100)
        release.wait(20)

    with pytest.raises(NoAnswerError) as caught:
        await transport.send(get(serve(behave).url), timeout=0.5, before_send=nothing)
    release.set()
    assert caught.value.status == 200


@pytest.mark.anyio
@pytest.mark.parametrize("line", ["HTTP/1.1 200 OK\r\nx-api-key planted", "planted HTTP/1.1"])
async def test_what_a_server_echoes_where_no_http_is_shows_in_no_error(serve, line):
    server = serve(lambda c: c.read_request() and c.send(f"{line}\r\n\r\n".encode()))
    options = {"base_url": server.url, "limiter": Unlimited(), "retry": RetryPolicy(attempts=1)}
    async with GelatoClient("planted", **options) as client:
        with pytest.raises(NoAnswerError) as caught:
            await client.orders.get("order-1")
    assert "planted" not in f"{caught.value} {caught.value.reason}"
    assert "planted" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.anyio
async def test_an_error_of_before_send_comes_through_and_nothing_was_sent(serve, transport):
    async def fail():
        raise LookupError("no")

    server = serve()
    with pytest.raises(LookupError):
        await transport.send(get(server.url), timeout=TIMEOUT, before_send=fail)
    await eventually(lambda: server.connections and server.connections[0].ended.is_set())
    assert server.connections[0].requests == []


# time


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
def test_waiting_to_send_counts_against_no_timeout(serve, backend):
    server = serve()

    async def main(jump):
        async def long_wait():
            jump(10_000)
            await anyio.lowlevel.checkpoint()

        transport = HttpxTransport()
        for _ in range(2):  # on a new connection, and on one that stood
            response = await transport.send(get(server.url), timeout=TIMEOUT, before_send=long_wait)
            assert response.status == 200
        await transport.aclose()

    run_with_jumps(backend, main)
    assert len(server.connections) == 1


@BACKENDS
def test_the_timeout_counts_from_sending_to_the_last_byte(serve, backend):
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

        transport = HttpxTransport()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(jump_later)
            with pytest.raises(NoAnswerError, match=r"nothing within 30 s|Timeout") as caught:
                await transport.send(get(server.url), timeout=TIMEOUT, before_send=nothing)
            release.set()
        assert caught.value.status == 200
        await transport.aclose()

    run_with_jumps(backend, main)


# connections


def test_the_defaults_are_the_documented_ones():
    assert (CONNECTIONS, KEEPALIVE) == (256, 60.0)
    with pytest.raises(ValueError, match="connections must be 1"):
        HttpxTransport(connections=0)


@pytest.mark.anyio
async def test_a_connection_is_used_again(serve, transport):
    server = serve()
    for number in range(5):
        await transport.send(get(f"{server.url}/{number}"), timeout=TIMEOUT, before_send=nothing)
    assert len(server.connections) == 1


@pytest.mark.anyio
async def test_a_connection_is_used_again_after_an_error_status(serve, transport):
    def behave(connection):
        while connection.read_request():
            connection.reply(b"", 503)

    server = serve(behave)
    for _ in range(3):
        await transport.send(get(server.url), timeout=TIMEOUT, before_send=nothing)
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
        await transport.send(get(server.url + path), timeout=TIMEOUT, before_send=nothing)
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
        await transport.send(get(server.url), timeout=TIMEOUT, before_send=nothing)
    assert len(one.connections) == len(other.connections) == 1


@pytest.mark.anyio
async def test_no_more_connections_than_allowed_and_first_come_is_first_served(serve):
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

    server, transport = serve(behave), HttpxTransport(connections=1)
    async with anyio.create_task_group() as tasks:
        for number in range(20):
            request = get(f"{server.url}/{number}")
            tasks.start_soon(
                lambda request=request: transport.send(
                    request, timeout=TIMEOUT, before_send=nothing
                )
            )
            await anyio.lowlevel.checkpoint()
    await transport.aclose()
    assert order == list(range(20))
    assert len(server.connections) == 1


@pytest.mark.anyio
async def test_the_limit_holds_for_many_at_once(serve):
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

    server, transport = serve(behave), HttpxTransport(connections=5)
    async with anyio.create_task_group() as tasks:
        for _ in range(50):
            tasks.start_soon(
                lambda: transport.send(get(server.url), timeout=TIMEOUT, before_send=nothing)
            )
    await transport.aclose()
    assert most == [5]
    assert len(server.connections) == 5


@pytest.mark.anyio
async def test_whoever_gets_no_connection_in_time_was_not_sent(serve, sends):
    release = threading.Event()

    def behave(connection):
        while connection.read_request():
            release.wait(20)
            connection.reply()

    server, transport = serve(behave), HttpxTransport(connections=1)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(
            lambda: transport.send(get(server.url), timeout=TIMEOUT, before_send=nothing)
        )
        await eventually(lambda: paths(server))
        with pytest.raises(ConnectionFailedError, match="no connection came free within"):
            await transport.send(get(server.url), timeout=0.01, before_send=sends)
        release.set()
    assert sends.count == 0
    assert (
        await transport.send(get(server.url), timeout=TIMEOUT, before_send=nothing)
    ).status == 200
    await transport.aclose()


@pytest.mark.anyio
async def test_a_waiter_that_is_cancelled_holds_nobody_up(serve):
    release = threading.Event()

    def behave(connection):
        while connection.read_request():
            release.wait(20)
            connection.reply()

    server, transport, done = serve(behave), HttpxTransport(connections=1), []
    scopes = {}

    async def send(name):
        with anyio.CancelScope() as scopes[name]:
            await transport.send(get(f"{server.url}/{name}"), timeout=TIMEOUT, before_send=nothing)
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
        await transport.send(get(server.url), timeout=TIMEOUT, before_send=nothing)
    assert (
        await transport.send(get(server.url), timeout=TIMEOUT, before_send=nothing)
    ).status == 200
    assert len(server.connections) == 2


@pytest.mark.anyio
async def test_a_connection_is_thrown_away_when_its_request_was_cancelled(serve, transport):
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
                lambda: transport.send(get(server.url), timeout=TIMEOUT, before_send=nothing)
            )
            await eventually(lambda: paths(server))
            scope.cancel()
    release.set()
    response = await transport.send(get(server.url), timeout=TIMEOUT, before_send=nothing)
    assert response.body == b"1"  # not the late answer to another request
    assert await anyio.to_thread.run_sync(server.connections[0].ended.wait, 20)


@pytest.mark.anyio
async def test_a_connection_that_the_server_closed_meanwhile_is_not_used(serve, transport):
    def one_each(connection):
        connection.read_request()
        connection.reply()

    server = serve(one_each)
    for number in range(3):
        await transport.send(get(server.url), timeout=TIMEOUT, before_send=nothing)
        assert await anyio.to_thread.run_sync(server.connections[number].ended.wait, 20)
    assert len(server.connections) == 3


@pytest.mark.anyio
async def test_connections_that_were_idle_too_long_are_closed_by_who_comes_next(serve):
    gate = threading.Barrier(3)

    def behave(connection):
        while request := connection.read_request():
            if b"/together" in request:
                gate.wait(20)
            connection.reply()

    server, transport = serve(behave), HttpxTransport(keepalive=60)
    time = 1_000.0
    transport._pool.now = lambda: time
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            request = get(f"{server.url}/together")
            tasks.start_soon(
                lambda request=request: transport.send(
                    request, timeout=TIMEOUT, before_send=nothing
                )
            )
    time += 59
    await transport.send(get(f"{server.url}/alone"), timeout=TIMEOUT, before_send=nothing)
    assert not any(connection.ended.is_set() for connection in server.connections)
    time += 2
    await transport.send(get(f"{server.url}/alone"), timeout=TIMEOUT, before_send=nothing)
    used = paths(server)["/alone"]
    for connection in server.connections:
        if connection.number != used:
            assert await anyio.to_thread.run_sync(connection.ended.wait, 20)
    assert not server.connections[used].ended.is_set()
    await transport.aclose()


@pytest.mark.anyio
async def test_it_can_be_closed_twice_and_used_again(serve):
    server, transport = serve(), HttpxTransport()
    await transport.aclose()
    await transport.send(get(server.url), timeout=TIMEOUT, before_send=nothing)
    await transport.aclose()
    await transport.aclose()
    assert await anyio.to_thread.run_sync(server.connections[0].ended.wait, 20)
    await transport.send(get(server.url), timeout=TIMEOUT, before_send=nothing)
    assert len(server.connections) == 2
    await transport.aclose()


@pytest.mark.anyio
async def test_a_connection_in_use_is_closed_when_it_comes_back(serve):
    release = threading.Event()

    def behave(connection):
        while connection.read_request():
            release.wait(20)
            connection.reply()

    server, transport = serve(behave), HttpxTransport()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(
            lambda: transport.send(get(server.url), timeout=TIMEOUT, before_send=nothing)
        )
        await eventually(lambda: paths(server))
        await transport.aclose()
        release.set()
    assert await anyio.to_thread.run_sync(server.connections[0].ended.wait, 20)


@pytest.mark.anyio
async def test_a_connection_that_cannot_even_be_made_takes_no_place(serve, monkeypatch):
    transport = HttpxTransport(connections=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"):
            monkeypatch.setattr(
                transport._pool, "open", lambda _: (_ for _ in ()).throw(ValueError("broken"))
            )
            await transport.send(get("http://127.0.0.1:1"), timeout=TIMEOUT, before_send=nothing)
    monkeypatch.setattr(transport._pool, "open", transport._open)
    assert (
        await transport.send(get(serve().url), timeout=TIMEOUT, before_send=nothing)
    ).status == 200
    await transport.aclose()


_LOOPS = """
import asyncio, sys, trio
from gelato_async import HttpxTransport, Request

transport = HttpxTransport()

async def nothing():
    pass

async def send_three():
    for _ in range(3):
        response = await transport.send(Request(method="GET", url=sys.argv[1]), timeout=30, before_send=nothing)
        assert response.status == 200

asyncio.run(send_three())
asyncio.run(send_three())
trio.run(send_three)
trio.run(send_three)
asyncio.run(send_three())
print("done")
"""


def test_one_transport_serves_loop_after_loop_without_a_warning_though_nobody_closes_it(serve):
    server = serve()
    command = [sys.executable, "-W", "error", "-c", _LOOPS, server.url]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "done\n", "")
    assert len(server.connections) == 5
    assert all(connection.ended.wait(20) for connection in server.connections)


def test_one_transport_serves_two_loops_at_once(serve):
    server, transport, failures = serve(), HttpxTransport(connections=3), []

    async def send_many():
        async with anyio.create_task_group() as tasks:
            for _ in range(30):
                tasks.start_soon(
                    lambda: transport.send(get(server.url), timeout=TIMEOUT, before_send=nothing)
                )

    def run(runner):
        try:
            runner()
        except BaseException as error:  # noqa: BLE001  reported below, in the test's own thread
            failures.append(error)

    runners = [lambda: asyncio.run(send_many()), lambda: trio.run(send_many)]
    threads = [threading.Thread(target=run, args=[runner]) for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(server.connections) <= 6


# proxies


def send_once(url, sends=nothing, **options):
    async def main():
        transport = HttpxTransport(**options)
        try:
            return await transport.send(get(url), timeout=TIMEOUT, before_send=sends)
        finally:
            await transport.aclose()

    return asyncio.run(main())


def test_a_proxy_in_the_environment_is_used(serve, no_proxies):
    proxy = serve()
    no_proxies.setenv("HTTP_PROXY", proxy.url)
    assert send_once("http://print.invalid/v4").status == 200
    assert paths(proxy) == {"http://print.invalid/v4": 0}


@pytest.mark.parametrize("name", ["http_proxy", "ALL_PROXY"])
def test_a_proxy_may_be_named_in_other_ways(serve, no_proxies, name):
    proxy = serve()
    no_proxies.setenv(name, proxy.url)
    assert send_once("http://print.invalid/v4").status == 200


def test_a_proxy_may_be_named_without_a_scheme_as_everywhere_else(serve, no_proxies):
    proxy = serve()
    no_proxies.setenv("HTTP_PROXY", proxy.url.removeprefix("http://"))
    assert send_once("http://print.invalid/v4").status == 200


@pytest.mark.parametrize("exception", ["print.invalid", ".invalid", "*"])
def test_no_proxy_is_honoured(serve, no_proxies, exception):
    proxy = serve()
    no_proxies.setenv("HTTP_PROXY", proxy.url)
    no_proxies.setenv("NO_PROXY", exception)
    with pytest.raises(ConnectionFailedError):
        send_once("http://print.invalid/v4")
    assert proxy.connections == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2", "sandbox.localhost"])
def test_loopback_needs_no_proxy(serve, no_proxies, host):
    # base_url may be plain HTTP for these hosts because the key stays on this machine; so it has to
    proxy, server = serve(), serve()
    no_proxies.setenv("HTTP_PROXY", proxy.url)
    with contextlib.suppress(ConnectionFailedError):
        send_once(f"http://{host}:{server.port}/")
    assert proxy.connections == []


@pytest.mark.parametrize("answer", [407, 502, None])
def test_a_proxy_that_does_not_connect_sent_nothing(serve, no_proxies, answer):
    proxy = serve(lambda c: c.read_request() and answer and c.reply(b"", answer))
    no_proxies.setenv("HTTPS_PROXY", proxy.url)
    sends = Sends()
    with pytest.raises(ConnectionFailedError):
        send_once("https://print.invalid/v4", sends)
    assert sends.count == 0
    assert list(paths(proxy)) == ["print.invalid:443"]


def test_through_a_proxy_before_send_is_awaited_once_and_not_for_its_connect(
    serve, no_proxies, server_tls
):
    sends, at_connect = Sends(), []

    def behave(connection):
        connection.read_request()
        at_connect.append(sends.count)
        connection.send(b"HTTP/1.1 200 Connected\r\n\r\n")
        connection.stream = server_tls.wrap_socket(connection.stream, server_side=True)
        while connection.read_request():
            connection.reply()

    proxy = serve(behave)
    no_proxies.setenv("HTTPS_PROXY", proxy.url)
    certificate = os.fspath(Path(__file__).with_name("localhost.pem"))
    context = ssl.create_default_context(cafile=certificate)
    assert send_once("https://print.invalid/v4", sends, ssl_context=context).status == 200
    assert at_connect == [0]
    assert sends.count == 1
    assert list(paths(proxy)) == ["print.invalid:443", "/v4"]


# httpx's errors, on a mocked network

NEVER_LEFT = [
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
]
MAY_HAVE_LEFT = [
    httpx.ReadTimeout,
    httpx.WriteTimeout,
    httpx.ReadError,
    httpx.WriteError,
    httpx.CloseError,
    httpx.RemoteProtocolError,
    httpx.LocalProtocolError,
    httpx.DecodingError,
    httpx.TooManyRedirects,
    httpx.RequestError,
    httpx.TransportError,
]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("raised", "meant"),
    [
        *((error, ConnectionFailedError) for error in NEVER_LEFT),
        *((error, NoAnswerError) for error in MAY_HAVE_LEFT),
    ],
    ids=lambda value: value.__name__,
)
async def test_every_error_of_httpx_has_a_meaning(transport, sends, raised, meant):
    with respx.mock() as network:
        network.get("https://print.invalid/v4").mock(side_effect=raised("went wrong"))
        with pytest.raises(meant) as caught:
            await transport.send(
                get("https://print.invalid/v4"), timeout=TIMEOUT, before_send=sends
            )
    assert type(caught.value) is meant
    assert caught.value.reason == f"{raised.__name__}: went wrong"
    assert sends.count == 0
    assert "print.invalid" in str(caught.value)


def test_the_errors_above_are_all_there_are():
    def leaves(cls):
        return {cls} | {leaf for sub in cls.__subclasses__() for leaf in leaves(sub)}

    network = {cls for cls in leaves(httpx.RequestError) if cls.__module__ == "httpx"}
    grouping = {httpx.TimeoutException, httpx.NetworkError, httpx.ProtocolError}
    assert network - grouping == {*NEVER_LEFT, *MAY_HAVE_LEFT}


@pytest.mark.anyio
async def test_a_mocked_network_works_and_before_send_is_awaited_once(transport, sends):
    with respx.mock() as network:
        route = network.post("https://print.invalid/v4").respond(201, json={"id": "1"})
        request = Request(method="POST", url="https://print.invalid/v4", body=b"{}")
        response = await transport.send(request, timeout=TIMEOUT, before_send=sends)
    assert (response.status, response.body) == (201, b'{"id":"1"}')
    assert sends.count == 1
    assert route.calls[0].request.content == b"{}"
