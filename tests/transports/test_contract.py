"""What every transport with connections of its own does."""

import contextlib
import gzip
import os
import re
import ssl
import threading
import traceback
from pathlib import Path

import pytest
from support.http_requests import (
    TIMEOUT,
    RecordingGate,
    close_at_once,
    eventually,
    get,
    half_a_status_line,
    paths,
    reset_at_once,
)

from gelato_async import (
    ConnectionFailedError,
    GelatoClient,
    NoAnswerError,
    Request,
    Response,
    RetryPolicy,
    SendGate,
    Unlimited,
    __version__,
)


class Veto(SendGate):
    def allow(self):
        raise LookupError("no")


class VetoOfSending(SendGate):
    async def mark_sent(self):
        raise LookupError("no")


def head_of(server, number=0):
    """The head of a request that came on the first connection."""
    return server.connections[0].requests[number].partition(b"\r\n\r\n")[0].decode()


def answering(*reply):
    def behave(connection):
        while connection.read_request():
            connection.reply(*reply)

    return behave


# what goes out and what comes in


@pytest.mark.anyio
async def test_a_request_goes_out_as_it_is(serve, transport, sends):
    server = serve()
    headers = {"x-api-key": "k", "content-type": "application/json"}
    request = Request(
        method="POST", url=f"{server.url}/a%2Fb?c=d", headers=headers, body=b'{"a": "\xc3\xbc"}'
    )
    response = await transport.send(request, timeout=TIMEOUT, gate=sends())
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
@pytest.mark.parametrize(("method", "own"), [("GET", set()), ("POST", {"content-length"})])
async def test_no_header_goes_out_that_nobody_asked_for(serve, transport, method, own):
    server = serve()
    request = Request(method=method, url=server.url, headers={"x-api-key": "k"})
    await transport.send(request, timeout=TIMEOUT, gate=SendGate())
    names = [line.partition(":")[0].lower() for line in head_of(server).splitlines()[1:]]
    assert sorted(names) == sorted({"host", "user-agent", "accept-encoding", "x-api-key"} | own)


@pytest.mark.anyio
async def test_no_cookie_is_kept(serve, transport):
    server = serve(answering(b"{}", 200, "set-cookie: a=b; path=/"))
    for _ in range(2):
        await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    assert len(server.connections[0].requests) == 2
    assert "cookie" not in head_of(server, 1).lower()


@pytest.mark.anyio
@pytest.mark.parametrize(("method", "body"), [("GET", b""), ("POST", b"{}")])
async def test_the_gate_learns_that_the_first_bytes_left(serve, transport, method, body):
    server = serve()
    for _ in range(2):
        gate = RecordingGate()
        request = Request(method=method, url=server.url, body=body)
        await transport.send(request, timeout=TIMEOUT, gate=gate)
        assert gate.acts == ["sent", "written"]


@pytest.mark.anyio
async def test_a_long_header_is_read(serve, transport):
    server = serve(answering(b"{}", 200, "x-long: " + "y" * 20_000))
    response = await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    assert len(response.headers["x-long"]) == 20_000


