"""Bounds on an answer: how long it may be, packed and unpacked, and how long it may take."""

import gzip
import itertools
import threading
import zlib
from functools import cache, partial

import anyio
import httpx
import httpx2
import pytest
from support.http_requests import TIMEOUT, get

from gelato_async import (
    AiohttpTransport,
    ClientTransport,
    GelatoClient,
    HttpxTransport,
    NoAnswerError,
    RetryPolicy,
    SendGate,
    Unlimited,
)

pytestmark = pytest.mark.system

LIMIT = 10_000
BOMB = 16 * 1024 * 1024


@pytest.fixture(params=["default", "aiohttp", "httpx", "httpx2"])
async def make_transport(request):
    """Make a transport of each kind, as a user would."""
    opened = []

    def make(**options):
        if own := {"default": HttpxTransport, "aiohttp": AiohttpTransport}.get(request.param):
            opened.append(own(**options))
            return opened[-1]
        library = {"httpx": httpx, "httpx2": httpx2}[request.param]
        opened.append(library.AsyncClient(trust_env=False))
        return ClientTransport(opened[-1], **options)

    yield make
    for made in opened:
        await made.aclose()


async def ask(transport, server, seconds=TIMEOUT):
    return await transport.send(get(server.url), timeout=seconds, gate=SendGate())


def replying(*reply):
    def behave(connection):
        while connection.read_request():
            connection.reply(*reply)

    return behave


def endless(head, piece):
    """Send the head, then the piece for as long as anybody reads."""

    def behave(connection):
        connection.read_request()
        try:
            connection.stream.sendall(head)
            while True:
                connection.stream.sendall(piece)
        except OSError:
            return

    return behave


@pytest.mark.anyio
async def test_an_answer_of_just_the_limit_is_read(serve, make_transport):
    server = serve(replying(b"x" * LIMIT))
    answer = await ask(make_transport(max_response_bytes=LIMIT), server)
    assert len(answer.body) == LIMIT


@pytest.mark.anyio
async def test_a_longer_success_cannot_be_read_and_keeps_its_status(serve, make_transport):
    server = serve(replying(b"x" * (LIMIT + 1), 201))
    with pytest.raises(NoAnswerError, match="longer than max_response_bytes, 10000") as caught:
        await ask(make_transport(max_response_bytes=LIMIT), server)
    assert caught.value.status == 201


@pytest.mark.anyio
async def test_a_longer_error_is_that_error_without_its_body(serve, make_transport):
    server = serve(replying(b"x" * (LIMIT + 1), 503, "retry-after: 9"))
    answer = await ask(make_transport(max_response_bytes=LIMIT), server)
    assert (answer.status, answer.headers["retry-after"], answer.body) == (503, "9", b"")


@pytest.mark.anyio
async def test_an_answer_without_an_end_is_left_at_the_limit(serve, make_transport):
    chunk = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"
    server = serve(endless(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", chunk))
    with pytest.raises(NoAnswerError, match="longer than max_response_bytes"):
        await ask(make_transport(max_response_bytes=LIMIT), server)


@cache
def packed_bomb(times, size=BOMB):
    body = bytes(size)
    for _ in range(times):
        body = gzip.compress(body)
    return body


@pytest.mark.anyio
@pytest.mark.parametrize("times", [1, 2])
async def test_a_gzip_bomb_is_unpacked_no_further_than_the_limit(serve, make_transport, times):
    coding = "content-encoding: " + ", ".join(["gzip"] * times)
    server = serve(replying(packed_bomb(times), 200, coding))
    with pytest.raises(NoAnswerError, match="longer than max_response_bytes, 10000") as caught:
        await ask(make_transport(max_response_bytes=LIMIT), server)
    assert caught.value.status == 200


@pytest.mark.anyio
async def test_the_default_limit_is_32_mib(serve, make_transport):
    server = serve(replying(packed_bomb(1, 32 * 1024 * 1024 + 1), 200, "content-encoding: gzip"))
    with pytest.raises(NoAnswerError, match="max_response_bytes, 33554432"):
        await ask(make_transport(), server)


@pytest.mark.anyio
@pytest.mark.parametrize("coding", ["br", "gzip, gzip, gzip, gzip", "gzip, br"])
async def test_a_coding_that_was_not_asked_for_is_not_unpacked(serve, make_transport, coding):
    server = serve(replying(b"whatever", 200, f"content-encoding: {coding}"))
    with pytest.raises(NoAnswerError, match="Content-Encoding is not gzip"):
        await ask(make_transport(), server)


@pytest.mark.anyio
@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "deflate"])
async def test_a_packed_answer_that_breaks_off_cannot_be_read(serve, make_transport, pack):
    whole = pack(b'{"id": "1"}' * 1_000)
    coding = "gzip" if pack is gzip.compress else "deflate"
    server = serve(replying(whole[:-10], 200, f"content-encoding: {coding}"))
    with pytest.raises(NoAnswerError, match="breaks off") as caught:
        await ask(make_transport(), server)
    assert caught.value.status == 200


@pytest.mark.anyio
async def test_headers_without_an_end_are_given_up(serve, make_transport):
    server = serve(endless(b"HTTP/1.1 200 OK\r\n", b"x-more: " + b"y" * 1_000 + b"\r\n"))
    with pytest.raises(NoAnswerError) as caught:
        await ask(make_transport(), server)
    assert caught.value.status is None


@pytest.mark.anyio
async def test_interim_answers_without_an_end_are_given_up_in_time(serve, make_transport):
    server = serve(endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"))
    with pytest.raises(NoAnswerError, match=r"nothing within 1 s") as caught:
        await ask(make_transport(), server, 1.0)
    assert caught.value.status is None


def dripping(pieces, pause):
    """Send pieces with a pause between them, each of which is shorter than any timeout."""

    def behave(connection):
        connection.read_request()
        try:
            for piece in pieces:
                connection.stream.sendall(piece)
                pause.wait(0.02)
        except OSError:
            return

    return behave


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("head", "drip", "status"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", b"x", 200),
        (b"HTTP/1.1 200 OK\r\n", b"x-more: y\r\n", None),
    ],
    ids=["body", "headers"],
)
async def test_a_drip_is_given_up_when_the_whole_time_is_over(
    serve, make_transport, head, drip, status
):
    server = serve(dripping(itertools.chain([head], itertools.repeat(drip)), threading.Event()))
    with pytest.raises(NoAnswerError, match=r"nothing within 1 s") as caught:
        await ask(make_transport(), server, 1.0)
    assert caught.value.status == status


@pytest.mark.anyio
async def test_the_gate_knows_the_status_as_soon_as_it_came(serve, make_transport):
    head = b"HTTP/1.1 201 Created\r\ncontent-length: 100000\r\n\r\n"
    server = serve(dripping(itertools.chain([head], itertools.repeat(b"x")), threading.Event()))
    gate, transport = SendGate(), make_transport()
    with anyio.move_on_after(1.0):
        await transport.send(get(server.url), timeout=TIMEOUT, gate=gate)
    assert (gate.sent, gate.status) == (True, 201)


@pytest.mark.anyio
@pytest.mark.parametrize("inject", [None, httpx.AsyncClient, httpx2.AsyncClient])
async def test_the_option_of_a_client_reaches_its_transport(serve, inject):
    server = serve(replying(b'{"orders": []}' + b" " * LIMIT))
    injected = inject and inject(trust_env=False)
    options = {"base_url": server.url, "limiter": Unlimited(), "transport": injected}
    once = RetryPolicy(attempts=1)
    short = GelatoClient("test-key", max_response_bytes=LIMIT, retry=once, **options)
    with pytest.raises(NoAnswerError, match="max_response_bytes"):
        await short.orders.find("ref-1")
    long = GelatoClient("test-key", **options)
    assert await long.orders.find("ref-1") == ()
    for opened in filter(None, (short, long, injected)):
        await opened.aclose()


@pytest.mark.parametrize(
    "make", [HttpxTransport, AiohttpTransport, partial(ClientTransport, httpx.AsyncClient())]
)
@pytest.mark.parametrize(("limit", "error"), [(0, ValueError), (-1, ValueError), (1.5, TypeError)])
def test_what_is_no_limit_is_refused(make, limit, error):
    with pytest.raises(error, match="max_response_bytes must be"):
        make(max_response_bytes=limit)