@pytest.mark.anyio
@pytest.mark.parametrize(("method", "length"), [("GET", None), ("DELETE", "0"), ("POST", "0")])
async def test_an_empty_body_has_a_length_where_one_is_expected(serve, transport, method, length):
    server = serve()
    await transport.send(
        Request(method=method, url=server.url + "/"), timeout=TIMEOUT, gate=SendGate()
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
    response = await transport.send(get(server.url + "/"), timeout=TIMEOUT, gate=SendGate())
    assert response.status == status
    assert response.headers["x-request-id"] == "r"
    assert paths(server) == {"/": 0}


@pytest.mark.anyio
async def test_gzip_is_read(serve, transport):
    packed = gzip.compress(b'{"id": "1"}')
    server = serve(lambda c: c.read_request() and c.reply(packed, 200, "content-encoding: gzip"))
    response = await transport.send(get(server.url + "/"), timeout=TIMEOUT, gate=SendGate())
    assert response.body == b'{"id": "1"}'


@pytest.mark.anyio
async def test_an_interim_answer_is_passed_over(serve, transport):
    def behave(connection):
        connection.read_request()
        connection.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        connection.reply(b"{}")

    response = await transport.send(get(serve(behave).url), timeout=TIMEOUT, gate=SendGate())
    assert response.status == 200


@pytest.mark.anyio
async def test_certificates_of_environment_and_context_are_trusted(
    serve, server_tls, transport_class
):
    def behave(connection):
        connection.stream = server_tls.wrap_socket(connection.stream, server_side=True)
        while connection.read_request():
            connection.reply()

    server = serve(behave)
    certificate = os.fspath(Path(__file__).with_name("localhost.pem"))
    request = get(f"https://localhost:{server.port}/")
    transport = transport_class(ssl_context=ssl.create_default_context(cafile=certificate))
    assert (await transport.send(request, timeout=TIMEOUT, gate=SendGate())).status == 200
    await transport.aclose()


# what is proved not to have been sent, and what is not


@pytest.mark.anyio
async def test_a_refused_connection_was_not_sent(transport, sends, refusing_url):
    with pytest.raises(ConnectionFailedError) as caught:
        await transport.send(get(refusing_url), timeout=TIMEOUT, gate=sends())
    assert sends.count == 0
    assert re.match(r"(Client)?Connect\w*Error: ", caught.value.reason)
    assert refusing_url.partition("://")[2] in str(caught.value)


@pytest.mark.anyio
async def test_a_failed_handshake_was_not_sent(serve, transport, sends):
    server = serve(lambda c: c.stream.recv(1_000) and c.send(b"this is no TLS\r\n\r\n"))
    with pytest.raises(ConnectionFailedError):
        await transport.send(
            get(f"https://127.0.0.1:{server.port}/"), timeout=TIMEOUT, gate=sends()
        )
    assert sends.count == 0


@pytest.mark.anyio
async def test_a_certificate_that_is_not_trusted_was_not_sent(serve, transport, sends, server_tls):
    def behave(connection):
        with contextlib.suppress(OSError):  # an alert or a reset comes, whichever is first
            connection.stream = server_tls.wrap_socket(connection.stream, server_side=True)

    with pytest.raises(ConnectionFailedError):
        url = f"https://127.0.0.1:{serve(behave).port}/"
        await transport.send(get(url), timeout=TIMEOUT, gate=sends())
    assert sends.count == 0


@pytest.mark.anyio
async def test_a_handshake_that_does_not_end_was_not_sent(serve, transport, sends):
    release = threading.Event()
    server = serve(lambda c: release.wait(20))
    with pytest.raises(ConnectionFailedError, match=r"Connect\w*Timeout"):
        await transport.send(get(f"https://127.0.0.1:{server.port}/"), timeout=0.02, gate=sends())
    release.set()
    assert sends.count == 0


def no_http(connection):
    connection.read_request()
    connection.send(b"Hello, this is a mail server\r\n\r\n")


@pytest.mark.anyio
@pytest.mark.parametrize("behave", [close_at_once, reset_at_once, half_a_status_line, no_http])
async def test_a_connection_that_ends_before_a_status_leaves_no_answer(
    serve, transport, sends, behave
):
    with pytest.raises(NoAnswerError) as caught:
        await transport.send(get(serve(behave).url), timeout=TIMEOUT, gate=sends())
    assert caught.value.status is None
    assert sends.count == 1


@pytest.mark.anyio
@pytest.mark.parametrize("status", [200, 201])
async def test_a_success_that_breaks_off_is_no_answer_with_a_status(
    serve, transport, sends, status
):
    server = serve(lambda c: c.read_request() and c.reply(b"{", status, length=100))
    with pytest.raises(NoAnswerError) as caught:
        await transport.send(get(server.url), timeout=TIMEOUT, gate=sends())
    assert caught.value.status == status


@pytest.mark.anyio
async def test_a_success_that_is_no_http_any_more_keeps_its_status(serve, transport):
    # aiohttp waits for more of such a body until the time is over
    answered = threading.Event()

    def behave(connection):
        connection.read_request()
        connection.send(b"HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n")
        answered.wait(20)
        connection.send(b"planted\r\n")

    class Gate(SendGate):
        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if name == "status" and value is not None:
                answered.set()

    server = serve(behave)
    with pytest.raises(NoAnswerError) as caught:
        await transport.send(get(server.url), timeout=1.0, gate=Gate())
    assert caught.value.status == 201


@pytest.mark.anyio
async def test_a_success_that_cannot_be_unpacked_keeps_its_status(serve, transport):
    server = serve(
        lambda c: c.read_request() and c.reply(b"no gzip", 200, "content-encoding: gzip")
    )
    with pytest.raises(NoAnswerError) as caught:
        await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    assert caught.value.status == 200


@pytest.mark.anyio
@pytest.mark.parametrize("status", [302, 400, 429, 503])
async def test_another_answer_that_breaks_off_is_that_answer(serve, transport, status):
    server = serve(
        lambda c: c.read_request() and c.reply(b"{", status, "retry-after: 9", length=100)
    )
    response = await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    assert (response.status, response.headers["retry-after"], response.body) == (status, "9", b"")


@pytest.mark.anyio
async def test_a_silent_server_is_no_answer(serve, transport, sends):
    release = threading.Event()
    server = serve(lambda c: c.read_request() and release.wait(20))
    with pytest.raises(NoAnswerError) as caught:
        await transport.send(get(server.url), timeout=0.05, gate=sends())
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
        await transport.send(get(serve(behave).url), timeout=1.0, gate=SendGate())
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
async def test_a_veto_at_the_last_moment_closes_the_connection_unused(serve, transport):
    server = serve()
    await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    with pytest.raises(LookupError):
        await transport.send(get(server.url), timeout=TIMEOUT, gate=VetoOfSending())
    await eventually(server.connections[0].ended.is_set)
    assert len(server.connections[0].requests) == 1
    await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    assert len(server.connections) == 2


@pytest.mark.anyio
async def test_a_veto_before_leaves_a_standing_connection_as_it_was(serve, transport):
    server = serve()
    await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    gate = Veto()
    with pytest.raises(LookupError):
        await transport.send(get(server.url), timeout=TIMEOUT, gate=gate)
    assert not gate.sent
    await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    assert len(server.connections) == 1
    assert len(server.connections[0].requests) == 2


@pytest.mark.anyio
async def test_a_veto_before_the_first_connection_opens_none(serve, transport):
    server = serve()
    with pytest.raises(LookupError):
        await transport.send(get(server.url), timeout=TIMEOUT, gate=Veto())
    assert server.connections == []


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
@pytest.mark.parametrize("end", [close_at_once, reset_at_once])
async def test_nothing_is_sent_a_second_time(serve, transport, sends, method, end):
    """Libraries repeat what fails on a connection that stood, where they take it for harmless."""

    def behave(connection):
        if connection.number == 0:
            connection.read_request()
            connection.reply()
            end(connection)
        else:
            answering()(connection)

    server = serve(behave)
    await transport.send(get(server.url), timeout=TIMEOUT, gate=SendGate())
    request = Request(method=method, url=server.url)
    with pytest.raises(NoAnswerError):
        await transport.send(request, timeout=TIMEOUT, gate=sends())
    assert sends.count == 1
    assert [len(connection.requests) for connection in server.connections] == [2]
